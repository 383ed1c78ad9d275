/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The summary: what samples.csv comes down to. A pure function of that file (and of machine.json
 * for the kind of evidence), so it can be made again anywhere.
 */
#ifndef PMDGAIN_REPORT_SUMMARY_H
#define PMDGAIN_REPORT_SUMMARY_H

#include "stats/ratio.h"

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verdict {
        VERDICT_PMD_FASTER, /* the whole interval is above 1 */
        VERDICT_PTE_FASTER, /* the whole interval is below 1 */
        VERDICT_UNRESOLVED, /* the interval contains 1, or there are too few pairs for one */
        VERDICT_NO_PMD,     /* the PMD arm was proven to hold no PMD, as asked: a control */
        VERDICT_UNPAIRED,   /* one arm has no valid trial */
        VERDICT_INVALID,    /* no valid pair, and at least one trial was invalid or failed */
        VERDICT_SKIPPED,    /* no trial ran: the reason says why */
        VERDICT_MIXED,      /* the arm `auto`, mapped neither all by PMD nor all by PTE: no pair */
};

const char *verdict_name(enum verdict verdict); /* pmd_faster, pte_faster, unresolved, ... */

/* One arm of a row: medians over its valid trials. NaN when missing. */
struct summary_arm {
        char asked[8];           /* "pte", "pmd", "auto"; "" for an arm that is not there */
        char lever[16];
        char target[304];        /* where its bytes are, when not where the row says; else "" */
        char shift[24];          /* of the extents of the file made for it, bytes; else "" */
        char name[352];          /* "nohuge", "auto", "extent 4k", "partition@file:/mnt/a" */
        double value;            /* in the row's unit */
        double value_lo, value_hi; /* quartiles over trials */
        struct ratio_side log_time; /* of the time per op: see stats/ratio.h */
        unsigned trials;         /* valid ones */
        unsigned invalid;        /* trials with a row that is invalid, usage or system */
        unsigned skipped;
        char proof[64];
        char proven[8];          /* grain of the valid trials, else of the others: pmd, pte, ...;
                                    mixed where trials differ */
        double pmd_fraction, zero_fraction;
        double minflt;
        double page_table_bytes;
        double *counters;        /* per op (per MiB where ops are bytes), scaled to the enabled
                                    time; in the order of summary.counter_names; NaN missing */
        bool multiplexed;        /* some counter ran for less time than it was enabled */
        char reason[480];        /* first reason of a trial that was not ok; "" when none */
};

/* A comparison: one PTE lever against PMD, all else equal. */
struct summary_row {
        char workload[32], op[32], unit[16];
        uint64_t bytes;
        uint32_t threads;
        char source[32], target[256], fs[32], memmap[16], dax[8];
        char map[16], state[16];
        char **options;          /* texts, in the order of summary.option_names */
        struct summary_arm pte, pmd;
        double gain, gain_lo, gain_hi; /* PTE time per op / PMD time per op; NaN when missing */
        unsigned pairs;          /* blocks in which both arms have a valid trial */
        unsigned outliers;       /* pairs that lie far from the others (stats/outliers.h) */
        enum verdict verdict;
};

/* One TLB level as seen by the `reach` sweep (src/stats/reach.h). */
struct summary_level {
        char source[32], target[256];
        char pte_lever[16];
        char pte_name[352];      /* as summary_arm.name */
        unsigned level;          /* 1 is the smallest */
        double entries, entries_lo, entries_hi; /* base pages covered; NaN when not resolved */
        double miss_ns, miss_lo, miss_hi;       /* extra ns per access past this level */
        double cpuid_entries;    /* what CPUID says (machine.json); NaN when it says nothing */
        uint32_t threads;
        unsigned blocks;         /* that the fit is made of */
};

/* How often comparisons of a kind were right, where the truth is known: the workload `twin`
 * (src/stats/calibrate.h). */
struct summary_calibration {
        char source[32], target[256], arm[32];
        uint64_t bytes;
        uint32_t threads;
        const char *order;       /* "paired", "naive" */
        const char *stop;        /* "pairs": after so many; "precision": once known so well */
        double truth;            /* the true gain: 1 or, say, 1.03 */
        double pairs;            /* of a comparison, mean */
        double seconds;          /* that measuring those took; NaN when not known */
        size_t comparisons;
        size_t excluded;         /* intervals that exclude 1: false alarms where the truth is 1 */
        double rate, rate_lo, rate_hi; /* excluded / comparisons, with its 95 % interval */
        double nominal;          /* what theory promises of the rate; NaN for none */
        size_t held;             /* intervals that hold the truth */
        double width;            /* median half width of the intervals, as a share */
};

struct summary {
        char **option_names;     /* without "opt_" */
        size_t option_count;
        char **counter_names;    /* without "ctr_" */
        size_t counter_count;
        struct summary_row *rows; /* in the order of first appearance in samples.csv */
        size_t row_count;
        struct summary_level *levels;
        size_t level_count;
        struct summary_calibration *calibrations;
        size_t calibration_count;
        double precision;        /* that the run wanted of each gain, 0.02; 0: none */
        char evidence[16];       /* hardware, virtual, emulated; "" when machine.json lacks it */
        bool instructions;       /* the clock counted them: what is called ns is instructions */
        size_t samples_read, samples_ok, samples_invalid, samples_skipped; /* rows */
        uint64_t cut_line; /* line of a last row that was cut off and left out; 0: none */
};

/* Reads DIR/samples.csv and DIR/machine.json. STATUS_USAGE with file:line for what is malformed.
 * The caller owns the result until summary_free(). */
struct status summary_make(const char *dir, struct summary **ret_summary);
void summary_free(struct summary *summary);

/* Writes DIR/summary.csv and, when there are levels, DIR/reach.csv. */
struct status summary_write(const struct summary *summary, const char *dir);

#endif
