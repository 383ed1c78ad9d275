/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PMDGAIN_COUNTERS_OPEN_H
#define PMDGAIN_COUNTERS_OPEN_H

#include "counters/select.h"

struct open_set {
        struct counter_group group; /* empty when not open */
        struct group_values base;   /* what it had counted when it was last started */
        char reason[REASON_MAX];    /* why it is not open */
};

struct counters {
        size_t count;
        struct open_set sets[COUNTER_SETS_MAX];
};

/* counters_open() on a machine that may be a test's. */
struct status counters_open_on(const struct counter_selection *selection,
                               const struct counter_backend *backend,
                               struct counters **ret_counters);

/* What was counted between two reads of a group. */
void reading_make(const struct counter_group *group, const struct group_values *base,
                  const struct group_values *now, struct counter_reading *ret_reading);

#endif
