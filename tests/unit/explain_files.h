/* SPDX-License-Identifier: Apache-2.0 */
/* Random files for the tests of walks, and what a walk told of one. Include cmocka.h before. */
#ifndef PMDGAIN_TESTS_EXPLAIN_FILES_H
#define PMDGAIN_TESTS_EXPLAIN_FILES_H

#include "explain/explain.h"

#include <pmdgain/random.h>
#include <string.h>

#define PAGE (4 * KIB)
#define PAGES 16 /* in a chunk: few, so that random extents hit boundaries */
#define PMD (PAGES * PAGE)
#define CHUNKS_MAX 12
#define EXTENTS_MAX 24
#define FILES 40000

struct file {
        struct explain_place place;
        struct explain_intent intent;
        size_t count;
        struct explain_extent extents[EXTENTS_MAX];
};

/* A chunk as the walk told it. */
struct told {
        enum explain_cause cause;
        enum explain_outcome outcome;
        bool blank;
};

struct walked {
        size_t count;
        uint64_t next; /* where the next run must begin */
        struct told chunks[CHUNKS_MAX + 1];
        struct explain_totals totals;
        struct explain_run last;
};

/* Runs follow each other without gaps, and are not cut more than needed. */
static inline void walked_take(void *context, const struct explain_run *run)
{
        struct walked *walked = context;
        const struct explain_run *last = &walked->last;

        assert_int_equal(run->offset, walked->next);
        assert_true(run->chunks > 0 && run->bytes > 0);
        if (walked->count)
                assert_false(last->cause == run->cause && last->outcome == run->outcome &&
                             last->past == run->past && last->blank == run->blank);
        for (uint64_t i = 0; i < run->chunks; i++) {
                assert_true(walked->count <= CHUNKS_MAX);
                walked->chunks[walked->count++] =
                        (struct told) { run->cause, run->outcome, run->blank };
        }
        walked->next += run->bytes;
        walked->last = *run;
        explain_totals_add(&walked->totals, run);
}

static inline void file_walk(const struct file *file, struct walked *walked)
{
        struct explain_walk walk;

        *walked = (struct walked) { .next = file->intent.offset };
        explain_walk_begin(&walk, &file->place, &file->intent, walked_take, walked);
        for (size_t i = 0; i < file->count; i++)
                explain_walk_extent(&walk, &file->extents[i]);
        explain_walk_end(&walk);
        assert_int_equal(walked->next, file->intent.offset + file->intent.bytes);
        assert_int_equal(walked->totals.chunks, walked->count);
}

static inline bool odds(struct random *random, uint64_t one_in)
{
        return random_below(random, one_in) == 0;
}

/* A remainder that is often none, sometimes a page or two, sometimes any. */
static inline uint64_t remainder_make(struct random *random)
{
        switch (random_below(random, 4)) {
        case 0:
                return PAGE * (1 + random_below(random, 2));
        case 1:
                return PAGE * random_below(random, PAGES);
        default:
                return 0;
        }
}

static inline void extents_make(struct random *random, struct file *file)
{
        uint64_t at = odds(random, 3) ? remainder_make(random) : 0, physical = PMD;

        while (file->count < EXTENTS_MAX && at < file->place.bytes) {
                struct explain_extent *extent = &file->extents[file->count++];
                uint64_t pages = odds(random, 2) ? PAGES * (1 + random_below(random, 3))
                                                 : 1 + random_below(random, 2 * PAGES);

                /* Half of them begin in memory where the one before ended. */
                if (odds(random, 2))
                        physical = PMD * random_below(random, 100) + remainder_make(random);
                *extent = (struct explain_extent) {
                        .logical = at,
                        .physical = physical,
                        .bytes = pages * PAGE,
                        .state = odds(random, 6)    ? EXPLAIN_UNWRITTEN
                                 : odds(random, 30) ? EXPLAIN_UNPLACED
                                                    : EXPLAIN_WRITTEN,
                        .shared = odds(random, 20),
                };
                at += extent->bytes;
                physical += extent->bytes;
                if (odds(random, 6)) /* a hole */
                        at += PAGE * (1 + random_below(random, 3 * PAGES));
        }
}

static inline void file_make(struct random *random, struct file *file)
{
        struct explain_place *place = &file->place;
        struct explain_intent *intent = &file->intent;

        memset(file, 0, sizeof(*file));
        *place = (struct explain_place) {
                .kind = EXPLAIN_FILE,
                .dax = odds(random, 30) ? 0 : 1,
                .memmap = odds(random, 30) ? MEMMAP_NONE : MEMMAP_PMEM,
                .no_pmd_faults = odds(random, 30),
                .joins = odds(random, 2),
                .bytes = 1 + random_below(random, CHUNKS_MAX * PMD),
                .page_bytes = PAGE,
                .pmd_bytes = PMD,
                .base = { !odds(random, 30), 100 * PMD + remainder_make(random) },
                .partition_start = odds(random, 2) ? 0 : PMD + remainder_make(random),
        };
        if (odds(random, 2))
                place->bytes = (place->bytes + PMD - 1) / PMD * PMD;
        if (odds(random, 3))
                intent->offset = random_below(random, place->bytes) / PAGE * PAGE;
        intent->bytes = place->bytes - intent->offset;
        if (odds(random, 3)) {
                uint64_t bytes = PAGE * (1 + random_below(random, CHUNKS_MAX * PAGES));

                intent->bytes = bytes < intent->bytes ? bytes : intent->bytes;
        }
        if (odds(random, 3))
                intent->address = count_of(50 * PMD + remainder_make(random));
        intent->is_private = odds(random, 8);
        intent->write = odds(random, 4);
        intent->nohuge = odds(random, 30);
        intent->thp_disabled = odds(random, 30);
        extents_make(random, file);
}

#endif
