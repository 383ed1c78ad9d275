/* SPDX-License-Identifier: Apache-2.0 */
/* mlock() of a mapping, and what its failure means. */
#ifndef BENCH_LOCK_H
#define BENCH_LOCK_H

#include <pmdgain/mapping.h>
#include <pmdgain/status.h>

/* 0, or -1 with errno. By number, because the sanitizers replace mlock() and munlock() by functions
 * that do nothing. */
int lock_pages(const struct mapping *mapping);
int unlock_pages(const struct mapping *mapping);

/* STATUS_SKIP with the limit to raise where RLIMIT_MEMLOCK is in the way of `bytes`, else
 * STATUS_SYSTEM. `call` names what failed. */
struct status lock_failure(const char *call, size_t bytes, int error);

#endif
