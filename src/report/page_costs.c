/* SPDX-License-Identifier: Apache-2.0 */
/* What a mapping costs besides time, and what was counted: TLB reach, page tables, counters. */
#include "report/page.h"
#include "report/words.h"

#include <math.h>
#include <pmdgain/units.h>
#include <string.h>

/* "3,072 [2,900, 3,200]" */
static char *bounded(double value, double lo, double hi, char *(*words)(double, char *, size_t),
                     char *text, size_t text_size)
{
        char middle[64], low[64], high[64];

        words(value, middle, sizeof(middle));
        words(lo, low, sizeof(low));
        words(hi, high, sizeof(high));
        if (middle[0] && low[0] && high[0])
                snprintf(text, text_size, "%s [%s, %s]", middle, low, high);
        else
                snprintf(text, text_size, "%s", middle);
        return text;
}

static void levels_table(const struct page *page)
{
        static const char *const columns[] = {
                "Source",
                "PTE arm",
                "#Level",
                "#Base pages it holds",
                "#Extra ns per access past it",
                "#CPUID says",
                NULL,
        };
        const struct summary *summary = page->view->summary;
        char text[WORDS_MAX];

        html_table_begin(page->html, NULL, columns);
        for (size_t i = 0; i < summary->level_count; i++) {
                const struct summary_level *level = &summary->levels[i];

                html_row_begin(page->html, NULL);
                html_cellf(page->html, NULL, "%s%s%s", level->source, level->target[0] ? ":" : "",
                           level->target);
                html_cellf(page->html, NULL, "pte:%s", level->pte_name);
                html_cellf(page->html, "n", "%u", level->level);
                html_cell(page->html, "n gain",
                          bounded(level->entries, level->entries_lo, level->entries_hi, words_count,
                                  text, sizeof(text)));
                html_cell(page->html, "n",
                          bounded(level->miss_ns, level->miss_lo, level->miss_hi, words_value, text,
                                  sizeof(text)));
                html_cell(page->html, "n", words_count(level->cpuid_entries, text, sizeof(text)));
                html_row_end(page->html);
        }
        html_table_end(page->html);
}

/* "4 KiB, 2 MiB" */
static void page_sizes(struct json_object *tlb, char *text, size_t text_size)
{
        size_t used = 0;

        text[0] = '\0';
        for (size_t i = 0; i < fact_length(tlb, "/page_bytes") && used < text_size; i++) {
                char size[WORDS_MAX];

                words_bytes(json_object_get_double(fact_element(tlb, "/page_bytes", i)), size,
                            sizeof(size));
                used += (size_t)snprintf(text + used, text_size - used, "%s%s", used ? ", " : "",
                                         size);
        }
}

static void cpuid_table(const struct page *page)
{
        static const char *const columns[] = { "TLB",      "Translations of", "Page sizes",
                                               "#Entries", "#Ways",           NULL };
        size_t count = fact_length(page->machine, "/cpu/tlbs");
        char text[WORDS_MAX];

        if (!count)
                return;
        html_element(page->html, "h3", NULL, "What CPUID says");
        html_table_begin(page->html, NULL, columns);
        for (size_t i = 0; i < count; i++) {
                struct json_object *tlb = fact_element(page->machine, "/cpu/tlbs", i);

                html_row_begin(page->html, NULL);
                html_cellf(page->html, NULL, "L%s", fact_text(tlb, "/level"));
                html_cell(page->html, NULL, fact_text(tlb, "/type"));
                page_sizes(tlb, text, sizeof(text));
                html_cell(page->html, NULL, text);
                html_cell(page->html, "n",
                          words_count(fact_number(tlb, "/entries"), text, sizeof(text)));
                html_cell(page->html, "n",
                          words_count(fact_number(tlb, "/ways"), text, sizeof(text)));
                html_row_end(page->html);
        }
        html_table_end(page->html);
}

void page_reach(const struct page *page)
{
        if (!page->view->summary->level_count)
                return;
        html_section_begin(
                page->html, "reach", "TLB reach",
                "Fitted to the difference between PTE and PMD over the same cache lines: "
                "what one level of the TLB holds, and what a miss in it adds.");
        levels_table(page);
        cpuid_table(page);
        html_section_end(page->html);
}

/* The first row of those that share a mapping of this size by these arms. */
static bool first_of_mapping(const struct view *view, size_t at)
{
        const unsigned mapping = LABEL_BYTES | LABEL_LEVER | LABEL_SOURCE;
        const struct summary_row *row = view->rows[at];

        if (view_is_sweep(view, row))
                return false;
        for (size_t i = 0; i < at; i++)
                if (view_alike(view, view->rows[i], row, mapping) &&
                    !view_is_sweep(view, view->rows[i]) &&
                    isfinite(view->rows[i]->pte.page_table_bytes))
                        return false;
        return isfinite(row->pte.page_table_bytes) && isfinite(row->pmd.page_table_bytes);
}

/* Sizes that page tables are projected to. */
static const double projected[] = { (double)GIB, (double)TIB, 6 * (double)TIB };

static char *project(double table_bytes, double mapped, double bytes, char *text, size_t text_size)
{
        return words_bytes(table_bytes / mapped * bytes, text, text_size);
}

static void tables_row(const struct page *page, const struct summary_row *row, double mapped)
{
        struct html *html = page->html;
        char text[LABEL_MAX];

        html_row_begin(html, NULL);
        html_cellf(html, NULL, "%s%s%s", row->source, row->target[0] ? ":" : "", row->target);
        html_cellf(html, NULL, "pte:%s", row->pte.name);
        html_cell(html, "n", words_bytes(mapped, text, sizeof(text)));
        html_cell(html, "n", words_bytes(row->pte.page_table_bytes, text, sizeof(text)));
        html_cell(html, "n", words_bytes(row->pmd.page_table_bytes, text, sizeof(text)));
        for (size_t i = 0; i < sizeof(projected) / sizeof(projected[0]); i++) {
                html_cell(html, "n", project(row->pte.page_table_bytes, mapped, projected[i], text,
                                             sizeof(text)));
                html_cell(html, "n", project(mapped >= PAGE_TABLES_PMD_MIN
                                                     ? row->pmd.page_table_bytes
                                                     : (double)NAN,
                                             mapped, projected[i], text, sizeof(text)));
        }
        html_cell(html, "n", words_count(row->pte.minflt, text, sizeof(text)));
        html_cell(html, "n", words_count(row->pmd.minflt, text, sizeof(text)));
        html_row_end(html);
}

/* Below, counts say little: they move in steps of a page. */
#define TABLES_BYTES_MIN (64 * MIB)

/* The next larger size that rows of the table have; 0 when there is none. */
static uint64_t next_size(const struct view *view, uint64_t after)
{
        uint64_t next = 0;

        for (size_t i = 0; i < view->count; i++) {
                uint64_t bytes = view->rows[i]->bytes;

                if (bytes > after && (!next || bytes < next) && first_of_mapping(view, i))
                        next = bytes;
        }
        return next;
}

void page_tables(const struct page *page)
{
        static const char *const columns[] = {
                "Source",         "PTE arm",        "#Mapped",     "#PTE",
                "#PMD",           "#PTE per GiB",   "#PMD per GiB", "#PTE for 1 TiB",
                "#PMD for 1 TiB", "#PTE for 6 TiB", "#PMD for 6 TiB", "#PTE faults",
                "#PMD faults",    NULL,
        };
        const struct view *view = page->view;
        double pmd_bytes = fact_number(page->machine, "/memory/pmd_bytes");
        uint64_t size = next_size(view, TABLES_BYTES_MIN - 1);

        if (!size)
                return;
        html_section_begin(page->html, "page-tables", "Page tables",
                           "Memory that the page tables of one mapping take in each process that "
                           "maps it: the growth of VmPTE. Larger sizes are projected from "
                           "these bytes for each byte mapped, by PMD only from 1 GiB on, which is "
                           "what one page of PMDs covers; processes that map the same file pay "
                           "again each.");
        html_table_begin(page->html, NULL, columns);
        for (; size; size = next_size(view, size)) {
                double mapped = (double)size;

                if (pmd_bytes > 0)
                        mapped = ceil(mapped / pmd_bytes) * pmd_bytes;
                for (size_t i = 0; i < view->count; i++)
                        if (view->rows[i]->bytes == size && first_of_mapping(view, i))
                                tables_row(page, view->rows[i], mapped);
        }
        html_table_end(page->html);
        html_section_end(page->html);
}

static bool has_counter(const struct view *view, const struct summary_row *row, size_t at)
{
        return (isfinite(row->pte.counters[at]) || isfinite(row->pmd.counters[at])) &&
               !view_is_sweep(view, row);
}

static bool counter_shown(const struct view *view, size_t at)
{
        for (size_t i = 0; i < view->count; i++)
                if (has_counter(view, view->rows[i], at))
                        return true;
        return false;
}

static void counters_row(const struct page *page, const struct summary_row *row)
{
        const struct view *view = page->view;
        char text[LABEL_MAX];

        html_row_begin(page->html, NULL);
        html_cell(page->html, NULL, view_label(view, row, LABEL_ALL, " · ", text, sizeof(text)));
        html_cell(page->html, NULL, strcmp(row->unit, "ns/op") == 0 ? "operation" : "MiB");
        for (size_t at = 0; at < view->summary->counter_count; at++)
                if (counter_shown(view, at))
                        html_cell(page->html, "n",
                                  words_pair(row->pte.counters[at], row->pmd.counters[at],
                                             words_value, text, sizeof(text)));
        html_cellf(page->html, "small", "%s",
                   row->pte.multiplexed || row->pmd.multiplexed ? "multiplexed: scaled up" : "");
        html_row_end(page->html);
}

static bool counters_table(const struct page *page)
{
        const struct summary *summary = page->view->summary;
        bool any = false;

        for (size_t at = 0; at < summary->counter_count; at++)
                any |= counter_shown(page->view, at);
        if (!any)
                return false;
        html_element(page->html, "p", "lead", "Medians, PTE / PMD.");
        html_table_open(page->html, NULL);
        html_table_heading(page->html, NULL, "Comparison");
        html_table_heading(page->html, NULL, "Per");
        for (size_t at = 0; at < summary->counter_count; at++)
                if (counter_shown(page->view, at))
                        html_table_heading(page->html, "n", summary->counter_names[at]);
        html_table_heading(page->html, NULL, "");
        html_table_body(page->html);
        for (size_t i = 0; i < page->view->count; i++) {
                const struct summary_row *row = page->view->rows[i];
                bool counted = false;

                for (size_t at = 0; at < summary->counter_count; at++)
                        counted |= has_counter(page->view, row, at);
                if (counted)
                        counters_row(page, row);
        }
        html_table_end(page->html);
        return true;
}

void page_counters(const struct page *page)
{
        size_t sets = fact_length(page->machine, "/run/counters");

        if (!sets && !page->view->summary->counter_count)
                return;
        html_section_begin(page->html, "counters", "Counters", NULL);
        if (!counters_table(page))
                html_element(page->html, "p", "lead", "Nothing was counted in this run.");
        html_raw(page->html, "<dl class=\"facts\">\n");
        for (size_t i = 0; i < sets; i++) {
                struct json_object *set = fact_element(page->machine, "/run/counters", i);
                const char *reason = fact_text(set, "/reason");
                size_t events = fact_length(set, "/events");

                html_element(page->html, "dt", NULL, fact_text(set, "/set"));
                html_open(page->html, "dd", NULL);
                html_text(page->html, reason);
                for (size_t k = 0; k < events; k++)
                        html_textf(page->html, "%s%s = %s", k || reason[0] ? "; " : "",
                                   fact_text(fact_element(set, "/events", k), "/column"),
                                   fact_text(fact_element(set, "/events", k), "/event"));
                html_close(page->html, "dd");
        }
        html_raw(page->html, "</dl>\n");
        html_section_end(page->html);
}
