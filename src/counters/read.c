/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start, stop, read. PERF_EVENT_IOC_RESET leaves the times alone and is one more ioctl, so a
 * start notes what was counted so far instead, before anything is enabled.
 */
#include "counters/open.h"

#include <string.h>
#include <sys/ioctl.h>

void counters_start(struct counters *counters)
{
        if (!counters)
                return;
        for (size_t i = 0; i < counters->count; i++) {
                struct open_set *set = &counters->sets[i];

                if (set->group.count && !group_read(set->group.fds[0], &set->base))
                        memset(&set->base, 0, sizeof(set->base));
        }
        for (size_t i = counters->count; i-- > 0;)
                if (counters->sets[i].group.count)
                        ioctl(counters->sets[i].group.fds[0], PERF_EVENT_IOC_ENABLE, 0);
}

void counters_stop(struct counters *counters)
{
        if (!counters)
                return;
        for (size_t i = 0; i < counters->count; i++)
                if (counters->sets[i].group.count)
                        ioctl(counters->sets[i].group.fds[0], PERF_EVENT_IOC_DISABLE, 0);
}

void reading_make(const struct counter_group *group, const struct group_values *base,
                  const struct group_values *now, struct counter_reading *ret_reading)
{
        struct counter_reading reading = {
                .enabled_ns = count_of(now->enabled_ns - base->enabled_ns),
                .running_ns = count_of(now->running_ns - base->running_ns),
        };

        /* A group that never had the PMU counted nothing; that is not a count of 0. */
        for (unsigned i = 0; i < group->count && reading.running_ns.value; i++)
                reading.values[group->columns[i]] = count_of(now->values[i] - base->values[i]);
        *ret_reading = reading;
}

void counters_read(const struct counters *counters, struct counter_reading *readings)
{
        for (size_t i = 0; counters && i < counters->count; i++) {
                const struct open_set *set = &counters->sets[i];
                struct group_values now;

                readings[i] = (struct counter_reading) { 0 };
                if (set->group.count && group_read(set->group.fds[0], &now) &&
                    now.count == set->group.count)
                        reading_make(&set->group, &set->base, &now, &readings[i]);
        }
}
