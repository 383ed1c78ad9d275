/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/compare.h"

#include "compare/entries.h"
#include "compare/judge.h"
#include "compare/machines.h"
#include "report/summary_columns.h"
#include "stats/quantile.h"
#include "stats/trimmed.h"

#include <errno.h>
#include <math.h>
#include <pmdgain/workload.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct status no_memory(void)
{
        return status_errno(ENOMEM, NULL, "cannot compare the runs");
}

/* The values of one side of a cell. */
struct values {
        double *list;
        size_t count, room;
};

static struct status values_add(struct values *values, const double *more, size_t count)
{
        if (values->count + count > values->room) {
                size_t room = values->count + count + values->room;
                double *list = reallocarray(values->list, room, sizeof(*list));

                if (!list)
                        return no_memory();
                values->list = list;
                values->room = room;
        }
        memcpy(values->list + values->count, more, count * sizeof(*more));
        values->count += count;
        return status_ok();
}

/* Adds a run's blocks, or with several runs the one value that they come down to. */
static struct status side_add(struct compare_side *side, struct values *values,
                              struct compare_entry *entry, bool pooled)
{
        double one;

        side->present = true;
        side->trials += entry->trials;
        side->invalid += entry->invalid;
        side->skipped += entry->skipped;
        if (!side->reason[0])
                memcpy(side->reason, entry->reason, sizeof(side->reason));
        if (!entry->value_count)
                return status_ok();
        side->runs++;
        if (!pooled)
                return values_add(values, entry->values, entry->value_count);
        sort_values(entry->values, entry->value_count);
        one = trimmed_mean_sorted(entry->values, entry->value_count);
        return values_add(values, &one, 1);
}

static double mean_of(const struct values *values)
{
        double sum = 0;

        for (size_t i = 0; i < values->count; i++)
                sum += values->list[i];
        return sum / (double)values->count; /* NaN without any */
}

/* In the cell's unit, from the middle of the logarithms. */
static double value_of(const struct compare_name *name, double middle)
{
        if (name->kind == COMPARE_GAIN)
                return exp(middle);
        if (strcmp(name->unit, unit_name(UNIT_GB_PER_S)) == 0) /* bytes a ns are GB a s */
                return exp(-middle);
        return exp(middle) * columns_unit_scale(name->unit);
}

/* A cell from its entries, which have one key. */
static struct status cell_make(struct compare_entry *entries, size_t count, bool pooled,
                               struct values *base, struct values *new, struct compare_cell *cell,
                               struct contrast *contrast)
{
        double base_middle, new_middle;

        cell->name = entries[0].name;
        base->count = new->count = 0;
        for (size_t i = 0; i < count; i++)
                TRY(side_add(entries[i].is_new ? &cell->new : &cell->base,
                             entries[i].is_new ? new : base, &entries[i], pooled));
        cell->base.values = base->count;
        cell->new.values = new->count;
        if (pooled) {
                *contrast = contrast_make_few(base->list, base->count, new->list, new->count);
                base_middle = mean_of(base);
                new_middle = mean_of(new);
        } else {
                *contrast = contrast_make(base->list, base->count, new->list, new->count);
                base_middle = trimmed_mean_sorted(base->list, base->count);
                new_middle = trimmed_mean_sorted(new->list, new->count);
        }
        cell->base.value = value_of(&cell->name, base_middle);
        cell->new.value = value_of(&cell->name, new_middle);
        return status_ok();
}

/* The entries of a cell. */
struct place {
        const struct compare_name *name; /* of the first */
        size_t first, count;
};

static int compare_numbers(uint64_t left, uint64_t right)
{
        return (left > right) - (left < right);
}

/* As people list them: by what was done, where, and then by size; "2" before "16". */
static int compare_places(const void *left, const void *right)
{
        const struct place *a = left, *b = right;
        const struct {
                const char *left, *right;
        } texts[] = {
                { a->name->workload, b->name->workload },
                { a->name->op, b->name->op },
                { a->name->source, b->name->source },
                { a->name->target, b->name->target },
                { a->name->fs, b->name->fs },
                { a->name->memmap, b->name->memmap },
                { a->name->dax, b->name->dax },
                { a->name->map, b->name->map },
                { a->name->state, b->name->state },
                { a->name->options, b->name->options },
        };
        int order = 0;

        for (size_t i = 0; !order && i < sizeof(texts) / sizeof(texts[0]); i++)
                order = strverscmp(texts[i].left, texts[i].right);
        if (!order)
                order = compare_numbers(a->name->threads, b->name->threads);
        if (!order)
                order = compare_numbers(a->name->bytes, b->name->bytes);
        if (!order)
                order = compare_numbers(a->name->kind, b->name->kind);
        if (!order)
                order = strcmp(a->name->arm, b->name->arm);
        return order ? order : compare_numbers(a->first, b->first);
}

static struct status find_places(const struct compare_entries *entries, struct place **ret_places,
                                 size_t *ret_count)
{
        struct place *places = calloc(entries->count + 1, sizeof(*places));
        size_t count = 0;

        if (!places)
                return no_memory();
        for (size_t i = 0; i < entries->count; i++) {
                const struct compare_entry *entry = &entries->list[i];

                if (!i || strcmp(entry->key, entries->list[i - 1].key) != 0)
                        places[count++] = (struct place) { &entry->name, i, 0 };
                places[count - 1].count++;
        }
        qsort(places, count, sizeof(*places), compare_places);
        *ret_places = places;
        *ret_count = count;
        return status_ok();
}

static struct status fill_cells(struct compare_entries *entries, const struct place *places,
                                struct contrast *contrasts, struct comparison *comparison)
{
        struct values base = { 0 }, new = { 0 };
        struct status status = status_ok();

        for (size_t i = 0; i < comparison->cell_count && !status_failed(&status); i++)
                status = cell_make(entries->list + places[i].first, places[i].count,
                                   comparison->pooled, &base, &new, &comparison->cells[i],
                                   &contrasts[i]);
        free(base.list);
        free(new.list);
        return status;
}

static struct status make_cells(struct compare_entries *entries, struct comparison *comparison)
{
        struct place *places = NULL;
        struct contrast *contrasts;
        size_t count = 0;
        struct status status;

        TRY(compare_entries_match(entries));
        TRY(find_places(entries, &places, &count));
        contrasts = calloc(count + 1, sizeof(*contrasts));
        comparison->cells = calloc(count + 1, sizeof(*comparison->cells));
        comparison->cell_count = comparison->cells ? count : 0;
        status = contrasts && comparison->cells ? fill_cells(entries, places, contrasts, comparison)
                                                : no_memory();
        if (!status_failed(&status))
                status = compare_judge(comparison->cells, contrasts, count, comparison->threshold);
        free(contrasts);
        free(places);
        return status;
}

static struct status read_side(struct compare_entries *entries,
                               const struct compare_request *request, bool is_new)
{
        const char *const *dirs = is_new ? request->new : request->base;
        size_t count = is_new ? request->new_count : request->base_count;

        for (size_t i = 0; i < count; i++)
                TRY(compare_entries_read(entries, dirs[i], is_new, i, request->arms,
                                         request->gains));
        return status_ok();
}

static void side_name(const char *const *dirs, size_t count, char *text, size_t text_size)
{
        if (count > 1)
                snprintf(text, text_size, "%.280s and %zu more", dirs[0], count - 1);
        else
                snprintf(text, text_size, "%.300s", dirs[0]);
}

static struct status fill(const struct compare_request *request, struct comparison *comparison)
{
        struct compare_entries entries = { 0 };
        struct status status;

        comparison->threshold = request->threshold;
        comparison->base_runs = request->base_count;
        comparison->new_runs = request->new_count;
        comparison->pooled = request->base_count > 1 || request->new_count > 1;
        side_name(request->base, request->base_count, comparison->base, sizeof(comparison->base));
        side_name(request->new, request->new_count, comparison->new, sizeof(comparison->new));
        status = read_side(&entries, request, false);
        if (!status_failed(&status))
                status = read_side(&entries, request, true);
        if (!status_failed(&status))
                status = compare_machines(request, comparison);
        if (!status_failed(&status))
                status = make_cells(&entries, comparison);
        comparison->cut_runs = entries.cut_runs;
        compare_entries_free(&entries);
        if (!status_failed(&status))
                compare_count(comparison);
        return status;
}

struct status compare_make(const struct compare_request *request,
                           struct comparison **ret_comparison)
{
        struct comparison *comparison = calloc(1, sizeof(*comparison));
        struct status status;

        if (!comparison)
                return no_memory();
        status = fill(request, comparison);
        if (status_failed(&status)) {
                compare_free(comparison);
                return status;
        }
        *ret_comparison = comparison;
        return status_ok();
}

void compare_free(struct comparison *comparison)
{
        if (!comparison)
                return;
        free(comparison->differences);
        free(comparison->cells);
        free(comparison);
}
