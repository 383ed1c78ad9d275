/* SPDX-License-Identifier: Apache-2.0 */
/* What `pmdgain explain` is asked about: the facts of a file or device. Maps and changes nothing.
 */
#ifndef PMDGAIN_CLI_EXPLAIN_TARGET_H
#define PMDGAIN_CLI_EXPLAIN_TARGET_H

#include "explain/explain.h"
#include "explain/words.h"
#include "sys/root.h"

#include <pmdgain/status.h>
#include <sys/types.h>

struct explain_target {
        const char *path;
        struct explain_place place;
        struct explain_about about;
        int fd;                  /* open for reading; -1 for a block device */
        dev_t device;            /* the block device that holds the file, or the device itself */
        char mount[256];         /* where the file system is mounted; "" when not known */
        bool atime;              /* reading through `fd` may change the time of last access */
        struct count data_start; /* physical address of the disk's or devdax device's byte 0 */
        struct count align;      /* of the namespace or device */
};

/* STATUS_USAGE when `path` is nothing that can be explained. */
struct status explain_target_open(const struct sys_root *root, const char *path,
                                  struct explain_target *ret_target);
void explain_target_close(struct explain_target *target);

/* The whole target, mapped shared and to be read. */
struct explain_intent explain_target_intent(const struct explain_target *target);

/* Goes through the target's extents; a block device counts as one extent. */
struct status explain_target_walk(const struct explain_target *target,
                                  const struct explain_intent *intent, explain_take take,
                                  void *context);

/* Calls `take` for each partition of a target that is a whole disk. */
struct status
explain_target_partitions(const struct sys_root *root, const struct explain_target *target,
                          void (*take)(void *context, const struct explain_target *partition),
                          void *context);

#endif
