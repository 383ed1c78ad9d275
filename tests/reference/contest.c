/* SPDX-License-Identifier: Apache-2.0 */
#include "contest.h"

#include "stats/estimate.h"
#include "stats/quantile.h"

#include <math.h>
#include <pmdgain/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void measure_pair(struct contender ours, struct contender theirs, bool ours_first,
                         double *ret_ours, double *ret_theirs)
{
        if (ours_first)
                *ret_ours = ours.measure(ours.context);
        *ret_theirs = theirs.measure(theirs.context);
        if (!ours_first)
                *ret_ours = ours.measure(ours.context);
}

struct contest contest_hold(struct contender ours, struct contender theirs, unsigned pairs,
                            uint64_t seed)
{
        double *values = calloc(3 * (size_t)pairs, sizeof(*values));
        double *mine = values, *others = values + pairs, *logs = values + 2 * (size_t)pairs;
        struct random random = random_seeded(seed);
        struct contest contest = { .pairs = pairs };
        struct estimate estimate;
        struct status status;

        if (!values)
                exit(1);
        measure_pair(ours, theirs, true, &mine[0], &others[0]);
        for (unsigned i = 0; i < pairs; i++) {
                measure_pair(ours, theirs, random_below(&random, 2) == 0, &mine[i], &others[i]);
                logs[i] = log(mine[i] / others[i]);
        }
        status = estimate_make(logs, pairs, seed, &estimate);
        if (status_failed(&status))
                exit(1);
        contest.ratio = exp(estimate.value);
        contest.lo = exp(estimate.lo);
        contest.hi = exp(estimate.hi);
        contest.ours = spread_of(mine, pairs).median;
        contest.theirs = spread_of(others, pairs).median;
        free(values);
        return contest;
}

void contest_print_header(const char *unit)
{
        printf("%-11s %-14s %-22s %12s %12s  %-24s %5s\n", "arm", "op", "rival", "ours", "theirs",
               "ours/theirs", "pairs");
        printf("%-11s %-14s %-22s %12s %12s\n", "", "", "", unit, unit);
}

void contest_print(const char *arm, const char *op, const char *rival,
                   const struct contest *contest, const char *verdict)
{
        printf("%-11s %-14s %-22s %12.4g %12.4g  %6.4f [%6.4f, %6.4f] %5u  %s\n", arm, op, rival,
               contest->ours, contest->theirs, contest->ratio, contest->lo, contest->hi,
               contest->pairs, verdict);
        fflush(stdout);
}

static uint64_t now_ns(clockid_t clock)
{
        struct timespec now;

        clock_gettime(clock, &now);
        return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint64_t contest_wall_ns(void)
{
        return now_ns(CLOCK_MONOTONIC);
}

uint64_t contest_cpu_ns(void)
{
        return now_ns(CLOCK_THREAD_CPUTIME_ID);
}
