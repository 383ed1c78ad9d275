/* SPDX-License-Identifier: Apache-2.0 */
/* Which panels the plots with curves have: one for each kind of cell. */
#ifndef PMDGAIN_REPORT_PANELS_H
#define PMDGAIN_REPORT_PANELS_H

#include "report/classes.h"
#include "report/plots.h"

#define PANELS_MAX 6 /* of one plot */

/* What one plot shows. */
struct curves {
        const char *name;
        const char *only, *but; /* workload; NULL for any, for none */
        const char *unit;       /* NULL for any */
        double (*x)(const struct plot_input *input, const struct summary_row *row);
        const char *x_option; /* the option that is the x; NULL when none is */
        unsigned key;         /* parts that tell panels apart; the x is none of them */
        bool plain;           /* without marks */
};

struct panels {
        struct classes classes; /* the memory of the rows */
        struct class_rows list[PANELS_MAX]; /* the points of each, x rising */
        size_t count;           /* that are shown */
        size_t total;           /* that there would be */
};

/* Of a plot's name, which must be one of them. */
const struct curves *curves_of(const char *name);

/* None without two values of x. Free with panels_free(). */
struct status panels_find(const struct plot_input *input, const struct curves *curves,
                          struct panels *ret_panels);
void panels_free(struct panels *panels);

/* Of a base page, as machine.json tells. */
double panels_page_bytes(const struct plot_input *input);

#endif
