/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file on any file system. On one mounted with DAX, its pages are the device's; on others they
 * are the page cache's, which some kernels map by PMD too (large folios): that is not DAX, and is
 * labelled so.
 */
#include "source/layout.h"
#include "source/populate.h"
#include "source/target.h"
#include "source/twins.h"
#include "sys/filesystem.h"
#include "sys/memavail.h"
#include "sys/nvdimm.h"

#include <inttypes.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void how_append(struct source *source, const char *text)
{
        size_t used = strlen(source->how);

        snprintf(source->how + used, sizeof(source->how) - used, "%s%s", used ? "; " : "", text);
}

static void facts_set(struct source *source, const struct source_request *request, dev_t device)
{
        struct filesystem_mount mount;
        struct status status = filesystem_mount_of(request->root, source->fd, &mount);
        char text[320];

        source->dax = filesystem_dax(source->fd);
        source->node = nvdimm_node(request->root, S_IFBLK, device);
        source->memmap = nvdimm_memmap(request->root, S_IFBLK, device); /* of page cache as well */
        if (source->dax == 1) {
                source->traits |= SOURCE_DAX_FAULTS | SOURCE_FS_DAX;
        } else {
                source->traits |= SOURCE_FAULT_AROUND;
        }
        if (!status_failed(&status)) {
                snprintf(source->fs, sizeof(source->fs), "%s", mount.type);
                if (strcmp(mount.type, "tmpfs") == 0 || strcmp(mount.type, "ramfs") == 0)
                        source->traits |= SOURCE_IN_MEMORY;
                snprintf(text, sizeof(text), "%s on %.120s, mounted at %.120s", mount.type,
                         mount.source, mount.point);
                how_append(source, text);
        }
        how_append(source, source->dax == 1   ? "DAX"
                           : source->dax == 0 ? "page cache, no DAX"
                                              : "this kernel does not tell whether it is DAX");
}

/* What the user should know of a file that was there: it stays as it is. */
static void extents_warn(struct source *source)
{
        struct filesystem_extents extents;
        struct status status = filesystem_extents_read(source->fd, source->bytes, &extents);
        char text[160], size[UNITS_TEXT_MAX];
        uint64_t blank;

        if (status_failed(&status))
                return;
        blank = extents.unwritten_bytes + extents.hole_bytes;
        if (!blank)
                return;
        snprintf(text, sizeof(text),
                 "WARNING: %s of it were never written: reads see the zero page, and the first "
                 "writes allocate",
                 size_format_human(blank, size, sizeof(size)));
        how_append(source, text);
}

/* More than the largest mapping, for the arm `offset`. */
static struct status file_fill(struct source *source, const struct source_request *request)
{
        uint64_t bytes = source->bytes + source->pmd_bytes;
        char text[120], size[UNITS_TEXT_MAX];

        TRY(target_allocate(source->fd, bytes, source->pmd_bytes, request));
        TRY(target_write(source->fd, bytes, request));
        snprintf(text, sizeof(text), "made%s and filled with %s",
                 request->keep ? "" : " (its name removed at once)",
                 size_format_human(bytes, size, sizeof(size)));
        how_append(source, text);
        return status_ok();
}

/*
 * The kernel remembers by which grain each place of a DAX file was faulted, and once it was by PTE,
 * a PMD fault falls back until the file is closed by all (fs/dax.c, grab_mapping_entry()). So the
 * first faults are by PMD; where they cannot be, the trials' own proofs tell.
 */
static void grain_remember(const struct source *source)
{
        struct status status;
        struct stat about;
        uint64_t bytes = source->bytes + source->pmd_bytes;

        if (source->dax != 1)
                return;
        if (fstat(source->fd, &about) == 0 && (uint64_t)about.st_size < bytes)
                bytes = source->bytes;
        status = populate_by_pmd(source, source->fd, bytes, (struct populate_way){ 0 });
        (void)status;
}

static struct status bytes_make_sure(struct source *source, const struct source_request *request)
{
        uint64_t bytes = source->bytes + source->pmd_bytes;

        if (source->dax != 1) /* the page cache holds it, and a blank one too */
                TRY(memavail_check(request->root, request->blank ? 2 * bytes : bytes));
        if (source->made) {
                TRY(file_fill(source, request));
        } else {
                how_append(source, "an existing file, as it was found");
                extents_warn(source);
        }
        grain_remember(source);
        if (source->dax != 1 && !populate_nohuge_works(source, source->fd))
                source->traits |= SOURCE_NOHUGE_IGNORED;
        return status_ok();
}

static struct status file_open(struct source *source, const struct source_request *request)
{
        struct target target;
        struct status status;

        TRY(target_open_file(request, &target));
        source->fd = target.fd;
        source->made = target.made;
        facts_set(source, request, target.device);
        status = bytes_make_sure(source, request);
        if (!status_failed(&status) && (request->blank || request->shift_count))
                status = twins_make(source, request, (struct twins **)&source->own);
        if (status_failed(&status) && source->made && request->keep)
                unlink(request->target); /* what was made is not worth keeping */
        return status;
}

static void file_close(struct source *source)
{
        twins_free(source->own);
}

/* The descriptor of the bytes that are wanted. */
static struct status file_choose(const struct source *source, const struct layout_request *request,
                                 int *ret_fd)
{
        *ret_fd = source->fd;
        if (request->shift && request->state != FILE_WRITTEN)
                return layout_refusal(source, request->arm,
                                      "a file with shifted extents is always a written one");
        if (request->shift)
                return twins_shifted(source->own, request->shift, ret_fd);
        if (request->state != FILE_WRITTEN)
                return twins_blank(source->own, source, request->state, ret_fd);
        return status_ok();
}

static struct status file_lay_out(const struct source *source,
                                  const struct layout_request *request,
                                  struct mapping *ret_mapping)
{
        struct arm arm = request->arm;
        struct stat about;
        int fd;

        TRY(file_choose(source, request, &fd));
        if (arm.lever == LEVER_OFFSET && fstat(fd, &about) == 0 &&
            (uint64_t)about.st_size < request->bytes + source->page_bytes)
                return layout_refusal(source, arm,
                                      "the file must be a page longer than the "
                                      "mapping");
        TRY(layout_file(source, fd, request, ret_mapping));
        if (arm.grain == GRAIN_PMD && source->dax != 1)
                ret_mapping->advice = MADV_HUGEPAGE; /* large folios, where they are read in */
        return status_ok();
}

const struct source_class source_class_file = {
        .name = "file",
        .summary = "a file on any file system; with DAX its pages are the device's",
        .needs = "room for the file; an existing one needs --overwrite",
        .traits = SOURCE_NEEDS_TARGET | SOURCE_TWINS,
        .open = file_open,
        .lay_out = file_lay_out,
        .close = file_close,
};
