/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source is where the bytes live. One file in src/source/ is one source; the list is in that
 * folder's meson.build.
 */
#ifndef PMDGAIN_SOURCE_H
#define PMDGAIN_SOURCE_H

#include <pmdgain/mapping.h>
#include <pmdgain/status.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum source_trait {
        SOURCE_NEEDS_TARGET = 1 << 0, /* written NAME:TARGET */
        SOURCE_NO_MEMORY = 1 << 1,    /* nothing can be loaded or stored (null) */
        SOURCE_FRESH_BYTES = 1 << 2,  /* each trial gets new bytes: arms do not share them */
        SOURCE_FAULT_AROUND = 1 << 3, /* a fault may map many pages: fault counts prove nothing */
        SOURCE_PMD_DEPOSITS = 1 << 4, /* a PMD keeps a page table in reserve: VmPTE proves nothing */
        SOURCE_NO_PAGES = 1 << 5,     /* VM_PFNMAP: no struct pages, PAGEMAP_SCAN sees nothing */
        SOURCE_READ_FAULTS_SUFFICE = 1 << 6, /* read faults leave pages writable */
        SOURCE_DAX_FAULTS = 1 << 7,   /* one fault maps one page or one PMD, nothing around it */
        SOURCE_NOHUGE_IGNORED = 1 << 8, /* this kernel maps its huge pages by PMD all the same */
        SOURCE_NO_MODES = 1 << 9,     /* no file to share: only MAP_MODE_SHARED, which means nothing */
        SOURCE_TWINS = 1 << 10,       /* makes files beside: unwritten, sparse, of shifted extents */
        SOURCE_IN_MEMORY = 1 << 11,   /* no storage behind the bytes: nothing is to be synced */
        SOURCE_FS_DAX = 1 << 12,      /* faults go through fs/dax.c, which has tracepoints */
};

struct sys_root;

/* What an opened source is asked for. */
struct source_request {
        const struct sys_root *root; /* where sysfs and procfs are */
        const char *target;   /* "" when the source has none */
        uint64_t bytes;       /* the largest mapping any cell needs, a multiple of the PMD size */
        bool overwrite;       /* the user gave the explicit word */
        bool keep;            /* leave a file made by the run in place */
        const char *run;      /* the run's id: a file that it left is its own; NULL: has none */
        uint64_t seed;
        bool blank;           /* some cell wants a file that is unwritten or sparse */
        const uint64_t *shifts; /* of the extents that some cells want, bytes; each once */
        size_t shift_count;
};

/* What one cell asks of its source's bytes. */
struct layout_request {
        struct arm arm;
        size_t bytes;          /* of the mapping, a multiple of the PMD size */
        enum map_mode map;
        enum file_state state;
        uint64_t shift;        /* LEVER_EXTENT: how far the extents are off, bytes; 0: as found */
        bool writes;           /* what is timed changes the bytes */
};

struct source_class;

/* An opened source; one per (class, target) of a run, opened before any trial is forked. */
struct source {
        const struct source_class *class;
        char target[256];     /* as named; "" when none */
        char fs[32];          /* file system, "" when none: tmpfs, ext4, xfs, ... */
        enum memmap memmap;
        int dax;              /* 1 yes, 0 no, -1 means nothing here */
        int node;             /* nearest NUMA node; -1 when not known */
        int fd;               /* -1 when none */
        off_t start;          /* where in fd the bytes begin: not at 0 for a BAR of vfio */
        int twin_fd;          /* bytes for PTE arms where the same bytes cannot have them; -1 */
        uint64_t bytes;       /* largest mapping */
        size_t page_bytes, pmd_bytes;
        size_t align;         /* what addresses and offsets must be multiples of (devdax) */
        unsigned traits;      /* of this opened source: its class's, and what it found */
        char *window;         /* reserved addresses, PMD-aligned, its last page present; or NULL */
        uint64_t *content;    /* shared with trials: key of what the bytes hold, 0 for anything */
        char how[512];        /* which way was taken, and why not the earlier ones; may be "" */
        bool made;            /* the target was made by this run, and is removed at close */
        void *own;            /* the class's own; its close() frees it */
};

struct source_class {
        const char *name;
        const char *summary;  /* one line for `pmdgain list` */
        const char *needs;    /* one line: what the machine must have */
        unsigned traits;      /* enum source_trait */

        /*
         * Gets the bytes, present in memory and written, by PMD where the machine can. Fills the
         * fields of `source`; class, target, bytes, page_bytes, pmd_bytes, the class's traits,
         * window and content are set already by source_open(), the others say "not known".
         * STATUS_SKIP when this machine cannot; STATUS_USAGE for a bad target. After a failure
         * source_open() closes the descriptors and frees `own` by close().
         */
        struct status (*open)(struct source *source, const struct source_request *request);

        /*
         * Lays a mapping out, once for each trial and in its child; maps nothing. Makes a blank
         * file (`state`) anew. STATUS_SKIP with a reason when the source has no such arm.
         */
        struct status (*lay_out)(const struct source *source,
                                 const struct layout_request *request,
                                 struct mapping *ret_mapping);

        void (*close)(struct source *source); /* may be NULL: nothing but descriptors to close */
};

/* Room for the largest mapping, shifted, and a page that no mapping reaches. */
static inline size_t source_window_bytes(const struct source *source)
{
        return (size_t)source->bytes + 2 * source->pmd_bytes;
}

/* The sources this program was built with, NULL-terminated. */
const struct source_class *const *source_classes(void);
const struct source_class *source_class_find(const char *name);

/* "NAME" or "NAME:TARGET". STATUS_USAGE lists the sources. */
struct status source_spec_parse(const char *spec, const struct source_class **ret_class,
                                char *target, size_t target_size);

/* Reserves the window and opens; `request->bytes` is rounded up to the PMD size. No window and no
 * content for SOURCE_NO_MEMORY. On success the caller owns it until source_close(). */
struct status source_open(const struct source_class *class, const struct source_request *request,
                          struct source *ret_source);
void source_close(struct source *source);

#endif
