/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run_resume.h"

#include "sys/json_fields.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <pmdgain/source.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct status run_resume_machine(const char *dir, struct json_object **ret_machine)
{
        struct json_object *machine, *text = NULL;
        char path[PATH_MAX];
        FILE *file;

        snprintf(path, sizeof(path), "%s/machine.json", dir);
        file = fopen(path, "re");
        if (!file)
                return status_make(STATUS_USAGE,
                                   "name the folder of a run; one that never began is begun by -o",
                                   "%.200s holds no run to go on with: %s", dir, strerror(errno));
        fclose(file);
        machine = json_object_from_file(path);
        if (json_pointer_get(machine, "/run/plan_text", &text) ||
            !json_object_is_type(text, json_type_string)) {
                json_object_put(machine);
                return status_make(STATUS_USAGE, "begin a new run in a new folder",
                                   "%.200s/machine.json is not of a run", dir);
        }
        *ret_machine = machine;
        return status_ok();
}

static const char *text_at(struct json_object *machine, const char *pointer)
{
        struct json_object *found = NULL;

        if (json_pointer_get(machine, pointer, &found) || !found)
                return "";
        return json_object_get_string(found);
}

/* machine.json has valid UTF-8 only. */
static struct status same_plan(const char *text, const char *recorded, bool *ret_same)
{
        char *valid = json_valid_text(text);

        if (!valid)
                return status_errno(ENOMEM, NULL, "cannot read the plan");
        *ret_same = strcmp(valid, recorded) == 0;
        free(valid);
        return status_ok();
}

/* plan.ini is written after machine.json, so it may be missing. */
static struct status plan_text(const struct run_options *options, struct json_object *machine,
                               char **ret_text)
{
        const char *recorded = text_at(machine, "/run/plan_text");
        char path[600], *text = NULL;
        struct status status;
        bool same = false;

        snprintf(path, sizeof(path), "%s/plan.ini", options->resume);
        status = run_options_file(path, &text);
        if (status_failed(&status))
                text = strdup(recorded);
        if (!text)
                return status_errno(ENOMEM, NULL, "cannot read the plan");
        status = same_plan(text, recorded, &same);
        if (status_failed(&status)) {
                free(text);
                return status;
        }
        if (!same && !options->force_resume) {
                free(text);
                return status_make(STATUS_USAGE,
                                   "put it back, or go on with it all the same by --force-resume",
                                   "%.200s was changed since the run began", path);
        }
        *ret_text = text;
        return status_ok();
}

struct status run_resume_plan(const struct run_options *options, struct plan **ret_plan)
{
        struct plan_request request = {
                .origin = "plan.ini",
                .overrides = options->overrides,
                .override_count = options->override_count,
                .only_workloads = "",
        };
        struct json_object *machine = NULL;
        struct status status;
        char *text = NULL;

        TRY(run_resume_machine(options->resume, &machine));
        status = plan_text(options, machine, &text);
        if (!status_failed(&status)) {
                request.name = text_at(machine, "/run/plan");
                request.text = text;
                status = plan_make(&request, ret_plan);
        }
        free(text);
        json_object_put(machine);
        return status;
}

void run_resume_compare(struct json_object *then, struct json_object *now, char *differences,
                        size_t size)
{
        static const struct {
                const char *pointer, *name;
        } facts[] = {
                { "/pmdgain/version", "pmdgain" },
                { "/run/clock", "clock" },
                { "/kernel/release", "kernel" },
                { "/kernel/version", "kernel build" },
                { "/kernel/cmdline", "kernel command line" },
                { "/evidence", "evidence" },
                { "/hypervisor/signature", "hypervisor" },
                { "/cpu/vendor", "CPU vendor" },
                { "/cpu/model_name", "CPU" },
                { "/cpu/microcode", "microcode" },
                { "/cpu/threads", "CPU threads" },
                { "/thp/enabled", "THP" },
                { "/thp/shmem_enabled", "shmem THP" },
        };
        size_t used = 0;

        differences[0] = '\0';
        for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]) && used < size; i++) {
                const char *was = text_at(then, facts[i].pointer);
                const char *is = text_at(now, facts[i].pointer);

                if (strcmp(was, is) != 0)
                        used += (size_t)snprintf(differences + used, size - used,
                                                 "%s%s was %.60s and is %.60s", used ? ", " : "",
                                                 facts[i].name, *was ? was : "not known",
                                                 *is ? is : "not known");
        }
}

/* Columns of samples.csv that say which trial a row is from, and how it ended. */
enum column {
        COLUMN_CELL, COLUMN_BLOCK, COLUMN_TRIAL, COLUMN_SOURCE, COLUMN_OPS, COLUMN_TIME,
        COLUMN_STATUS, COLUMNS,
};

static const char *const column_names[COLUMNS] = {
        "cell", "block", "trial", "source", "ops", "time_ns", "status",
};

/* What the rows are read with. */
struct rows_reading {
        struct csv_reader *reader;
        size_t columns[COLUMNS];
        const struct plan *plan;
        struct samples_writer *writer;
};

#define BLOCKS_MAX 100000 /* the most that max_blocks may be */

static struct status small_read(const struct csv_reader *reader, size_t column, uint32_t *ret_value)
{
        struct count count = { 0 };

        TRY(csv_reader_count(reader, column, &count));
        if (!count.known || count.value > UINT32_MAX)
                return csv_reader_fault(reader, "cell, block or trial is missing or too large");
        *ret_value = (uint32_t)count.value;
        return status_ok();
}

/* Where no source was named, another may stand in for shmem; the engine tells whether it still
 * does (run_json_sources()). */
static struct status cell_check(const struct rows_reading *reading, uint32_t number)
{
        const char *source = csv_reader_field(reading->reader, reading->columns[COLUMN_SOURCE]);
        struct cell cell;

        if (number >= reading->plan->cell_count)
                return csv_reader_fault(reading->reader, "the plan has no such cell");
        cell = reading->plan->cells[number];
        if (reading->plan->embedded && source_class_find(source))
                cell.source = source_class_find(source);
        return samples_writer_match(reading->writer, &cell, reading->reader);
}

static struct status row_read(const struct rows_reading *reading, struct tally_row *ret_row)
{
        const struct csv_reader *reader = reading->reader;
        const size_t *columns = reading->columns;
        struct tally_row row = { .time = NAN };
        struct count ops = { 0 }, time = { 0 };

        TRY(small_read(reader, columns[COLUMN_CELL], &row.cell));
        TRY(small_read(reader, columns[COLUMN_BLOCK], &row.block));
        TRY(small_read(reader, columns[COLUMN_TRIAL], &row.trial));
        if (row.block > BLOCKS_MAX) /* those before it would be measured */
                return csv_reader_fault(reader, "the block is beyond what a plan may have");
        TRY(cell_check(reading, row.cell));
        TRY(csv_reader_count(reader, columns[COLUMN_OPS], &ops));
        TRY(csv_reader_count(reader, columns[COLUMN_TIME], &time));
        if (!status_code_parse(csv_reader_field(reader, columns[COLUMN_STATUS]), &row.status))
                return csv_reader_fault(reader, "the status is not known");
        if (row.status == STATUS_OK && ops.value && time.value)
                row.time = (double)time.value / (double)ops.value;
        *ret_row = row;
        return status_ok();
}

static struct status rows_read(struct rows_reading *reading, struct past *past)
{
        struct csv_reader *reader = reading->reader;
        struct tally_row row;
        bool more = true;

        for (size_t i = 0; i < COLUMNS; i++)
                TRY(csv_reader_need(reader, column_names[i], &reading->columns[i]));
        for (;;) {
                TRY(csv_reader_next(reader, &more));
                if (!more)
                        return past_close(past);
                TRY(row_read(reading, &row));
                TRY(past_add(past, &row));
        }
}

struct status run_resume_rows(const char *dir, const struct plan *plan,
                              struct samples_writer *writer, struct past *ret_past,
                              uint64_t *ret_whole_bytes)
{
        struct rows_reading reading = { .plan = plan, .writer = writer };
        struct past past = { 0 };
        struct status status;
        char path[PATH_MAX];

        snprintf(path, sizeof(path), "%s/samples.csv", dir);
        TRY(csv_reader_open(path, &reading.reader));
        status = rows_read(&reading, &past);
        if (status_failed(&status)) {
                past_free(&past);
        } else {
                *ret_past = past;
                *ret_whole_bytes = csv_reader_whole_bytes(reading.reader);
        }
        csv_reader_close(reading.reader);
        return status;
}
