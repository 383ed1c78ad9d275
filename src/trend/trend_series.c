/* SPDX-License-Identifier: Apache-2.0 */
#include "trend/trend_series.h"

#include "report/row_key.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct status no_memory(void)
{
        return status_errno(ENOMEM, "name fewer runs", "cannot keep what the runs hold");
}

/* Where a key is, or would be. */
static size_t find_place(const struct trend_machine *machine, const char *key, bool *ret_found)
{
        size_t low = 0, high = machine->series_count;

        *ret_found = false;
        while (low < high) {
                size_t middle = (low + high) / 2;
                int order = strcmp(machine->series[middle].key, key);

                if (order == 0) {
                        *ret_found = true;
                        return middle;
                }
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* The number of an option of the machine's cells; a new one gives every row an empty text. */
static struct status find_option(struct summary *cells, const char *name, size_t *ret_option)
{
        size_t count = cells->option_count;
        char **names;

        for (size_t i = 0; i < count; i++) {
                if (strcmp(cells->option_names[i], name) == 0) {
                        *ret_option = i;
                        return status_ok();
                }
        }
        for (size_t r = 0; r < cells->row_count; r++) {
                char **options = realloc(cells->rows[r].options, (count + 1) * sizeof(*options));

                if (!options)
                        return no_memory();
                cells->rows[r].options = options;
                options[count] = strdup("");
                if (!options[count])
                        return no_memory();
        }
        names = realloc(cells->option_names, (count + 1) * sizeof(*names));
        if (names) {
                cells->option_names = names;
                names[count] = strdup(name);
        }
        if (!names || !names[count])
                return no_memory();
        *ret_option = cells->option_count++;
        return status_ok();
}

/* Every option that is set must have its column before a row is added. */
static struct status add_options(struct summary *cells, const struct summary *summary)
{
        size_t option;

        for (size_t i = 0; i < summary->option_count; i++)
                TRY(find_option(cells, summary->option_names[i], &option));
        return status_ok();
}

static struct status copy_options(struct summary *cells, const struct summary *summary,
                                  const struct summary_row *from, struct summary_row *row)
{
        size_t option = 0;

        row->options = calloc(cells->option_count + 1, sizeof(*row->options));
        if (!row->options)
                return no_memory();
        for (size_t i = 0; i < summary->option_count; i++) {
                TRY(find_option(cells, summary->option_names[i], &option));
                row->options[option] = strdup(from->options[i]);
        }
        for (size_t i = 0; i < cells->option_count; i++) {
                if (!row->options[i])
                        row->options[i] = strdup("");
                if (!row->options[i])
                        return no_memory();
        }
        return status_ok();
}

static struct status add_row(struct summary *cells, const struct summary *summary,
                             const struct summary_row *from)
{
        size_t count = cells->row_count;
        struct summary_row *rows = cells->rows;

        if (!(count & (count - 1))) { /* a power of two: full */
                rows = realloc(rows, (count ? 2 * count : 1) * sizeof(*rows));
                if (!rows)
                        return no_memory();
                cells->rows = rows;
        }
        rows[count] = *from;
        rows[count].pte.counters = rows[count].pmd.counters = NULL;
        rows[count].options = NULL;
        cells->row_count++;
        return copy_options(cells, summary, from, &rows[count]);
}

/* A new series at `place`; takes the key. */
static struct status add_series(struct trend_machine *machine, size_t place, char *key,
                                const struct summary *summary, const struct summary_row *row)
{
        size_t count = machine->series_count;
        struct trend_cell *series = machine->series;

        if (!(count & (count - 1))) {
                series = realloc(series, (count ? 2 * count : 1) * sizeof(*series));
                if (!series)
                        return no_memory();
                machine->series = series;
        }
        TRY(add_row(&machine->cells, summary, row));
        memmove(&series[place + 1], &series[place], (count - place) * sizeof(*series));
        series[place] = (struct trend_cell){ .key = key, .row = machine->cells.row_count - 1 };
        machine->series_count++;
        return status_ok();
}

static struct status add_point(struct trend_cell *cell, size_t run, const struct summary_row *row)
{
        const char *reason = row->pte.reason[0] ? row->pte.reason : row->pmd.reason;
        struct trend_point *point;

        if (cell->count == cell->capacity) {
                size_t capacity = cell->capacity ? 2 * cell->capacity : 4;
                struct trend_point *points = realloc(cell->points, capacity * sizeof(*points));

                if (!points)
                        return no_memory();
                cell->points = points;
                cell->capacity = capacity;
        }
        point = &cell->points[cell->count++];
        *point = (struct trend_point){ run,        row->gain,    row->gain_lo, row->gain_hi,
                                       row->pairs, row->verdict, NULL };
        if (isfinite(row->gain)) {
                cell->measured++;
        } else if (reason[0]) {
                point->reason = strdup(reason);
                if (!point->reason)
                        return no_memory();
        }
        return status_ok();
}

/* What the newest run tells of a cell. */
static void renew_row(struct summary_row *row, const struct summary_row *newest)
{
        char **options = row->options;

        *row = *newest;
        row->options = options;
        row->pte.counters = row->pmd.counters = NULL;
}

static struct status add_keyed(struct trend_machine *machine, size_t run,
                               const struct summary *summary, const struct summary_row *row,
                               char *key)
{
        bool found;
        size_t place = find_place(machine, key, &found);

        if (found) {
                free(key);
                renew_row(&machine->cells.rows[machine->series[place].row], row);
        } else {
                struct status status = add_series(machine, place, key, summary, row);

                if (status_failed(&status)) {
                        free(key);
                        return status;
                }
        }
        return add_point(&machine->series[place], run, row);
}

static int compare_texts(const void *left, const void *right)
{
        return strcmp(*(char *const *)left, *(char *const *)right);
}

static struct status check_keys(char **keys, size_t count)
{
        char **sorted = malloc((count + 1) * sizeof(*sorted));
        struct status status = status_ok();

        if (!sorted)
                return no_memory();
        memcpy(sorted, keys, count * sizeof(*sorted));
        qsort(sorted, count, sizeof(*sorted), compare_texts);
        for (size_t i = 1; i < count && !status_failed(&status); i++)
                if (strcmp(sorted[i - 1], sorted[i]) == 0)
                        status = status_make(STATUS_USAGE, "make the report of that run again",
                                             "two rows of its summary are one cell: %.200s",
                                             sorted[i]);
        free(sorted);
        return status;
}

static struct status add_all(struct trend_machine *machine, size_t run,
                             const struct summary *summary, char **keys)
{
        for (size_t i = 0; i < summary->row_count; i++)
                TRY(row_key_make(summary, &summary->rows[i], ROW_KEY_ALL, &keys[i]));
        TRY(check_keys(keys, summary->row_count));
        TRY(add_options(&machine->cells, summary));
        for (size_t i = 0; i < summary->row_count; i++) {
                char *key = keys[i];

                keys[i] = NULL;
                TRY(add_keyed(machine, run, summary, &summary->rows[i], key));
        }
        return status_ok();
}

struct status trend_add_rows(struct trend_machine *machine, size_t run,
                             const struct summary *summary)
{
        char **keys = calloc(summary->row_count + 1, sizeof(*keys));
        struct status status = keys ? add_all(machine, run, summary, keys) : no_memory();

        for (size_t i = 0; keys && i < summary->row_count; i++)
                free(keys[i]);
        free(keys);
        return status;
}

static void cell_free(struct trend_cell *cell)
{
        for (size_t i = 0; i < cell->count; i++)
                free(cell->points[i].reason);
        free(cell->points);
        free(cell->places);
        free(cell->key);
        change_parts_free(&cell->parts);
}

void trend_machine_free(struct trend_machine *machine)
{
        struct summary *cells = &machine->cells;

        for (size_t i = 0; i < machine->series_count; i++)
                cell_free(&machine->series[i]);
        free(machine->series);
        free(machine->order);
        free(machine->runs);
        view_free(&machine->view);
        for (size_t i = 0; i < cells->row_count; i++) {
                for (size_t k = 0; cells->rows[i].options && k < cells->option_count; k++)
                        free(cells->rows[i].options[k]);
                free(cells->rows[i].options);
        }
        for (size_t i = 0; i < cells->option_count; i++)
                free(cells->option_names[i]);
        free(cells->option_names);
        free(cells->rows);
        *machine = (struct trend_machine){ 0 };
}
