/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PMDGAIN_TESTS_USER_EMULATION_H
#define PMDGAIN_TESTS_USER_EMULATION_H

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Does Meson run this by an emulator of programs (qemu-user, in tools/cross)? It passes the
 * kernel's calls on in part only: prctl(PR_SET_THP_DISABLE) fails, mincore() of unreadable pages
 * too, process_vm_readv() and ptrace() are not there, nothing proves a grain, and the CPU masks of
 * libnuma are none. lab_arm_counters runs the same tests on an arm64 kernel.
 */
static inline bool user_emulation(void)
{
        return getenv("MESON_EXE_WRAPPER") != NULL;
}

/*
 * With another page size than the machine's own (tools/cross --page) faults and mincore() are those
 * of the machine's pages, and qemu-user 7.2 ends with an assertion where an unmapped page is read,
 * and refuses open() of a static buffer (EFAULT).
 */
static inline bool user_emulation_of_pages(void)
{
        return user_emulation() && sysconf(_SC_PAGESIZE) != 4096;
}

#endif
