/* SPDX-License-Identifier: Apache-2.0 */
/* The clock is passed in, so that tests can bring their own. */
#ifndef PMDGAIN_CLOCK_H
#define PMDGAIN_CLOCK_H

#include <stdint.h>

struct clock {
        uint64_t (*now_ns)(void *context);             /* monotonic, ns */
        void (*spend_ns)(void *context, uint64_t ns);  /* let that much time pass, busily */
        void *context;
};

/* CLOCK_MONOTONIC, which NTP slews but never steps. */
struct clock clock_monotonic(void);

static inline uint64_t clock_now(const struct clock *clock)
{
        return clock->now_ns(clock->context);
}

static inline void clock_spend(const struct clock *clock, uint64_t ns)
{
        clock->spend_ns(clock->context, ns);
}

#endif
