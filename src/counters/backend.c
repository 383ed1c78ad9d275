/* SPDX-License-Identifier: Apache-2.0 */
#include "counters/backend.h"

#include "counters/encode.h"
#include "counters/group.h"

#include <errno.h>
#include <pmdgain/clock.h>
#include <sys/ioctl.h>

/* Rotation of groups that share a PMU takes some milliseconds (perf_event_mux_interval_ms). */
#define RUN_WAIT_NS UINT64_C(50000000)

static bool real_present(void *context, const char *pmu)
{
        return encode_pmu_present(pmu);
}

static int real_open(void *context, const struct perf_event_attr *attr, int leader)
{
        struct perf_event_attr copy = *attr;
        int fd = perf_event_open(&copy, 0, -1, leader, PERF_FLAG_FD_CLOEXEC);

        return fd < 0 ? -errno : fd;
}

static bool real_runs(void *context, int leader)
{
        struct clock clock = clock_monotonic();
        uint64_t start = clock_now(&clock);
        struct group_values values = { 0 };

        if (ioctl(leader, PERF_EVENT_IOC_ENABLE, 0) != 0)
                return false;
        do {
                if (!group_read(leader, &values))
                        break;
        } while (!values.running_ns && clock_now(&clock) - start < RUN_WAIT_NS);
        ioctl(leader, PERF_EVENT_IOC_DISABLE, 0);
        return values.running_ns > 0;
}

struct counter_backend counter_backend_real(void)
{
        return (struct counter_backend) {
                .root = sys_root_real(),
                .pmu_present = real_present,
                .open = real_open,
                .runs = real_runs,
        };
}
