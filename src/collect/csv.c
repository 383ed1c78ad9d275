/* SPDX-License-Identifier: Apache-2.0 */
/* collection.csv: the rows of all runs with the columns of summary.csv, and where they are from. */
#include "collect/collect.h"

#include "csv/file.h"
#include "report/summary_write.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The options and counters of all runs, and one row put into their order. */
struct shape {
        struct summary names;
        char **options;
        double *pte, *pmd;
};

static struct status add_name(char ***names, size_t *count, char *name)
{
        for (size_t i = 0; i < *count; i++)
                if (strcmp((*names)[i], name) == 0)
                        return status_ok();
        TRY(list_grow((void **)names, *count, sizeof(char *)));
        (*names)[(*count)++] = name;
        return status_ok();
}

/* The names stay the summaries'. */
static struct status shape_make(const struct collection *collection, struct shape *shape)
{
        struct summary *names = &shape->names;

        for (size_t i = 0; i < collection->run_count; i++) {
                const struct summary *summary = collection->runs[i].summary;

                for (size_t k = 0; summary && k < summary->option_count; k++)
                        TRY(add_name(&names->option_names, &names->option_count,
                                     summary->option_names[k]));
                for (size_t k = 0; summary && k < summary->counter_count; k++)
                        TRY(add_name(&names->counter_names, &names->counter_count,
                                     summary->counter_names[k]));
        }
        shape->options = calloc(names->option_count + 1, sizeof(*shape->options));
        shape->pte = calloc(names->counter_count + 1, sizeof(*shape->pte));
        shape->pmd = calloc(names->counter_count + 1, sizeof(*shape->pmd));
        if (!shape->options || !shape->pte || !shape->pmd)
                return status_errno(ENOMEM, NULL, "cannot write collection.csv");
        return status_ok();
}

static void shape_free(struct shape *shape)
{
        free(shape->names.option_names);
        free(shape->names.counter_names);
        free(shape->options);
        free(shape->pte);
        free(shape->pmd);
}

static size_t index_of(char *const *names, size_t count, const char *name)
{
        size_t at = 0;

        while (at < count && strcmp(names[at], name) != 0)
                at++;
        return at;
}

/* The row with the options and counters of all runs; what its run does not have is missing. */
static struct summary_row shaped(struct shape *shape, const struct policy_row *at)
{
        struct summary_row row = *at->row;
        const struct summary *from = at->summary;

        for (size_t i = 0; i < shape->names.option_count; i++) {
                size_t found = index_of(from->option_names, from->option_count,
                                        shape->names.option_names[i]);

                shape->options[i] = found < from->option_count ? row.options[found] : (char *)"";
        }
        for (size_t i = 0; i < shape->names.counter_count; i++) {
                size_t found = index_of(from->counter_names, from->counter_count,
                                        shape->names.counter_names[i]);
                bool known = found < from->counter_count;

                shape->pte[i] = known ? row.pte.counters[found] : NAN;
                shape->pmd[i] = known ? row.pmd.counters[found] : NAN;
        }
        row.options = shape->options;
        row.pte.counters = shape->pte;
        row.pmd.counters = shape->pmd;
        return row;
}

static struct status write_rows(const struct collection *collection, struct shape *shape,
                                struct csv_file *file, struct csv_row *row)
{
        static const char *const names[] = { "run", "kernel", "machine", "cell", "clock" };

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                csv_row_name(row, "", names[i]);
        summary_write_names(&shape->names, row);
        TRY(csv_file_write(file, row));
        for (size_t i = 0; i < collection->row_count; i++) {
                const struct policy_row *at = &collection->rows[i];
                struct summary_row full = shaped(shape, at);

                csv_row_text(row, collection->runs[at->run].path);
                csv_row_text(row, collection->kernels[at->kernel].release);
                csv_row_text(row, collection->kernels[at->kernel].machine);
                csv_row_text(row, at->cell);
                csv_row_text(row, at->instructions ? "instructions" : "time");
                snprintf(full.memmap, sizeof(full.memmap), "%s", at->memmap);
                summary_write_row(&shape->names, at->evidence, &full, row);
                TRY(csv_file_write(file, row));
        }
        return status_ok();
}

struct status collect_write_csv(const struct collection *collection)
{
        struct shape shape = { 0 };
        struct csv_row row = { 0 };
        struct csv_file file;
        struct status status = shape_make(collection, &shape);

        if (!status_failed(&status))
                status = csv_file_begin(collection->dir, "collection.csv", &file);
        if (!status_failed(&status)) {
                status = write_rows(collection, &shape, &file, &row);
                if (status_failed(&status))
                        csv_file_abandon(&file);
                else
                        status = csv_file_commit(&file);
        }
        csv_row_free(&row);
        shape_free(&shape);
        return status;
}
