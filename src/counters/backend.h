/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's side of counting, or a test's in its place. */
#ifndef PMDGAIN_COUNTERS_BACKEND_H
#define PMDGAIN_COUNTERS_BACKEND_H

#include "sys/root.h"

#include <perfmon/perf_event.h>
#include <stdbool.h>

struct counter_backend {
        struct sys_root root;
        bool (*pmu_present)(void *context, const char *pmu);
        /* perf_event_open(2) for the calling thread on any CPU: a descriptor, or -errno. */
        int (*open)(void *context, const struct perf_event_attr *attr, int leader);
        /* Does the group get the PMU? Counts for a moment, and leaves it disabled. */
        bool (*runs)(void *context, int leader);
        void *context;
};

struct counter_backend counter_backend_real(void);

#endif
