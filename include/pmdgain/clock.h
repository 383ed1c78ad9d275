/* SPDX-License-Identifier: Apache-2.0 */
/* The clock is passed in, so that tests can bring their own. */
#ifndef PMDGAIN_CLOCK_H
#define PMDGAIN_CLOCK_H

#include <stdint.h>

struct clock {
        uint64_t (*now_ns)(void *context);             /* monotonic, ns */
        void (*spend_ns)(void *context, uint64_t ns);  /* let that much time pass, busily */
        void (*settle)(void *context);                 /* before a timed call; may be NULL */
        void *context;
};

/* CLOCK_MONOTONIC, which NTP slews but never steps. */
struct clock clock_monotonic(void);

/*
 * The same, for a guest whose clock counts instructions (QEMU's -icount). Where a sample is one call
 * on a fresh mapping, it waits before that until the kernel's timer has just ticked: each has as many
 * ticks as its length takes, a short one none, and what the kernel frees at a tick is freed by then.
 * A tick costs 9,000 instructions. On hardware that would be a bias; there ticks are part of the time.
 */
struct clock clock_instructions(void);

static inline uint64_t clock_now(const struct clock *clock)
{
        return clock->now_ns(clock->context);
}

static inline void clock_settle(const struct clock *clock)
{
        if (clock->settle)
                clock->settle(clock->context);
}

static inline void clock_spend(const struct clock *clock, uint64_t ns)
{
        clock->spend_ns(clock->context, ns);
}

#endif
