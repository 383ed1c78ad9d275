/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/past.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_places(const struct ledger_row *a, uint32_t block, uint32_t cell)
{
        if (a->block != block)
                return a->block < block ? -1 : 1;
        return (a->cell > cell) - (a->cell < cell);
}

/* Rows of a trial keep their order: sorted are pointers into the array they came in. */
static int compare(const void *left, const void *right)
{
        const struct ledger_row *a = *(const struct ledger_row *const *)left;
        const struct ledger_row *b = *(const struct ledger_row *const *)right;
        int order = compare_places(a, b->block, b->cell);

        if (order)
                return order;
        if (a->trial != b->trial)
                return a->trial < b->trial ? -1 : 1;
        return (a > b) - (a < b);
}

struct status past_make(const struct ledger_row *rows, size_t count, struct past *ret_past)
{
        const struct ledger_row **order = calloc(count + 1, sizeof(*order));
        struct past past = { .rows = calloc(count + 1, sizeof(*past.rows)), .count = count };

        if (!order || !past.rows) {
                free(order);
                free(past.rows);
                return status_errno(ENOMEM, NULL, "cannot hold the samples there are");
        }
        for (size_t i = 0; i < count; i++)
                order[i] = &rows[i];
        if (count)
                qsort(order, count, sizeof(*order), compare);
        for (size_t i = 0; i < count; i++)
                past.rows[i] = *order[i];
        past.blocks = count ? past.rows[count - 1].block + 1 : 0;
        free(order);
        *ret_past = past;
        return status_ok();
}

void past_free(struct past *past)
{
        free(past->rows);
        *past = (struct past){ 0 };
}

size_t past_find(const struct past *past, uint32_t cell, uint32_t block,
                 const struct ledger_row **ret_first)
{
        size_t low = 0, high = past->count, count = 0;

        while (low < high) {
                size_t middle = (low + high) / 2;

                if (compare_places(&past->rows[middle], block, cell) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        while (low + count < past->count &&
               compare_places(&past->rows[low + count], block, cell) == 0)
                count++;
        *ret_first = past->rows + low;
        return count;
}
