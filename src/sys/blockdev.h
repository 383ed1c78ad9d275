/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A block device and the NVDIMM namespace below it, as sysfs describes them: where in memory its
 * bytes are. The kernel's side: drivers/nvdimm/pfn_devs.c (resource_show(), align_show(),
 * nd_pfn_init()), drivers/nvdimm/namespace_devs.c, block/partitions/core.c.
 */
#ifndef PMDGAIN_SYS_BLOCKDEV_H
#define PMDGAIN_SYS_BLOCKDEV_H

#include "sys/root.h"

#include <pmdgain/mapping.h>
#include <pmdgain/status.h>
#include <stdbool.h>
#include <sys/types.h>

struct blockdev_facts {
        char name[40];         /* of the device itself: "pmem0p1", "pmem0" */
        char disk[32];         /* "pmem0" */
        bool partition;        /* false: a whole disk */
        bool stacked;          /* a device-mapper or RAID device: made of others */
        uint64_t start, bytes; /* of the partition on the disk; 0 and the disk's size else */
        int dax;               /* its driver takes DAX: 1 yes, 0 no, -1 not told */

        /* Of an NVDIMM namespace; empty, missing, MEMMAP_UNKNOWN when it is none. */
        char namespace_name[32]; /* "namespace0.0" */
        char mode[16];           /* ndctl's word: "fsdax", "raw", "sector" */
        enum memmap memmap;
        struct count align;      /* bytes; raw namespaces have none */
        struct count data_start; /* physical address of the disk's byte 0; only root may read it */
};

/* STATUS_SKIP when sysfs has no such block device (btrfs, overlayfs, network file systems). */
struct status blockdev_read(const struct sys_root *root, dev_t device,
                            struct blockdev_facts *ret_facts);

/* The partitions of a disk, in the order of sysfs. */
struct status blockdev_partitions(const struct sys_root *root, dev_t disk,
                                  void (*take)(void *context, const struct blockdev_facts *facts),
                                  void *context);

/*
 * A value congruent to data_start modulo `pmd_bytes`: itself where it may be read, and 0 where an
 * alignment of at least that says enough (the kernel aligns the data's address, not its offset).
 * Missing otherwise.
 */
struct count blockdev_base(const struct blockdev_facts *facts, uint64_t pmd_bytes);

/* Whether this driver's file system is mounted from the device: "ext4" also serves what is mounted
 * as ext2, where the kernel has no driver of that name (CONFIG_EXT4_USE_FOR_EXT2). */
bool blockdev_is_served_by(const struct sys_root *root, const char *driver,
                           const struct blockdev_facts *facts);

/* Where a DAX character device begins in memory, and the namespace it was made on. */
struct count blockdev_devdax_start(const struct sys_root *root, dev_t device);
void blockdev_devdax_namespace(const struct sys_root *root, dev_t device, char *text, size_t size);

#endif
