/* SPDX-License-Identifier: Apache-2.0 */
#include "counters/group.h"

#include <string.h>
#include <unistd.h>

int group_open(const struct counter_backend *backend, const struct counter_event *events,
               size_t columns, struct counter_group *ret_group, size_t *ret_refused)
{
        struct counter_group group = { 0 };

        for (size_t i = 0; i < columns; i++) {
                struct perf_event_attr attr = events[i].attr;
                int fd;

                if (!events[i].usable)
                        continue;
                /* The leader's switch is everyone's. */
                attr.disabled = group.count == 0;
                attr.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
                                   PERF_FORMAT_TOTAL_TIME_RUNNING;
                fd = backend->open(backend->context, &attr, group.count ? group.fds[0] : -1);
                if (fd < 0) {
                        group_close(&group);
                        *ret_refused = i;
                        return fd;
                }
                group.columns[group.count] = (unsigned)i;
                group.fds[group.count++] = fd;
        }
        *ret_group = group;
        return 0;
}

void group_close(struct counter_group *group)
{
        while (group->count)
                close(group->fds[--group->count]);
}

bool group_read(int leader, struct group_values *ret_values)
{
        struct group_values values;
        ssize_t got = read(leader, &values, sizeof(values));
        size_t head = offsetof(struct group_values, values);

        if (got < (ssize_t)head || values.count > COUNTER_COLUMNS_MAX ||
            (size_t)got < head + values.count * sizeof(values.values[0]))
                return false;
        *ret_values = values;
        return true;
}
