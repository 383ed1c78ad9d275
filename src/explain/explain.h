/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why is a part of a file mapped by PMD, or by PTE? Decided from facts alone: nothing is read and
 * nothing is mapped here.
 *
 *      explain_walk_begin(&walk, &place, &intent, take, context);
 *      explain_walk_extent(&walk, &extent);     for each extent, in the order of the file
 *      explain_walk_end(&walk);
 *
 * A file is looked at in chunks of the PMD size, counted from the file's byte 0; a walk tells the
 * first thing in the way of each, as runs of equal chunks. It takes time by the number of extents
 * and no memory, so that files of millions of extents may be streamed.
 *
 * The rules are those of the kernel's fs/dax.c (dax_fault_check_fallback(), dax_iomap_pmd_fault(),
 * dax_fault_iter(), dax_iomap_direct_access()), drivers/dax/device.c (check_vma(),
 * __dev_dax_pmd_fault()) and mm/huge_memory.c (__thp_vma_allowable_orders()).
 */
#ifndef PMDGAIN_EXPLAIN_EXPLAIN_H
#define PMDGAIN_EXPLAIN_EXPLAIN_H

#include <pmdgain/mapping.h>
#include <pmdgain/units.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum explain_kind {
        EXPLAIN_FILE,
        EXPLAIN_DEVDAX, /* a DAX character device */
        EXPLAIN_BLOCK,  /* a block device: what a well-laid file on it could get */
};

/* The first of these that is in the way, in this order. */
enum explain_cause {
        CAUSE_NONE = 0,
        CAUSE_DAX_OFF,
        CAUSE_NO_MEMMAP,
        CAUSE_FILE_SYSTEM,
        CAUSE_ADDRESS,
        CAUSE_OFFSET,
        CAUSE_LENGTH,
        CAUSE_THP_DISABLED,
        CAUSE_NOHUGE,
        CAUSE_PRIVATE,
        CAUSE_END_OF_FILE,
        CAUSE_HOLE,
        CAUSE_UNWRITTEN,
        CAUSE_SHARED_EXTENT,
        CAUSE_SHORT_EXTENT,
        CAUSE_UNPLACED,
        CAUSE_PARTITION,
        CAUSE_NAMESPACE,
        CAUSE_EXTENT,
        CAUSE_COUNT,
};

/* What a chunk gets. */
enum explain_outcome {
        OUTCOME_PMD,
        OUTCOME_ZERO_PMD, /* one PMD, but of the zero page: there is nothing to read */
        OUTCOME_PUD,      /* an entry above PMD: devdax aligned to 1 GiB */
        OUTCOME_PTE,
        OUTCOME_CACHE,   /* no DAX: whatever the page cache gives */
        OUTCOME_REFUSED, /* mmap() fails with EINVAL, or each access gives SIGBUS */
        OUTCOME_UNKNOWN, /* decided by what is not known here, such as an allocation to come */
        OUTCOME_COUNT,
};

struct explain_place {
        enum explain_kind kind;
        int dax; /* FILE and BLOCK: 1 yes, 0 no, -1 not known and taken for yes */
        enum memmap memmap;
        bool no_pmd_faults; /* the file system's faults are by page only (ext2) */
        uint64_t fault_max; /* bytes that a fault allocates or converts at most; 0 for no bound */
        bool joins; /* the file system takes neighbouring extents for one (ext4's status tree) */
        uint64_t bytes; /* of the file or device */
        size_t page_bytes, pmd_bytes;
        struct count base; /* FILE, BLOCK: physical address of the disk's byte 0, or one congruent
                            * to it modulo the PMD size */
        uint64_t partition_start; /* bytes; 0 on a whole disk */
        uint64_t align;           /* DEVDAX */
};

/* How it is to be mapped. */
struct explain_intent {
        uint64_t offset, bytes; /* multiples of the page size, but for a length up to the end */
        struct count address;   /* missing: one that fits the offset */
        bool is_private, write, nohuge, thp_disabled;
};

enum explain_state {
        EXPLAIN_WRITTEN,
        EXPLAIN_UNWRITTEN, /* allocated, reads as zeros */
        EXPLAIN_UNPLACED,  /* where it is cannot be told: inline, encoded, delayed */
};

struct explain_extent {
        uint64_t logical, physical, bytes; /* `physical` from the start of the partition or disk */
        enum explain_state state;
        bool shared; /* with another file: a write goes elsewhere */
};

/* Chunks next to each other that get the same, for the same reason. */
struct explain_run {
        uint64_t offset, bytes; /* of the file; only what is within the mapping */
        uint64_t chunks;
        enum explain_cause cause;
        enum explain_outcome outcome;
        uint64_t past; /* bytes past a PMD boundary, for causes of place and alignment */
        bool blank;    /* has holes or unwritten bytes */
};

/* What the bytes of one chunk consist of. */
struct explain_content {
        uint64_t written, unwritten, unplaced; /* bytes; the rest is holes */
        uint64_t pieces;                       /* extents */
        uint64_t physical;                     /* of the first one */
        bool shared;
};

/* The verdict on one chunk; `chunk` is its number from byte 0 of the file. */
struct explain_run explain_chunk(const struct explain_place *place,
                                 const struct explain_intent *intent, uint64_t chunk,
                                 const struct explain_content *content);

typedef void (*explain_take)(void *context, const struct explain_run *run);

struct explain_walk {
        const struct explain_place *place;
        const struct explain_intent *intent;
        explain_take take;
        void *context;
        uint64_t chunk, end; /* the chunk that is being filled, and the one after the last */
        struct explain_content content;
        struct explain_extent last; /* the piece before, with its end in `logical` and `physical` */
        struct explain_run pending;
};

/* `place` and `intent` must outlive the walk. `intent->bytes` is within the file. */
void explain_walk_begin(struct explain_walk *walk, const struct explain_place *place,
                        const struct explain_intent *intent, explain_take take, void *context);
/* What lies outside of the mapping, or was told before, is ignored. */
void explain_walk_extent(struct explain_walk *walk, const struct explain_extent *extent);
void explain_walk_end(struct explain_walk *walk);

/* All chunks of a walk, by cause and outcome. */
struct explain_line {
        uint64_t chunks, bytes;
        uint64_t past; /* of the first run */
        bool past_varies;
};

struct explain_totals {
        uint64_t chunks;
        struct explain_line lines[CAUSE_COUNT][OUTCOME_COUNT];
};

/* Is an explain_take; `context` is a struct explain_totals, zeroed before. */
void explain_totals_add(void *context, const struct explain_run *run);
uint64_t explain_totals_of(const struct explain_totals *totals, enum explain_outcome outcome);

#endif
