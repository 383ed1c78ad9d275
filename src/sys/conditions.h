/* SPDX-License-Identifier: Apache-2.0 */
/* What may change around a run while it lasts. Missing where this kernel does not say. */
#ifndef PMDGAIN_SYS_CONDITIONS_H
#define PMDGAIN_SYS_CONDITIONS_H

#include "sys/root.h"

#include <pmdgain/units.h>

struct conditions {
        struct count ticks, steal_ticks;   /* of the CPUs asked for, since boot: /proc/stat */
        struct count swapped_pages;        /* in and out, since boot, of all: vmstat's pswpin/-out */
        struct count mhz;                  /* mean of the CPUs: cpufreq's scaling_cur_freq */
        struct count available_bytes, total_bytes; /* MemAvailable (or a cgroup's), MemTotal */
        char thp[96];                      /* "enabled=madvise defrag=madvise ..." */
};

struct conditions conditions_read(const struct sys_root *root, const unsigned *cpus,
                                  unsigned cpu_count);

/*
 * How long a fixed loop of dependent additions takes on that CPU, ns: the shortest of many short
 * runs, so that it tells the clock frequency and not who else wanted the CPU. Some 3 ms. Missing
 * when the thread cannot be moved there. It is moved back.
 */
struct count conditions_spin(unsigned cpu);

/* What the calling thread had to put up with so far. */
struct thread_conditions {
        struct count switches;  /* involuntary context switches: getrusage(RUSAGE_THREAD) */
        struct count waited_ns; /* runnable but not running: /proc/thread-self/schedstat */
        int cpu;                /* that it runs on; -1 when not known */
};

struct thread_conditions thread_conditions_read(const struct sys_root *root);

#endif
