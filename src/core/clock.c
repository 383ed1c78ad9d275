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
