/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mapping: where bytes are mapped, how its grain was asked for, and what was proven of it.
 *
 * A source lays a mapping out (descriptor, offset, address, flags) inside an address window that
 * is reserved once per source, so that every arm but `va` sees the bytes at the same address.
 * Laying out maps nothing: mapping_mmap() is the bare system call, and a workload that times it
 * times nothing else.
 */
#ifndef PMDGAIN_MAPPING_H
#define PMDGAIN_MAPPING_H

#include <pmdgain/status.h>
#include <pmdgain/units.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/types.h>

enum grain {
        GRAIN_UNKNOWN = 0,
        GRAIN_PTE,   /* base pages, 4 KiB on x86 */
        GRAIN_PMD,   /* 2 MiB on x86 */
        GRAIN_PUD,   /* 1 GiB on x86 */
        GRAIN_MIXED, /* proven only: neither all PMD nor all PTE */
        GRAIN_AUTO,  /* asked only: whatever the kernel gives */
};

/* How a grain is obtained on the same bytes (the first four) or on bytes set up for it. */
enum lever {
        LEVER_ALIGNED,   /* address and offset are multiples of the PMD size */
        LEVER_NOHUGE,    /* MADV_NOHUGEPAGE, and PR_SET_THP_DISABLE while MAP_POPULATE faults */
        LEVER_VA,        /* the address is off by one base page */
        LEVER_OFFSET,    /* the file offset is off by one base page */
        LEVER_EXTENT,    /* the file's extents are not 2 MiB-aligned */
        LEVER_PARTITION, /* the partition does not start on 2 MiB */
        LEVER_NAMESPACE, /* the namespace's data or alignment is below 2 MiB */
};

/* An arm of a comparison. Written "pmd", "pte:nohuge", "pte:va", ..., "auto" */
struct arm {
        enum grain grain;
        enum lever lever;
};

#define ARM_TEXT_MAX 24

const char *grain_name(enum grain grain); /* "pmd", "pte", "pud", "mixed", "auto"; "" unknown */
const char *lever_name(enum lever lever);

/* "pmd" means pmd:aligned; "pte" needs a lever. STATUS_USAGE lists the arms. */
struct status arm_parse(const char *text, struct arm *ret_arm);
char *arm_format(struct arm arm, char *text, size_t text_size);

/* Where the struct pages live. */
enum memmap {
        MEMMAP_UNKNOWN = 0, /* means nothing here, or cannot be told: an empty field */
        MEMMAP_NONE,
        MEMMAP_RAM,
        MEMMAP_PMEM,
};

const char *memmap_name(enum memmap memmap);

/* What mmap() is asked to do with writes (mmap(2)). */
enum map_mode {
        MAP_MODE_SHARED = 0, /* they reach the bytes */
        MAP_MODE_PRIVATE,    /* they copy the page */
        MAP_MODE_SYNC,       /* MAP_SYNC: as shared, and a fault returns once metadata is durable */
        MAP_MODE_COUNT,
};

/* What a file holds before it is mapped; made anew for each trial but for FILE_WRITTEN. */
enum file_state {
        FILE_WRITTEN = 0,
        FILE_UNWRITTEN, /* blocks are allocated (fallocate(2)): a write converts them */
        FILE_SPARSE,    /* all of it is a hole: a write allocates */
        FILE_STATE_COUNT,
};

const char *map_mode_name(enum map_mode mode);      /* "shared", "private", "sync" */
const char *file_state_name(enum file_state state); /* "written", "unwritten", "sparse" */

/* What the kernel was seen to do with one mapping. */
struct proof {
        enum grain proven;           /* GRAIN_UNKNOWN: no proof could be had */
        double pmd_fraction;         /* of the bytes, 0..1; NaN when not known */
        double zero_fraction;        /* the shared page of zeros; NaN when the kernel does not tell */
        char methods[64];            /* those that agreed, e.g. "pagemap+vmpte" */
        struct count minflt;         /* minor faults taken to make the mapping present */
        struct count majflt;         /* major ones: where a DAX fault by page allocates or converts */
        struct count page_table_bytes; /* growth of VmPTE by making the mapping present */
};

static inline struct proof proof_none(void)
{
        return (struct proof){ .pmd_fraction = __builtin_nan(""), .zero_fraction = __builtin_nan("") };
}

struct mapping {
        int fd;          /* -1 with MAP_ANONYMOUS */
        off_t offset;    /* bytes into fd */
        char *address;   /* where it is, or will be, mapped */
        const char *anchor; /* a present page above it, whose upper page tables it shares; or NULL */
        size_t bytes;    /* length, a multiple of the PMD size */
        int prot;
        int flags;       /* mmap's, without MAP_FIXED */
        int advice;      /* madvise() after mmap(); 0 for none (MADV_NORMAL) */
        bool thp_disable; /* PR_SET_THP_DISABLE while MAP_POPULATE faults */
        bool read_faults_suffice; /* a read fault leaves the page writable: no second fault */
        bool read_only;  /* what is timed does not write, and writing would change what is mapped */
        bool blank;      /* nothing was written there: reads map the page of zeros */
        bool faulted_twice; /* each entry once for a read and once for a later write */
        bool tables_first; /* nohuge is not enough: see mapping_faults_alone() */
        bool mapped;
        struct arm asked;
        bool partly;     /* only `fraction` of the chunks is asked for by PMD, whatever the arm */
        double fraction; /* 0..1; used by `partly` alone: see mapping_asked_fraction() */
        bool nohuge_rest; /* with `partly`: MADV_NOHUGEPAGE for the chunks that it leaves out */
        struct proof proof;
        size_t page_bytes; /* base page size */
        size_t pmd_bytes;  /* PMD size */
};

/* What the proof must find mapped by PMD, 0..1: a grain as a whole, or the part that a workload's
 * lay_out() set. */
static inline double mapping_asked_fraction(const struct mapping *mapping)
{
        if (mapping->partly)
                return mapping->fraction;
        return mapping->asked.grain == GRAIN_PMD ? 1 : 0;
}

/* Whether chunk `index`, one PMD's worth, is among those that are asked for by PMD. They are
 * spread evenly; `fraction` is rounded to a whole number of chunks. */
bool mapping_chunk_by_pmd(const struct mapping *mapping, size_t index);

/* The bare mmap() of a laid-out mapping; `extra` is MAP_POPULATE or 0. MAP_FAILED sets errno. */
static inline void *mapping_mmap(const struct mapping *mapping, int extra)
{
        return mmap(mapping->address, mapping->bytes, mapping->prot,
                    mapping->flags | MAP_FIXED | extra, mapping->fd, mapping->offset);
}

/*
 * Around a mapping_mmap() that populates: MAP_POPULATE faults before any madvise() could be given,
 * so the arms with thp_disable turn huge pages off for the whole process (prctl(2),
 * PR_SET_THP_DISABLE) and on again after. Call both outside of what is timed. Does nothing for
 * the other arms. STATUS_SKIP for anonymous memory by PMD unless THP is `always`; STATUS_SYSTEM
 * when the kernel refuses.
 */
struct status mapping_before_populate(const struct mapping *mapping);
struct status mapping_after_populate(const struct mapping *mapping);

/* The madvise() that the arm needs, after mapping_mmap(). STATUS_SYSTEM when refused. */
struct status mapping_advise(const struct mapping *mapping);

/*
 * mmap() and, for the arms that need it, madvise(). Maps nothing present: pages come by faults.
 * STATUS_SYSTEM when refused.
 */
struct status mapping_attach(struct mapping *mapping);

/*
 * A mmap() that failed with `error`: STATUS_SKIP for a mode that this file, or device, does not
 * have (MAP_SYNC without DAX: EOPNOTSUPP; MAP_PRIVATE of a devdax: EINVAL), else STATUS_SYSTEM.
 */
struct status mapping_refusal(const struct mapping *mapping, int error);

/* Makes every page present, and writable where `prot` allows writing and `read_only` does not
 * forbid: MADV_POPULATE_WRITE or _READ, or a touch of every page on kernels before 5.14.
 * STATUS_SYSTEM when refused. */
struct status mapping_fault_in(struct mapping *mapping);

/* The same by read faults only: nothing becomes dirty, and where the kernel watches for first
 * writes, nothing writable. */
struct status mapping_fault_in_read(struct mapping *mapping);

/* mapping_attach(), mapping_fault_in() and the proof, for a process that maps by itself what its
 * trial has mapped too. `traits` are the source's. STATUS_INVALID when the grain is not the asked
 * one. */
struct status mapping_make(struct mapping *mapping, unsigned traits);

/*
 * Whether the mapping gets its grain from any fault, and not just from mapping_fault_in(): for
 * workloads that make it present themselves. STATUS_SKIP when not: kernels before 6.12 map a huge
 * page that a file has already by PMD, whatever MADV_NOHUGEPAGE and PR_SET_THP_DISABLE say (Linux
 * commit 2b0f922323cc); mapping_fault_in() puts page tables in its way, by splitting the area for
 * a moment.
 */
struct status mapping_faults_alone(const struct mapping *mapping);

/* Gives the addresses back to the reserved window (mmap PROT_NONE over them). */
struct status mapping_detach(struct mapping *mapping);

#endif
