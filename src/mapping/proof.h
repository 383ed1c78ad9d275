/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proving a mapping's grain: what the kernel did, by as many independent ways as this kernel has.
 *
 *      proof_begin(&meter, traits);
 *      ... make the mapping present, in this thread ...
 *      proof_end(&meter, mapping, traits);     fills mapping->proof
 *
 * `traits` are those of the source (enum source_trait).
 */
#ifndef PMDGAIN_MAPPING_PROOF_H
#define PMDGAIN_MAPPING_PROOF_H

#include <pmdgain/mapping.h>
#include <pmdgain/status.h>
#include <stdbool.h>
#include <stdint.h>

/* What fs/dax.c is asked about each fault. */
enum proof_tracepoint { PROOF_DAX_PMD, PROOF_DAX_PTE, PROOF_DAX_FALLBACK, PROOF_TRACEPOINTS };

/* Counts taken before the mapping is made present. */
struct proof_meter {
        struct count minflt;    /* getrusage(RUSAGE_SELF) */
        struct count majflt;    /* the same */
        struct count faults;    /* minor and major */
        struct count vmpte;     /* VmPTE of /proc/self/status, bytes */
        struct count fallbacks; /* thp_fault_fallback + thp_file_fallback of vmstat */
        int tracepoints[PROOF_TRACEPOINTS]; /* descriptors; -1: none */
        char tracepoints_note[120];         /* why not; "" when they count */
        bool timed;
};

void proof_begin(struct proof_meter *meter, unsigned traits);

/* Where the faults are timed, by any threads: without the methods that would slow them. */
void proof_begin_timed(struct proof_meter *meter, unsigned traits);

/* In the place of proof_end() where there is nothing to prove. */
void proof_drop(struct proof_meter *meter, unsigned traits);

/*
 * Takes every proof that applies to a source with these traits (enum source_trait) and fills
 * mapping->proof. STATUS_INVALID when two disagree (the reason gives both figures), when none
 * could be had, when what is proven is not mapping_asked_fraction(), or when the bytes are the
 * shared page of zeros; that is STATUS_SKIP where every mapping has new bytes (SOURCE_FRESH_BYTES).
 */
struct status proof_end(struct proof_meter *meter, struct mapping *mapping, unsigned traits);

/* mapping_fault_in() between the two. */
struct status proof_fault_in(struct mapping *mapping, unsigned traits);

/* Once more, after the timed part: STATUS_INVALID when the grain is not what it was proven to be
 * (khugepaged, a split). Uses only what needs no meter; ok when there is nothing to use. */
struct status proof_again(const struct mapping *mapping, unsigned traits);

/*
 * The grain as it is now, for a mapping that may have changed since: never refused, and of what is
 * present only. By the surest method that can tell; `meter` is that of proof_begin(). Nothing in
 * `ret_proof` but methods "" when none can.
 */
void proof_look(const struct proof_meter *meter, const struct mapping *mapping, unsigned traits,
                struct proof *ret_proof);

#endif
