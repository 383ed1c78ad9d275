/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PMDGAIN_TESTS_USER_EMULATION_H
#define PMDGAIN_TESTS_USER_EMULATION_H

#include <stdbool.h>
#include <stdlib.h>

/*
 * Does Meson run this by an emulator of programs (qemu-user, in tools/cross)? It passes the kernel's
 * calls on in part only: prctl(PR_SET_THP_DISABLE) fails, mincore() of unreadable pages too, and
 * the CPU masks of libnuma are none. lab_arm_counters runs the same tests on an arm64 kernel.
 */
static inline bool user_emulation(void)
{
        return getenv("MESON_EXE_WRAPPER") != NULL;
}

#endif
