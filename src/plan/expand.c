/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/expand.h"

#include <inttypes.h>
#include <pmdgain/source.h>
#include <pmdgain/workload.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX 64 /* values of one key */
#define CELLS_MAX 100000

static const struct option_row keys[] = {
        { .name = "workload", .preset = "", .help = "the workload; preset: the section's name" },
        { .name = "op", .preset = "", .help = "operations of the workload; preset: all" },
        { .name = "source", .preset = "", .help = "where the bytes live; preset: shmem, or what "
                                                  "stands in for it" },
        { .name = "arm", .preset = "pmd pte:nohuge", .help = "arms to compare" },
        { .name = "bytes", .preset = "256m", .help = "working sets" },
        { .name = "threads", .preset = "1", .help = "numbers of threads" },
        { .name = "map", .preset = "shared", .help = "shared, private, sync (MAP_SYNC)" },
        { .name = "state", .preset = "written", .help = "of a file before it is mapped: written, "
                                                        "unwritten, sparse" },
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

/* A key's value with where it was given. */
struct given {
        const char *value;
        const char *origin;
};

/* What a job's lists come down to; `origin` of each for messages about single values. */
struct job {
        const struct ini_section *section, *global;
        const struct workload *workload;
        const struct workload_op *ops[LIST_MAX];
        size_t op_count;
        struct arm arms[LIST_MAX];
        size_t arm_count;
        uint64_t bytes[LIST_MAX];
        size_t bytes_count;
        uint64_t threads[LIST_MAX];
        size_t threads_count;
        unsigned maps[MAP_MODE_COUNT], states[FILE_STATE_COUNT]; /* of the enums */
        size_t map_count, state_count;
        union option_value options[CELL_OPTIONS_MAX][LIST_MAX];
        size_t option_counts[CELL_OPTIONS_MAX];
        size_t option_rows;
};

const struct option_row *job_key_find(const char *key)
{
        for (size_t i = 0; i < KEY_COUNT; i++)
                if (strcmp(keys[i].name, key) == 0)
                        return &keys[i];
        return NULL;
}

static struct given job_get(const struct job *job, const char *key, const char *preset)
{
        const struct ini_entry *entry = ini_entry_find(job->section, key);

        if (!entry)
                entry = ini_entry_find(job->global, key);
        if (!entry)
                return (struct given){ preset, job->section->origin };
        return (struct given){ entry->value, entry->origin };
}

static struct status at(const struct given *given, struct status status)
{
        if (!status_failed(&status))
                return status;
        return status_make(status.code, status.todo, "%s: %s", given->origin, status.what);
}

static struct status too_many(const struct given *given, const char *key)
{
        return status_make(STATUS_USAGE, "split the job in two",
                           "%s: '%s' has no value, or more than %d", given->origin, key, LIST_MAX);
}

static struct status workload_read(struct job *job)
{
        struct given given = job_get(job, "workload", job->section->name);
        char all[256] = "write one of";
        size_t used = strlen(all);

        job->workload = workload_find(given.value);
        if (job->workload)
                return status_ok();
        for (const struct workload *const *each = workloads(); *each && used < sizeof(all); each++)
                used += (size_t)snprintf(all + used, sizeof(all) - used, " %s", (*each)->name);
        return status_make(STATUS_USAGE, all, "%s: '%s' is not a workload", given.origin,
                           given.value);
}

static struct status op_refuse(const struct job *job, const struct given *given, const char *word)
{
        char all[256] = "write some of";
        size_t used = strlen(all);

        for (const struct workload_op *op = job->workload->ops; op->name && used < sizeof(all); op++)
                used += (size_t)snprintf(all + used, sizeof(all) - used, " %s", op->name);
        return status_make(STATUS_USAGE, all, "%s: %s has no op '%s'", given->origin,
                           job->workload->name, word);
}

static struct status ops_read(struct job *job)
{
        struct given given = job_get(job, "op", "");
        const char *cursor = given.value;
        char word[48];

        while (list_next(&cursor, word, sizeof(word))) {
                const struct workload_op *op = workload_op_find(job->workload, word);

                if (!op)
                        return op_refuse(job, &given, word);
                if (job->op_count == LIST_MAX)
                        return too_many(&given, "op");
                job->ops[job->op_count++] = op;
        }
        if (!job->op_count)
                for (const struct workload_op *op = job->workload->ops; op->name; op++)
                        job->ops[job->op_count++] = op;
        return status_ok();
}

static struct status arms_read(struct job *job)
{
        struct given given = job_get(job, "arm", job_key_find("arm")->preset);
        const char *cursor = given.value;
        char word[48];

        while (list_next(&cursor, word, sizeof(word))) {
                if (job->arm_count == LIST_MAX)
                        return too_many(&given, "arm");
                TRY(at(&given, arm_parse(word, &job->arms[job->arm_count])));
                for (size_t i = 0; i < job->arm_count; i++)
                        if (memcmp(&job->arms[i], &job->arms[job->arm_count],
                                   sizeof(job->arms[i])) == 0)
                                return status_make(STATUS_USAGE, "name each arm once",
                                                   "%s: arm '%s' is named twice", given.origin,
                                                   word);
                job->arm_count++;
        }
        return job->arm_count ? status_ok() : too_many(&given, "arm");
}

static struct status numbers_read(const struct job *job, const char *key,
                                  struct status (*parse)(const char *, uint64_t *), uint64_t max,
                                  uint64_t *values, size_t *count)
{
        struct given given = job_get(job, key, job_key_find(key)->preset);
        const char *cursor = given.value;
        char word[48];

        while (list_next(&cursor, word, sizeof(word))) {
                if (*count == LIST_MAX)
                        return too_many(&given, key);
                TRY(at(&given, parse(word, &values[*count])));
                if (!values[*count] || values[*count] > max)
                        return status_make(STATUS_USAGE, "write a value within the bounds",
                                           "%s: %s: '%s' is not between 1 and %" PRIu64,
                                           given.origin, key, word, max);
                (*count)++;
        }
        return *count ? status_ok() : too_many(&given, key);
}

/* A list of words, each once; `name` gives the word for each value below `max`. */
static struct status words_read(const struct job *job, const char *key,
                                const char *(*name)(unsigned), unsigned max, unsigned *values,
                                size_t *count)
{
        struct given given = job_get(job, key, job_key_find(key)->preset);
        const char *cursor = given.value;
        char word[48];

        while (list_next(&cursor, word, sizeof(word))) {
                unsigned value = 0;

                while (value < max && strcmp(word, name(value)) != 0)
                        value++;
                if (value == max)
                        return status_make(STATUS_USAGE, job_key_find(key)->help,
                                           "%s: %s: '%s' is not a choice", given.origin, key, word);
                for (size_t i = 0; i < *count; i++)
                        if (values[i] == value)
                                return status_make(STATUS_USAGE, "name each once",
                                                   "%s: %s: '%s' is named twice", given.origin, key,
                                                   word);
                values[(*count)++] = value;
        }
        return *count ? status_ok() : too_many(&given, key);
}

static const char *map_name(unsigned value)
{
        return map_mode_name((enum map_mode)value);
}

static const char *state_name(unsigned value)
{
        return file_state_name((enum file_state)value);
}

static struct status options_read(struct job *job)
{
        const struct option_row *rows = job->workload->options;
        char word[64];

        for (; rows && rows[job->option_rows].name; job->option_rows++) {
                const struct option_row *row = &rows[job->option_rows];
                struct given given = job_get(job, row->name, row->preset);
                size_t *count = &job->option_counts[job->option_rows];

                for (const char *cursor = given.value; list_next(&cursor, word, sizeof(word));) {
                        if (*count == LIST_MAX)
                                return too_many(&given, row->name);
                        TRY(at(&given, option_parse(row, word,
                                                    &job->options[job->option_rows][*count])));
                        (*count)++;
                }
                if (!*count)
                        return too_many(&given, row->name);
        }
        return status_ok();
}

static struct status keys_check(const struct job *job)
{
        for (size_t i = 0; i < job->section->entry_count; i++) {
                const struct ini_entry *entry = &job->section->entries[i];
                bool known = job_key_find(entry->key) != NULL;

                for (size_t j = 0; j < job->option_rows; j++)
                        known |= strcmp(job->workload->options[j].name, entry->key) == 0;
                if (!known)
                        return status_make(STATUS_USAGE,
                                           "see 'pmdgain list' for each workload's options, and "
                                           "put settings into [global]",
                                           "%s: %s has no option '%s'", entry->origin,
                                           job->workload->name, entry->key);
        }
        return status_ok();
}

static struct status target_keep(struct plan *plan, const char *target, const char **ret_target)
{
        char **grown = realloc(plan->strings, (plan->string_count + 1) * sizeof(*grown));
        char *copy = strdup(target);

        if (grown)
                plan->strings = grown;
        if (!grown || !copy) {
                free(copy);
                return status_make(STATUS_SYSTEM, NULL, "out of memory reading the plan");
        }
        plan->strings[plan->string_count++] = copy;
        *ret_target = copy;
        return status_ok();
}

/* One cell an arm: a group. The cell's index and group are the plan's next. */
static struct status group_add(struct plan *plan, const struct job *job, struct cell cell)
{
        struct cell *grown;

        if (plan->cell_count + job->arm_count > CELLS_MAX)
                return status_make(STATUS_USAGE, "split the plan",
                                   "%s: the plan has more than %d cells", job->section->origin,
                                   CELLS_MAX);
        /* Grown by doubling: a power of two is where the room ends. */
        for (size_t i = 0; i < job->arm_count; i++) {
                if ((plan->cell_count & (plan->cell_count - 1)) == 0) {
                        size_t room = plan->cell_count ? 2 * plan->cell_count : 1;

                        grown = realloc(plan->cells, room * sizeof(*grown));
                        if (!grown)
                                return status_make(STATUS_SYSTEM, NULL,
                                                   "out of memory reading the plan");
                        plan->cells = grown;
                }
                cell.arm = job->arms[i];
                cell.group = plan->group_count;
                cell.index = (uint32_t)plan->cell_count;
                plan->cells[plan->cell_count++] = cell;
        }
        plan->group_count++;
        return status_ok();
}

/* Counts through all combinations of the options, the last one fastest. */
static struct status options_expand(struct plan *plan, const struct job *job, struct cell cell)
{
        size_t at_value[CELL_OPTIONS_MAX] = { 0 };

        for (;;) {
                size_t row = job->option_rows;

                for (size_t i = 0; i < job->option_rows; i++)
                        cell.options[i] = job->options[i][at_value[i]];
                TRY(group_add(plan, job, cell));
                while (row > 0 && ++at_value[row - 1] == job->option_counts[row - 1])
                        at_value[--row] = 0;
                if (row == 0)
                        return status_ok();
        }
}

static struct status sizes_expand(struct plan *plan, const struct job *job, struct cell cell)
{
        cell.workload = job->workload;
        for (size_t op = 0; op < job->op_count; op++) {
                for (size_t size = 0; size < job->bytes_count; size++) {
                        for (size_t n = 0; n < job->threads_count; n++) {
                                cell.op = job->ops[op];
                                cell.bytes = job->bytes[size];
                                cell.threads = (uint32_t)job->threads[n];
                                TRY(options_expand(plan, job, cell));
                        }
                }
        }
        return status_ok();
}

static struct status modes_expand(struct plan *plan, const struct job *job, struct cell cell)
{
        for (size_t map = 0; map < job->map_count; map++) {
                for (size_t state = 0; state < job->state_count; state++) {
                        cell.map = (enum map_mode)job->maps[map];
                        cell.state = (enum file_state)job->states[state];
                        TRY(sizes_expand(plan, job, cell));
                }
        }
        return status_ok();
}

/* What a job that names no source ranges over: shmem, and null for ops that need no memory. */
static struct status embedded_expand(struct plan *plan, const struct job *job)
{
        bool no_memory = job->ops[0]->traits & OP_NO_MEMORY;
        struct cell cell = { .target = "" };

        cell.source = source_class_find(no_memory ? "null" : "shmem");
        if (!no_memory)
                plan->embedded = true;
        return modes_expand(plan, job, cell);
}

static struct status sources_expand(struct plan *plan, const struct job *job)
{
        struct given given = job_get(job, "source", "");
        const char *cursor = given.value;
        char word[320];
        size_t count = 0;

        for (; list_next(&cursor, word, sizeof(word)); count++) {
                struct cell cell = { .target = "" };
                char target[256];

                TRY(at(&given, source_spec_parse(word, &cell.source, target, sizeof(target))));
                TRY(target_keep(plan, target, &cell.target));
                TRY(modes_expand(plan, job, cell));
        }
        return count ? status_ok() : embedded_expand(plan, job);
}

struct status job_expand(const struct ini_section *section, const struct ini_section *global,
                         struct plan *plan)
{
        struct job job = { .section = section, .global = global };

        TRY(workload_read(&job));
        TRY(ops_read(&job));
        TRY(arms_read(&job));
        TRY(numbers_read(&job, "bytes", size_parse, UINT64_C(1) << 46, job.bytes,
                         &job.bytes_count));
        TRY(numbers_read(&job, "threads", count_parse, 1024, job.threads, &job.threads_count));
        TRY(words_read(&job, "map", map_name, MAP_MODE_COUNT, job.maps, &job.map_count));
        TRY(words_read(&job, "state", state_name, FILE_STATE_COUNT, job.states,
                       &job.state_count));
        TRY(options_read(&job));
        TRY(keys_check(&job));
        return sources_expand(plan, &job);
}
