/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Targets that the user named: opened without following a symbolic link, looked at before anything
 * is opened for writing, and locked (flock(2)) against a second run.
 */
#ifndef PMDGAIN_SOURCE_TARGET_H
#define PMDGAIN_SOURCE_TARGET_H

#include <pmdgain/source.h>
#include <pmdgain/status.h>
#include <stdbool.h>
#include <sys/types.h>

struct target {
        int fd;       /* readable and writable */
        bool made;    /* it was not there */
        dev_t device; /* st_rdev of a character device, else st_dev */
        off_t bytes;  /* a file's length */
};

/*
 * The regular file `request->target`. One that is there needs `overwrite`, and is left as it is.
 * One that is not is made, empty; unless `keep` its name is removed at once, so that it cannot
 * outlive the run. One that `request->run` left behind is emptied and counts as made.
 * STATUS_USAGE for what the user named wrongly.
 */
struct status target_open_file(const struct source_request *request, struct target *ret_target);

/* Gives an empty file that many bytes of blocks, in steps, each of them as aligned as the file
 * system can. One without fallocate(2) does without. */
struct status target_allocate(int fd, uint64_t bytes, uint64_t step,
                              const struct source_request *request);

/* Fills a file with data that nothing can compress, from `seed`. */
struct status target_write(int fd, uint64_t bytes, const struct source_request *request);

/* The DAX character device `request->target`; needs `overwrite`. */
struct status target_open_devdax(const struct source_request *request, struct target *ret_target);

#endif
