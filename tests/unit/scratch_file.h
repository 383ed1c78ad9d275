/* SPDX-License-Identifier: Apache-2.0 */
/* A file on a file system with storage behind it, mapped into a fake trial. */
#ifndef TESTS_SCRATCH_FILE_H
#define TESTS_SCRATCH_FILE_H

#include "fake_trial.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <unistd.h>

#define SCRATCH_DIR "/var/tmp"

/* False, with a message, where there is none: the folder is missing or in memory. */
static inline bool scratch_here(void)
{
        struct statfs about;
        int fd = open(SCRATCH_DIR, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

        if (fd < 0 || fstatfs(fd, &about) != 0 || about.f_type == TMPFS_MAGIC) {
                print_message(SCRATCH_DIR " has no storage behind it: left out\n");
                if (fd >= 0)
                        close(fd);
                return false;
        }
        close(fd);
        return true;
}

/* Maps a written file by PTE in the place of the fake mapping. fake_free() unmaps; close the
 * descriptor, fake->mapping.fd. */
static inline void scratch_map(struct fake_trial *fake)
{
        struct mapping *mapping = &fake->mapping;
        char *bytes = malloc(mapping->bytes);

        mapping->fd = open(SCRATCH_DIR, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        assert_true(mapping->fd >= 0);
        assert_non_null(bytes);
        memset(bytes, FAKE_FILL, mapping->bytes);
        assert_int_equal(pwrite(mapping->fd, bytes, mapping->bytes, 0), mapping->bytes);
        free(bytes);
        assert_true(mmap(mapping->address, mapping->bytes, mapping->prot, MAP_SHARED | MAP_FIXED,
                         mapping->fd, 0) == mapping->address);
        assert_int_equal(madvise(mapping->address, mapping->bytes, MADV_NOHUGEPAGE), 0);
        assert_int_equal(fsync(mapping->fd), 0);
}

static inline void scratch_read(const struct mapping *mapping)
{
        for (size_t at = 0; at < mapping->bytes; at += mapping->page_bytes)
                (void)*(volatile char *)(mapping->address + at);
}

static inline uint64_t minor_faults(void)
{
        struct rusage usage;

        getrusage(RUSAGE_THREAD, &usage);
        return (uint64_t)usage.ru_minflt;
}

#endif
