/* SPDX-License-Identifier: Apache-2.0 */
#include "source/twins.h"

#include "source/target.h"
#include "sys/blockdev.h"
#include "sys/fiemap.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pmdgain/privilege.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 2 /* ext4 puts the first file after a mount anywhere */

struct twin {
        int fd; /* -1 when it could not be had */
        uint64_t shift;
        struct status status;
};

struct twins {
        struct twin blank;
        size_t count;
        struct twin shifted[];
};

static struct status file_make(const struct source_request *request, int *ret_fd)
{
        char path[300];
        int fd;

        snprintf(path, sizeof(path), "%s.XXXXXX", request->target);
        fd = mkostemp(path, O_CLOEXEC);
        if (fd < 0)
                return status_make(STATUS_SKIP, "name a file in a folder that can be written to",
                                   "cannot make another file beside %s: %s", request->target,
                                   strerror(errno));
        if (unlink(path) != 0) {
                int error = errno;

                close(fd);
                return status_errno(error, NULL, "cannot remove the name %s", path);
        }
        *ret_fd = fd;
        return status_ok();
}

/* Where the extents lie. */
struct places {
        uint64_t base, pmd;
        uint64_t wanted, found; /* bytes past a PMD boundary */
        bool other;             /* some are not as wanted, and `found` is the last of them */
};

static void place_check(void *context, const struct fiemap_piece *piece)
{
        struct places *places = context;
        uint64_t off = (places->base + piece->physical - piece->logical) % places->pmd;

        if (piece->placed && off == places->wanted)
                return;
        places->other = true;
        places->found = off;
}

static struct status base_find(const struct source *source, const struct source_request *request,
                               int fd, uint64_t *ret_base)
{
        struct blockdev_facts facts;
        struct count base;
        struct stat about;

        if (fstat(fd, &about) != 0)
                return status_errno(errno, NULL, "cannot look at a file just made");
        TRY(blockdev_read(request->root, about.st_dev, &facts));
        base = blockdev_base(&facts, source->pmd_bytes);
        if (!base.known)
                return status_make(STATUS_SKIP, privilege_todo(PRIVILEGE_PLACES, NULL).text,
                                   "where %.40s begins in memory cannot be told", facts.name);
        *ret_base = base.value + facts.start;
        return status_ok();
}

static struct status shift_check(const struct source *source, const struct source_request *request,
                                 const struct twin *twin)
{
        struct places places = { .pmd = source->pmd_bytes, .wanted = twin->shift };
        char wanted[UNITS_TEXT_MAX], found[UNITS_TEXT_MAX];

        TRY(base_find(source, request, twin->fd, &places.base));
        TRY(fiemap_walk(twin->fd, 0, source->bytes, place_check, &places));
        if (!places.other)
                return status_ok();
        return status_make(STATUS_SKIP,
                           "align the file system's extents, and its partition, to the PMD size",
                           "extents are off by %s instead of %s",
                           size_format(places.found, found, sizeof(found)),
                           size_format(twin->shift, wanted, sizeof(wanted)));
}

static struct status shifted_try(const struct source *source, const struct source_request *request,
                                 struct twin *twin)
{
        uint64_t bytes = source->bytes + source->pmd_bytes;

        TRY(file_make(request, &twin->fd));
        TRY(target_allocate(twin->fd, bytes, source->pmd_bytes, request));
        if (fallocate(twin->fd, FALLOC_FL_COLLAPSE_RANGE, 0, (off_t)twin->shift) != 0)
                return status_make(STATUS_SKIP, "use ext4 or XFS",
                                   "this file system cannot collapse a range: %s",
                                   strerror(errno));
        TRY(shift_check(source, request, twin));
        return target_write(twin->fd, bytes - twin->shift, request);
}

static void twin_close(struct twin *twin)
{
        if (twin->fd >= 0)
                close(twin->fd);
        twin->fd = -1;
}

static void shifted_make(const struct source *source, const struct source_request *request,
                         struct twin *twin)
{
        char shift[UNITS_TEXT_MAX], page[UNITS_TEXT_MAX], pmd[UNITS_TEXT_MAX];

        if (twin->shift % source->page_bytes || twin->shift >= source->pmd_bytes) {
                twin->status = status_make(
                        STATUS_SKIP, "use shift=page",
                        "extents cannot be off by %s: that is no whole number of pages (%s) below "
                        "the PMD size (%s)",
                        size_format(twin->shift, shift, sizeof(shift)),
                        size_format(source->page_bytes, page, sizeof(page)),
                        size_format(source->pmd_bytes, pmd, sizeof(pmd)));
                return;
        }
        if (source->dax == 0) {
                twin->status = status_make(STATUS_SKIP, "use a file system mounted with DAX",
                                           "without DAX, where extents lie does not matter");
                return;
        }
        for (int i = 0; i < TRIES; i++) {
                int last = twin->fd;

                twin->fd = -1;
                twin->status = shifted_try(source, request, twin);
                if (last >= 0)
                        close(last); /* kept until now, so that its place is not taken again */
                if (!status_failed(&twin->status))
                        return;
        }
        twin_close(twin);
}

struct status twins_make(const struct source *source, const struct source_request *request,
                         struct twins **ret_twins)
{
        struct twins *twins =
                calloc(1, sizeof(*twins) + request->shift_count * sizeof(twins->shifted[0]));

        if (!twins)
                return status_make(STATUS_SYSTEM, NULL, "out of memory for files");
        twins->blank.fd = -1;
        if (request->blank)
                twins->blank.status = file_make(request, &twins->blank.fd);
        for (; twins->count < request->shift_count; twins->count++) {
                struct twin *twin = &twins->shifted[twins->count];

                *twin = (struct twin){ .fd = -1, .shift = request->shifts[twins->count] };
                shifted_make(source, request, twin);
        }
        *ret_twins = twins;
        return status_ok();
}

void twins_free(struct twins *twins)
{
        if (!twins)
                return;
        twin_close(&twins->blank);
        for (size_t i = 0; i < twins->count; i++)
                twin_close(&twins->shifted[i]);
        free(twins);
}

static struct status not_made(void)
{
        return status_make(STATUS_USAGE, NULL, "the source was opened without such a file");
}

/* As long as the named file, for the arm `offset`. */
static int blank_again(const struct source *source, int fd, enum file_state state)
{
        off_t bytes = (off_t)(source->bytes + source->pmd_bytes), step = (off_t)source->pmd_bytes;

        if (ftruncate(fd, 0) != 0)
                return errno;
        if (state == FILE_SPARSE)
                return ftruncate(fd, bytes) != 0 ? errno : 0;
        for (off_t at = 0; at < bytes; at += step)
                if (fallocate(fd, 0, at, step) != 0)
                        return errno;
        return 0;
}

struct status twins_blank(const struct twins *twins, const struct source *source,
                          enum file_state state, int *ret_fd)
{
        int error;

        if (!twins || (twins->blank.fd < 0 && !status_failed(&twins->blank.status)))
                return not_made();
        TRY(twins->blank.status);
        error = blank_again(source, twins->blank.fd, state);
        if (!error && fsync(twins->blank.fd) != 0) /* not while something is timed */
                error = errno;
        if (error == EOPNOTSUPP)
                return status_make(STATUS_SKIP, "use ext4 or XFS",
                                   "this file system cannot allocate without writing");
        if (error)
                return status_errno(error, NULL, "cannot make an %s file beside %s",
                                    file_state_name(state), source->target);
        *ret_fd = twins->blank.fd;
        return status_ok();
}

struct status twins_shifted(const struct twins *twins, uint64_t shift, int *ret_fd)
{
        for (size_t i = 0; twins && i < twins->count; i++) {
                const struct twin *twin = &twins->shifted[i];

                if (twin->shift != shift)
                        continue;
                TRY(twin->status);
                *ret_fd = twin->fd;
                return status_ok();
        }
        return not_made();
}
