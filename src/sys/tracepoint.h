/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting how often the calling thread passes a tracepoint, by perf_event_open(2): nothing of the
 * machine's tracing is changed, other counters and tracers do not show, and closing ends it. The
 * tracepoint's number is read from tracefs, which must be mounted and is for root.
 */
#ifndef PMDGAIN_SYS_TRACEPOINT_H
#define PMDGAIN_SYS_TRACEPOINT_H

#include "sys/root.h"

#include <pmdgain/status.h>
#include <pmdgain/units.h>

/*
 * `event` is "SYSTEM/NAME", `filter` as in Documentation/trace/events.rst ("result & 0x100").
 * Counts from now on until the descriptor is closed. Each hit costs the thread time. STATUS_SKIP
 * says what is missing and what would enable it; STATUS_SYSTEM when the kernel refuses.
 */
struct status tracepoint_open(const struct sys_root *root, const char *event, const char *filter,
                              int *ret_fd);

struct count tracepoint_read(int fd);

#endif
