/* SPDX-License-Identifier: Apache-2.0 */
/* What a folder holds of a run that was cut off, and whether it may be gone on with here. */
#ifndef PMDGAIN_CLI_RUN_RESUME_H
#define PMDGAIN_CLI_RUN_RESUME_H

#include "cli/run_options.h"
#include "csv/samples.h"
#include "engine/past.h"

#include <json-c/json.h>

/* DIR/machine.json. STATUS_USAGE when there is none, or it is not of a run. json_object_put(). */
struct status run_resume_machine(const char *dir, struct json_object **ret_machine);

/* The plan in force, from machine.json; from plan.ini where that differs, which needs
 * options->force_resume. Free with plan_free(). */
struct status run_resume_plan(const struct run_options *options, struct plan **ret_plan);

/* Compares what times depend on: version, kernel, CPU, hypervisor, THP settings. `differences`
 * gets them in words, "" when there are none. */
void run_resume_compare(struct json_object *then, struct json_object *now, char *differences,
                        size_t size);

/*
 * Reads DIR/samples.csv, which has the writer's whole header; `ret_whole_bytes` of it are whole rows,
 * what is behind them was cut off in writing. STATUS_USAGE for rows whose cell is not the plan's in
 * every field. Free with past_free().
 */
struct status run_resume_rows(const char *dir, const struct plan *plan,
                              struct samples_writer *writer, struct past *ret_past,
                              uint64_t *ret_whole_bytes);

#endif
