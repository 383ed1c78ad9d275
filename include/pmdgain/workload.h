/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A workload is what is timed. One file in bench/ is one workload and sees only <pmdgain/...>;
 * the list is in bench/meson.build.
 *
 * What the engine does for one trial of an op in PHASE_ACCESS:
 *      map, fault in, prove -> prepare -> warm up and calibrate -> (run) x samples -> check
 *      -> prove again -> finish
 * in PHASE_FAULT, where run() itself makes the mapping present:
 *      lay out -> prepare -> run -> prove -> check -> finish
 * in PHASE_UNMAP, where run() takes the mapping away:
 *      map, fault in, prove -> prepare -> run -> check -> finish
 * in PHASE_CHANGE, where run() may leave the mapping in another grain:
 *      map, fault in, prove -> prepare -> run -> look again -> check -> finish
 * in PHASE_DIRTY the same, but with read faults only, so that nothing is written yet.
 * in PHASE_OWN, where the workload maps by itself and run() is one step of what it does:
 *      lay out -> reset -> prepare -> run -> complete -> prove -> check -> finish
 * or, where that step takes the mapping away (OP_UNMAPS):
 *      lay out -> reset -> prepare -> prove -> run -> check -> finish
 * Only run() is timed. In PHASE_ACCESS the samples of a trial share one mapping and one proof, in
 * the others a trial is one sample. Looking again is recorded (struct sample, `after`) and refuses
 * nothing. In every phase the workload's own lay_out() comes right after the source's, before
 * anything is mapped.
 */
#ifndef PMDGAIN_WORKLOAD_H
#define PMDGAIN_WORKLOAD_H

#include <pmdgain/cell.h>
#include <pmdgain/clock.h>
#include <pmdgain/mapping.h>
#include <pmdgain/source.h>
#include <pmdgain/status.h>
#include <stdint.h>

enum workload_phase {
        PHASE_ACCESS, /* the mapping is present while run() is timed */
        PHASE_FAULT,  /* run() makes it present */
        PHASE_UNMAP,  /* run() takes it away */
        PHASE_CHANGE, /* it is present; what run() makes of its grain is recorded, not refused */
        PHASE_DIRTY,  /* the same of a mapping made present by read faults */
        PHASE_OWN,    /* the workload maps, and run() is a step on the way */
};

enum op_trait {
        OP_NO_MEMORY = 1 << 0,   /* works on SOURCE_NO_MEMORY sources, and only there */
        OP_ONE_THREAD = 1 << 1,  /* one call does it all: cells with more threads are skipped */
        OP_WRITES = 1 << 2,      /* changes the bytes: their content key becomes 0 */
        OP_UNATTACHED = 1 << 3,  /* PHASE_FAULT: run() calls mapping_mmap() itself */
        OP_OWN_BYTES = 1 << 4,   /* prepare() writes what run() then reads */
        OP_UNMAPS = 1 << 5,      /* PHASE_OWN: run() takes the mapping away */
};

/* The unit decides how a value is made of ops and time. */
enum unit {
        UNIT_NS_PER_OP,  /* time / ops */
        UNIT_NS_PER_MIB, /* ops are bytes; time / (ops / MiB) */
        UNIT_GB_PER_S,   /* ops are bytes; ops / time, GB = 10^9 bytes */
};

const char *unit_name(enum unit unit); /* "ns/op", "ns/MiB", "GB/s" */

struct workload_op {
        const char *name;
        const char *summary;
        enum unit unit;
        enum workload_phase phase;
        unsigned traits;
};

/* One thread of a trial; aligned so that threads share no cache line. */
struct worker {
        unsigned index;       /* 0 .. threads - 1 */
        uint64_t ops;         /* before run(): wanted; after: done, which may differ */
        void *state;          /* the workload's own */
        struct status status; /* run() sets it on failure; ok before */
} __attribute__((aligned(128)));

struct trial {
        const struct cell *cell;
        struct mapping *mapping;
        const struct source *source;
        const struct clock *clock;
        uint64_t seed;        /* the run's: arms do the same, and cells can share what bytes hold */
        uint64_t own_seed;    /* another one for every trial: for what arms must not share */
        const char *scratch;  /* folder for scratch files; "" or NULL when there is none */
        unsigned threads;
        struct worker *workers; /* `threads` of them */
        void *state;          /* the workload's own, for all threads */
};

struct workload {
        const char *name;
        const char *summary;
        const struct workload_op *ops;    /* ends with a row whose name is NULL */
        const struct option_row *options; /* ends with a row whose name is NULL; or NULL */

        /*
         * May be NULL. A way to say before anything is mapped that a cell cannot be: STATUS_SKIP
         * (this CPU lacks an instruction), STATUS_USAGE (options that exclude each other).
         */
        struct status (*accept)(const struct cell *cell);

        /* May be NULL: the op's phase. For cells whose options decide it; see cell_phase(). */
        enum workload_phase (*phase)(const struct cell *cell);

        /*
         * May be NULL. Changes how the source laid the mapping out before it is mapped: flags,
         * protection, file, address, the part asked for by PMD (mapping_asked_fraction()).
         * STATUS_SKIP when the source cannot be mapped so.
         */
        struct status (*lay_out)(struct trial *trial);

        /* Makes the bytes and the state ready. May be NULL. */
        struct status (*prepare)(struct trial *trial);

        /* Timed; called by each thread at once, for worker->ops operations. */
        void (*run)(struct trial *trial, struct worker *worker);

        /* PHASE_OWN: what is left to do until the mapping can be proven. May be NULL. */
        struct status (*complete)(struct trial *trial);

        /* Did the operations do what they should? STATUS_INVALID when not. May be NULL. */
        struct status (*check)(struct trial *trial);

        /* Frees what lay_out() and prepare() made; also after a failure. May be NULL. */
        void (*finish)(struct trial *trial);

        /*
         * The operations one sample should have at the least, and of which its count should be a
         * multiple (a whole pass, say); NULL means 1. In any phase but PHASE_ACCESS a sample is
         * exactly this many operations in each thread.
         */
        uint64_t (*quantum)(const struct trial *trial);
};

/* The workloads this program was built with, NULL-terminated. */
const struct workload *const *workloads(void);
const struct workload *workload_find(const char *name);
const struct workload_op *workload_op_find(const struct workload *workload, const char *name);

/* The phase of a cell: what its workload says of its options, else its op's. */
enum workload_phase cell_phase(const struct cell *cell);

/* The value of the option so named, which must be one of the workload's rows. */
union option_value cell_option(const struct cell *cell, const char *name);

#endif
