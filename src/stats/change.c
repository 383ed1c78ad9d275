/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/change.h"

#include "stats/change_scan.h"
#include "stats/quantile.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The search: `cuts` are the first runs of parts, ascending, with the p of each. */
struct search {
        const struct change_input *input;
        struct change_scan scan;
        struct change_part *parts;
        size_t count;
};

static struct status no_memory(void)
{
        return status_errno(ENOMEM, NULL, "cannot look for changes");
}

static int compare_parts(const void *left, const void *right)
{
        size_t a = ((const struct change_part *)left)->first;
        size_t b = ((const struct change_part *)right)->first;

        return (a > b) - (a < b);
}

/* Cuts first..end while a cut is significant; every cut leaves two shorter parts. */
static void search_part(struct search *search, size_t first, size_t end)
{
        size_t at;
        double p;

        if (!change_scan_test(&search->scan, search->input, first, end, &at, &p))
                return;
        search->parts[search->count++] = (struct change_part){ .first = at, .p = p };
        search_part(search, first, at);
        search_part(search, at, end);
}

static struct status find_level(const struct search *search, struct change_part *part)
{
        double *values = malloc((part->count + 1) * sizeof(*values));
        struct status status;

        if (!values)
                return no_memory();
        memcpy(values, search->input->values + part->first, part->count * sizeof(*values));
        status = estimate_make(values, part->count, search->input->seed, &part->level);
        free(values);
        return status;
}

static struct status find_levels(struct search *search)
{
        for (size_t i = 0; i < search->count; i++) {
                size_t end = i + 1 < search->count ? search->parts[i + 1].first
                                                   : search->input->count;

                search->parts[i].count = end - search->parts[i].first;
                TRY(find_level(search, &search->parts[i]));
        }
        return status_ok();
}

/* Joins the two parts that differ least, when that is less than what is asked for. */
static struct status join_closest(struct search *search, bool *ret_joined)
{
        size_t closest = 0;
        double least = search->input->least;

        for (size_t i = 1; i < search->count; i++) {
                double step = fabs(search->parts[i].level.value - search->parts[i - 1].level.value);

                if (step < least) {
                        least = step;
                        closest = i;
                }
        }
        *ret_joined = closest > 0;
        if (!closest)
                return status_ok();
        search->parts[closest - 1].count += search->parts[closest].count;
        memmove(&search->parts[closest], &search->parts[closest + 1],
                (search->count - closest - 1) * sizeof(*search->parts));
        search->count--;
        return find_level(search, &search->parts[closest - 1]);
}

static struct status search_all(struct search *search)
{
        bool joined = true;

        search->parts[search->count++] = (struct change_part){ .first = 0, .p = NAN };
        search_part(search, 0, search->input->count);
        qsort(search->parts, search->count, sizeof(*search->parts), compare_parts);
        TRY(find_levels(search));
        while (joined)
                TRY(join_closest(search, &joined));
        return status_ok();
}

struct status change_find(const struct change_input *input, struct change_parts *ret_parts)
{
        struct search search = { .input = input };
        struct status status;

        if (!input->count) {
                *ret_parts = (struct change_parts){ 0 };
                return status_ok();
        }
        search.parts = calloc(input->count / CHANGE_RUNS_MIN + 1, sizeof(*search.parts));
        status = search.parts ? change_scan_begin(&search.scan, input->count) : no_memory();
        if (!status_failed(&status))
                status = search_all(&search);
        change_scan_end(&search.scan);
        if (status_failed(&status))
                free(search.parts);
        else
                *ret_parts = (struct change_parts){ search.parts, search.count };
        return status;
}

void change_parts_free(struct change_parts *parts)
{
        free(parts->parts);
        *parts = (struct change_parts){ 0 };
}
