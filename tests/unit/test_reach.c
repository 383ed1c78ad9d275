/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../bench/walk.h"
#include "fake_trial.h"

#include <pmdgain/units.h>

extern const struct workload workload_reach;

#define PAGE 4096
#define LINES_A_PAGE (PAGE / LINE_BYTES)

static void make(struct fake_trial *fake, uint64_t pages, size_t page_bytes)
{
        fake_make(fake, &workload_reach, 0, pages * page_bytes, 1);
        fake->mapping.page_bytes = page_bytes;
        assert_int_equal(fake_prepare(fake).code, STATUS_OK);
}

/* The one line of a page that is not as it was; -1 if none or several are. */
static int line_touched(const struct fake_trial *fake, uint64_t page, size_t page_bytes)
{
        const char *start = fake->mapping.address + page * page_bytes;
        int touched = -1;

        for (size_t byte = 0; byte < page_bytes; byte++) {
                int line = (int)(byte / LINE_BYTES);

                if ((unsigned char)start[byte] == FAKE_FILL || line == touched)
                        continue;
                if (touched >= 0)
                        return -1;
                touched = line;
        }
        return touched;
}

static void each_page_has_one_line_and_all_lines_are_used_alike(void **state)
{
        static const size_t page_sizes[] = { 4096, 16384, 65536 };

        for (size_t i = 0; i < sizeof(page_sizes) / sizeof(page_sizes[0]); i++) {
                enum { TURNS = 5 };
                uint64_t lines = page_sizes[i] / LINE_BYTES;
                uint32_t *used = test_calloc(lines, sizeof(*used));
                struct fake_trial fake;
                uint64_t pages = lines * (page_sizes[i] > PAGE ? 1 : TURNS);

                make(&fake, pages, page_sizes[i]);
                for (uint64_t page = 0; page < pages; page++) {
                        int line = line_touched(&fake, page, page_sizes[i]);

                        assert_true(line >= 0);
                        used[line]++;
                }
                for (uint64_t line = 0; line < lines; line++)
                        assert_int_equal(used[line], pages / lines);
                test_free(used);
                fake_free(&fake);
        }
}

/* The 1024 sets of a 1 MiB, 16-way cache indexed by address bits 6 to 15, one line each. */
static void cache_sets_get_their_share(void **state)
{
        enum { SETS = 1024 };
        uint8_t used[SETS] = { 0 };
        struct fake_trial fake;

        make(&fake, SETS, PAGE);
        for (uint64_t page = 0; page < SETS; page++) {
                int line = line_touched(&fake, page, PAGE);

                assert_true(line >= 0);
                used[(page * LINES_A_PAGE + (uint64_t)line) % SETS]++;
        }
        for (int set = 0; set < SETS; set++)
                assert_int_equal(used[set], 1);
        fake_free(&fake);
}

static void pages_are_one_cycle(void **state)
{
        static const uint64_t counts[] = { 1, 2, 3, 64, 1000, 4096, 5001 };

        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
                struct fake_trial fake;
                char *seen = test_calloc(counts[i], 1);
                void **at, *start;

                make(&fake, counts[i], PAGE);
                at = fake.workers[0].state;
                start = at[0];
                for (uint64_t step = 0; step < counts[i]; step++) {
                        uint64_t page = (uint64_t)((char *)at[0] - fake.mapping.address) / PAGE;

                        assert_true(page < counts[i]);
                        assert_int_equal(seen[page], 0);
                        seen[page] = 1;
                        at[0] = *(void **)at[0];
                }
                assert_ptr_equal(at[0], start);
                assert_int_equal(fake_check(&fake).code, STATUS_OK);
                fake_run(&fake, 0, workload_reach.quantum(&fake.trial));
                assert_int_equal(fake_check(&fake).code, STATUS_OK);
                test_free(seen);
                fake_free(&fake);
        }
}

static void both_grains_visit_the_same_lines(void **state)
{
        struct fake_trial fake;
        static char by_pmd[500 * PAGE];

        make(&fake, 500, PAGE);
        memcpy(by_pmd, fake.mapping.address, sizeof(by_pmd));
        workload_reach.finish(&fake.trial);
        fake.content = 0;
        fake.cell.arm = (struct arm) { GRAIN_PTE, LEVER_NOHUGE };
        assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
        assert_memory_equal(by_pmd, fake.mapping.address, sizeof(by_pmd));
        fake_free(&fake);
}

static void damage_is_found(void **state)
{
        struct fake_trial fake;
        void **at;

        make(&fake, 300, PAGE);
        at = fake.workers[0].state;
        for (int i = 0; i < 300; i++) {
                void **line = at[0], *good = *line;

                *line = (char *)good + LINE_BYTES;
                assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
                *line = at;
                assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
                *line = good;
                at[0] = good;
        }
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        fake_free(&fake);
}

static void less_than_a_page_is_refused(void **state)
{
        struct fake_trial fake;

        fake_make(&fake, &workload_reach, 0, LINE_BYTES, 1);
        assert_int_equal(workload_reach.accept(&fake.cell).code, STATUS_USAGE);
        fake.cell.bytes = 2 * MIB;
        assert_int_equal(workload_reach.accept(&fake.cell).code, STATUS_OK);
        fake_free(&fake);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_page_has_one_line_and_all_lines_are_used_alike),
                cmocka_unit_test(cache_sets_get_their_share),
                cmocka_unit_test(pages_are_one_cycle),
                cmocka_unit_test(both_grains_visit_the_same_lines),
                cmocka_unit_test(damage_is_found),
                cmocka_unit_test(less_than_a_page_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
