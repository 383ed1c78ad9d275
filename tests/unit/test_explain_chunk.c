/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict on a chunk: each cause alone, and their order where several are in the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explain/explain.h"

#define PAGE (4 * KIB)
#define PMD (2 * MIB)

/* An ext4 file of 16 MiB on a partition, in whose way there is nothing. */
static struct explain_place good_place(void)
{
        return (struct explain_place) {
                .kind = EXPLAIN_FILE,
                .dax = 1,
                .memmap = MEMMAP_RAM,
                .joins = true,
                .bytes = 8 * PMD,
                .page_bytes = PAGE,
                .pmd_bytes = PMD,
                .base = { true, 0x100200000 },
                .partition_start = PMD,
        };
}

static struct explain_intent good_intent(void)
{
        return (struct explain_intent) { .bytes = 8 * PMD };
}

static struct explain_content good_content(void)
{
        return (struct explain_content) { .written = PMD, .pieces = 1, .physical = 6 * PMD };
}

struct verdict {
        enum explain_cause cause;
        enum explain_outcome outcome;
        uint64_t past;
};

static void expect(const struct explain_place *place, const struct explain_intent *intent,
                   uint64_t chunk, const struct explain_content *content, struct verdict wanted)
{
        struct explain_run run = explain_chunk(place, intent, chunk, content);

        assert_int_equal(run.cause, wanted.cause);
        assert_int_equal(run.outcome, wanted.outcome);
        if (wanted.past)
                assert_int_equal(run.past, wanted.past);
        assert_int_equal(run.chunks, 1);
}

static void a_good_chunk_has_its_pmd(void **state)
{
        struct explain_place place = good_place();
        struct explain_intent intent = good_intent();
        struct explain_content content = good_content();

        expect(&place, &intent, 3, &content, (struct verdict) { CAUSE_NONE, OUTCOME_PMD });
        intent.write = true;
        expect(&place, &intent, 3, &content, (struct verdict) { CAUSE_NONE, OUTCOME_PMD });
        intent.write = false;
        intent.is_private = true;
        expect(&place, &intent, 3, &content, (struct verdict) { CAUSE_NONE, OUTCOME_PMD });
}

/* Everything is in the way; then it is taken away cause by cause, and the first is always named. */
static void obstacles_set(struct explain_place *place, struct explain_intent *intent,
                          struct explain_content *content)
{
        *place = good_place();
        place->dax = 0;
        place->memmap = MEMMAP_NONE;
        place->no_pmd_faults = true;
        place->base.known = false;
        place->partition_start = PMD + 2 * PAGE;
        place->bytes = 7 * PMD + 3 * PAGE; /* chunk 7 is the last */
        *intent = (struct explain_intent) {
                .offset = 7 * PMD + PAGE,
                .bytes = PAGE,
                .address = { true, 3 * PAGE },
                .is_private = true,
                .write = true,
                .nohuge = true,
                .thp_disabled = true,
        };
        *content = (struct explain_content) { .unwritten = 4 * PAGE,
                                              .written = 4 * PAGE,
                                              .unplaced = PAGE,
                                              .pieces = 3,
                                              .physical = 5 * PAGE,
                                              .shared = true };
}

static void causes_of_the_mapping_come_first(void **state)
{
        struct explain_content content;
        struct explain_intent intent;
        struct explain_place place;

        obstacles_set(&place, &intent, &content);
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_DAX_OFF, OUTCOME_CACHE });
        place.dax = 1;
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_NO_MEMMAP, OUTCOME_PTE });
        place.memmap = MEMMAP_PMEM;
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_FILE_SYSTEM, OUTCOME_PTE });
        place.no_pmd_faults = false;
        expect(&place, &intent, 7, &content,
               (struct verdict) { CAUSE_ADDRESS, OUTCOME_PTE, 3 * PAGE });
        intent.address.value = 8 * PMD;
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_OFFSET, OUTCOME_PTE, PAGE });
        intent.offset -= PAGE;
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_LENGTH, OUTCOME_PTE, PAGE });
        intent.bytes = 3 * PAGE;
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_THP_DISABLED, OUTCOME_PTE });
        intent.thp_disabled = false;
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_NOHUGE, OUTCOME_PTE });
        intent.nohuge = false;
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_PRIVATE, OUTCOME_PTE });
        intent.is_private = false;
        expect(&place, &intent, 7, &content,
               (struct verdict) { CAUSE_END_OF_FILE, OUTCOME_PTE, 3 * PAGE });
}

static void causes_of_the_file_come_then(void **state)
{
        struct explain_intent intent = good_intent();
        struct explain_place place = good_place();
        struct explain_content content;

        obstacles_set(&place, &intent, &content);
        place.dax = 1;
        place.memmap = MEMMAP_PMEM;
        place.no_pmd_faults = false;
        place.bytes = 9 * PMD;
        intent = (struct explain_intent) { .offset = 7 * PMD, .bytes = 2 * PMD, .write = true };
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_HOLE, OUTCOME_PTE });
        content.written = PMD - 5 * PAGE;
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_UNWRITTEN, OUTCOME_PTE });
        content.written += content.unwritten;
        content.unwritten = 0;
        expect(&place, &intent, 7, &content,
               (struct verdict) { CAUSE_SHARED_EXTENT, OUTCOME_UNKNOWN });
        intent.write = false;
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_SHORT_EXTENT, OUTCOME_PTE });
        content.pieces = 1;
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_UNPLACED, OUTCOME_UNKNOWN });
        content.written = PMD;
        content.unplaced = 0;
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_UNPLACED, OUTCOME_UNKNOWN });
        place.base = (struct count) { true, PMD + PAGE };
        expect(&place, &intent, 7, &content,
               (struct verdict) { CAUSE_PARTITION, OUTCOME_PTE, 3 * PAGE });
        place.partition_start = 4 * PMD;
        expect(&place, &intent, 7, &content,
               (struct verdict) { CAUSE_NAMESPACE, OUTCOME_PTE, PAGE });
        place.base.value = PMD;
        expect(&place, &intent, 7, &content,
               (struct verdict) { CAUSE_EXTENT, OUTCOME_PTE, 5 * PAGE });
        content.physical = 5 * PMD;
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_NONE, OUTCOME_PMD });
}

/* What counts is the sum: parts that are off may make up for each other. */
static void places_add_up(void **state)
{
        struct explain_place place = good_place();
        struct explain_intent intent = good_intent();
        struct explain_content content = good_content();

        place.base.value += 3 * PAGE;
        place.partition_start += 5 * PAGE;
        content.physical += PMD - 8 * PAGE;
        expect(&place, &intent, 0, &content, (struct verdict) { CAUSE_NONE, OUTCOME_PMD });
        content.physical += PAGE;
        expect(&place, &intent, 0, &content,
               (struct verdict) { CAUSE_PARTITION, OUTCOME_PTE, 8 * PAGE });
        place.partition_start = 3 * PMD - 3 * PAGE; /* the partition makes up for the namespace */
        expect(&place, &intent, 0, &content,
               (struct verdict) { CAUSE_EXTENT, OUTCOME_PTE, PMD - 7 * PAGE });
}

static void an_address_needs_only_to_fit_the_offset(void **state)
{
        struct explain_place place = good_place();
        struct explain_intent intent = good_intent();
        struct explain_content content = good_content();

        intent.offset = 5 * PAGE;
        intent.bytes = 8 * PMD - 5 * PAGE;
        intent.address = count_of(0x7f0000000000 + 5 * PAGE);
        expect(&place, &intent, 0, &content, (struct verdict) { CAUSE_OFFSET, OUTCOME_PTE });
        expect(&place, &intent, 1, &content, (struct verdict) { CAUSE_NONE, OUTCOME_PMD });
        intent.address.value += PAGE;
        expect(&place, &intent, 1, &content,
               (struct verdict) { CAUSE_ADDRESS, OUTCOME_PTE, 6 * PAGE });
        intent.address.value = 0x7f0000000000;
        expect(&place, &intent, 1, &content,
               (struct verdict) { CAUSE_OFFSET, OUTCOME_PTE, 5 * PAGE });
        intent.address.value = 0x1000; /* below the offset */
        expect(&place, &intent, 1, &content, (struct verdict) { CAUSE_ADDRESS, OUTCOME_PTE, PAGE });
}

/* The kernel compares pages: an end within the chunk's last page leaves it whole. */
static void the_end_of_the_file_is_rounded_up_to_a_page(void **state)
{
        struct explain_place place = good_place();
        struct explain_intent intent = good_intent();
        struct explain_content content = good_content();
        struct explain_run run;

        place.bytes = intent.bytes = 8 * PMD - PAGE + 1;
        expect(&place, &intent, 7, &content, (struct verdict) { CAUSE_NONE, OUTCOME_PMD });
        run = explain_chunk(&place, &intent, 7, &content);
        assert_int_equal(run.bytes, PMD - PAGE + 1);
        place.bytes = intent.bytes = 8 * PMD - PAGE;
        expect(&place, &intent, 7, &content,
               (struct verdict) { CAUSE_END_OF_FILE, OUTCOME_PTE, PMD - PAGE });
        expect(&place, &intent, 6, &content, (struct verdict) { CAUSE_NONE, OUTCOME_PMD });
}

static void empty_chunks_read_as_the_zero_page(void **state)
{
        struct explain_place place = good_place();
        struct explain_intent intent = good_intent();
        struct explain_content hole = { 0 }, content = good_content();

        expect(&place, &intent, 1, &hole, (struct verdict) { CAUSE_HOLE, OUTCOME_ZERO_PMD });
        content.written = 0;
        content.unwritten = PMD;
        content.physical += PAGE; /* of no concern to a read */
        expect(&place, &intent, 1, &content,
               (struct verdict) { CAUSE_UNWRITTEN, OUTCOME_ZERO_PMD });
        content.pieces = 2;
        expect(&place, &intent, 1, &content, (struct verdict) { CAUSE_UNWRITTEN, OUTCOME_PTE });
        intent.write = true;
        expect(&place, &intent, 1, &hole, (struct verdict) { CAUSE_HOLE, OUTCOME_UNKNOWN });
        content.pieces = 1;
        expect(&place, &intent, 1, &content, (struct verdict) { CAUSE_EXTENT, OUTCOME_PTE, PAGE });
        content.physical -= PAGE;
        expect(&place, &intent, 1, &content, (struct verdict) { CAUSE_NONE, OUTCOME_PMD });
        place.fault_max = PMD;
        expect(&place, &intent, 1, &content, (struct verdict) { CAUSE_NONE, OUTCOME_PMD });
        place.fault_max = PMD / 2; /* XFS, where a page has 16 KiB */
        expect(&place, &intent, 1, &content, (struct verdict) { CAUSE_UNWRITTEN, OUTCOME_PTE });
        expect(&place, &intent, 1, &hole, (struct verdict) { CAUSE_HOLE, OUTCOME_PTE });
        intent.write = false;
        expect(&place, &intent, 1, &hole, (struct verdict) { CAUSE_HOLE, OUTCOME_ZERO_PMD });
}

static void devdax_maps_by_its_alignment_or_not_at_all(void **state)
{
        struct explain_place place = { .kind = EXPLAIN_DEVDAX,
                                       .dax = -1,
                                       .memmap = MEMMAP_PMEM,
                                       .bytes = 8 * PMD,
                                       .page_bytes = PAGE,
                                       .pmd_bytes = PMD,
                                       .align = PMD };
        struct explain_intent intent = good_intent();
        struct explain_content content = good_content();

        expect(&place, &intent, 0, &content, (struct verdict) { CAUSE_NONE, OUTCOME_PMD });
        intent.nohuge = true;
        expect(&place, &intent, 0, &content, (struct verdict) { CAUSE_NOHUGE, OUTCOME_REFUSED });
        place.align = PAGE;
        expect(&place, &intent, 0, &content, (struct verdict) { CAUSE_NOHUGE, OUTCOME_PTE });
        intent.nohuge = false;
        expect(&place, &intent, 0, &content, (struct verdict) { CAUSE_NAMESPACE, OUTCOME_PTE });
        place.align = PMD;
        intent.thp_disabled = true;
        expect(&place, &intent, 0, &content,
               (struct verdict) { CAUSE_THP_DISABLED, OUTCOME_REFUSED });
        intent.thp_disabled = false;
        intent.is_private = true;
        expect(&place, &intent, 0, &content, (struct verdict) { CAUSE_PRIVATE, OUTCOME_REFUSED });
        intent.is_private = false;
        intent.address = count_of(PMD + PAGE);
        expect(&place, &intent, 0, &content,
               (struct verdict) { CAUSE_ADDRESS, OUTCOME_REFUSED, PAGE });
        intent.address.known = false;
        intent.bytes -= PAGE;
        expect(&place, &intent, 0, &content, (struct verdict) { CAUSE_LENGTH, OUTCOME_REFUSED });
        intent = good_intent();
        place.align = GIB;
        place.bytes = intent.bytes = GIB;
        expect(&place, &intent, 5, &content, (struct verdict) { CAUSE_NONE, OUTCOME_PUD });
}

static void a_block_device_counts_as_one_extent(void **state)
{
        struct explain_place place = good_place();
        struct explain_intent intent = good_intent();
        struct explain_content content = { .written = PMD, .pieces = 1 };

        place.kind = EXPLAIN_BLOCK;
        expect(&place, &intent, 0, &content, (struct verdict) { CAUSE_NONE, OUTCOME_PMD });
        place.partition_start += PAGE;
        expect(&place, &intent, 0, &content,
               (struct verdict) { CAUSE_PARTITION, OUTCOME_PTE, PAGE });
        place.memmap = MEMMAP_NONE;
        expect(&place, &intent, 0, &content, (struct verdict) { CAUSE_NO_MEMMAP, OUTCOME_CACHE });
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_good_chunk_has_its_pmd),
                cmocka_unit_test(causes_of_the_mapping_come_first),
                cmocka_unit_test(causes_of_the_file_come_then),
                cmocka_unit_test(places_add_up),
                cmocka_unit_test(an_address_needs_only_to_fit_the_offset),
                cmocka_unit_test(the_end_of_the_file_is_rounded_up_to_a_page),
                cmocka_unit_test(empty_chunks_read_as_the_zero_page),
                cmocka_unit_test(devdax_maps_by_its_alignment_or_not_at_all),
                cmocka_unit_test(a_block_device_counts_as_one_extent),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
