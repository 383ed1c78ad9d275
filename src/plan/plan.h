/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plan: an INI text plus what the command line overrides, and the cells it comes down to.
 *
 *      [global]                  settings of the run, and defaults for every job
 *      budget = 75s
 *      [name]                    a job: the product of its lists
 *      workload = chase
 *      bytes = 32k 1g
 *      chains = 1 4              an option of the workload
 *
 * A value is looked up on the command line, then in the job, then in [global], then in the table
 * of presets. docs/plans.md describes every key.
 */
#ifndef PMDGAIN_PLAN_PLAN_H
#define PMDGAIN_PLAN_PLAN_H

#include <pmdgain/cell.h>
#include <pmdgain/option.h>
#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The settings of a run; texts are "" when not given. */
struct plan_settings {
        uint64_t budget_ns;   /* the whole run ends by then; 0 for no limit */
        uint64_t min_blocks;  /* fewer give a warning, and leave no comparison out */
        uint64_t max_blocks;
        double precision;     /* a comparison is left out once known so well: 0.02; 0: never */
        uint64_t samples;     /* in a trial */
        uint64_t sample_ns;   /* a sample's calibrated length, at least */
        uint64_t trial_limit_ns; /* a trial that takes longer is killed: a hang */
        uint64_t seed;
        bool overwrite;       /* existing targets may be written */
        bool neighbour;       /* a noisy one runs beside it, on purpose */
        bool keep;            /* files made stay */
        char cpus[256];       /* numactl's syntax */
        char mem_node[128];
        char counters[128];   /* list of counter sets */
        char scratch[1024];   /* folder for scratch files of workloads; "" for a preset folder */
};

struct plan {
        char name[64];
        struct plan_settings settings;
        bool embedded;        /* no source was named: shmem, or what stands in for it */
        struct cell *cells;
        size_t cell_count;
        uint32_t group_count;
        char *text;           /* the plan in force, as INI: overrides applied */
        char **strings;       /* owns cell->target */
        size_t string_count;
};

/* A key given on the command line; `key` is a plan's key, `origin` what messages name ("--bytes"). */
struct plan_override {
        const char *key;
        const char *value;
        const char *origin;
};

struct plan_request {
        const char *name;     /* for messages and machine.json */
        const char *text;     /* INI */
        const char *origin;   /* the file name for "file:line: " in messages */
        const struct plan_override *overrides;
        size_t override_count;
        const char *only_workloads; /* list: keep only jobs of these ("" keeps all) */
};

/*
 * Reads and expands. STATUS_USAGE with "file:line: " or the option's name for what is wrong. The
 * caller owns the plan until plan_free().
 */
struct status plan_make(const struct plan_request *request, struct plan **ret_plan);
void plan_free(struct plan *plan);

/* The keys of [global] that are settings, for help and docs; ends with a NULL name. */
const struct option_row *plan_setting_rows(void);

/* The text of a plan that is nothing but these workloads (a list), every op of them. */
struct status plan_text_for(const char *workload_list, char **ret_text);

/* One line that names a cell for people: "chase read 1g 1 thread pte:nohuge". Returns `text`. */
char *cell_describe(const struct cell *cell, char *text, size_t text_size);

#endif
