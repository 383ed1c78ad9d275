/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/job.h"

#include "plan/expand.h"
#include "plan/list.h"

#include <inttypes.h>
#include <pmdgain/source.h>
#include <pmdgain/units.h>
#include <pmdgain/workload.h>
#include <stdio.h>
#include <string.h>


static const struct option_row keys[] = {
        { .name = "workload", .preset = "", .help = "the workload; preset: the section's name" },
        { .name = "op", .preset = "", .help = "operations of the workload; preset: all" },
        { .name = "source", .preset = "", .help = "where the bytes live; preset: shmem, or what "
                                                  "stands in for it" },
        { .name = "arm", .preset = "pmd pte:nohuge", .help = "arms to compare" },
        { .name = "bytes", .preset = "256m", .help = "working sets" },
        { .name = "threads", .preset = "1", .help = "numbers of threads" },
        { .name = "shift", .preset = "page", .help = "how far the extents of pte:extent are "
                                                     "off: whole pages below the PMD size" },
        { .name = "map", .preset = "shared", .help = "shared, private, sync (MAP_SYNC)" },
        { .name = "state", .preset = "written", .help = "of a file before it is mapped: written, "
                                                        "unwritten, sparse" },
};

#define SHIFT_MAX (16 * GIB) /* more than any PMD, whose size sources know */
#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

const struct option_row *job_key_find(const char *key)
{
        for (size_t i = 0; i < KEY_COUNT; i++)
                if (strcmp(keys[i].name, key) == 0)
                        return &keys[i];
        return NULL;
}

struct given job_get(const struct job *job, const char *key, const char *preset)
{
        const struct ini_entry *entry = ini_entry_find(job->section, key);

        if (!entry)
                entry = ini_entry_find(job->global, key);
        if (!entry)
                return (struct given){ preset, job->section->origin };
        return (struct given){ entry->value, entry->origin };
}

struct status given_at(const struct given *given, struct status status)
{
        if (!status_failed(&status))
                return status;
        return status_make(status.code, status.todo, "%s: %s", given->origin, status.what);
}

static struct status too_many(const struct given *given, const char *key)
{
        return status_make(STATUS_USAGE, "split the job in two", "%s: '%s' has more than %d values",
                           given->origin, key, LIST_MAX);
}

static struct status no_value(const struct given *given, const char *key)
{
        return status_make(STATUS_USAGE, "give it one, or leave the key out for its preset",
                           "%s: '%s' has no value", given->origin, key);
}

/* Twice the same cell would be two comparisons that are one. */
static struct status named_twice(const struct given *given, const char *key, const char *word)
{
        return status_make(STATUS_USAGE, "name each once", "%s: %s: '%s' is named twice",
                           given->origin, key, word);
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

        while (list_word_next(&cursor, word, sizeof(word))) {
                const struct workload_op *op = workload_op_find(job->workload, word);

                if (!op)
                        return op_refuse(job, &given, word);
                if (job->op_count == LIST_MAX)
                        return too_many(&given, "op");
                for (size_t i = 0; i < job->op_count; i++)
                        if (job->ops[i] == op)
                                return named_twice(&given, "op", word);
                job->ops[job->op_count++] = op;
        }
        if (!job->op_count)
                for (const struct workload_op *op = job->workload->ops; op->name; op++)
                        job->ops[job->op_count++] = op;
        return status_ok();
}

static struct status sources_read(struct job *job, struct plan *plan)
{
        struct given given = job_get(job, "source", "");
        const char *cursor = given.value;
        char word[320], target[256];

        while (list_word_next(&cursor, word, sizeof(word))) {
                struct plan_source source;

                if (job->source_count == LIST_MAX)
                        return too_many(&given, "source");
                TRY(given_at(&given,
                             source_spec_parse(word, &source.class, target, sizeof(target))));
                for (size_t i = 0; i < job->source_count; i++)
                        if (job->sources[i].class == source.class &&
                            strcmp(job->sources[i].target, target) == 0)
                                return named_twice(&given, "source", word);
                TRY(plan_keep(plan, target, &source.target));
                job->sources[job->source_count++] = source;
        }
        return status_ok();
}

/* "pte:partition" or "pte:partition@file:/mnt/part/data" */
static struct status arm_read(char *word, struct plan_arm *arm, char *target, size_t target_size)
{
        char *place = strchr(word, '@');

        if (place)
                *place++ = '\0';
        TRY(arm_parse(word, &arm->arm));
        return place ? source_spec_parse(place, &arm->source, target, target_size) : status_ok();
}

static bool arm_equal(const struct plan_arm *a, const struct plan_arm *b)
{
        return a->arm.grain == b->arm.grain && a->arm.lever == b->arm.lever &&
               a->source == b->source && strcmp(a->target, b->target) == 0;
}

static struct status arms_read(struct job *job, struct plan *plan)
{
        struct given given = job_get(job, "arm", job_key_find("arm")->preset);
        const char *cursor = given.value;
        char word[320], target[256];

        while (list_word_next(&cursor, word, sizeof(word))) {
                struct plan_arm arm = { .target = "" };

                if (job->arm_count == LIST_MAX)
                        return too_many(&given, "arm");
                TRY(given_at(&given, arm_read(word, &arm, target, sizeof(target))));
                if (arm.source)
                        TRY(plan_keep(plan, target, &arm.target));
                for (size_t i = 0; i < job->arm_count; i++)
                        if (arm_equal(&job->arms[i], &arm))
                                return named_twice(&given, "arm", word);
                job->arms[job->arm_count++] = arm;
        }
        return job->arm_count ? status_ok() : no_value(&given, "arm");
}

static struct status numbers_read(const struct job *job, const char *key,
                                  struct status (*parse)(const char *, uint64_t *), uint64_t max,
                                  uint64_t *values, size_t *count)
{
        struct given given = job_get(job, key, job_key_find(key)->preset);
        const char *cursor = given.value;
        char word[48];

        while (list_word_next(&cursor, word, sizeof(word))) {
                if (*count == LIST_MAX)
                        return too_many(&given, key);
                TRY(given_at(&given, parse(word, &values[*count])));
                if (!values[*count] || values[*count] > max)
                        return status_make(STATUS_USAGE, "write a value within the bounds",
                                           "%s: %s: '%s' is not between 1 and %" PRIu64,
                                           given.origin, key, word, max);
                for (size_t i = 0; i < *count; i++)
                        if (values[i] == values[*count])
                                return named_twice(&given, key, word);
                (*count)++;
        }
        return *count ? status_ok() : no_value(&given, key);
}

/* A list of words, each once; `name` gives the word for each value below `max`. */
static struct status words_read(const struct job *job, const char *key,
                                const char *(*name)(unsigned), unsigned max, unsigned *values,
                                size_t *count)
{
        struct given given = job_get(job, key, job_key_find(key)->preset);
        const char *cursor = given.value;
        char word[48];

        while (list_word_next(&cursor, word, sizeof(word))) {
                unsigned value = 0;

                while (value < max && strcmp(word, name(value)) != 0)
                        value++;
                if (value == max)
                        return status_make(STATUS_USAGE, job_key_find(key)->help,
                                           "%s: %s: '%s' is not a choice", given.origin, key, word);
                for (size_t i = 0; i < *count; i++)
                        if (values[i] == value)
                                return named_twice(&given, key, word);
                values[(*count)++] = value;
        }
        return *count ? status_ok() : no_value(&given, key);
}

static const char *map_name(unsigned value)
{
        return map_mode_name((enum map_mode)value);
}

static const char *state_name(unsigned value)
{
        return file_state_name((enum file_state)value);
}

static bool option_equal(const struct option_row *row, union option_value a, union option_value b)
{
        return row->type == OPTION_REAL ? !(a.real < b.real) && !(a.real > b.real) : a.count == b.count;
}

static struct status options_read(struct job *job)
{
        const struct option_row *rows = job->workload->options;
        char word[64];

        for (; rows && rows[job->option_rows].name; job->option_rows++) {
                const struct option_row *row = &rows[job->option_rows];
                struct given given = job_get(job, row->name, row->preset);
                size_t *count = &job->option_counts[job->option_rows];

                for (const char *cursor = given.value; list_word_next(&cursor, word, sizeof(word));) {
                        union option_value *values = job->options[job->option_rows];

                        if (*count == LIST_MAX)
                                return too_many(&given, row->name);
                        TRY(given_at(&given, option_parse(row, word, &values[*count])));
                        for (size_t i = 0; i < *count; i++)
                                if (option_equal(row, values[i], values[*count]))
                                        return named_twice(&given, row->name, word);
                        (*count)++;
                }
                if (!*count)
                        return no_value(&given, row->name);
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

static struct status shifts_read(struct job *job)
{
        struct given given = job_get(job, "shift", job_key_find("shift")->preset);

        TRY(numbers_read(job, "shift", size_parse, SHIFT_MAX, job->shifts,
                         &job->shift_count));
        for (size_t i = 0; i < job->shift_count; i++)
                if (job->shifts[i] % (4 * KIB))
                        return status_make(STATUS_USAGE, "write page, 1m, 2044k or the like",
                                           "%s: shift: %" PRIu64 " is no multiple of 4k",
                                           given.origin, job->shifts[i]);
        for (size_t i = 1; i < job->shift_count; i++)
                for (size_t k = 0; k < i; k++)
                        if (job->shifts[k] == job->shifts[i])
                                return status_make(STATUS_USAGE, "name each once",
                                                   "%s: shift: %" PRIu64 " is named twice",
                                                   given.origin, job->shifts[i]);
        return status_ok();
}

struct status job_read(const struct ini_section *section, const struct ini_section *global,
                       struct plan *plan, struct job *job)
{
        *job = (struct job){ .section = section, .global = global };
        TRY(workload_read(job));
        TRY(ops_read(job));
        TRY(sources_read(job, plan));
        TRY(arms_read(job, plan));
        TRY(numbers_read(job, "bytes", size_parse, UINT64_C(1) << 46, job->bytes,
                         &job->bytes_count));
        TRY(numbers_read(job, "threads", count_parse, 1024, job->threads, &job->threads_count));
        TRY(shifts_read(job));
        TRY(words_read(job, "map", map_name, MAP_MODE_COUNT, job->maps, &job->map_count));
        TRY(words_read(job, "state", state_name, FILE_STATE_COUNT, job->states,
                       &job->state_count));
        TRY(options_read(job));
        return keys_check(job);
}
