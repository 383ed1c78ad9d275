/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two ways to do the same thing, measured in pairs: one right after the other, in random order, so
 * that what slows the machine down for a while slows both down. What counts is the ratio inside a
 * pair; its interval is made as pmdgain makes the interval of a gain.
 */
#ifndef REFERENCE_CONTEST_H
#define REFERENCE_CONTEST_H

#include <stdbool.h>
#include <stdint.h>

struct contender {
        const char *name;
        double (*measure)(void *context); /* once; the more the better (GB/s) or the worse (ns) */
        void *context;
};

struct contest {
        double ours, theirs;  /* medians */
        double ratio, lo, hi; /* of ours to theirs, with its 95 % interval */
        unsigned pairs;
};

/* Warms both up once, then measures. Exits with 1 when memory runs out. */
struct contest contest_hold(struct contender ours, struct contender theirs, unsigned pairs,
                            uint64_t seed);

/* One row of a table, with `verdict` at its end. */
void contest_print(const char *arm, const char *op, const char *rival,
                   const struct contest *contest, const char *verdict);
void contest_print_header(const char *unit);

uint64_t contest_wall_ns(void); /* CLOCK_MONOTONIC */
uint64_t contest_cpu_ns(void);  /* of this thread: what others take of the CPU does not count */

#endif
