/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How gains went from run to run: for each machine its runs by time, for each cell a point a run,
 * and where the level changed.
 */
#ifndef PMDGAIN_TREND_TREND_H
#define PMDGAIN_TREND_TREND_H

#include "report/runs.h"
#include "report/summary.h"
#include "report/view.h"
#include "stats/change.h"

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>

/* A cell in one run. */
struct trend_point {
        size_t run;            /* of the machine, from 0 */
        double gain, lo, hi;   /* NaN when missing */
        unsigned pairs;
        enum verdict verdict;
        char *reason;          /* why there is no gain; NULL when there is one, or none is known */
};

/* A cell over the runs. */
struct trend_cell {
        char *key;                  /* row_key_make() of all parts */
        size_t row;                 /* in the machine's `cells` */
        struct trend_point *points; /* one for each run that has the cell, by time */
        size_t count, capacity;
        size_t measured;            /* points with a gain */
        bool headline;              /* has a panel, and is watched for changes */
        size_t *places;             /* of a headline: the points with a gain, in order */
        struct change_parts parts;  /* of a headline: over `places`; levels are logarithms */
};

struct trend_machine {
        char name[256];
        const struct run_about **runs; /* by time */
        size_t run_count;
        /* A row a cell, as the newest run that has it tells; its gain is missing where the cell
         * was measured in less than half as many runs as the commonest of its workload. */
        struct summary cells;
        struct view view; /* of `cells` */
        struct trend_cell *series; /* by key */
        struct trend_cell **order; /* the same as the page lists them */
        size_t series_count;
        bool emulated;
};

struct trend {
        struct runs runs; /* faults are those left out */
        struct trend_machine *machines; /* the one with the newest run first */
        size_t machine_count;
        size_t panels;    /* headline cells of all machines */
        size_t changes;   /* flagged in them */
        double alpha, least;
};

struct trend_request {
        const char *const *dirs;
        size_t dir_count;
        double alpha; /* probability that a dashboard of constant series has any flag */
        double least; /* the smallest change worth a flag, as a ratio less 1: 0.02 */
};

/* Reads the runs and looks for changes. The caller owns the result until trend_free(). */
struct status trend_make(const struct trend_request *request, struct trend **ret_trend);
void trend_free(struct trend *trend);

/* The row of a cell, and its name as far as it differs from others of the machine. */
const struct summary_row *trend_row(const struct trend_machine *machine,
                                    const struct trend_cell *cell);
char *trend_label(const struct trend_machine *machine, const struct trend_cell *cell, char *text,
                  size_t text_size);

/* The first run after change `index` (from 1, as in cell->parts) and the last one before it. */
const struct run_about *trend_run_after(const struct trend_machine *machine,
                                        const struct trend_cell *cell, size_t index);
const struct run_about *trend_run_before(const struct trend_machine *machine,
                                         const struct trend_cell *cell, size_t index);

/* Level after change `index` ÷ level before it. */
double trend_step(const struct trend_cell *cell, size_t index);

/* "2026-11-22", or with the time of day; UTC. */
char *trend_date(const struct run_about *run, bool time_too, char *text, size_t text_size);

#endif
