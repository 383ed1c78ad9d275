/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Per chunk: collapse its first block (fallocate(2), FALLOC_FL_COLLAPSE_RANGE), which moves all
 * that follows one block towards the start of the file while it stays in place on the device, then
 * insert a block at the chunk's end, which moves all that follows back. So the chunk lies a block
 * off, and no other does.
 */
#include "mixed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static struct status no_file(const struct trial *trial, const char *why)
{
        return status_make(STATUS_SKIP, "use a file on ext4 or XFS, or by = nohuge",
                           "source %s%s%s: %s", trial->source->class->name,
                           *trial->source->target ? ":" : "", trial->source->target, why);
}

/* The folder of the target, whose name may be gone already. */
static struct status beside_open(const struct trial *trial, int *ret_fd)
{
        const char *target = trial->source->target, *slash = strrchr(target, '/');
        char folder[sizeof(trial->source->target)] = ".";
        struct stat about;
        int fd;

        if (!*target || fstat(trial->mapping->fd, &about) != 0 || !S_ISREG(about.st_mode))
                return no_file(trial, "there is no file to make another one beside");
        if (slash)
                snprintf(folder, sizeof(folder), "%.*s", (int)(slash - target + 1), target);
        fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (fd < 0)
                return status_errno(errno, "name a target in a folder that can be written",
                                    "cannot make a file in %s", folder);
        *ret_fd = fd;
        return status_ok();
}

static bool chunk_aligned(const struct trial *trial, size_t chunk)
{
        struct mapping asked = *trial->mapping;

        asked.partly = true;
        asked.fraction = (double)cell_option(trial->cell, "aligned").count / 100;
        return mapping_chunk_by_pmd(&asked, chunk);
}

static int chunk_shift(int fd, off_t start, off_t length, off_t block)
{
        if (fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, start, block) != 0)
                return -1;
        if (fallocate(fd, FALLOC_FL_INSERT_RANGE, start + length - block, block) != 0)
                return -1;
        return fallocate(fd, 0, start + length - block, block);
}

static int bytes_write(int fd, size_t bytes, size_t piece)
{
        char *buffer = malloc(piece);
        int error = buffer ? 0 : ENOMEM;

        if (buffer)
                memset(buffer, 0x5a, piece);
        for (size_t done = 0; !error && done < bytes;) {
                ssize_t written = pwrite(fd, buffer, piece, (off_t)done);

                if (written > 0)
                        done += (size_t)written;
                else if (written == 0 || errno != EINTR)
                        error = written == 0 ? EIO : errno;
        }
        free(buffer);
        return error;
}

/* A spare chunk at the end: a range may not be collapsed or inserted at the end of a file. */
static int chunks_make(const struct trial *trial, int fd, off_t block)
{
        off_t length = (off_t)trial->mapping->pmd_bytes;
        size_t chunks = trial->mapping->bytes / trial->mapping->pmd_bytes;

        for (size_t i = 0; i <= chunks; i++)
                if (fallocate(fd, 0, (off_t)i * length, length) != 0)
                        return errno;
        for (size_t i = 0; i < chunks; i++)
                if (!chunk_aligned(trial, i) &&
                    chunk_shift(fd, (off_t)i * length, length, block) != 0)
                        return errno;
        return bytes_write(fd, trial->mapping->bytes + trial->mapping->pmd_bytes,
                           trial->mapping->pmd_bytes);
}

struct status mixed_file_make(const struct trial *trial, int *ret_fd)
{
        struct statfs about;
        char size[UNITS_TEXT_MAX];
        int fd = -1, error;

        TRY(beside_open(trial, &fd));
        error = fstatfs(fd, &about) == 0 ? chunks_make(trial, fd, (off_t)about.f_bsize) : errno;
        if (!error) {
                *ret_fd = fd;
                return status_ok();
        }
        close(fd);
        if (error == EOPNOTSUPP || error == EINVAL)
                return no_file(trial, "its file system cannot shift the blocks of a file");
        return status_errno(error, "free some space, or use a smaller --bytes",
                            "cannot make a file of %s with shifted extents",
                            size_format_human(trial->mapping->bytes, size, sizeof(size)));
}
