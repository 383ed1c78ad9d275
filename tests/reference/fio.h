/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fio's mmap engine on a file. For each block it copies between the mapping and a buffer of its
 * own by memcpy() (engines/mmap.c, fio_mmapio_queue()): a read is a read of the mapping and a
 * write of the buffer, a write the other way round, so blocks that fit a cache are its best case.
 */
#ifndef REFERENCE_FIO_H
#define REFERENCE_FIO_H

#include <stdbool.h>
#include <stdint.h>

struct fio_job {
        const char *path;
        uint64_t bytes;        /* of the file, from its start */
        const char *direction; /* "read" or "write" */
        unsigned block_kib;
        bool huge;   /* false: huge pages are off for the process (prctl) */
        unsigned ms; /* measured, after as much again that is not */
};

struct fio_result {
        double gb_per_s;
        uint64_t pmd_bytes; /* most that fio had mapped by PMD at a time; tmpfs only */
};

bool fio_present(void);

/* Runs fio; false, having printed why, when it fails. */
bool fio_run(const struct fio_job *job, struct fio_result *ret_result);

#endif
