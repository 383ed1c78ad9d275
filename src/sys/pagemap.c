/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/pagemap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The kernel's ABI, under names of our own: the headers of Debian 12 (Linux 6.1) lack it. */
struct scan_region {
        uint64_t start, end, categories;
};

struct scan_arguments {
        uint64_t size; /* of this struct */
        uint64_t flags;
        uint64_t start, end;
        uint64_t walk_end; /* out: where the walk stopped */
        uint64_t regions, region_count;
        uint64_t max_pages;
        uint64_t category_inverted, category_mask, category_anyof_mask;
        uint64_t return_mask;
};

#define SCAN _IOWR('f', 16, struct scan_arguments)
#define SCAN_PRESENT (UINT64_C(1) << 3)
#define SCAN_ZERO (UINT64_C(1) << 5)
#define SCAN_HUGE (UINT64_C(1) << 6)
#define SCAN_REGIONS 64

_Static_assert(sizeof(struct scan_arguments) == 96, "the size is part of the ioctl's number");

static void region_add(const struct scan_region *region, struct pagemap_figures *figures)
{
        uint64_t bytes = region->end - region->start;

        figures->present_bytes += bytes;
        if (region->categories & SCAN_HUGE)
                figures->huge_bytes += bytes;
        if (region->categories & SCAN_ZERO)
                figures->zero_bytes += bytes;
        if (region->categories & SCAN_ZERO && region->categories & SCAN_HUGE)
                figures->zero_known = true;
}

/* fs/proc/task_mmu.c, pagemap_thp_category(), tells the huge page of zeros since 6.17. */
static bool huge_zeros_told(void)
{
        struct utsname name;
        int major, minor;

        return uname(&name) == 0 && sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
               (major > 6 || (major == 6 && minor >= 17));
}

/* 0 or an errno. */
static int range_scan(int fd, uint64_t start, uint64_t end, struct pagemap_figures *figures)
{
        struct scan_region regions[SCAN_REGIONS] = { 0 }; /* valgrind does not know the call */

        while (start < end) {
                struct scan_arguments arguments = {
                        .size = sizeof(arguments),
                        .start = start,
                        .end = end,
                        .regions = (uintptr_t)regions,
                        .region_count = SCAN_REGIONS,
                        .category_mask = SCAN_PRESENT,
                        .return_mask = SCAN_PRESENT | SCAN_HUGE | SCAN_ZERO,
                };
                int found = ioctl(fd, SCAN, &arguments);

                if (found < 0)
                        return errno;
                for (int i = 0; i < found; i++)
                        region_add(&regions[i], figures);
                if (arguments.walk_end <= start)
                        return EIO;
                start = arguments.walk_end;
        }
        return 0;
}

struct status pagemap_scan(const void *address, size_t bytes, struct pagemap_figures *ret_figures)
{
        struct pagemap_figures figures = { 0 };
        uint64_t start = (uintptr_t)address;
        int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
        int error;

        if (fd < 0)
                return status_errno(errno, NULL, "cannot open /proc/self/pagemap");
        error = range_scan(fd, start, start + bytes, &figures);
        close(fd);
        if (error == ENOTTY)
                return status_make(STATUS_SKIP, "use Linux 6.7 or later",
                                   "this kernel has no PAGEMAP_SCAN");
        if (error)
                return status_errno(error, NULL, "PAGEMAP_SCAN failed");
        figures.zero_known |= !figures.huge_bytes || huge_zeros_told();
        *ret_figures = figures;
        return status_ok();
}
