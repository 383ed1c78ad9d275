/* SPDX-License-Identifier: Apache-2.0 */
/* Why something is not counted and what would enable it, one line each. */
#ifndef PMDGAIN_COUNTERS_REASON_H
#define PMDGAIN_COUNTERS_REASON_H

#include "counters/cpu.h"
#include "counters/group.h"

#define REASON_MAX 320

/* The machine that events are looked for on. */
struct counter_place {
        const struct counter_backend *backend;
        struct counter_cpu cpu;
        enum counter_scope scope;
};

/* The kernel refused to open `attr`, whose event string is `text`, with `error`. */
void reason_refused(const struct counter_place *place, const char *text,
                    const struct perf_event_attr *attr, int error, char *reason);

/* No candidate is for this CPU. */
void reason_unknown(const struct counter_place *place, char *reason);

/* It opens beside the set's other events, but there is no counter for it. */
void reason_no_room(const struct counter_place *place, const char *text, char *reason);

/* Only user space is counted. */
void reason_user_only(const struct counter_place *place, char *reason);

#endif
