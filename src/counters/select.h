/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PMDGAIN_COUNTERS_SELECT_H
#define PMDGAIN_COUNTERS_SELECT_H

#include "counters/resolve.h"

struct counter_selection {
        size_t count;
        struct counter_resolved sets[COUNTER_SETS_MAX];
        char note[REASON_MAX];
};

/* counter_selection_make() on a machine that may be a test's. */
struct status counter_selection_make_on(const char *names, const struct counter_backend *backend,
                                        struct counter_selection **ret_selection);

#endif
