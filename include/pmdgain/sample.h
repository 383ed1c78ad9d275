/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sample: what was measured once, raw and immutable. One row of samples.csv. Skipped and
 * invalid trials are rows too, with a status and a reason and without numbers.
 */
#ifndef PMDGAIN_SAMPLE_H
#define PMDGAIN_SAMPLE_H

#include <pmdgain/cell.h>
#include <pmdgain/counters.h>
#include <pmdgain/mapping.h>
#include <pmdgain/status.h>
#include <stdint.h>

/* What a trial sends back to the run: plain data, no pointers, so it can cross a pipe. */
struct sample {
        uint32_t cell;       /* cell.index */
        uint32_t block;      /* from 0 */
        uint32_t trial;      /* from 0 in each block and cell */
        uint32_t sample;     /* from 0 in each trial */
        struct count ops;    /* of all threads together */
        struct count time_ns; /* first thread's start to last thread's end */
        struct count run_minflt; /* minor faults while timed */
        /* While timed, over the threads. */
        struct count switches;   /* involuntary context switches */
        struct count waited_ns;  /* runnable, but another process ran */
        struct count migrations; /* threads that ended on another CPU */
        struct proof proof;  /* before what was timed; in PHASE_FAULT by it */
        struct proof after;  /* the grain in the end, where it may change; no methods: not seen */
        struct counter_reading counters[COUNTER_SETS_MAX]; /* summed over the threads */
        enum status_code status;
        char reason[480]; /* what failed, or is missing though ok, and what to do; may be "" */
};

#endif
