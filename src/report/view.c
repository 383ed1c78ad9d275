/* SPDX-License-Identifier: Apache-2.0 */
#include "report/view.h"

#include "stats/looks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first row of the same source. */
static const struct summary_row *first_of_source(const struct summary *summary,
                                                 const struct summary_row *row)
{
        const struct summary_row *first = summary->rows;

        while (strcmp(first->source, row->source) != 0)
                first++;
        return first;
}

/* Missing is no word for a label: versions without the column, and memory without a file. */
static bool differ(const char *left, const char *right, const char *preset)
{
        return strcmp(*left ? left : preset, *right ? right : preset) != 0;
}

static void view_compare(struct view *view, const struct summary_row *row)
{
        const struct summary_row *first = view->summary->rows;

        view->sources |= strcmp(first->source, row->source) != 0;
        view->targets |= strcmp(first_of_source(view->summary, row)->target, row->target) != 0;
        view->levers |= strcmp(first->pte.name, row->pte.name) != 0;
        view->memmaps |= strcmp(first->memmap, row->memmap) != 0;
        view->dax |= strcmp(first->dax, row->dax) != 0;
        view->maps |= differ(first->map, row->map, "shared");
        view->states |= differ(first->state, row->state, "written");
        view->threads |= first->threads != row->threads;
}

static size_t first_of_lever(const struct view *view, const char *name)
{
        size_t first = 0;

        while (strcmp(view->rows[first]->pte.name, name) != 0)
                first++;
        return first;
}

/* There are few, so that the first of each is soon found. */
static const char *commonest_lever(const struct view *view)
{
        const char *lever = "";
        size_t most = 0;

        for (size_t i = 0; i < view->count; i++) {
                const char *name = view->rows[i]->pte.name;
                size_t count = 0;

                if (first_of_lever(view, name) != i)
                        continue;
                for (size_t k = i; k < view->count; k++)
                        count += strcmp(name, view->rows[k]->pte.name) == 0;
                if (count > most) {
                        most = count;
                        lever = name;
                }
        }
        return lever;
}

/* "2" before "16". */
static int compare_options(const struct view *view, const struct summary_row *left,
                           const struct summary_row *right)
{
        int order = 0;

        for (size_t i = 0; !order && i < view->summary->option_count; i++)
                order = strverscmp(left->options[i], right->options[i]);
        return order;
}

static int compare_numbers(uint64_t left, uint64_t right)
{
        return (left > right) - (left < right);
}

static int order_sources(const struct summary_row *left, const struct summary_row *right)
{
        int order = strcmp(left->source, right->source);

        if (!order)
                order = strverscmp(left->target, right->target);
        if (!order)
                order = strcmp(left->fs, right->fs);
        if (!order)
                order = strcmp(left->memmap, right->memmap);
        if (!order)
                order = strcmp(left->dax, right->dax);
        if (!order)
                order = strcmp(left->map, right->map);
        return order ? order : strcmp(left->state, right->state);
}

static int compare_rows(const void *left_row, const void *right_row, void *view_pointer)
{
        const struct summary_row *left = *(const struct summary_row *const *)left_row;
        const struct summary_row *right = *(const struct summary_row *const *)right_row;
        const struct view *view = view_pointer;
        int order = strcmp(left->workload, right->workload);

        if (!order)
                order = strcmp(left->op, right->op);
        if (!order)
                order = order_sources(left, right);
        if (!order)
                order = compare_options(view, left, right);
        if (!order)
                order = compare_numbers(left->threads, right->threads);
        if (!order)
                order = compare_numbers(left->bytes, right->bytes);
        if (!order)
                order = strcmp(left->pte.name, right->pte.name);
        return order ? order : left < right ? -1 : left > right;
}

static bool is_option(const struct view *view, size_t index, const char *name)
{
        return name && strcmp(view->summary->option_names[index], name) == 0;
}

int view_order(const struct view *view, const struct summary_row *left,
               const struct summary_row *right, unsigned parts, const char *option)
{
        int order = 0;

        if (parts & LABEL_BYTES)
                order = compare_numbers(left->bytes, right->bytes);
        if (!order && parts & LABEL_THREADS)
                order = compare_numbers(left->threads, right->threads);
        if (!order && parts & LABEL_WORKLOAD)
                order = strcmp(left->workload, right->workload);
        if (!order && parts & LABEL_OP)
                order = strcmp(left->op, right->op);
        if (!order && parts & LABEL_LEVER)
                order = strcmp(left->pte.name, right->pte.name);
        if (!order && parts & LABEL_SOURCE)
                order = order_sources(left, right);
        for (size_t i = 0; !order && parts & LABEL_OPTIONS && i < view->summary->option_count; i++)
                if (!is_option(view, i, option))
                        order = strcmp(left->options[i], right->options[i]);
        return order;
}

bool view_alike(const struct view *view, const struct summary_row *left,
                const struct summary_row *right, unsigned parts)
{
        return view_order(view, left, right, parts, NULL) == 0;
}

/* Is `row` the better one to stand for both? */
static bool stands_for(const struct view *view, const struct summary_row *row,
                       const struct summary_row *other)
{
        const struct summary_row *rows = view->summary->rows;
        bool measured = isfinite(row->gain), other_measured = isfinite(other->gain);

        if (measured != other_measured)
                return measured;
        if (row->bytes != other->bytes)
                return row->bytes > other->bytes;
        if (row->threads != other->threads)
                return row->threads < other->threads;
        return view->rank[row - rows] < view->rank[other - rows];
}

/* The end of the rows from `begin` on that are alike in these parts, in the order of view->rows. */
static size_t run_end(const struct view *view, size_t begin, unsigned parts)
{
        size_t end = begin + 1;

        while (end < view->count &&
               view_alike(view, view->rows[begin], view->rows[end], parts))
                end++;
        return end;
}

static void headlines_find(struct view *view)
{
        for (size_t begin = 0, end; begin < view->count; begin = end) {
                const struct summary_row *best = view->rows[begin];

                end = run_end(view, begin, LABEL_WORKLOAD | LABEL_OP | LABEL_SOURCE);
                for (size_t i = begin; i < end; i++)
                        if (stands_for(view, view->rows[i], best))
                                best = view->rows[i];
                view->headline[best - view->summary->rows] = !view_is_twin(best);
        }
}

/* The rows of one lever in a run that differs by bytes and levers; `begin` is the first of them. */
static void sweep_mark(struct view *view, size_t begin, size_t end)
{
        const size_t long_sweep = 12;
        const struct summary_row *first = view->rows[begin], *best = first;
        size_t alike = 0;

        for (size_t i = begin; i < end; i++) {
                if (strcmp(view->rows[i]->pte.name, first->pte.name) != 0)
                        continue;
                alike++;
                if (stands_for(view, view->rows[i], best))
                        best = view->rows[i];
        }
        for (size_t i = begin; i < end && alike > long_sweep; i++)
                if (strcmp(view->rows[i]->pte.name, first->pte.name) == 0)
                        view->sweep[view->rows[i] - view->summary->rows] = view->rows[i] != best;
}

static void sweeps_find(struct view *view)
{
        for (size_t begin = 0, end; begin < view->count; begin = end) {
                end = run_end(view, begin, LABEL_ALL & ~(unsigned)(LABEL_BYTES | LABEL_LEVER));
                for (size_t i = begin; i < end; i++) {
                        size_t first = begin;

                        while (strcmp(view->rows[first]->pte.name, view->rows[i]->pte.name) != 0)
                                first++;
                        if (first == i)
                                sweep_mark(view, i, end);
                }
        }
}

struct status view_make(const struct summary *summary, struct view *ret_view)
{
        size_t options = summary->option_count;
        struct view view = { .summary = summary, .count = summary->row_count };

        view.rows = calloc(summary->row_count + 1, sizeof(*view.rows));
        view.rank = calloc(summary->row_count + 1, sizeof(*view.rank));
        view.first = calloc(summary->row_count + 1, sizeof(*view.first));
        view.options = calloc(summary->row_count * options + 1, sizeof(*view.options));
        view.headline = calloc(summary->row_count + 1, sizeof(*view.headline));
        view.sweep = calloc(summary->row_count + 1, sizeof(*view.sweep));
        if (!view.rows || !view.rank || !view.first || !view.options || !view.headline ||
            !view.sweep) {
                view_free(&view);
                return status_make(STATUS_SYSTEM, "free some memory", "no memory for the report");
        }
        for (size_t r = 0; r < summary->row_count; r++) {
                const struct summary_row *row = &summary->rows[r];
                size_t first = r ? view.first[r - 1] : 0;

                if (strcmp(summary->rows[first].workload, row->workload) != 0)
                        first = 0;
                while (strcmp(summary->rows[first].workload, row->workload) != 0)
                        first++;
                view.rows[r] = row;
                view.first[r] = first;
                view_compare(&view, row);
                for (size_t i = 0; i < options; i++)
                        if (strcmp(summary->rows[first].options[i], row->options[i]) != 0)
                                view.options[first * options + i] = true;
        }
        qsort_r(view.rows, view.count, sizeof(*view.rows), compare_rows, &view);
        for (size_t i = 0; i < view.count; i++)
                view.rank[view.rows[i] - summary->rows] = i;
        view.lever = commonest_lever(&view);
        headlines_find(&view);
        sweeps_find(&view);
        *ret_view = view;
        return status_ok();
}

void view_free(struct view *view)
{
        free(view->rows);
        free(view->rank);
        free(view->first);
        free(view->options);
        free(view->headline);
        free(view->sweep);
        *view = (struct view) { 0 };
}

bool view_is_wide(const struct view *view, const struct summary_row *row)
{
        double precision = view->summary->precision;

        return precision > 0 && isfinite(row->gain) &&
               !(gain_width(row->gain, row->gain_lo, row->gain_hi) <= precision);
}

size_t view_wide(const struct view *view, size_t *ret_gains)
{
        size_t gains = 0, wide = 0;

        for (size_t i = 0; i < view->count; i++) {
                if (isfinite(view->rows[i]->gain))
                        gains++;
                wide += view_is_wide(view, view->rows[i]);
        }
        *ret_gains = gains;
        return wide;
}

bool view_is_twin(const struct summary_row *row)
{
        return strcmp(row->workload, "twin") == 0;
}

bool view_has_twins(const struct view *view)
{
        for (size_t i = 0; i < view->count; i++)
                if (view_is_twin(view->rows[i]))
                        return true;
        return false;
}

bool view_is_headline(const struct view *view, const struct summary_row *row)
{
        return view->headline[row - view->summary->rows];
}

bool view_is_sweep(const struct view *view, const struct summary_row *row)
{
        return view->sweep[row - view->summary->rows];
}
