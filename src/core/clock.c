/* SPDX-License-Identifier: Apache-2.0 */
#include <pmdgain/clock.h>
#include <stddef.h>
#include <time.h>

static uint64_t monotonic_now(void *context)
{
        struct timespec now;

        (void)context;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static void monotonic_spend(void *context, uint64_t ns)
{
        uint64_t start = monotonic_now(context);

        while (monotonic_now(context) - start < ns)
                ;
}

struct clock clock_monotonic(void)
{
        return (struct clock){ .now_ns = monotonic_now, .spend_ns = monotonic_spend };
}

/* CLOCK_MONOTONIC_COARSE moves on at each tick, and nowhere else (kernel/time/timekeeping.c). */
static void tick_wait(void *context)
{
        struct timespec first, now;

        (void)context;
        clock_gettime(CLOCK_MONOTONIC_COARSE, &first);
        do
                clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
        while (now.tv_nsec == first.tv_nsec && now.tv_sec == first.tv_sec);
}

struct clock clock_instructions(void)
{
        struct clock clock = clock_monotonic();

        clock.settle = tick_wait;
        return clock;
}
