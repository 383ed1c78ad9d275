/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holds a prediction against what the kernel does: maps the target to be read, reads a byte or two
 * of each chunk, and sees how it was mapped, by two ways:
 *
 * - PAGEMAP_SCAN of the chunk (Linux 6.7 and later);
 * - faults: after a byte of its first page was read, one of its last page faults again if the
 *   chunk is mapped by PTE, and does not if it is mapped by one PMD. Under DAX only: there is no
 *   fault-around.
 * - tables, where there is no PAGEMAP_SCAN: VmPTE grows for a chunk mapped by PTE, and does not for
 *   one mapped by PMD unless it needs the first table above it. Under DAX only.
 *
 * Reading changes no data. But the kernel keeps in its index of a DAX file whether a chunk was
 * first faulted by page or by PMD, until the file system is unmounted or the file removed, and
 * what was faulted by page never gets a PMD again (fs/dax.c, grab_mapping_entry()). So where the
 * mapping asked for would fault by page what could have PMDs, every chunk is first read through
 * another mapping that lets it have them; and chunks without data are left alone then.
 */
#ifndef PMDGAIN_CLI_EXPLAIN_PROVE_H
#define PMDGAIN_CLI_EXPLAIN_PROVE_H

#include "cli/explain_target.h"

#define EXPLAIN_MISMATCHES_MAX 8 /* that are told one by one */

enum explain_seen {
        SEEN_NOTHING, /* it cannot be told here */
        SEEN_PMD,     /* or above */
        SEEN_PTE,
        SEEN_REFUSED,
        SEEN_CONFLICT, /* the two ways say different things */
        SEEN_COUNT,
};

const char *explain_seen_name(enum explain_seen seen); /* "pmd", "pte", "refused", ... */

struct explain_mismatch {
        uint64_t offset; /* of the chunk in the file */
        enum explain_outcome predicted;
        enum explain_seen seen;
};

struct explain_proof {
        bool by_pagemap, by_faults, by_tables;
        bool by_smaps;              /* of the page cache, where there is no PAGEMAP_SCAN */
        uint64_t agreed, disagreed; /* chunks */
        uint64_t open[SEEN_COUNT];  /* chunks of which nothing was predicted */
        uint64_t untold;            /* predicted, but it cannot be told here */
        uint64_t left_alone;        /* see above */
        uint64_t kept_by_page;      /* a PMD was predicted, and PTEs seen */
        uint64_t mismatches;
        struct explain_mismatch mismatch[EXPLAIN_MISMATCHES_MAX];
};

struct explain_prover;

/* STATUS_USAGE for what cannot be proven by reading. */
struct status explain_prover_open(const struct explain_target *target,
                                  const struct explain_intent *intent,
                                  struct explain_prover **ret_prover);
void explain_prover_add(struct explain_prover *prover, const struct explain_run *run);
/* After the last chunk. */
const struct explain_proof *explain_prover_proof(struct explain_prover *prover);
void explain_prover_close(struct explain_prover *prover); /* NULL does nothing */

#endif
