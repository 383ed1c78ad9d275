/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks over made-up files, against a reference that knows nothing of chunks, extents or remainders
 * of sums: it looks at every page, where it is in the file, in memory and in the address space.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

/* A page of the file as the reference sees it. */
struct page {
        bool allocated, placed, written, shared;
        uint64_t memory; /* physical address */
        size_t piece;    /* pages of one piece have one number */
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
static void walked_take(void *context, const struct explain_run *run)
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

static void file_walk(const struct file *file, struct walked *walked)
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

static bool odds(struct random *random, uint64_t one_in)
{
        return random_below(random, one_in) == 0;
}

/* A remainder that is often none, sometimes a page or two, sometimes any. */
static uint64_t remainder_make(struct random *random)
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

static void extents_make(struct random *random, struct file *file)
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

static void file_make(struct random *random, struct file *file)
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

static struct page pages[(CHUNKS_MAX + 8) * PAGES];

/* Writes down every page of the file. */
static void pages_fill(const struct file *file)
{
        size_t count = sizeof(pages) / sizeof(pages[0]), piece = 0;

        memset(pages, 0, sizeof(pages));
        for (size_t i = 0; i < file->count; i++) {
                const struct explain_extent *extent = &file->extents[i];
                size_t first = extent->logical / PAGE;

                for (size_t at = first; at < first + extent->bytes / PAGE && at < count; at++) {
                        const struct page *before = at ? &pages[at - 1] : NULL;
                        struct page *page = &pages[at];

                        *page = (struct page) {
                                .allocated = true,
                                .placed = extent->state != EXPLAIN_UNPLACED,
                                .written = extent->state == EXPLAIN_WRITTEN,
                                .shared = extent->shared,
                                .memory = file->place.base.value + file->place.partition_start +
                                          extent->physical + (at - first) * PAGE,
                        };
                        if (!before || !before->allocated || before->placed != page->placed ||
                            before->written != page->written || before->shared != page->shared ||
                            before->memory + PAGE != page->memory ||
                            (at == first && !file->place.joins))
                                piece++;
                        page->piece = piece;
                }
        }
}

/* Where a page of the file is in the address space; without an address given, the kernel picks one
 * with the offset's remainder. */
static uint64_t address_of(const struct file *file, size_t page)
{
        uint64_t address = file->intent.address.known ? file->intent.address.value
                                                      : 70 * PMD + file->intent.offset % PMD;

        return address + page * PAGE - file->intent.offset;
}

/* Nothing about the whole mapping forbids a PMD, and neither the mapping nor the file ends within
 * these pages, nor does the address space have a boundary between them. */
static bool mapping_allows(const struct file *file, size_t first)
{
        const struct explain_intent *intent = &file->intent;
        const struct explain_place *place = &file->place;

        if (place->dax == 0 || place->memmap == MEMMAP_NONE || place->no_pmd_faults ||
            intent->nohuge || intent->thp_disabled || (intent->is_private && intent->write))
                return false;
        for (size_t i = 0; i < PAGES; i++) {
                uint64_t at = (first + i) * PAGE;

                if (at < intent->offset || at >= intent->offset + intent->bytes ||
                    at >= place->bytes || address_of(file, first + i) % PMD != i * PAGE)
                        return false;
        }
        return true;
}

/* One entry can map all pages: they are one piece, and lie in memory as in the address space. */
static bool data_allows(const struct file *file, size_t first)
{
        bool write = file->intent.write;

        for (size_t i = 0; i < PAGES; i++) {
                const struct page *page = &pages[first + i];

                if (!page->allocated || !page->placed || page->piece != pages[first].piece ||
                    (!page->written && !write) || (page->shared && write) ||
                    !file->place.base.known || page->memory % PMD != i * PAGE)
                        return false;
        }
        return true;
}

/* There is nothing to read: all pages are a hole, or all are one unwritten piece. */
static bool nothing_to_read(size_t first)
{
        for (size_t i = 0; i < PAGES; i++) {
                const struct page *page = &pages[first + i];

                if (page->allocated != pages[first].allocated || page->written ||
                    page->shared != pages[first].shared || page->piece != pages[first].piece ||
                    (page->allocated && !page->placed))
                        return false;
        }
        return true;
}

static void chunk_check(const struct file *file, size_t chunk, const struct told *told)
{
        bool mapping = mapping_allows(file, chunk * PAGES);
        bool by_pmd = mapping && data_allows(file, chunk * PAGES);
        bool by_zero = mapping && !file->intent.write && nothing_to_read(chunk * PAGES);

        assert_int_equal(told->outcome == OUTCOME_PMD, by_pmd);
        assert_int_equal(told->cause == CAUSE_NONE, by_pmd);
        assert_int_equal(told->outcome == OUTCOME_ZERO_PMD, by_zero);
        if (!by_pmd && !mapping && file->place.dax)
                assert_true(told->outcome == OUTCOME_PTE && told->cause < CAUSE_HOLE);
        assert_int_equal(told->outcome == OUTCOME_CACHE, file->place.dax == 0);
}

static void random_files_get_what_their_pages_allow(void **state)
{
        uint64_t by_outcome[OUTCOME_COUNT] = { 0 }, by_cause[CAUSE_COUNT] = { 0 };
        struct random random = random_seeded(1);
        struct walked walked;
        struct file file;

        for (size_t i = 0; i < FILES; i++) {
                size_t first;

                file_make(&random, &file);
                pages_fill(&file);
                file_walk(&file, &walked);
                first = file.intent.offset / PMD;
                assert_int_equal(walked.count,
                                 (file.intent.offset + file.intent.bytes + PMD - 1) / PMD - first);
                for (size_t chunk = 0; chunk < walked.count; chunk++) {
                        chunk_check(&file, first + chunk, &walked.chunks[chunk]);
                        by_outcome[walked.chunks[chunk].outcome]++;
                        by_cause[walked.chunks[chunk].cause]++;
                }
        }
        /* The files were varied enough for this to mean something. */
        for (enum explain_cause cause = 0; cause < CAUSE_COUNT; cause++)
                assert_true(by_cause[cause] > 100);
        assert_true(by_outcome[OUTCOME_PMD] > 1000 && by_outcome[OUTCOME_ZERO_PMD] > 1000);
}

/* Takes away what was told to be in the way. */
static void remedy(struct file *file, enum explain_cause cause)
{
        struct explain_place *place = &file->place;

        switch (cause) {
        case CAUSE_PARTITION:
                place->partition_start += PMD - (place->base.value + place->partition_start) % PMD;
                break;
        case CAUSE_NAMESPACE:
                place->base.value = PMD;
                place->partition_start = 0;
                break;
        case CAUSE_EXTENT:
                for (size_t i = 0; i < file->count; i++)
                        file->extents[i].physical = file->extents[i].logical;
                break;
        default:
                fail();
        }
}

/* For causes of place: once it is taken away, it is not named again, and none before it is. */
static void a_remedy_leads_on(void **state)
{
        struct random random = random_seeded(2);
        size_t remedies = 0;

        for (size_t i = 0; i < FILES; i++) {
                struct walked before, after;
                struct file file;

                file_make(&random, &file);
                file_walk(&file, &before);
                for (size_t chunk = 0; chunk < before.count; chunk++) {
                        enum explain_cause cause = before.chunks[chunk].cause;
                        struct file better = file;

                        if (cause < CAUSE_PARTITION)
                                continue;
                        remedy(&better, cause);
                        file_walk(&better, &after);
                        assert_true(after.chunks[chunk].cause == CAUSE_NONE ||
                                    after.chunks[chunk].cause > cause);
                        remedies++;
                }
        }
        assert_true(remedies > 1000);
}

/* Where the file system joins extents, it does not matter how they were cut, or told twice. */
static void cuts_do_not_matter_where_extents_are_joined(void **state)
{
        struct random random = random_seeded(3);

        for (size_t i = 0; i < FILES / 4; i++) {
                struct walked whole, cut = { 0 };
                struct explain_walk walk;
                struct file file;

                file_make(&random, &file);
                file.place.joins = true;
                file_walk(&file, &whole);
                cut.next = file.intent.offset;
                explain_walk_begin(&walk, &file.place, &file.intent, walked_take, &cut);
                for (size_t e = 0; e < file.count; e++) {
                        struct explain_extent first = file.extents[e], second = first;
                        uint64_t bytes = random_below(&random, first.bytes / PAGE) * PAGE;

                        first.bytes = bytes;
                        second.logical += bytes;
                        second.physical += bytes;
                        second.bytes -= bytes;
                        explain_walk_extent(&walk, &first);
                        if (odds(&random, 4))
                                explain_walk_extent(&walk, &file.extents[e]);
                        explain_walk_extent(&walk, &second);
                }
                explain_walk_end(&walk);
                assert_int_equal(cut.count, whole.count);
                assert_memory_equal(cut.chunks, whole.chunks, sizeof(cut.chunks));
        }
}

static void run_count(void *context, const struct explain_run *run)
{
        uint64_t *runs = context;

        (*runs)++;
        assert_true(run->chunks > 0);
}

/* A file of 4 EiB takes no longer than one of 4 MiB: time goes by extents. */
static void huge_files_take_no_time(void **state)
{
        struct explain_place place = { .kind = EXPLAIN_FILE,
                                       .dax = 1,
                                       .bytes = UINT64_C(1) << 62,
                                       .page_bytes = PAGE,
                                       .pmd_bytes = 2 * MIB,
                                       .base = { true, 0 } };
        struct explain_intent intent = { .bytes = place.bytes };
        struct explain_extent extent = { .logical = UINT64_C(1) << 60,
                                         .physical = 0,
                                         .bytes = UINT64_C(1) << 59 };
        struct explain_totals totals = { 0 };
        struct explain_walk walk;
        uint64_t runs = 0;

        explain_walk_begin(&walk, &place, &intent, run_count, &runs);
        explain_walk_extent(&walk, &extent);
        explain_walk_end(&walk);
        assert_int_equal(runs, 3);
        explain_walk_begin(&walk, &place, &intent, explain_totals_add, &totals);
        explain_walk_extent(&walk, &extent);
        explain_walk_end(&walk);
        assert_int_equal(totals.chunks, place.bytes / (2 * MIB));
        assert_int_equal(explain_totals_of(&totals, OUTCOME_PMD), extent.bytes / (2 * MIB));
        assert_int_equal(totals.lines[CAUSE_HOLE][OUTCOME_ZERO_PMD].bytes,
                         place.bytes - extent.bytes);
}

/* Extents that are off by different distances are different runs of one cause. */
static void distances_are_kept_apart(void **state)
{
        struct file file = {
                .place = { .kind = EXPLAIN_FILE,
                           .dax = 1,
                           .bytes = 6 * PMD,
                           .page_bytes = PAGE,
                           .pmd_bytes = PMD,
                           .base = { true, 0 } },
                .intent = { .bytes = 6 * PMD },
                .count = 3,
                .extents = { { .logical = 0, .physical = PAGE, .bytes = 2 * PMD },
                             { .logical = 2 * PMD, .physical = 9 * PMD + PAGE, .bytes = 2 * PMD },
                             { .logical = 4 * PMD, .physical = 2 * PAGE, .bytes = 2 * PMD } },
        };
        const struct explain_line *line;
        struct walked walked;
        uint64_t runs = 0;
        struct explain_walk walk;

        file_walk(&file, &walked);
        line = &walked.totals.lines[CAUSE_EXTENT][OUTCOME_PTE];
        assert_int_equal(line->chunks, 6);
        assert_int_equal(line->past, PAGE);
        assert_true(line->past_varies);
        explain_walk_begin(&walk, &file.place, &file.intent, run_count, &runs);
        for (size_t i = 0; i < file.count; i++)
                explain_walk_extent(&walk, &file.extents[i]);
        explain_walk_end(&walk);
        assert_int_equal(runs, 2);
        file.count = 2;
        file.intent.bytes = 4 * PMD;
        file_walk(&file, &walked);
        assert_false(walked.totals.lines[CAUSE_EXTENT][OUTCOME_PTE].past_varies);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(random_files_get_what_their_pages_allow),
                cmocka_unit_test(a_remedy_leads_on),
                cmocka_unit_test(cuts_do_not_matter_where_extents_are_joined),
                cmocka_unit_test(huge_files_take_no_time),
                cmocka_unit_test(distances_are_kept_apart),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
