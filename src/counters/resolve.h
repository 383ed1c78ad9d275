/* SPDX-License-Identifier: Apache-2.0 */
/* From a set as data to the events that count it on this machine. */
#ifndef PMDGAIN_COUNTERS_RESOLVE_H
#define PMDGAIN_COUNTERS_RESOLVE_H

#include "counters/group.h"
#include "counters/reason.h"

/* A set on this machine. */
struct counter_resolved {
        const struct counter_set *set;
        size_t columns;
        struct counter_event events[COUNTER_COLUMNS_MAX];
        char reason[REASON_MAX]; /* "" when at least one column is usable */
};

/* Tries out which events open, and how many of them at once. */
void set_resolve(const struct counter_place *place, const struct counter_set *set,
                 struct counter_resolved *ret_resolved);

#endif
