/* SPDX-License-Identifier: Apache-2.0 */
/* report.html: one page that needs nothing else. One section a function. */
#ifndef PMDGAIN_REPORT_PAGE_H
#define PMDGAIN_REPORT_PAGE_H

#include "report/facts.h"
#include "report/html.h"
#include "report/plots.h"
#include "report/view.h"

#include <pmdgain/units.h>

struct page {
        struct html *html;
        const struct view *view;
        struct json_object *machine;     /* may be NULL */
        const struct plot_result *plots; /* PLOT_COUNT */
        const char *dir;
        const char *warning; /* "" when there is none */
};

/* Writes DIR/report.html, by way of a temporary file. */
struct status page_make(const struct view *view, struct json_object *machine,
                        const struct plot_result *plots, const char *dir, const char *warning);

/* The <head> with the style, up to <main>; and the end. For any page of the project. */
void page_begin(struct html *html, const char *title);
void page_end(struct html *html);

/* At a glance. */
void page_header(const struct page *page);
struct status page_decide(const struct page *page);
void page_headline(const struct page *page);

/* Gains. */
void page_plots(const struct page *page);
void page_gains(const struct page *page);
void page_left_out(const struct page *page);

/* Costs. */
void page_reach(const struct page *page);
void page_tables(const struct page *page);
void page_counters(const struct page *page);

/* Where and how. */
void page_machine(const struct page *page);
void page_method(const struct page *page);
void page_reading(const struct page *page);

/* The command that made a run, as a shell would need it. */
void page_command(struct html *html, struct json_object *machine);

/* One page of PMDs covers 1 GiB (512 of 2 MiB): page tables by PMD of less than that cannot be
 * projected to larger mappings, they take no page or one. */
#define PAGE_TABLES_PMD_MIN GIB

/* The class of a row by its verdict: "pmd", "pte" or "open". */
const char *page_verdict_class(enum verdict verdict);

#endif
