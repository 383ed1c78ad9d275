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

#include "explain_files.h"

/* A page of the file as the reference sees it. */
struct page {
        bool allocated, placed, written, shared;
        uint64_t memory; /* physical address */
        size_t piece;    /* pages of one piece have one number */
};

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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(random_files_get_what_their_pages_allow),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
