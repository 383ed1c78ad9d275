/* SPDX-License-Identifier: Apache-2.0 */
/* One job of a plan as read: the values of each key. */
#ifndef PMDGAIN_PLAN_JOB_H
#define PMDGAIN_PLAN_JOB_H

#include "plan/ini_text.h"
#include "plan/plan.h"

#define LIST_MAX 64 /* values of one key */

/* A key's value with where it was given. */
struct given {
        const char *value;
        const char *origin;
};

/* An arm, and where its bytes are when that is not where the job's source says. */
struct plan_arm {
        struct arm arm;
        const struct source_class *source; /* NULL when there */
        const char *target;
};

/* Where bytes live. */
struct plan_source {
        const struct source_class *class;
        const char *target;
};

/* What a job's lists come down to. */
struct job {
        const struct ini_section *section, *global;
        const struct workload *workload;
        const struct workload_op *ops[LIST_MAX];
        size_t op_count;
        struct plan_source sources[LIST_MAX]; /* none: the embedded default */
        size_t source_count;
        struct plan_arm arms[LIST_MAX];
        size_t arm_count;
        uint64_t bytes[LIST_MAX];
        size_t bytes_count;
        uint64_t threads[LIST_MAX];
        size_t threads_count;
        uint64_t shifts[LIST_MAX]; /* of pte:extent */
        size_t shift_count;
        unsigned maps[MAP_MODE_COUNT], states[FILE_STATE_COUNT]; /* of the enums */
        size_t map_count, state_count;
        union option_value options[CELL_OPTIONS_MAX][LIST_MAX];
        size_t option_counts[CELL_OPTIONS_MAX];
        size_t option_rows;
};

/* Reads and checks every key; texts that cells point to go to the plan. */
struct status job_read(const struct ini_section *section, const struct ini_section *global,
                       struct plan *plan, struct job *job);

/* The value of a key, from the job or [global]; else `preset`. */
struct given job_get(const struct job *job, const char *key, const char *preset);

/* The status with where the value was given. */
struct status given_at(const struct given *given, struct status status);

/* A copy of the text that the plan owns. */
struct status plan_keep(struct plan *plan, const char *text, const char **ret_text);

#endif
