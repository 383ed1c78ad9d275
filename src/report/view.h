/* SPDX-License-Identifier: Apache-2.0 */
/* Naming, comparing and choosing rows of a summary. */
#ifndef PMDGAIN_REPORT_VIEW_H
#define PMDGAIN_REPORT_VIEW_H

#include "report/summary.h"

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>

#define LABEL_MAX 256

/* What tells the rows of a summary apart, so that labels name only what differs. */
struct view {
        const struct summary *summary;
        const struct summary_row *
                *rows; /* by workload, op, source, options, threads, bytes, lever */
        size_t count;
        bool sources, targets, memmaps, dax, maps, states, levers, threads; /* differ somewhere */
        const char *lever;                                    /* the commonest of the PTE arms */
        size_t *rank;                                         /* [row]: its place in `rows` */
        size_t *first;          /* [row]: a row that stands for its workload */
        bool *options;          /* [first][option]: differs within the workload */
        bool *headline, *sweep; /* [row] */
};

/* Free with view_free(). */
struct status view_make(const struct summary *summary, struct view *ret_view);
void view_free(struct view *view);

enum label_part {
        LABEL_WORKLOAD = 1 << 0,
        LABEL_OP = 1 << 1,
        LABEL_OPTIONS = 1 << 2, /* "chains=4", those that differ */
        LABEL_BYTES = 1 << 3,
        LABEL_THREADS = 1 << 4, /* other than one, where they differ */
        LABEL_LEVER = 1 << 5,   /* other than the commonest */
        LABEL_SOURCE = 1 << 6,  /* where they differ */
        LABEL_ALL = (1 << 7) - 1,
};

/* The parts of a row's name with `separator` between them. */
char *view_label(const struct view *view, const struct summary_row *row, unsigned parts,
                 const char *separator, char *text, size_t text_size);

/* The same with one option left out: the one that is a curve's x. NULL leaves none out. */
char *view_label_but(const struct view *view, const struct summary_row *row, unsigned parts,
                     const char *option, const char *separator, char *text, size_t text_size);

/* Equal in everything that `parts` name (all options, not only those that differ). */
bool view_alike(const struct view *view, const struct summary_row *left,
                const struct summary_row *right, unsigned parts);

/* An order in which what is alike in `parts`, but for that option, which may be NULL, is equal: below,
 * at or above 0 as by strcmp(). It means nothing else; report/classes.h sorts by it. */
int view_order(const struct view *view, const struct summary_row *left,
               const struct summary_row *right, unsigned parts, const char *option);

/* Twins have no gain: the calibration says what they are for. */
bool view_is_twin(const struct summary_row *row);
bool view_has_twins(const struct view *view);

/* The row that stands for its workload, op and source: the largest measured size, the fewest
 * threads, and what comes first of the rest; none of twins. */
bool view_is_headline(const struct view *view, const struct summary_row *row);

/* The run wanted a precision, and the row's gain is not known to it (stats/looks.h has the width;
 * too few pairs for an interval are not either). */
bool view_is_wide(const struct view *view, const struct summary_row *row);

/* How many are, of how many gains. */
size_t view_wide(const struct view *view, size_t *ret_gains);

/* One of a long sweep of sizes (as `reach` makes), and not the largest measured: a curve shows it
 * better than a line of a list. */
bool view_is_sweep(const struct view *view, const struct summary_row *row);

#endif
