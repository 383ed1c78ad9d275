/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/filesystem.h"

#include "sys/keyed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define EXTENTS_AT_ONCE 64

static bool is_octal(char c)
{
        return c >= '0' && c <= '7';
}

/* Copies a word; the kernel writes space, tab, line feed, backslash and # as \ooo. */
static void word_copy(char *to, size_t size, const char *from, size_t length)
{
        size_t used = 0;

        for (size_t i = 0; i < length && used + 1 < size; i++) {
                if (from[i] == '\\' && i + 3 < length && is_octal(from[i + 1]) &&
                    is_octal(from[i + 2]) && is_octal(from[i + 3])) {
                        to[used++] = (char)((from[i + 1] - '0') * 64 + (from[i + 2] - '0') * 8 +
                                            (from[i + 3] - '0'));
                        i += 3;
                } else {
                        to[used++] = from[i];
                }
        }
        to[used] = '\0';
}

/* The next word of a line separated by single spaces; false at the end. */
static bool word_next(const char **cursor, const char **ret_word, size_t *ret_length)
{
        const char *word = *cursor + strspn(*cursor, " ");
        size_t length = strcspn(word, " \n");

        *cursor = word + length;
        *ret_word = word;
        *ret_length = length;
        return length > 0;
}

bool filesystem_mount_parse(const char *line, struct filesystem_mount *ret_mount)
{
        struct filesystem_mount mount = { 0 };
        const char *cursor, *word, *point = NULL;
        size_t length, point_length = 0;
        int used = 0;

        if (sscanf(line, "%" SCNu64 " %*u %u:%u%n", &mount.id, &mount.major, &mount.minor, &used) !=
            3)
                return false;
        cursor = line + used;
        for (int i = 0; i < 2; i++) /* the root within the file system, then the mount point */
                if (!word_next(&cursor, &point, &point_length))
                        return false;
        word_copy(mount.point, sizeof(mount.point), point, point_length);
        do { /* mount options and optional fields, up to "-" */
                if (!word_next(&cursor, &word, &length))
                        return false;
        } while (length != 1 || *word != '-');
        if (!word_next(&cursor, &word, &length))
                return false;
        word_copy(mount.type, sizeof(mount.type), word, length);
        if (!word_next(&cursor, &word, &length))
                return false;
        word_copy(mount.source, sizeof(mount.source), word, length);
        if (!word_next(&cursor, &word, &length))
                return false;
        word_copy(mount.options, sizeof(mount.options), word, length);
        *ret_mount = mount;
        return true;
}

struct status filesystem_mount_of(const struct sys_root *root, int fd,
                                  struct filesystem_mount *ret_mount)
{
        struct filesystem_mount mount;
        char path[256], *line = NULL;
        bool found = false;
        struct count id;
        size_t size = 0;
        FILE *file;

        snprintf(path, sizeof(path), "self/fdinfo/%d", fd);
        id = keyed_file(root->proc, path, "mnt_id");
        snprintf(path, sizeof(path), "%s/self/mountinfo", root->proc);
        file = id.known ? fopen(path, "re") : NULL;
        while (file && !found && getline(&line, &size, file) > 0)
                found = filesystem_mount_parse(line, &mount) && mount.id == id.value;
        free(line);
        if (file)
                fclose(file);
        if (!found)
                return status_make(STATUS_SKIP, NULL, "%s does not list the mount", path);
        *ret_mount = mount;
        return status_ok();
}

int filesystem_dax(int fd)
{
        struct statx about;

        if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &about) != 0 ||
            !(about.stx_attributes_mask & STATX_ATTR_DAX))
                return -1;
        return (about.stx_attributes & STATX_ATTR_DAX) != 0;
}

/* Adds what of one extent lies in [*at, bytes), and the hole before it; moves *at to its end. */
static void extent_add(const struct fiemap_extent *extent, uint64_t bytes, uint64_t *at,
                       struct filesystem_extents *extents)
{
        uint64_t start = extent->fe_logical, end = extent->fe_logical + extent->fe_length;

        start = start < *at ? *at : start;
        start = start > bytes ? bytes : start;
        end = end > bytes ? bytes : end;
        if (end < start)
                return;
        extents->hole_bytes += start - *at;
        if (extent->fe_flags & FIEMAP_EXTENT_UNWRITTEN)
                extents->unwritten_bytes += end - start;
        else
                extents->written_bytes += end - start;
        extents->count++;
        *at = end;
}

struct status filesystem_extents_read(int fd, uint64_t bytes,
                                      struct filesystem_extents *ret_extents)
{
        struct filesystem_extents extents = { 0 };
        struct fiemap *map = calloc(1, sizeof(*map) + EXTENTS_AT_ONCE * sizeof(map->fm_extents[0]));
        uint64_t at = 0;
        bool last = false;
        int error = 0;

        if (!map)
                return status_make(STATUS_SYSTEM, NULL, "out of memory for extents");
        while (at < bytes && !last && !error) {
                *map = (struct fiemap) { .fm_start = at,
                                         .fm_length = bytes - at,
                                         .fm_extent_count = EXTENTS_AT_ONCE };
                error = ioctl(fd, FS_IOC_FIEMAP, map) != 0 ? errno : 0;
                last = error || map->fm_mapped_extents < EXTENTS_AT_ONCE;
                for (uint32_t i = 0; i < map->fm_mapped_extents && !error; i++)
                        extent_add(&map->fm_extents[i], bytes, &at, &extents);
        }
        free(map);
        if (error == EOPNOTSUPP || error == ENOTTY)
                return status_make(STATUS_SKIP, NULL, "this file system does not tell extents");
        if (error)
                return status_errno(error, NULL, "FIEMAP failed");
        extents.hole_bytes += bytes - at;
        *ret_extents = extents;
        return status_ok();
}
