/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary_columns.h"

#include <errno.h>
#include <math.h>
#include <pmdgain/workload.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool starts_with(const char *text, const char *start)
{
        return strncmp(text, start, strlen(start)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
        size_t length = strlen(text), wanted = strlen(end);

        return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

double columns_unit_scale(const char *unit)
{
        if (strcmp(unit, unit_name(UNIT_NS_PER_OP)) == 0 ||
            strcmp(unit, unit_name(UNIT_GB_PER_S)) == 0)
                return 1;
        return strcmp(unit, unit_name(UNIT_NS_PER_MIB)) == 0 ? (double)MIB : (double)NAN;
}

static struct status find_required(struct sample_columns *columns)
{
        static const char *const texts[GROUP_TEXTS] = {
                [GROUP_WORKLOAD] = "workload", [GROUP_OP] = "op",
                [GROUP_UNIT] = "unit",         [GROUP_BYTES] = "bytes",
                [GROUP_THREADS] = "threads",   [GROUP_SOURCE] = "source",
                [GROUP_TARGET] = "target",     [GROUP_FS] = "fs",
                [GROUP_MEMMAP] = "memmap",     [GROUP_DAX] = "dax",
                [GROUP_MAP] = "map",           [GROUP_STATE] = "file_state",
        };
        const struct {
                const char *name;
                size_t *column;
        } others[] = {
                { "block", &columns->block },
                { "trial", &columns->trial },
                { "lever", &columns->lever },
                { "asked", &columns->asked },
                { "proven", &columns->proven },
                { "pmd_fraction", &columns->pmd_fraction },
                { "proof", &columns->proof },
                { "ops", &columns->ops },
                { "time_ns", &columns->time_ns },
                { "minflt", &columns->minflt },
                { "page_table_bytes", &columns->page_table_bytes },
                { "status", &columns->status },
                { "reason", &columns->reason },
        };

        for (size_t i = 0; i < GROUP_TEXTS; i++)
                if (i == GROUP_MAP || i == GROUP_STATE)
                        columns->texts[i] = csv_reader_find(columns->reader, texts[i]);
                else
                        TRY(csv_reader_need(columns->reader, texts[i], &columns->texts[i]));
        columns->arm_target = csv_reader_find(columns->reader, "arm_target");
        columns->shift = csv_reader_find(columns->reader, "shift_bytes");
        columns->zero_fraction = csv_reader_find(columns->reader, "zero_fraction");
        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
                TRY(csv_reader_need(columns->reader, others[i].name, others[i].column));
        return status_ok();
}

/* From right to left, so that the times of a set are known before its values. */
static struct status find_counters(struct sample_columns *columns)
{
        size_t enabled = CSV_NO_COLUMN, running = CSV_NO_COLUMN, count = 0;

        for (size_t i = csv_reader_columns(columns->reader); i-- > 0;) {
                const char *name = csv_reader_column_name(columns->reader, i);

                if (!starts_with(name, "ctr_"))
                        continue;
                if (ends_with(name, "_running_ns")) {
                        running = i;
                } else if (ends_with(name, "_enabled_ns")) {
                        enabled = i;
                } else {
                        if (count == COLUMNS_MAX)
                                return csv_reader_fault(columns->reader, "too many ctr_ columns");
                        columns->counters[count++] = (struct counter_place){ i, enabled, running };
                }
        }
        columns->counter_count = count;
        for (size_t i = 0; i < count / 2; i++) {
                struct counter_place other = columns->counters[i];

                columns->counters[i] = columns->counters[count - 1 - i];
                columns->counters[count - 1 - i] = other;
        }
        return status_ok();
}

/* Names of options and counters become names of columns again. */
static struct status check_names(const struct csv_reader *reader)
{
        for (size_t i = 0; i < csv_reader_columns(reader); i++)
                if (strlen(csv_reader_column_name(reader, i)) > COLUMN_NAME_MAX)
                        return csv_reader_fault(reader, "the name of a column is too long");
        return status_ok();
}

struct status sample_columns_find(const struct csv_reader *reader, struct sample_columns *columns)
{
        *columns = (struct sample_columns){ .reader = reader };
        TRY(check_names(reader));
        TRY(find_required(columns));
        for (size_t i = 0; i < csv_reader_columns(reader); i++) {
                if (!starts_with(csv_reader_column_name(reader, i), "opt_"))
                        continue;
                if (columns->option_count == COLUMNS_MAX)
                        return csv_reader_fault(reader, "too many opt_ columns");
                columns->texts[GROUP_TEXTS + columns->option_count++] = i;
        }
        return find_counters(columns);
}

struct status sample_columns_check_texts(const struct sample_columns *columns)
{
#define ROOM(field) sizeof(((struct summary_row *)NULL)->field)
        static const size_t rooms[GROUP_TEXTS] = {
                [GROUP_WORKLOAD] = ROOM(workload), [GROUP_OP] = ROOM(op),
                [GROUP_UNIT] = ROOM(unit),         [GROUP_SOURCE] = ROOM(source),
                [GROUP_TARGET] = ROOM(target),     [GROUP_FS] = ROOM(fs),
                [GROUP_MEMMAP] = ROOM(memmap),     [GROUP_DAX] = ROOM(dax),
                [GROUP_MAP] = ROOM(map),           [GROUP_STATE] = ROOM(state),
        };
#undef ROOM
        char message[120];

        for (size_t i = 0; i < GROUP_TEXTS; i++) {
                size_t column = columns->texts[i];

                if (!rooms[i] || strlen(csv_reader_field(columns->reader, column)) < rooms[i])
                        continue;
                snprintf(message, sizeof(message), "the text in column '%.60s' is too long",
                         csv_reader_column_name(columns->reader, column));
                return csv_reader_fault(columns->reader, message);
        }
        return status_ok();
}

struct status sample_columns_names(const struct sample_columns *columns, struct summary *summary)
{
        const struct csv_reader *reader = columns->reader;
        bool whole = true;

        summary->option_names = calloc(columns->option_count + 1, sizeof(char *));
        summary->counter_names = calloc(columns->counter_count + 1, sizeof(char *));
        if (!summary->option_names || !summary->counter_names)
                return status_errno(ENOMEM, NULL, "cannot hold the names of the columns");
        for (size_t i = 0; i < columns->option_count; i++) {
                size_t column = columns->texts[GROUP_TEXTS + i];

                summary->option_names[i] = strdup(csv_reader_column_name(reader, column) + 4);
                whole = whole && summary->option_names[i];
        }
        for (size_t i = 0; i < columns->counter_count; i++) {
                size_t column = columns->counters[i].value;

                summary->counter_names[i] = strdup(csv_reader_column_name(reader, column) + 4);
                whole = whole && summary->counter_names[i];
        }
        summary->option_count = columns->option_count;
        summary->counter_count = columns->counter_count;
        return whole ? status_ok()
                     : status_errno(ENOMEM, NULL, "cannot hold the names of the columns");
}
