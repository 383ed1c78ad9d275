/* SPDX-License-Identifier: Apache-2.0 */
/* Causes and outcomes in words, and what to do about a cause. */
#ifndef PMDGAIN_EXPLAIN_WORDS_H
#define PMDGAIN_EXPLAIN_WORDS_H

#include "explain/explain.h"

/* For programs: "dax_off", "short_extent"; "none" for CAUSE_NONE. */
const char *explain_cause_name(enum explain_cause cause);
/* For programs: "pmd", "zero_pmd", "pud", "pte", "page_cache", "refused", "unknown". */
const char *explain_outcome_name(enum explain_outcome outcome);
/* For people: "PMD", "PMD, zero page", "page cache". */
const char *explain_outcome_words(enum explain_outcome outcome);
/* In a map of chunks: one sign for a cause; outcomes without a cause have '#'. */
char explain_cause_sign(enum explain_cause cause);

/* Exact, for people: "2044 KiB". Returns `text`. */
char *explain_distance(uint64_t bytes, char *text, size_t size);

/* For people, one line: "partition start, 8 KiB past a 2 MiB boundary". Returns `text`. */
char *explain_cause_words(const struct explain_place *place, enum explain_cause cause,
                          const struct explain_line *line, char *text, size_t size);

/* Names that advice may use; "" where there is none. */
struct explain_about {
        char fs[32];             /* "ext4" */
        char device[40];         /* the partition or disk: "pmem0p1" */
        char disk[32];           /* "pmem0" */
        char namespace_name[32]; /* "namespace0.0" */
        char mode[16];           /* as ndctl says: "fsdax", "devdax", "raw", "sector" */
        bool stacked;            /* a device-mapper or RAID device */
        bool can_dax;            /* its driver takes DAX mappings */
};

/* What to do, one line, with commands; "" where there is nothing to do. Returns `text`. */
char *explain_fix(const struct explain_place *place, const struct explain_about *about,
                  enum explain_cause cause, char *text, size_t size);

#define EXPLAIN_TEXT_MAX 400

#endif
