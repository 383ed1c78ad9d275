/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain_target.h"

#include "sys/blockdev.h"
#include "sys/devdax.h"
#include "sys/fiemap.h"
#include "sys/filesystem.h"
#include "sys/hugepages.h"
#include "sys/nvdimm.h"
#include "sys/procself.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* That a write fault makes blocks for (fs/xfs/xfs_iomap.c, xfs_direct_write_iomap_begin()): a PMD's
 * worth and more where pages have 4 KiB, less than that where they have 16. */
#define XFS_FAULT_PAGES 1024

static void device_set(struct explain_target *target, const struct blockdev_facts *facts)
{
        struct explain_about *about = &target->about;

        snprintf(about->device, sizeof(about->device), "%s", facts->name);
        snprintf(about->disk, sizeof(about->disk), "%s", facts->disk);
        snprintf(about->namespace_name, sizeof(about->namespace_name), "%s", facts->namespace_name);
        snprintf(about->mode, sizeof(about->mode), "%s", facts->mode);
        about->stacked = facts->stacked;
        about->can_dax = facts->dax == 1 || (facts->dax < 0 && strcmp(facts->mode, "fsdax") == 0);
        target->place.memmap = facts->memmap;
        target->place.base = blockdev_base(facts, target->place.pmd_bytes);
        target->place.partition_start = facts->start;
        target->data_start = facts->data_start;
        target->align = facts->align;
}

/* Kernels before 5.8 do not say of a file: its file system's mount option does. */
static int dax_of_mount(const char *options)
{
        char word[64];

        while (list_next(&options, word, sizeof(word)))
                if (strcmp(word, "dax") == 0 || strcmp(word, "dax=always") == 0)
                        return 1;
        return 0;
}

/* The very file that was looked at; without changing its time of last access where that is
 * allowed (owner or root). */
static struct status file_open(struct explain_target *target, int look)
{
        char link[64];

        snprintf(link, sizeof(link), "/proc/self/fd/%d", look);
        target->fd = open(link, O_RDONLY | O_NOATIME | O_CLOEXEC);
        if (target->fd < 0 && errno == EPERM) {
                target->fd = open(link, O_RDONLY | O_CLOEXEC);
                target->atime = true;
        }
        if (target->fd < 0)
                return status_make(STATUS_USAGE, "run as a user that may read it",
                                   "cannot open %s: %s", target->path, strerror(errno));
        return status_ok();
}

static struct status file_describe(const struct sys_root *root, struct explain_target *target,
                                   const struct stat *about, int look)
{
        struct filesystem_mount mount = { 0 };
        struct blockdev_facts facts;
        struct status status;

        TRY(file_open(target, look));
        target->device = about->st_dev;
        target->place.kind = EXPLAIN_FILE;
        target->place.bytes = (uint64_t)about->st_size;
        target->place.dax = filesystem_dax(target->fd);
        status = filesystem_mount_of(root, target->fd, &mount);
        if (!status_failed(&status) && target->place.dax < 0)
                target->place.dax = dax_of_mount(mount.options);
        snprintf(target->about.fs, sizeof(target->about.fs), "%s", mount.type);
        snprintf(target->mount, sizeof(target->mount), "%s", mount.point);
        target->place.no_pmd_faults = strcmp(mount.type, "ext2") == 0;
        target->place.joins = strcmp(mount.type, "ext4") == 0;
        if (strcmp(mount.type, "xfs") == 0)
                target->place.fault_max = XFS_FAULT_PAGES * target->place.page_bytes;
        status = blockdev_read(root, about->st_dev, &facts);
        if (!status_failed(&status)) {
                device_set(target, &facts);
                if (blockdev_is_served_by(root, "ext4", &facts)) {
                        target->place.no_pmd_faults = false;
                        target->place.joins = true;
                }
        }
        if (fiemap_is_realtime(target->fd))
                target->place.base.known = false;
        return status_ok();
}

static struct status devdax_describe(const struct sys_root *root, struct explain_target *target,
                                     const struct stat *about, int look)
{
        struct devdax_facts facts;

        TRY(file_open(target, look));
        TRY(devdax_read(root, about->st_rdev, &facts));
        target->device = about->st_rdev;
        target->place.kind = EXPLAIN_DEVDAX;
        target->place.bytes = facts.bytes;
        target->place.align = facts.align;
        target->place.memmap = nvdimm_memmap(root, S_IFCHR, about->st_rdev);
        target->align = count_of(facts.align);
        target->data_start = blockdev_devdax_start(root, about->st_rdev);
        snprintf(target->about.mode, sizeof(target->about.mode), "devdax");
        blockdev_devdax_namespace(root, about->st_rdev, target->about.namespace_name,
                                  sizeof(target->about.namespace_name));
        target->about.can_dax = true;
        return status_ok();
}

static void block_set(struct explain_target *target, const struct blockdev_facts *facts)
{
        target->place.kind = EXPLAIN_BLOCK;
        target->place.bytes = facts->bytes;
        device_set(target, facts);
        /* A raw namespace is told apart by its missing memmap. */
        target->place.dax = facts->memmap == MEMMAP_NONE ? -1 : facts->dax;
}

static struct status block_describe(const struct sys_root *root, struct explain_target *target,
                                    const struct stat *about)
{
        struct blockdev_facts facts;

        TRY(blockdev_read(root, about->st_rdev, &facts));
        target->device = about->st_rdev;
        block_set(target, &facts);
        return status_ok();
}

static struct status describe(const struct sys_root *root, struct explain_target *target, int look)
{
        struct stat about;

        if (fstat(look, &about) != 0)
                return status_errno(errno, NULL, "cannot look at %s", target->path);
        if (S_ISREG(about.st_mode))
                return file_describe(root, target, &about, look);
        if (S_ISBLK(about.st_mode))
                return block_describe(root, target, &about);
        if (S_ISCHR(about.st_mode) && devdax_is(root, about.st_rdev))
                return devdax_describe(root, target, &about, look);
        return status_make(STATUS_USAGE, "name a file, /dev/daxX.Y or /dev/pmemX",
                           "%s is no file, no DAX device and no block device", target->path);
}

struct status explain_target_open(const struct sys_root *root, const char *path,
                                  struct explain_target *ret_target)
{
        struct explain_target target = {
                .path = path,
                .fd = -1,
                .place = { .page_bytes = hugepages_page_bytes(),
                           .pmd_bytes = hugepages_pmd_bytes(root) },
        };
        int look = open(path, O_PATH | O_CLOEXEC); /* opening a device may do something */
        struct status status;

        if (look < 0)
                return status_make(STATUS_USAGE, "name a file, /dev/daxX.Y or /dev/pmemX",
                                   "cannot open %s: %s", path, strerror(errno));
        status = describe(root, &target, look);
        close(look);
        if (status_failed(&status)) {
                explain_target_close(&target);
                return status;
        }
        *ret_target = target;
        return status;
}

void explain_target_close(struct explain_target *target)
{
        if (target->fd >= 0)
                close(target->fd);
        target->fd = -1;
}

struct explain_intent explain_target_intent(const struct explain_target *target)
{
        return (struct explain_intent) {
                .bytes = target->place.bytes,
                .thp_disabled = target->place.kind != EXPLAIN_BLOCK && procself_thp_disabled(),
        };
}

static void piece_take(void *context, const struct fiemap_piece *piece)
{
        struct explain_extent extent = {
                .logical = piece->logical,
                .physical = piece->physical,
                .bytes = piece->bytes,
                .state = !piece->placed     ? EXPLAIN_UNPLACED
                         : piece->unwritten ? EXPLAIN_UNWRITTEN
                                            : EXPLAIN_WRITTEN,
                .shared = piece->shared,
        };

        explain_walk_extent(context, &extent);
}

struct status explain_target_walk(const struct explain_target *target,
                                  const struct explain_intent *intent, explain_take take,
                                  void *context)
{
        struct explain_extent whole = { .bytes = UINT64_MAX / 2 };
        struct status status = status_ok();
        struct explain_walk walk;
        uint64_t pmd = target->place.pmd_bytes, start = intent->offset / pmd * pmd;
        uint64_t end = (intent->offset + intent->bytes + pmd - 1) / pmd * pmd;

        explain_walk_begin(&walk, &target->place, intent, take, context);
        if (target->place.kind == EXPLAIN_FILE && target->place.dax != 0) {
                status = fiemap_walk(target->fd, start, end - start, piece_take, &walk);
                if (status.code == STATUS_SKIP) {
                        whole.state = EXPLAIN_UNPLACED;
                        explain_walk_extent(&walk, &whole);
                        status = status_ok();
                }
        } else {
                explain_walk_extent(&walk, &whole);
        }
        if (!status_failed(&status))
                explain_walk_end(&walk);
        return status;
}

struct partitions {
        const struct explain_target *disk;
        void (*take)(void *context, const struct explain_target *partition);
        void *context;
};

static void partition_take(void *context, const struct blockdev_facts *facts)
{
        const struct partitions *partitions = context;
        struct explain_target partition = { .path = facts->name, .fd = -1 };

        partition.place.page_bytes = partitions->disk->place.page_bytes;
        partition.place.pmd_bytes = partitions->disk->place.pmd_bytes;
        block_set(&partition, facts);
        partitions->take(partitions->context, &partition);
}

struct status
explain_target_partitions(const struct sys_root *root, const struct explain_target *target,
                          void (*take)(void *context, const struct explain_target *partition),
                          void *context)
{
        struct partitions partitions = { target, take, context };

        if (target->place.kind != EXPLAIN_BLOCK || target->place.partition_start)
                return status_ok();
        return blockdev_partitions(root, target->device, partition_take, &partitions);
}
