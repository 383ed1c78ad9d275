/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/fiemap.h"

#include <errno.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#define AT_ONCE 256

/* Flags that say that fe_physical is not where the bytes are. */
#define NOT_PLACED                                                                \
        (FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC | FIEMAP_EXTENT_ENCODED | \
         FIEMAP_EXTENT_NOT_ALIGNED | FIEMAP_EXTENT_DATA_INLINE | FIEMAP_EXTENT_DATA_TAIL)

static struct fiemap_piece piece_of(const struct fiemap_extent *extent)
{
        return (struct fiemap_piece) {
                .logical = extent->fe_logical,
                .physical = extent->fe_physical,
                .bytes = extent->fe_length,
                .unwritten = extent->fe_flags & FIEMAP_EXTENT_UNWRITTEN,
                .placed = !(extent->fe_flags & NOT_PLACED),
                .shared = extent->fe_flags & FIEMAP_EXTENT_SHARED,
        };
}

static int walk(int fd, struct fiemap *map, uint64_t at, uint64_t end,
                void (*take)(void *context, const struct fiemap_piece *piece), void *context)
{
        while (at < end) {
                const struct fiemap_extent *last;

                *map = (struct fiemap) { .fm_start = at,
                                         .fm_length = end - at,
                                         .fm_extent_count = AT_ONCE };
                if (ioctl(fd, FS_IOC_FIEMAP, map) != 0)
                        return errno;
                if (!map->fm_mapped_extents)
                        break;
                for (uint32_t i = 0; i < map->fm_mapped_extents; i++) {
                        struct fiemap_piece piece = piece_of(&map->fm_extents[i]);

                        take(context, &piece);
                }
                last = &map->fm_extents[map->fm_mapped_extents - 1];
                if (last->fe_flags & FIEMAP_EXTENT_LAST || last->fe_logical + last->fe_length <= at)
                        break;
                at = last->fe_logical + last->fe_length;
        }
        return 0;
}

struct status fiemap_walk(int fd, uint64_t start, uint64_t bytes,
                          void (*take)(void *context, const struct fiemap_piece *piece),
                          void *context)
{
        struct fiemap *map = calloc(1, sizeof(*map) + AT_ONCE * sizeof(map->fm_extents[0]));
        int error;

        if (!map)
                return status_make(STATUS_SYSTEM, NULL, "out of memory for extents");
        error = walk(fd, map, start, start + bytes, take, context);
        free(map);
        if (error == EOPNOTSUPP || error == ENOTTY)
                return status_make(STATUS_SKIP, NULL, "this file system does not tell extents");
        if (error)
                return status_errno(error, NULL, "FIEMAP failed");
        return status_ok();
}

bool fiemap_is_realtime(int fd)
{
        struct fsxattr attributes;

        return ioctl(fd, FS_IOC_FSGETXATTR, &attributes) == 0 &&
               attributes.fsx_xflags & FS_XFLAG_REALTIME;
}
