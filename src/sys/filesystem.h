/* SPDX-License-Identifier: Apache-2.0 */
/* The file system under an open file, and the state of the file's extents. */
#ifndef PMDGAIN_SYS_FILESYSTEM_H
#define PMDGAIN_SYS_FILESYSTEM_H

#include "sys/root.h"

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* One line of /proc/self/mountinfo (proc(5)); escapes such as \040 are undone. */
struct filesystem_mount {
        uint64_t id;
        unsigned major, minor;
        char point[256];   /* where it is mounted */
        char type[32];     /* "ext4" */
        char source[128];  /* "/dev/pmem0" */
        char options[256]; /* of the file system: "rw,dax=always" */
};

/* False for a line that is none. Texts that do not fit are cut. */
bool filesystem_mount_parse(const char *line, struct filesystem_mount *ret_mount);

/* The mount that an open file was reached through. STATUS_SKIP when /proc does not list it. */
struct status filesystem_mount_of(const struct sys_root *root, int fd,
                                  struct filesystem_mount *ret_mount);

/* 1 when the file is mapped by DAX, 0 when by the page cache, -1 when this kernel does not say
 * (statx, STATX_ATTR_DAX, Linux 5.8). */
int filesystem_dax(int fd);

/* What the first `bytes` of a file consist of. */
struct filesystem_extents {
        uint64_t written_bytes;
        uint64_t unwritten_bytes; /* allocated, and read as zeros: the zero page, under DAX */
        uint64_t hole_bytes;
        uint64_t count; /* of extents */
};

/* FIEMAP (Documentation/filesystems/fiemap.rst). STATUS_SKIP when the file system has none. */
struct status filesystem_extents_read(int fd, uint64_t bytes,
                                      struct filesystem_extents *ret_extents);

#endif
