/* SPDX-License-Identifier: Apache-2.0 */
/* One report for many runs. */
#ifndef PMDGAIN_COLLECT_COLLECT_H
#define PMDGAIN_COLLECT_COLLECT_H

#include "collect/collection.h"
#include "report/report.h"

#include <stdio.h>

/*
 * Makes DIR/collection.csv, DIR/plots/ and DIR/report.html from the runs below DIR, and the report
 * of each run that has none or an older one than its samples. `ret_warning` (320 bytes) is as
 * report_make() has it. The caller frees the collection.
 */
struct status collect_make(const struct report_request *request, char *ret_warning,
                           struct collection *ret_collection);

/* The gains of the largest mappings, one line a comparison and one column a kernel. */
void collect_print(const struct collection *collection, FILE *out);

/* For the parts. */
struct status collect_write_csv(const struct collection *collection);

#define COLLECT_PLOTS 2

struct collect_plot {
        const char *name, *caption;
        size_t shown, total; /* lines in the picture, and of all */
        bool drawn;
};

/* Fills plots[COLLECT_PLOTS]; a failure of gnuplot is a warning. */
struct status collect_draw(const struct collection *collection, const char *scripts, bool png,
                           struct collect_plot *plots, char *ret_warning);

/* Is this line one of those that pictures and terminals show? The commonest lever, on DAX where
 * there is any, of times that say something. */
bool collect_is_headline(const struct collection *collection, const struct collected_line *line);

struct status collect_page(const struct collection *collection, const struct collect_plot *plots,
                           const char *warning);

#endif
