/* SPDX-License-Identifier: Apache-2.0 */
/* The extents of a file, one after another (FIEMAP, Documentation/filesystems/fiemap.rst). */
#ifndef PMDGAIN_SYS_FIEMAP_H
#define PMDGAIN_SYS_FIEMAP_H

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stdint.h>

struct fiemap_piece {
        uint64_t logical;  /* bytes into the file */
        uint64_t physical; /* bytes into the partition or disk; means nothing when not placed */
        uint64_t bytes;
        bool unwritten; /* allocated, reads as zeros */
        bool placed;    /* false: inline, encoded, delayed or not told */
        bool shared;    /* with another file */
};

/*
 * Gives every extent that touches [start, start + bytes), in order; holes are what lies between.
 * A few hundred at a time are kept, so a file may have any number of them.
 *
 * FIEMAP_FLAG_SYNC is not set: it would write back what is dirty, and only delayed allocation needs
 * it, which DAX files do not have. STATUS_SKIP when the file system has no FIEMAP.
 */
struct status fiemap_walk(int fd, uint64_t start, uint64_t bytes,
                          void (*take)(void *context, const struct fiemap_piece *piece),
                          void *context);

/* Whether the file is in XFS's realtime section, which is another device than the one it is mounted
 * from: its extents are places on that one. */
bool fiemap_is_realtime(int fd);

#endif
