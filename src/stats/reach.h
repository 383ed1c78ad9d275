/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reach sweep says about the TLB: N pages, one line each, visited in one random cycle, by
 * PTE and by PMD. Caches cost both alike, so what PTE costs more is translation:
 *
 *      extra(N) = constant + sum over rises of cost x share of misses (N over capacity)
 *
 * The share is 0 up to the capacity; how it climbs to 1 beyond (enum reach_replacement) is fitted
 * too. How many rises there are is decided by evidence: one is added only while it lowers the
 * weighted squares by far more than noise would. Rises that begin within a factor of REACH_APART
 * are one level.
 *
 * Not every rise is a TLB level: when data and page tables fall out of the caches a walk gets
 * dearer. A rise that begins past the largest TLB is taken for that, unless entries that hold
 * several neighbouring pages (coalescing) can explain it: it begins within REACH_APART times that
 * TLB, and PMD, which pays for the caches just so, does not rise as much there.
 *
 * Intervals come from resampling blocks. Where several capacities or shapes fit alike, each
 * resample takes one of them at random, so that the interval has that doubt in it as well.
 */
#ifndef PMDGAIN_STATS_REACH_H
#define PMDGAIN_STATS_REACH_H

#include <pmdgain/status.h>
#include <stddef.h>
#include <stdint.h>

#define REACH_LEVELS_MAX 4
#define REACH_APART 4.0

/* Entries in the largest data TLB for base pages known so far (AMD Zen 5, "Software Optimization
 * Guide for the AMD Zen5 Microarchitecture", 2.11), for a CPU that does not tell its own. */
#define REACH_TLB_ENTRIES_MAX 4096.0

/* A sweep: times in ns per access at [point * blocks + block], NaN where missing. */
struct reach_sweep {
        const double *pages;  /* ascending, at least 1 */
        size_t points;
        size_t blocks;
        const double *pte, *pmd;
        double tlb_entries;   /* in the CPU's largest data TLB for base pages; NaN: not known */
};

struct reach_level {
        double pages, pages_lo, pages_hi; /* capacity: up to so many base pages cost nothing */
        double miss, miss_lo, miss_hi;    /* ns a miss costs */
};

struct reach_fit {
        struct reach_level levels[REACH_LEVELS_MAX]; /* ascending */
        size_t count;         /* 0: the sweep shows no level */
        size_t blocks;        /* with enough points */
};

/* How a TLB chooses what to replace, when pages are visited over and over in one order. */
enum reach_replacement {
        /* LRU in sets of `parameter` ways, over neighbouring pages: each set that holds one page
         * too many misses always, so the share climbs straight up to 1 at capacity x (1 + 1/ways);
         * with infinitely many ways at once. */
        REACH_LRU,
        /* Random: an entry outlives the misses between two visits or not, so that the share m
         * solves m = 1 - exp(-m x), x being pages over capacity. `parameter` stretches the rise:
         * x - 1 is divided by it, 1 is pure random. */
        REACH_RANDOM,
};

/* The share of accesses that miss with `over` = pages / capacity. */
double reach_miss_share(double over, enum reach_replacement replacement, double parameter);

/* Equal arguments give equal results. STATUS_SYSTEM when memory runs out. */
struct status reach_fit_make(const struct reach_sweep *sweep, uint64_t seed,
                             struct reach_fit *ret_fit);

#endif
