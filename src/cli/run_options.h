/* SPDX-License-Identifier: Apache-2.0 */
/* The options of `pmdgain run`, and the plan that comes of them. */
#ifndef PMDGAIN_CLI_RUN_OPTIONS_H
#define PMDGAIN_CLI_RUN_OPTIONS_H

#include "cli/cli.h"
#include "plan/plan.h"

#define RUN_OVERRIDES_MAX 32

struct run_options {
        char plan[512];          /* name or file; "" for the preset */
        char workloads[512];     /* list */
        char output[512];        /* folder; "" for the preset */
        char clock[16];          /* what it counts: time, instructions */
        char resume[512];        /* folder of the run to go on with; "" for a new one */
        bool dry_run, png, help, force_resume;
        struct plan_override overrides[RUN_OVERRIDES_MAX];
        char values[RUN_OVERRIDES_MAX][1024]; /* what overrides point to */
        char keys[RUN_OVERRIDES_MAX][48];
        size_t override_count;
};

extern const struct cli_option run_option_table[];

struct status run_options_parse(int argc, char **argv, struct run_options *options);

/* Reads a text below 1 MiB, which the caller frees. STATUS_USAGE names the file. */
struct status run_options_file(const char *path, char **ret_text);

/* Reads the named plan, or makes one of the named workloads. Free with plan_free(). */
struct status run_options_plan(const struct run_options *options, struct plan **ret_plan);

#endif
