/* SPDX-License-Identifier: Apache-2.0 */
/* Every cell of every run, by a key that finds it in the others. */
#ifndef PMDGAIN_COMPARE_ENTRIES_H
#define PMDGAIN_COMPARE_ENTRIES_H

#include "compare/compare.h"

#include <pmdgain/status.h>
#include <stddef.h>

/* A cell of one run. */
struct compare_entry {
        char *key;
        size_t order; /* in which it was read */
        bool is_new;  /* of the new side, not of the base */
        size_t run;   /* from 0 on its side */
        struct compare_name name;
        double *values; /* logarithms of times or gains, one a block */
        size_t value_count;
        unsigned trials, invalid, skipped;
        char reason[480];
};

struct compare_entries {
        struct compare_entry *list;
        size_t count, room;
        size_t cut_runs;
};

/* Adds the cells of the run in `dir`. */
struct status compare_entries_read(struct compare_entries *entries, const char *dir, bool is_new,
                                   size_t run, bool arms, bool gains);

/*
 * Sorts by key, then base before new, then run, so that equal keys are one cell. The target is not
 * part of a key (mount points and temporary names differ) but where one run has two cells that
 * only their targets tell apart.
 */
struct status compare_entries_match(struct compare_entries *entries);
void compare_entries_free(struct compare_entries *entries);

#endif
