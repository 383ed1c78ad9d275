/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/columns.h"

#include <errno.h>
#include <pmdgain/workload.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t option_count(const struct workload *workload)
{
        size_t count = 0;

        while (workload->options && workload->options[count].name)
                count++;
        return count;
}

static bool has_name(const struct option_columns *columns, const char *name)
{
        for (size_t i = 0; i < columns->count; i++)
                if (strcmp(columns->names[i], name) == 0)
                        return true;
        return false;
}

struct status option_columns_make(const struct cell *cells, size_t cell_count,
                                  struct option_columns *ret_columns)
{
        struct option_columns columns = { 0 };
        const struct workload *last = NULL;

        for (size_t i = 0; i < cell_count; i++) {
                const struct workload *workload = cells[i].workload;
                size_t options = workload == last ? 0 : option_count(workload);

                last = workload;
                for (size_t k = 0; k < options; k++) {
                        const char *name = option_column(&workload->options[k]);
                        const char **grown;

                        if (has_name(&columns, name))
                                continue;
                        grown = reallocarray(columns.names, columns.count + 1, sizeof(*grown));
                        if (!grown) {
                                option_columns_free(&columns);
                                return status_errno(ENOMEM, NULL, "cannot list the options");
                        }
                        columns.names = grown;
                        columns.names[columns.count++] = name;
                }
        }
        *ret_columns = columns;
        return status_ok();
}

void option_columns_free(struct option_columns *columns)
{
        free(columns->names);
        *columns = (struct option_columns){ 0 };
}

void option_columns_header(const struct option_columns *columns, struct csv_row *row)
{
        for (size_t i = 0; i < columns->count; i++)
                csv_row_name(row, "opt_", columns->names[i]);
}

void option_columns_fields(const struct option_columns *columns, const struct cell *cell,
                           struct csv_row *row)
{
        size_t options = option_count(cell->workload);
        char text[64];

        for (size_t i = 0; i < columns->count; i++) {
                size_t k = 0;

                while (k < options &&
                       strcmp(option_column(&cell->workload->options[k]), columns->names[i]) != 0)
                        k++;
                if (k < options)
                        csv_row_text(row, option_format(&cell->workload->options[k],
                                                        cell->options[k], text, sizeof(text)));
                else
                        csv_row_empty(row);
        }
}

/* Does a set before `index` have a column of that name? */
static bool taken(const struct counter_selection *selection, size_t index, const char *name)
{
        for (size_t i = 0; i < index; i++) {
                const struct counter_set *set = counter_selection_set(selection, i);

                for (size_t c = 0; set->columns[c].name; c++)
                        if (strcmp(set->columns[c].name, name) == 0)
                                return true;
        }
        return false;
}

void counter_columns_header(const struct counter_selection *selection, struct csv_row *row)
{
        size_t sets = selection ? counter_selection_sets(selection) : 0;

        for (size_t i = 0; i < sets; i++) {
                const struct counter_set *set = counter_selection_set(selection, i);
                char prefix[64];

                for (size_t c = 0; set->columns[c].name; c++) {
                        bool again = taken(selection, i, set->columns[c].name);

                        snprintf(prefix, sizeof(prefix), "ctr_%s%s", again ? set->name : "",
                                 again ? "_" : "");
                        csv_row_name(row, prefix, set->columns[c].name);
                }
                snprintf(prefix, sizeof(prefix), "ctr_%s_", set->name);
                csv_row_name(row, prefix, "enabled_ns");
                csv_row_name(row, prefix, "running_ns");
        }
}

void counter_columns_fields(const struct counter_selection *selection, const struct sample *sample,
                            struct csv_row *row)
{
        size_t sets = selection ? counter_selection_sets(selection) : 0;

        for (size_t i = 0; i < sets; i++) {
                const struct counter_set *set = counter_selection_set(selection, i);
                const struct counter_reading *reading = &sample->counters[i];

                for (size_t c = 0; set->columns[c].name; c++)
                        csv_row_count(row, reading->values[c]);
                csv_row_count(row, reading->enabled_ns);
                csv_row_count(row, reading->running_ns);
        }
}
