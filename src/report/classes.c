/* SPDX-License-Identifier: Apache-2.0 */
#include "report/classes.h"

#include <stdlib.h>

struct order {
        const struct view *view;
        unsigned parts;
        const char *option;
};

static int compare_ranks(const struct view *view, const struct summary_row *left,
                         const struct summary_row *right)
{
        size_t a = view->rank[left - view->summary->rows];
        size_t b = view->rank[right - view->summary->rows];

        return (a > b) - (a < b);
}

static int compare_rows(const void *left_row, const void *right_row, void *order_pointer)
{
        const struct summary_row *left = *(const struct summary_row *const *)left_row;
        const struct summary_row *right = *(const struct summary_row *const *)right_row;
        const struct order *order = order_pointer;
        int result = view_order(order->view, left, right, order->parts, order->option);

        return result ? result : compare_ranks(order->view, left, right);
}

static int compare_classes(const void *left, const void *right, void *view)
{
        const struct class_rows *a = left, *b = right;

        return compare_ranks(view, a->rows[0], b->rows[0]);
}

struct status classes_make(const struct view *view, unsigned parts, const char *option,
                           bool (*takes)(const void *context, const struct summary_row *row),
                           const void *context, struct classes *ret_classes)
{
        struct order order = { view, parts, option };
        struct classes classes = {
                .rows = calloc(view->count + 1, sizeof(*classes.rows)),
                .list = calloc(view->count + 1, sizeof(*classes.list)),
        };
        size_t count = 0;

        if (!classes.rows || !classes.list) {
                classes_free(&classes);
                return status_make(STATUS_SYSTEM, "free some memory", "no memory for the report");
        }
        for (size_t i = 0; i < view->count; i++)
                if (!takes || takes(context, view->rows[i]))
                        classes.rows[count++] = view->rows[i];
        qsort_r(classes.rows, count, sizeof(*classes.rows), compare_rows, &order);
        for (size_t i = 0; i < count; i++) {
                if (!i || view_order(view, classes.rows[i - 1], classes.rows[i], parts, option))
                        classes.list[classes.count++].rows = &classes.rows[i];
                classes.list[classes.count - 1].count++;
        }
        qsort_r(classes.list, classes.count, sizeof(*classes.list), compare_classes, (void *)view);
        *ret_classes = classes;
        return status_ok();
}

void classes_free(struct classes *classes)
{
        free(classes->rows);
        free(classes->list);
        *classes = (struct classes){ 0 };
}
