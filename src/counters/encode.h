/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libpfm4: event strings to perf_event attributes. The library's state is global, so this is the
 * only file that calls it.
 */
#ifndef PMDGAIN_COUNTERS_ENCODE_H
#define PMDGAIN_COUNTERS_ENCODE_H

#include <perfmon/pfmlib_perf_event.h>
#include <pmdgain/counters.h>
#include <pmdgain/status.h>

#define EVENT_TEXT_MAX 192

/* What of a thread's time is counted. */
enum counter_scope {
        SCOPE_USER_KERNEL,
        SCOPE_USER,
};

/*
 * Makes libpfm4 ready, once in a process; not for several threads at once. Events of PMUs that
 * are not there can be encoded afterwards (LIBPFM_ENCODE_INACTIVE), which events of a CPU that
 * counts like another model need. STATUS_SYSTEM when the library cannot start.
 */
struct status encode_ready(void);

/* Does this build of libpfm4 have that PMU model? It has those of its own architecture. */
bool encode_pmu_known(const char *pmu);

/* Does libpfm4 see that PMU model in this machine? */
bool encode_pmu_present(const char *pmu);

/*
 * Encodes a candidate for the scope; `text` (EVENT_TEXT_MAX bytes) gets the full event string, as
 * libpfm4 reads it. `ret_attr` counts nothing yet: disabled, no read format. STATUS_USAGE when
 * libpfm4 does not know the event.
 */
struct status encode_event(const struct counter_candidate *candidate, enum counter_scope scope,
                           char *text, struct perf_event_attr *ret_attr);

#endif
