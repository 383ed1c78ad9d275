/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/past.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_places(const struct tally *a, uint32_t block, uint32_t cell)
{
        if (a->block != block)
                return a->block < block ? -1 : 1;
        return (a->cell > cell) - (a->cell < cell);
}

static int compare(const void *left, const void *right)
{
        const struct tally *a = left, *b = right;
        int order = compare_places(a, b->block, b->cell);

        return order ? order : (a->trial > b->trial) - (a->trial < b->trial);
}

static struct status keep_trial(struct past *past)
{
        struct tally tally, *grown;

        if (!tally_end(&past->maker, &tally))
                return status_ok();
        if (past->count == past->room) {
                past->room += past->room / 2 + 64;
                grown = reallocarray(past->trials, past->room, sizeof(*grown));
                if (!grown)
                        return status_errno(ENOMEM, NULL, "cannot hold the trials there are");
                past->trials = grown;
        }
        past->trials[past->count++] = tally;
        return status_ok();
}

struct status past_add(struct past *past, const struct tally_row *row)
{
        if (tally_begins(&past->maker, row))
                TRY(keep_trial(past));
        past->rows++;
        return tally_add(&past->maker, row);
}

struct status past_close(struct past *past)
{
        const struct tally *list;

        TRY(keep_trial(past));
        list = past->trials;
        if (past->count)
                qsort(past->trials, past->count, sizeof(*past->trials), compare);
        for (size_t i = 1; i < past->count; i++)
                if (compare(&list[i - 1], &list[i]) == 0)
                        return status_make(STATUS_USAGE, "put samples.csv back as it was written",
                                           "the rows of cell %u, block %u, trial %u do not stand "
                                           "together",
                                           list[i].cell, list[i].block, list[i].trial);
        past->blocks = past->count ? list[past->count - 1].block + 1 : 0;
        return status_ok();
}

void past_free(struct past *past)
{
        tally_free(&past->maker);
        free(past->trials);
        *past = (struct past){ 0 };
}

size_t past_find(const struct past *past, uint32_t cell, uint32_t block,
                 const struct tally **ret_first)
{
        size_t low = 0, high = past->count, count = 0;

        while (low < high) {
                size_t middle = (low + high) / 2;

                if (compare_places(&past->trials[middle], block, cell) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        while (low + count < past->count &&
               compare_places(&past->trials[low + count], block, cell) == 0)
                count++;
        *ret_first = past->trials + low;
        return count;
}
