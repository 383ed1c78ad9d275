/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a view by what is alike in them: sorted once, where looking for the like of each row
 * among all rows would take the square of their number. */
#ifndef PMDGAIN_REPORT_CLASSES_H
#define PMDGAIN_REPORT_CLASSES_H

#include "report/view.h"

/* Never empty. */
struct class_rows {
        const struct summary_row **rows; /* in the order of the view */
        size_t count;
};

struct classes {
        const struct summary_row **rows; /* the memory of all */
        struct class_rows *list;         /* in the order of their first rows */
        size_t count;
};

/*
 * Classes of the rows that are alike in `parts` (view.h) but for the option of that name, which may
 * be NULL. `takes` chooses the rows; NULL takes all. Free with classes_free().
 */
struct status classes_make(const struct view *view, unsigned parts, const char *option,
                           bool (*takes)(const void *context, const struct summary_row *row),
                           const void *context, struct classes *ret_classes);
void classes_free(struct classes *classes);

#endif
