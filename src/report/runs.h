/* SPDX-License-Identifier: Apache-2.0 */
/* Many runs: finding their folders, and what machine.json says of when and where each ran. */
#ifndef PMDGAIN_REPORT_RUNS_H
#define PMDGAIN_REPORT_RUNS_H

#include <json-c/json.h>
#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Texts are valid UTF-8 on one line; "" and NaN where machine.json does not say. */
struct run_about {
        char *dir;       /* absolute, without links */
        int64_t started; /* seconds since 1970, UTC */
        char kernel[96], evidence[16];
        char cpu[96], microcode[32], hypervisor[48], arch[24];
        double memory_bytes;
        bool instructions; /* its clock counted them: no time */
};

/* A folder of a run that cannot be used, and why. */
struct run_fault {
        char *dir;
        struct status status;
};

struct runs {
        struct run_about **runs; /* by start, then by folder; each stays where it is */
        size_t count;
        struct run_fault *faults;
        size_t fault_count;
};

/*
 * The runs in `dirs`: each is a run's folder (it holds summary.csv or samples.csv) or holds such,
 * up to RUNS_DEPTH levels down; links to folders below it are not followed. A run that is named
 * twice counts once. A folder in which there is no run is STATUS_USAGE; a run whose machine.json
 * does not say when it started, or cannot be read, is a fault. Free with runs_free().
 */
#define RUNS_DEPTH 4
struct status runs_find(const char *const *dirs, size_t dir_count, struct runs *ret_runs);
void runs_free(struct runs *runs);

/* What a machine.json says, `dir` aside. STATUS_USAGE without the time when the run started. */
struct status run_about_read(struct json_object *machine, struct run_about *ret_about);

/* Takes a run out of the list, frees it and makes it a fault. */
struct status runs_reject(struct runs *runs, size_t index, const struct status *why);

/* The same CPU model, microcode, hypervisor, kind of evidence and clock, and as much memory: what a
 * kernel keeps for itself differs by version, so that a sixteenth more or less is the same. */
bool run_same_machine(const struct run_about *left, const struct run_about *right);

/* "AMD EPYC, microcode 0x1000065, KVM guest, 24 GiB" */
char *run_machine_name(const struct run_about *run, char *text, size_t text_size);

#endif
