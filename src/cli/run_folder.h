/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of one run: samples.csv, machine.json and plan.ini, written while it runs. */
#ifndef PMDGAIN_CLI_RUN_FOLDER_H
#define PMDGAIN_CLI_RUN_FOLDER_H

#include "cli/run_resume.h"
#include "csv/samples.h"
#include "engine/engine.h"

#include <json-c/json.h>
#include <pmdgain/status.h>

struct run_folder {
        char path[512];
        int fd;                      /* of the folder; holds its lock */
        struct json_object *machine; /* machine.json */
        struct samples_writer *writer;
        struct past past;            /* of a run that is gone on with */
        uint64_t spent_ns;           /* by its earlier stretches */
        bool is_new, was_there; /* begun by this run; in a folder that was there, empty */
        bool force;
        char differences[WARNING_TEXT]; /* from the machine that the run began on; "" for none */
};

struct run_folder_request {
        const char *path;  /* "" for results/DATE-PLAN below the working folder */
        const char *clock; /* what it counts: time, instructions */
        const struct plan *plan;
        const struct sys_root *root;
        const struct placement *placement;
        const struct counter_selection *selection;
        int argc;
        char **argv;
        bool resume; /* go on with the run in the folder */
        bool force;  /* though machine, kernel, version or plan have changed */
};

/* The folder of a new run must not exist, or be empty; no other run may write into it. On success: run_folder_close(). */
struct status run_folder_open(const struct run_folder_request *request,
                              struct run_folder *ret_folder);

/* Adds what was opened to machine.json. */
struct status run_folder_sources(struct run_folder *folder, const struct engine_source *sources,
                                 size_t count);

/* Adds how the run ended to machine.json. */
struct status run_folder_finish(struct run_folder *folder, const struct engine_result *result);

/* Takes away what open made for a run that was refused before it measured anything. */
void run_folder_drop(const struct run_folder *folder);

void run_folder_close(struct run_folder *folder);

/* The counter sets for machine.json and probe: [{"set","summary","usable","reason","events"}]. */
struct json_object *counters_describe(const struct counter_selection *selection);

#endif
