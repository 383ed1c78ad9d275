/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of all runs, and the lines that put the same comparison on every kernel side by side. */
#include "collect/parts.h"

#include "report/row_key.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct status no_memory(void)
{
        return status_errno(ENOMEM, NULL, "cannot hold the rows of all runs");
}

static void add_row(struct collection *collection, size_t run_at, size_t at)
{
        struct collected_run *run = &collection->runs[run_at];
        const struct summary_row *row = &run->summary->rows[at];
        const struct collected_cell *cell =
                run->cell == NONE ? NULL : &collection->cells[run->cell];
        bool told = cell && strcmp(cell->memmap, "-") != 0 && cell->memmap[0];

        collection->rows[collection->row_count++] = (struct policy_row) {
                .summary = run->summary,
                .row = row,
                .kernel = run->kernel,
                .run = run_at,
                .cell = cell ? cell->name : "",
                .memmap = row->memmap[0] || !told ? row->memmap : cell->memmap,
                .variant = cell ? cell->variant : "",
                .evidence = run->summary->evidence,
                .instructions = run->summary->instructions,
        };
}

/* In the order in which a report lists them. */
struct status make_rows(struct collection *collection)
{
        size_t count = 0;

        for (size_t i = 0; i < collection->run_count; i++)
                count += collection->runs[i].summary ? collection->runs[i].summary->row_count : 0;
        collection->rows = calloc(count + 1, sizeof(*collection->rows));
        collection->names = calloc(collection->kernel_count + 1, sizeof(*collection->names));
        if (!collection->rows || !collection->names)
                return no_memory();
        for (size_t i = 0; i < collection->run_count; i++) {
                struct collected_run *run = &collection->runs[i];

                run->first_row = collection->row_count;
                for (size_t k = 0; k < run->view.count; k++)
                        add_row(collection, i, (size_t)(run->view.rows[k] - run->summary->rows));
        }
        for (size_t i = 0; i < collection->kernel_count; i++)
                collection->names[i] = (struct policy_kernel) {
                        .name = collection->kernels[i].name,
                        .machine = collection->kernels[i].machine,
                };
        return status_ok();
}

static struct status make_key(const struct policy_row *row, char **ret_key)
{
        char *key = NULL, *whole = NULL;

        TRY(row_key_make(row->summary, row->row, ROW_KEY_ACROSS, &key));
        if (asprintf(&whole, "%s/%s", row->cell, key) < 0)
                whole = NULL;
        free(key);
        if (!whole)
                return no_memory();
        *ret_key = whole;
        return status_ok();
}

static int compare_keys(const void *left, const void *right, void *lines_pointer)
{
        const struct collected_line *lines = lines_pointer;
        size_t a = *(const size_t *)left, b = *(const size_t *)right;
        int order = strcmp(lines[a].key, lines[b].key);

        return order ? order : (a > b) - (a < b);
}

static void keep_worst(struct collected_line *line, const struct summary_row *row)
{
        if (row->verdict == VERDICT_PTE_FASTER && !(line->worst <= row->gain))
                line->worst = row->gain;
}

/* Puts the row of `from` into `to` where that kernel has none yet. */
static bool join(struct collected_line *to, const struct collected_line *from,
                 const struct collection *collection)
{
        size_t kernel = collection->rows[from->first].kernel;

        if (to->rows[kernel] != NONE)
                return false;
        to->rows[kernel] = from->first;
        keep_worst(to, collection->rows[from->first].row);
        return true;
}

/* One line a row, each with a key. */
static struct status begin_lines(struct collection *collection)
{
        collection->lines = calloc(collection->row_count + 1, sizeof(*collection->lines));
        if (!collection->lines)
                return no_memory();
        for (size_t i = 0; i < collection->row_count; i++) {
                struct collected_line *line = &collection->lines[collection->line_count++];

                line->first = i;
                line->worst = NAN;
                line->rows = calloc(collection->kernel_count, sizeof(*line->rows));
                if (!line->rows)
                        return no_memory();
                for (size_t k = 0; k < collection->kernel_count; k++)
                        line->rows[k] = NONE;
                TRY(make_key(&collection->rows[i], &line->key));
        }
        return status_ok();
}

static void join_lines(struct collection *collection, const size_t *order)
{
        size_t first = 0, kept = 0;

        for (size_t i = 0; i < collection->line_count; i++) {
                struct collected_line *line = &collection->lines[order[i]];

                while (strcmp(collection->lines[order[first]].key, line->key) != 0)
                        first++;
                for (size_t k = first; k <= i; k++)
                        if (join(&collection->lines[order[k]], line, collection))
                                break;
        }
        for (size_t i = 0; i < collection->line_count; i++) {
                struct collected_line *line = &collection->lines[i];
                bool used = line->rows[collection->rows[line->first].kernel] == line->first;

                if (used) {
                        collection->lines[kept++] = *line;
                } else {
                        free(line->key);
                        free(line->rows);
                }
        }
        collection->line_count = kept;
}

struct status make_lines(struct collection *collection)
{
        size_t *order;

        TRY(begin_lines(collection));
        order = calloc(collection->line_count + 1, sizeof(*order));
        if (!order)
                return no_memory();
        for (size_t i = 0; i < collection->line_count; i++)
                order[i] = i;
        qsort_r(order, collection->line_count, sizeof(*order), compare_keys, collection->lines);
        join_lines(collection, order);
        free(order);
        return status_ok();
}

struct status collection_read(const char *dir, struct collection *ret_collection)
{
        struct collection collection = { .dir = dir };
        struct found found = { 0 };
        struct status status = find_all(dir, &found);

        if (!status_failed(&status) && !found.run_count)
                status = status_make(STATUS_USAGE,
                                     "name the folder of a run, or one with runs below",
                                     "there is no samples.csv in %.200s or below", dir);
        if (!status_failed(&status))
                status = read_runs(&found, &collection);
        if (!status_failed(&status))
                status = read_lab(&found, &collection);
        if (!status_failed(&status))
                status = kernels_close(&collection);
        if (!status_failed(&status))
                status = make_rows(&collection);
        if (!status_failed(&status))
                status = make_lines(&collection);
        found_free(&found);
        if (status_failed(&status))
                collection_free(&collection);
        else
                *ret_collection = collection;
        return status;
}

char *collection_label(const struct collection *collection, size_t row, char *text,
                       size_t text_size)
{
        const struct policy_row *at = &collection->rows[row];
        const struct collected_run *run = &collection->runs[at->run];
        const unsigned parts =
                LABEL_WORKLOAD | LABEL_OP | LABEL_OPTIONS | LABEL_BYTES | LABEL_THREADS;
        size_t used;

        view_label(&run->view, at->row, parts, " · ", text, text_size);
        used = strlen(text);
        if (at->row->pte.name[0])
                snprintf(text + used, text_size - used, " · pte:%s", at->row->pte.name);
        return text;
}

char *collection_place(const struct collection *collection, size_t row, char *text,
                       size_t text_size)
{
        const struct policy_row *at = &collection->rows[row];

        if (at->cell[0])
                snprintf(text, text_size, "%s", at->cell);
        else
                snprintf(text, text_size, "%s%s%s%s%s", at->row->source, at->row->fs[0] ? ", " : "",
                         at->row->fs, at->memmap[0] ? ", memmap " : "", at->memmap);
        return text;
}
