/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that a run makes as its target carries the run's id in an extended attribute (xattr(7)),
 * so that the run, gone on with, knows its own file from anybody else's. A number of device and
 * inode would not do: file systems give the inode of a removed file to the next one.
 */
#ifndef PMDGAIN_SOURCE_MARK_H
#define PMDGAIN_SOURCE_MARK_H

#include <stdbool.h>
#include <sys/stat.h>

/* Where the file system has no such attributes, the file stays without. `run` may be NULL. */
void mark_set(int fd, const char *run);

/* Was the regular file behind a descriptor, O_PATH too, made by this run? Only this user's own one
 * counts, which has no second name. `run` may be NULL: no. */
bool mark_is(int fd, const struct stat *about, const char *run);

#endif
