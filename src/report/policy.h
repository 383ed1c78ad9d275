/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy page: what the rows say about each decision, in plain words. A sentence is made only
 * where the rows carry it, and knows which rows these are; everything here is a pure function of
 * the input. Rules are in policy_rules.c.
 *
 * Rows whose times mean nothing (an emulated CPU whose clock counts no instructions) make no
 * sentence on times; access to memory makes none on a clock that counts instructions, where caches
 * and TLBs cost nothing.
 */
#ifndef PMDGAIN_REPORT_POLICY_H
#define PMDGAIN_REPORT_POLICY_H

#include "report/summary.h"

#include <pmdgain/status.h>
#include <pmdgain/units.h>
#include <stdbool.h>
#include <stddef.h>

enum policy_decision {
        POLICY_MEMMAP,
        POLICY_ALIGN,
        POLICY_POPULATE,
        POLICY_KERNEL,
        POLICY_DECISIONS,
};

/* The question a decision answers. */
extern const char *const policy_questions[POLICY_DECISIONS];

/* A row, and what stands around it. All texts belong to the caller; "" where not known. */
struct policy_row {
        const struct summary *summary; /* for the names of the options */
        const struct summary_row *row;
        size_t kernel;        /* index of policy_input.kernels */
        size_t run;           /* rows with the same number were measured in one run */
        const char *cell;     /* of a matrix */
        const char *memmap;   /* none, ram, pmem; none also where the row is page cache then */
        const char *variant;  /* all else of how the storage was set up */
        const char *evidence; /* hardware, virtual, emulated */
        bool instructions;    /* ns are instructions */
};

struct policy_kernel {
        const char *name;    /* "Linux 6.12", and the machine where there are several */
        const char *machine; /* kernels are compared on one machine only */
};

/* What a namespace costs: a row of the lab's namespace.csv. */
struct policy_namespace {
        size_t kernel;
        char mode[16], memmap[16];
        struct count align_bytes, raw_bytes, usable_bytes, memmap_bytes, up_ns;
        struct count memavailable_before_bytes, memavailable_after_bytes;
};

struct policy_input {
        const struct policy_row *rows;
        size_t row_count;
        const struct policy_kernel *kernels; /* oldest first */
        size_t kernel_count;
        const struct policy_namespace *namespaces;
        size_t namespace_count;
};

enum policy_outcome {
        POLICY_GAIN, /* for what the decision is about: PMD, a memmap, the call, the newer kernel */
        POLICY_COST,
        POLICY_SAME, /* shown to be the same */
        POLICY_FACT, /* neither */
        POLICY_OPEN, /* not resolved */
};

struct policy_sentence {
        enum policy_decision decision;
        enum policy_outcome outcome;
        char *text;
        char *sure;   /* how many comparisons and pairs, what kind of evidence */
        size_t *rows; /* indices of input rows, each once */
        size_t row_count;
        size_t *namespaces; /* indices of input namespaces */
        size_t namespace_count;
        size_t order; /* in which it was made */
};

struct policy {
        struct policy_sentence *sentences; /* by decision; inside, in the order of the rules */
        size_t count;
};

/* Do times, or instructions, of this row say anything of the machine or its kernel? */
bool policy_is_evidence(const struct policy_row *row);

/* Free with policy_free(). STATUS_SYSTEM when memory runs out. */
struct status policy_make(const struct policy_input *input, struct policy *ret_policy);
void policy_free(struct policy *policy);

#endif
