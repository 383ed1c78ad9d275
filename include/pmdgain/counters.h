/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hardware and software counters through libpfm4 and perf_event. One file in src/counters/sets/
 * is one counter set, as data; the list is in that folder's meson.build.
 *
 * A set is one perf group: its events are counted over the same time. Each column has candidate
 * events; the first that this machine's CPU has and the kernel opens is taken. Counting is for
 * user space and the kernel where perf_event_paranoid allows it, else for user space only: the
 * text of the event says which (":u:k" or ":u").
 */
#ifndef PMDGAIN_COUNTERS_H
#define PMDGAIN_COUNTERS_H

#include <math.h>
#include <pmdgain/status.h>
#include <pmdgain/units.h>
#include <stddef.h>
#include <stdint.h>

#define COUNTER_COLUMNS_MAX 8 /* in one set */
#define COUNTER_SETS_MAX 6    /* in one selection */

struct counter_candidate {
        const char *pmu;    /* libpfm4's PMU name ("skl", "amd64_fam19h_zen4", "arm_n1", "perf") */
        const char *event;  /* libpfm4's event string without the PMU */
        const char *vendor; /* /proc/cpuinfo's vendor_id the event's meaning holds for; NULL: any */
};

struct counter_column {
        const char *name; /* the CSV column without "ctr_", e.g. "dtlb_load_misses" */
        const char *help;
        const struct counter_candidate *candidates; /* ends with a NULL event */
};

struct counter_set {
        const char *name;
        const char *summary;
        const struct counter_column *columns; /* ends with a NULL name */
};

/* The sets this program was built with, NULL-terminated. */
const struct counter_set *const *counter_sets(void);
const struct counter_set *counter_set_find(const char *name);

static inline size_t counter_set_columns(const struct counter_set *set)
{
        size_t count = 0;

        while (set->columns[count].name)
                count++;
        return count;
}

/* The sets of a run, each resolved to events of this machine, or with the reason why not. */
struct counter_selection;

/* `names` is a list ("basic,dtlb"), "all", or "" for none; a set named twice is taken once.
 * STATUS_USAGE for an unknown set. A set that this machine cannot count is no failure: see
 * counter_selection_reason(). Free with counter_selection_free(). Not for several threads at
 * once: libpfm4 is made ready by the first call. */
struct status counter_selection_make(const char *names, struct counter_selection **ret_selection);
void counter_selection_free(struct counter_selection *selection);

size_t counter_selection_sets(const struct counter_selection *selection); /* NULL has none */
const struct counter_set *counter_selection_set(const struct counter_selection *selection,
                                                size_t index);
/* "" when the set can be counted here; else why not and what would enable it. A column may be
 * missing while its set counts: counter_selection_event() is "" then. */
const char *counter_selection_reason(const struct counter_selection *selection, size_t index);
const char *counter_selection_event(const struct counter_selection *selection, size_t index,
                                    size_t column);
/* Why that column is missing; "" when it is counted. */
const char *counter_selection_missing(const struct counter_selection *selection, size_t index,
                                      size_t column);
/* What holds for all sets and is worth a line, such as counting user space only; may be "". */
const char *counter_selection_note(const struct counter_selection *selection);

/* One reading of one set. Values are raw: scale by enabled/running where they differ. */
struct counter_reading {
        struct count values[COUNTER_COLUMNS_MAX]; /* in the order of set->columns */
        struct count enabled_ns, running_ns;      /* running < enabled: multiplexed */
};

/* The set had the PMU for only a part of the time: its values are estimates once scaled. */
static inline bool counter_reading_multiplexed(const struct counter_reading *reading)
{
        return reading->enabled_ns.known && reading->running_ns.known &&
               reading->running_ns.value < reading->enabled_ns.value;
}

/* The value over the whole enabled time, as perf_event_open(2) says to estimate it; NaN when it
 * is missing. */
static inline double counter_reading_scaled(const struct counter_reading *reading, size_t column)
{
        const struct count *value = &reading->values[column];

        if (!value->known || !reading->enabled_ns.known || !reading->running_ns.known ||
            !reading->running_ns.value)
                return (double)NAN;
        return (double)value->value * (double)reading->enabled_ns.value /
               (double)reading->running_ns.value;
}

/* The selected sets opened for the calling thread. */
struct counters;

/* Opens what can be opened; a set that cannot reads as missing, see counters_reason(). Fails only
 * for want of memory. NULL or an empty selection gives NULL counters. Free with
 * counters_close(). */
struct status counters_open(const struct counter_selection *selection,
                            struct counters **ret_counters);
void counters_close(struct counters *counters);

/* Why set `index` is not open: counter_selection_reason(), or what changed since (no descriptor
 * left, say). "" when it is open. */
const char *counters_reason(const struct counters *counters, size_t index);

/*
 * What counters_read() gives runs from the last start to the last stop. One ioctl per set each,
 * none of them counted by the first set: it is enabled last and disabled first. NULL does nothing.
 */
void counters_start(struct counters *counters);
void counters_stop(struct counters *counters);

/* `readings` has counter_selection_sets() entries. A set that the PMU had no room for in all that
 * time has its enabled time, a running time of 0, and missing values. NULL does nothing. */
void counters_read(const struct counters *counters, struct counter_reading *readings);

#endif
