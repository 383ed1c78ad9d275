/* SPDX-License-Identifier: Apache-2.0 */
/* The page of a collection, one section a function. */
#ifndef PMDGAIN_COLLECT_PAGE_H
#define PMDGAIN_COLLECT_PAGE_H

#include "collect/collect.h"
#include "report/html.h"

struct collect_sheet {
        struct html *html;
        const struct collection *collection;
        const struct collect_plot *plots;
        const char *warning;
};

/* Costs: where PMD loses, what a memmap takes, what page tables take. */
void sheet_losses(const struct collect_sheet *sheet);
void sheet_memmap(const struct collect_sheet *sheet);
void sheet_tables(const struct collect_sheet *sheet);

void sheet_gains(const struct collect_sheet *sheet);

/* What each kernel made of each cell, and what it refused. */
void sheet_grains(const struct collect_sheet *sheet);
void sheet_refusals(const struct collect_sheet *sheet);
void sheet_runs(const struct collect_sheet *sheet);

#endif
