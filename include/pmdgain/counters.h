/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hardware and software counters through libpfm4 and perf_event. One file in src/counters/sets/
 * is one counter set, as data; the list is in that folder's meson.build.
 *
 * A set is one perf group: its events are counted over the same time. Each column has candidate
 * events, the first that libpfm4 knows for a PMU of this machine is taken. Counting is for user
 * space and the kernel where perf_event_paranoid allows it, else for user space only.
 */
#ifndef PMDGAIN_COUNTERS_H
#define PMDGAIN_COUNTERS_H

#include <pmdgain/status.h>
#include <pmdgain/units.h>
#include <stddef.h>
#include <stdint.h>

#define COUNTER_COLUMNS_MAX 8  /* in one set */
#define COUNTER_SETS_MAX 6     /* in one selection */

struct counter_candidate {
        const char *pmu;   /* libpfm4's PMU name ("skl", "amd64_fam19h_zen4", "arm_n1", "perf") */
        const char *event; /* libpfm4's event string without the PMU */
};

struct counter_column {
        const char *name;  /* the CSV column, e.g. "dtlb_load_misses" */
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

/* The sets of a run, each resolved to events of this machine, or with the reason why not. */
struct counter_selection;

/* `names` is a list ("basic,dtlb"); "" selects none. STATUS_USAGE for an unknown set. A set that
 * this machine cannot count is no failure: see counter_selection_reason(). Free with
 * counter_selection_free(). */
struct status counter_selection_make(const char *names, struct counter_selection **ret_selection);
void counter_selection_free(struct counter_selection *selection);

size_t counter_selection_sets(const struct counter_selection *selection);
const struct counter_set *counter_selection_set(const struct counter_selection *selection,
                                                size_t index);
/* "" when the set can be counted here; else why not and what would enable it. A column may be
 * missing while its set counts: counter_selection_event() is "" then. */
const char *counter_selection_reason(const struct counter_selection *selection, size_t index);
const char *counter_selection_event(const struct counter_selection *selection, size_t index,
                                    size_t column);

/* One reading of one set. Values are raw: scale by enabled/running where they differ. */
struct counter_reading {
        struct count values[COUNTER_COLUMNS_MAX]; /* in the order of set->columns */
        struct count enabled_ns, running_ns;      /* running < enabled: multiplexed */
};

/* The selected sets opened for the calling thread. */
struct counters;

/* Opens what can be opened; a set that cannot reads as missing. Free with counters_close(). */
struct status counters_open(const struct counter_selection *selection,
                            struct counters **ret_counters);
void counters_close(struct counters *counters);
void counters_start(struct counters *counters); /* resets and enables; NULL does nothing */
void counters_stop(struct counters *counters);
/* `readings` has counter_selection_sets() entries. */
void counters_read(const struct counters *counters, struct counter_reading *readings);

#endif
