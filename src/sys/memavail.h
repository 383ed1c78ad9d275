/* SPDX-License-Identifier: Apache-2.0 */
/* How much memory this process could fill before something is killed or swapped out. */
#ifndef PMDGAIN_SYS_MEMAVAIL_H
#define PMDGAIN_SYS_MEMAVAIL_H

#include "sys/root.h"

#include <pmdgain/status.h>
#include <stdint.h>

struct memavail {
        uint64_t bytes;
        char by[160]; /* what sets this limit: "MemAvailable", or a cgroup's file */
};

/*
 * The least of MemAvailable (/proc/meminfo) and what each memory cgroup above this process has
 * left: limit - usage + inactive page cache. cgroup v2 (memory.max) and v1
 * (memory.limit_in_bytes) where they usually are, below /sys/fs/cgroup. STATUS_SKIP when nothing
 * says.
 */
struct status memavail_read(const struct sys_root *root, struct memavail *ret_available);

/* STATUS_USAGE when `bytes` and a reserve for everything else do not fit. */
struct status memavail_check(const struct sys_root *root, uint64_t bytes);

#endif
