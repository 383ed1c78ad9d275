/* SPDX-License-Identifier: Apache-2.0 */
/* A scratch file without a name, for direct I/O on another file system than the mapping's. */
#ifndef PMDGAIN_SCRATCH_H
#define PMDGAIN_SCRATCH_H

#include <pmdgain/source.h>
#include <pmdgain/status.h>
#include <stdint.h>

/*
 * Makes the file in `folder`, open with O_DIRECT, `bytes` long (a multiple of 4 KiB) and written
 * with words made of `seed`. The caller closes `ret_fd`; nothing is left. STATUS_SKIP where the
 * folder is missing or full, on the file system of `source`, in memory (tmpfs takes O_DIRECT from
 * Linux 6.6 on, but copies: mm/shmem.c), or without O_DIRECT.
 */
struct status scratch_open(const char *folder, const struct source *source, uint64_t bytes,
                           uint64_t seed, int *ret_fd);

#endif
