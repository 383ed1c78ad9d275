/* SPDX-License-Identifier: Apache-2.0 */
/* One perf group: the events of a set that this machine has, counted together. */
#ifndef PMDGAIN_COUNTERS_GROUP_H
#define PMDGAIN_COUNTERS_GROUP_H

#include "counters/backend.h"
#include "counters/encode.h"

#include <pmdgain/counters.h>

/* A column of a set on this machine. */
struct counter_event {
        bool usable;
        char text[EVENT_TEXT_MAX]; /* "" when not usable */
        char reason[320];          /* why not; "" when usable */
        struct perf_event_attr attr;
};

struct counter_group {
        unsigned count;
        int fds[COUNTER_COLUMNS_MAX];          /* the first is the leader's */
        unsigned columns[COUNTER_COLUMNS_MAX]; /* what each counts */
};

/* What a read of the leader gives. */
struct group_values {
        uint64_t count;
        uint64_t enabled_ns, running_ns;
        uint64_t values[COUNTER_COLUMNS_MAX]; /* in the order of the group's columns */
};

/* Opens the usable events, disabled, for the calling thread. 0, or -errno, the column that was
 * refused, and nothing open. */
int group_open(const struct counter_backend *backend, const struct counter_event *events,
               size_t columns, struct counter_group *ret_group, size_t *ret_refused);
void group_close(struct counter_group *group);

/* False when the kernel gives nothing; a closed group has nothing. */
bool group_read(int leader, struct group_values *ret_values);

#endif
