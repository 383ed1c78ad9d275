/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/words.h"

#include <inttypes.h>
#include <pmdgain/privilege.h>
#include <stdio.h>
#include <string.h>

#define EXT4_GROUP_MAX 65528 /* blocks in a group, where a block is larger than 4 KiB (mke2fs) */
#define SECTOR_BYTES 512     /* partition tables and sysfs count in these */

/* Where a text is put together, and from what. */
struct advice {
        const struct explain_place *place;
        const struct explain_about *about;
        char *text;
        size_t size;
        char size_word[UNITS_TEXT_MAX]; /* the PMD size for a command: "2m" */
        char pmd[UNITS_TEXT_MAX];       /* and for people: "2 MiB" */
};

static void say_namespace(struct advice *advice, const char *why)
{
        const char *name = advice->about->namespace_name;

        snprintf(advice->text, advice->size,
                 "ndctl create-namespace -f -e %s --mode=%s --map=dev --align=%s %s(it destroys "
                 "what is on it)",
                 *name ? name : "NAMESPACE",
                 advice->place->kind == EXPLAIN_DEVDAX ? "devdax" : "fsdax", advice->size_word,
                 why);
}

static void fix_dax_off(struct advice *advice)
{
        const struct explain_about *about = advice->about;

        if (advice->place->memmap == MEMMAP_NONE || strcmp(about->mode, "sector") == 0)
                say_namespace(advice, "gives it struct pages, without which there is no DAX ");
        else if (!about->can_dax)
                snprintf(advice->text, advice->size,
                         "%s%sno persistent memory: put the file on ext4 or XFS on an fsdax "
                         "namespace, mounted with -o dax",
                         about->device, *about->device ? " is " : "");
        else if (strcmp(about->fs, "ext4") == 0 || strcmp(about->fs, "xfs") == 0 || !*about->fs)
                snprintf(advice->text, advice->size,
                         "mount with -o dax=always; or set the flag on the folder before the file "
                         "is made: xfs_io -c 'chattr +x' FOLDER");
        else
                snprintf(advice->text, advice->size, "use ext4 or XFS, mounted with -o dax=always");
}

static void fix_offset(struct advice *advice)
{
        snprintf(advice->text, advice->size,
                 "start the mapping at a multiple of %s in the file, at such an address",
                 advice->pmd);
}

static void fix_address(struct advice *advice)
{
        if (advice->place->kind == EXPLAIN_DEVDAX)
                snprintf(advice->text, advice->size,
                         "choose an address that is a multiple of the device's alignment, or none");
        else
                snprintf(advice->text, advice->size,
                         "leave the address to mmap(), which on ext4 and XFS fits it to the "
                         "offset; or take one that equals the offset modulo %s",
                         advice->pmd);
}

static void fix_length(struct advice *advice)
{
        snprintf(advice->text, advice->size, "map up to a multiple of %s, or to the file's end",
                 advice->pmd);
}

static void fix_private(struct advice *advice)
{
        snprintf(advice->text, advice->size, "map with MAP_SHARED%s",
                 advice->place->kind == EXPLAIN_DEVDAX
                         ? ""
                         : ": the first write to a private page copies it into memory");
}

static void fix_end(struct advice *advice)
{
        uint64_t pmd = advice->place->pmd_bytes;
        uint64_t bytes = (advice->place->bytes + pmd - 1) / pmd * pmd;

        if (advice->place->kind == EXPLAIN_FILE)
                snprintf(advice->text, advice->size,
                         "make its length a multiple of %s: fallocate -l %" PRIu64 " FILE, before "
                         "it is written or mapped",
                         advice->pmd, bytes);
}

/* How a file system is made to lay files out by the PMD size. */
static void say_file_system(struct advice *advice, const char *then)
{
        uint64_t pages = advice->place->pmd_bytes / advice->place->page_bytes;
        uint64_t page = advice->place->page_bytes;
        const char *fs = advice->about->fs;
        char ext4[96], xfs[64], blocks[48] = "";

        /* A block must be a page for DAX, and groups of blocks whole PMDs (tools/provision). */
        if (page != 4 * KIB)
                snprintf(blocks, sizeof(blocks), " -b %" PRIu64 " -g %" PRIu64, page,
                         EXT4_GROUP_MAX / pages * pages);
        snprintf(ext4, sizeof(ext4), "mkfs.ext4%s -E stride=%" PRIu64 ",stripe_width=%" PRIu64,
                 blocks, pages, pages);
        snprintf(blocks, sizeof(blocks), " -b size=%" PRIu64, page);
        snprintf(xfs, sizeof(xfs), "mkfs.xfs%s -d su=%s,sw=1", page != 4 * KIB ? blocks : "",
                 advice->size_word);
        snprintf(advice->text, advice->size, "%s%s%s; %s", strcmp(fs, "xfs") == 0 ? "" : ext4,
                 *fs ? "" : ", or ", strcmp(fs, "xfs") == 0 || !*fs ? xfs : "", then);
}

static void fix_extent(struct advice *advice)
{
        say_file_system(advice, "then fallocate each file whole before writing it, and look again");
}

static void fix_short(struct advice *advice)
{
        say_file_system(advice, "and a copy of the file, fallocated whole before it is written");
}

static void fix_partition(struct advice *advice)
{
        const struct explain_place *place = advice->place;
        uint64_t over = (place->base.value + place->partition_start) % place->pmd_bytes;
        uint64_t start = place->partition_start + (over ? place->pmd_bytes - over : 0);

        snprintf(advice->text, advice->size,
                 "make the partition anew so that it starts on a %s boundary (sfdisk: "
                 "start=%" PRIu64 "), and a file system on it",
                 advice->pmd, start / SECTOR_BYTES);
}

static void fix_namespace(struct advice *advice)
{
        say_namespace(advice, "");
}

static void fix_unplaced(struct advice *advice)
{
        if (advice->about->stacked)
                snprintf(advice->text, advice->size,
                         "what %s is put together from is not looked into: see with --prove",
                         advice->about->device);
        else if (!advice->place->base.known && advice->about->can_dax)
                snprintf(advice->text, advice->size,
                         "%s, to read where a namespace lies; or see with --prove",
                         privilege_todo(PRIVILEGE_PLACES, NULL).text);
        else
                snprintf(advice->text, advice->size, "see with --prove");
}

static const struct {
        const char *text;
        void (*make)(struct advice *advice);
} fixes[CAUSE_COUNT] = {
        [CAUSE_DAX_OFF] = { .make = fix_dax_off },
        [CAUSE_NO_MEMMAP] = { .make = fix_namespace },
        [CAUSE_FILE_SYSTEM] = { "use ext4 or XFS" },
        [CAUSE_ADDRESS] = { .make = fix_address },
        [CAUSE_OFFSET] = { .make = fix_offset },
        [CAUSE_LENGTH] = { .make = fix_length },
        [CAUSE_THP_DISABLED] = { "prctl(PR_SET_THP_DISABLE, 0) before mapping; whatever started "
                                 "this process has set it" },
        [CAUSE_NOHUGE] = { "leave out madvise(MADV_NOHUGEPAGE)" },
        [CAUSE_PRIVATE] = { .make = fix_private },
        [CAUSE_END_OF_FILE] = { .make = fix_end },
        [CAUSE_HOLE] = { "fallocate the file whole, and write it, before it is mapped" },
        [CAUSE_UNWRITTEN] = { "write the file once before it is mapped" },
        [CAUSE_SHARED_EXTENT] = { "cp --reflink=never FILE COPY" },
        [CAUSE_SHORT_EXTENT] = { .make = fix_short },
        [CAUSE_UNPLACED] = { .make = fix_unplaced },
        [CAUSE_PARTITION] = { .make = fix_partition },
        [CAUSE_NAMESPACE] = { .make = fix_namespace },
        [CAUSE_EXTENT] = { .make = fix_extent },
};

char *explain_fix(const struct explain_place *place, const struct explain_about *about,
                  enum explain_cause cause, char *text, size_t size)
{
        struct advice advice = { place, about, text, size };

        *text = '\0';
        size_format(place->pmd_bytes, advice.size_word, sizeof(advice.size_word));
        size_format_human(place->pmd_bytes, advice.pmd, sizeof(advice.pmd));
        if (fixes[cause].make)
                fixes[cause].make(&advice);
        else if (fixes[cause].text)
                snprintf(text, size, "%s", fixes[cause].text);
        return text;
}
