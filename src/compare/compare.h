/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two sets of runs, cell by cell: what got slower or faster, what stayed, what cannot be told.
 *
 * A cell is an arm (its time per operation) or a comparison (its gain). With one run on each side
 * the blocks are what is counted; with more, each run comes down to one value, so that what differs
 * from boot to boot is in the interval. docs/compare.md has the verdicts, docs/method.md the
 * statistics.
 */
#ifndef PMDGAIN_COMPARE_COMPARE_H
#define PMDGAIN_COMPARE_COMPARE_H

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMPARE_RATE 0.05 /* of false findings among the findings, and 1 - confidence */
#define COMPARE_THRESHOLD 0.05
#define COMPARE_RUNS_MAX 1000 /* on a side */

enum compare_verdict {
        COMPARE_WORSE,      /* a finding: slower, or a smaller gain */
        COMPARE_INVALID,    /* no valid trial on one side, and an invalid one there */
        COMPARE_BETTER,     /* a finding: faster, or a greater gain */
        COMPARE_UNRESOLVED, /* the interval holds both a difference that matters and none */
        COMPARE_SAME,       /* the whole interval is within the threshold */
        COMPARE_ONLY_BASE,
        COMPARE_ONLY_NEW,
        COMPARE_SKIPPED, /* no valid trial on one side, and only skipped ones there */
        COMPARE_VERDICTS,
};

const char *compare_verdict_name(enum compare_verdict verdict); /* worse, only_base, ... */

enum compare_kind {
        COMPARE_ARM,  /* value is a time per operation or GB/s; the ratio is one of times */
        COMPARE_GAIN, /* value is the gain */
};

/* What a run's cell is called; texts are "" where they mean nothing. */
struct compare_name {
        enum compare_kind kind;
        char workload[32], op[32], unit[16]; /* unit: "gain" for a gain */
        uint64_t bytes;
        uint32_t threads;
        char options[256]; /* "chains=8 isa=avx2" */
        char source[32], target[256], fs[32], memmap[16], dax[8], map[16], state[16];
        char arm[256]; /* "pmd", "pte:nohuge"; of a gain its PTE arm */
};

struct compare_side {
        bool present;  /* there is a row of it */
        double value;  /* NaN without a valid trial */
        size_t values; /* blocks, or runs, that it is made of */
        size_t runs;
        unsigned trials, invalid, skipped; /* of all arms of the cell */
        char reason[480];                  /* the first of a trial that was not ok */
};

struct compare_cell {
        struct compare_name name;
        struct compare_side base, new;
        double ratio;              /* new over base, of times or of gains; NaN when missing */
        double lo, hi;             /* its 95 % interval, of this cell alone */
        double p, q;               /* that it is 1; and corrected for all cells */
        double found_lo, found_hi; /* of a finding: corrected for having been found */
        enum compare_verdict verdict;
        bool beyond; /* worse or better by more than the threshold, or invalid where
                        the base was not */
};

/* Something of the machines that differs. */
struct compare_difference {
        const char *what;         /* "CPU" */
        bool unsound;             /* times cannot be compared */
        char base[256], new[256]; /* values, " or " between those of several runs */
};

struct compare_request {
        const char *const *base, *const *new; /* folders */
        size_t base_count, new_count;
        double threshold; /* 0.05: 5 % */
        bool arms, gains; /* which cells */
};

struct comparison {
        double threshold;
        size_t base_runs, new_runs;
        bool pooled;              /* values are of runs, not of blocks */
        char base[320], new[320]; /* folders in words: "results/a", "results/a and 2 more" */
        char evidence[144];       /* "virtual", "hardware against virtual", "not known" */
        char clock[144];          /* what it counts: "time", "instructions" */
        struct compare_difference *differences; /* unsound ones first */
        size_t difference_count;
        struct compare_cell *cells; /* by workload, op, source, options, threads, bytes, arm */
        size_t cell_count;
        size_t counts[COMPARE_VERDICTS];
        size_t tested;      /* cells that have a p */
        size_t regressions; /* worse beyond the threshold, or invalid where the base was not */
        size_t changes;     /* these, and better beyond the threshold */
        size_t cut_runs;    /* whose last row was cut off and left out */
};

/* STATUS_USAGE for a folder that is no run, with what is wrong. The caller owns the result. */
struct status compare_make(const struct compare_request *request,
                           struct comparison **ret_comparison);
void compare_free(struct comparison *comparison);

#endif
