/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Warnings as values: what was found to disturb a run, or to make it say less than it might. The
 * code is for programs and never renamed (docs/csv.md lists them), the text for people.
 */
#ifndef PMDGAIN_ENGINE_WARNING_H
#define PMDGAIN_ENGINE_WARNING_H

#include <stddef.h>

enum warning_code {
        WARNING_FEW_BLOCKS, /* the budget ended before min_blocks */
        WARNING_IMPRECISE,  /* ... before all comparisons were known to the precision */
        WARNING_GIVEN_UP,   /* a cell failed too often */
        WARNING_REMARK,     /* of samples that count all the same */
        WARNING_RESUMED_ELSEWHERE, /* on another machine, kernel or version, as the user wanted */
        /* What disturbed it: engine/disturb.h has the thresholds. */
        WARNING_FREQUENCY,  /* the CPUs' clock was not steady */
        WARNING_STEAL,      /* the hypervisor ran others on the CPUs */
        WARNING_CORE_SHARED, /* other processes ran on the CPUs */
        WARNING_MIGRATED,   /* threads changed CPUs */
        WARNING_SWAPPED,
        WARNING_LOW_MEMORY,
        WARNING_THP_CHANGED,
        WARNING_MULTIPLEXED, /* counters had the PMU for a part of the time */
        WARNING_NEIGHBOUR,  /* a noisy one, on purpose */
        WARNING_CODES,
};

const char *warning_code_name(enum warning_code code); /* "few_blocks" */

#define WARNINGS_MAX 32
#define WARNING_TEXT 320

struct warning {
        enum warning_code code;
        char text[WARNING_TEXT];
};

struct warnings {
        struct warning list[WARNINGS_MAX];
        size_t count; /* more than fit are left out */
};

void warnings_add(struct warnings *warnings, enum warning_code code, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Nothing when there is one with the same text. */
void warnings_add_once(struct warnings *warnings, enum warning_code code, const char *text);

#endif
