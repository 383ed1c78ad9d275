/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/compare_output.h"
#include "csv/row.h"

#include <errno.h>

#define DIGITS 9

static void put_names(struct csv_row *row)
{
        static const char *const names[] = {
                "verdict",
                "beyond",
                "kind",
                "workload",
                "op",
                "bytes",
                "threads",
                "options",
                "source",
                "target",
                "fs",
                "memmap",
                "dax",
                "map",
                "file_state",
                "arm",
                "unit",
                "base_value",
                "new_value",
                "ratio",
                "ratio_lo",
                "ratio_hi",
                "p",
                "q",
                "found_lo",
                "found_hi",
                "base_values",
                "new_values",
                "base_runs",
                "new_runs",
                "base_trials",
                "new_trials",
                "base_invalid",
                "new_invalid",
                "base_skipped",
                "new_skipped",
                "base_reason",
                "new_reason",
        };

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                csv_row_name(row, "", names[i]);
}

static void put_name(const struct compare_name *name, struct csv_row *row)
{
        csv_row_text(row, name->kind == COMPARE_GAIN ? "gain" : "arm");
        csv_row_text(row, name->workload);
        csv_row_text(row, name->op);
        csv_row_number(row, name->bytes);
        csv_row_number(row, name->threads);
        csv_row_text(row, name->options);
        csv_row_text(row, name->source);
        csv_row_text(row, name->target);
        csv_row_text(row, name->fs);
        csv_row_text(row, name->memmap);
        csv_row_text(row, name->dax);
        csv_row_text(row, name->map);
        csv_row_text(row, name->state);
        csv_row_text(row, name->arm);
        csv_row_text(row, name->unit);
}

/* The counts of a side that has no such cell are missing, not 0. */
static void put_count(const struct compare_side *side, size_t count, struct csv_row *row)
{
        if (side->present)
                csv_row_number(row, count);
        else
                csv_row_empty(row);
}

static void put_sides(const struct compare_side *base, const struct compare_side *new,
                      struct csv_row *row)
{
        put_count(base, base->values, row);
        put_count(new, new->values, row);
        put_count(base, base->runs, row);
        put_count(new, new->runs, row);
        put_count(base, base->trials, row);
        put_count(new, new->trials, row);
        put_count(base, base->invalid, row);
        put_count(new, new->invalid, row);
        put_count(base, base->skipped, row);
        put_count(new, new->skipped, row);
        csv_row_text(row, base->reason);
        csv_row_text(row, new->reason);
}

static void put_cell(const struct compare_cell *cell, struct csv_row *row)
{
        const double reals[] = { cell->base.value, cell->new.value, cell->ratio,
                                 cell->lo,         cell->hi,        cell->p,
                                 cell->q,          cell->found_lo,  cell->found_hi };

        csv_row_text(row, compare_verdict_name(cell->verdict));
        csv_row_text(row, cell->beyond ? "yes" : "no");
        put_name(&cell->name, row);
        for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++)
                csv_row_real(row, reals[i], DIGITS);
        put_sides(&cell->base, &cell->new, row);
}

struct status compare_write_csv(const struct comparison *comparison, FILE *out)
{
        struct csv_row row = { 0 };
        struct status status;

        put_names(&row);
        status = csv_row_end(&row);
        for (size_t i = 0; i < comparison->cell_count && !status_failed(&status); i++) {
                put_cell(&comparison->cells[i], &row);
                status = csv_row_end(&row);
        }
        if (!status_failed(&status) && fwrite(row.text, 1, row.length, out) != row.length)
                status = status_errno(errno, NULL, "cannot write the comparison");
        csv_row_free(&row);
        return status;
}
