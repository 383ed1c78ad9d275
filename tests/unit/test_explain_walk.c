/* SPDX-License-Identifier: Apache-2.0 */
/* Walks over made-up files: what holds whatever is in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explain_files.h"

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
                cmocka_unit_test(a_remedy_leads_on),
                cmocka_unit_test(cuts_do_not_matter_where_extents_are_joined),
                cmocka_unit_test(huge_files_take_no_time),
                cmocka_unit_test(distances_are_kept_apart),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
