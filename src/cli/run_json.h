/* SPDX-License-Identifier: Apache-2.0 */
/* machine.json: what a run was made on, and how it went. docs/csv.md has its keys. */
#ifndef PMDGAIN_CLI_RUN_JSON_H
#define PMDGAIN_CLI_RUN_JSON_H

#include "cli/run_folder.h"

#include <json-c/json.h>
#include <time.h>

/* This machine, and the run that begins now. json_object_put(). */
struct status run_json_describe(const struct run_folder_request *request,
                                struct json_object **ret_machine);

/* What the run is known by, from its beginning on; "" for one of older versions. */
const char *run_json_id(struct json_object *machine);

/* A stretch of the run begins now. */
void run_json_segment(struct json_object *machine);

/* What the stretches so far took, ns; one that was cut off lasted to its last sample. */
uint64_t run_json_spent(struct json_object *machine, time_t last_sample);

/* STATUS_USAGE, without `force`, when an earlier stretch had others. */
struct status run_json_sources(struct json_object *machine, const struct engine_source *sources,
                               size_t count, bool force);

void run_json_warn(struct json_object *machine, enum warning_code code, const char *text);

/* `spent_ns`: by earlier stretches, in what the result has too. */
void run_json_finish(struct json_object *machine, const struct engine_result *result,
                     uint64_t spent_ns);

#endif
