/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel counts of the calling process. Missing where this kernel does not say. */
#ifndef PMDGAIN_SYS_PROCSELF_H
#define PMDGAIN_SYS_PROCSELF_H

#include "sys/root.h"

#include <pmdgain/units.h>

/* Page tables of all levels, in bytes: VmPTE of /proc/self/status (mm_pgtables_bytes()). */
struct count procself_page_tables(const struct sys_root *root);

/* Faults of all threads: getrusage(RUSAGE_SELF). Populating and mlock() count too. A fault in
 * which a file system allocates a block counts as major under DAX (fs/dax.c, VM_FAULT_MAJOR). */
struct count procself_minflt(void);
struct count procself_majflt(void);
struct count procself_faults(void); /* minor and major */

/* thp_fault_fallback + thp_file_fallback of /proc/vmstat. Of the machine, not the process. */
struct count procself_thp_fallbacks(const struct sys_root *root);

/* An inherited prctl(PR_SET_THP_DISABLE): this process gets no huge pages. */
bool procself_thp_disabled(void);

#endif
