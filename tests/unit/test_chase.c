/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../bench/walk.h"
#include "fake_trial.h"

#include <pmdgain/units.h>
#include <stdlib.h>

extern const struct workload workload_chase;

/* The line a pointer leads to, which must be the start of a line of the working set. */
static uint64_t line_of(const struct fake_trial *fake, const void *pointer)
{
        uintptr_t offset = (uintptr_t)pointer - (uintptr_t)fake->mapping.address;

        assert_int_equal(offset % LINE_BYTES, 0);
        assert_true(offset / LINE_BYTES < fake->cell.bytes / LINE_BYTES);
        return offset / LINE_BYTES;
}

static void *follow(void *at, uint64_t steps)
{
        while (steps--)
                at = *(void **)at;
        return at;
}

static void make(struct fake_trial *fake, uint64_t bytes, unsigned threads, uint64_t chains)
{
        fake_make(fake, &workload_chase, 0, bytes, threads);
        fake->cell.options[0].count = chains;
        assert_int_equal(fake_prepare(fake).code, STATUS_OK);
}

static void all_lines_are_one_cycle(void **state)
{
        static const uint64_t sizes[] = { 64,       128,       4096,    4096 + 3 * 64 + 7,
                                          48 * KIB, 256 * KIB, 2 * MIB, 3 * MIB + 64,
                                          9 * MIB };

        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
                uint64_t lines = sizes[i] / LINE_BYTES;
                struct fake_trial fake;
                char *seen = test_calloc(lines, 1);
                void *at;

                make(&fake, sizes[i], 1, 1);
                at = fake.mapping.address;
                for (uint64_t step = 0; step < lines; step++) {
                        uint64_t line = line_of(&fake, at);

                        assert_int_equal(seen[line], 0);
                        seen[line] = 1;
                        at = *(void **)at;
                }
                assert_ptr_equal(at, fake.mapping.address);
                assert_int_equal(fake_check(&fake).code, STATUS_OK);
                test_free(seen);
                fake_free(&fake);
        }
}

static void only_pointers_of_the_set_are_written(void **state)
{
        struct fake_trial fake;

        make(&fake, 5000, 1, 1);
        for (size_t i = 0; i < fake.mapping.bytes; i++) {
                bool pointer =
                        i < 5000 / LINE_BYTES * LINE_BYTES && i % LINE_BYTES < sizeof(void *);

                if (!pointer)
                        assert_int_equal((unsigned char)fake.mapping.address[i], FAKE_FILL);
        }
        fake_free(&fake);
}

/* Each chain goes exactly ops / chains steps, and together they load every line equally often. */
static void chains_share_the_loads(void **state)
{
        enum { LINES = 16 * 720 }; /* a whole pass for most numbers of chains */

        for (uint64_t chains = 1; chains <= WALK_CHAINS_MAX; chains++) {
                struct fake_trial fake;
                uint64_t ops, start_line[WALK_CHAINS_MAX];
                void **at;
                uint8_t *loads = test_calloc(LINES, 1);

                make(&fake, LINES * LINE_BYTES, 1, chains);
                at = fake.workers[0].state;
                for (uint64_t chain = 0; chain < chains; chain++)
                        start_line[chain] = line_of(&fake, at[chain]);
                ops = fake_run(&fake, 0, LINES);
                assert_int_equal(ops % (chains * WALK_STEPS), 0);
                assert_in_range(ops, LINES, LINES + chains * WALK_STEPS - 1);
                for (uint64_t chain = 0; chain < chains; chain++) {
                        void *there = fake.mapping.address + start_line[chain] * LINE_BYTES;

                        for (uint64_t step = 0; step < ops / chains; step++) {
                                loads[line_of(&fake, there)]++;
                                there = *(void **)there;
                        }
                        assert_ptr_equal(at[chain], there);
                }
                for (uint64_t line = 0; line < LINES; line++)
                        assert_in_range(loads[line], 1, ops == LINES ? 1 : 2);
                assert_int_equal(fake_check(&fake).code, STATUS_OK);
                test_free(loads);
                fake_free(&fake);
        }
}

static void samples_go_on_where_the_last_ended(void **state)
{
        struct fake_trial fake;
        void **at, *start;

        make(&fake, 64 * KIB, 1, 1);
        at = fake.workers[0].state;
        start = at[0];
        assert_int_equal(fake_run(&fake, 0, 100), 112); /* whole rounds of 16 */
        assert_int_equal(fake_run(&fake, 0, 32), 32);
        assert_ptr_equal(at[0], follow(start, 144));
        assert_int_equal(fake_run(&fake, 0, 1024 - 144), 1024 - 144);
        assert_ptr_equal(at[0], start);
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        fake_free(&fake);
}

static void threads_start_apart(void **state)
{
        struct fake_trial fake;

        make(&fake, 64 * KIB, 4, 2);
        for (unsigned i = 0; i < 4; i++) {
                void **at = fake.workers[i].state;
                void **other = fake.workers[(i + 1) % 4].state;

                /* Eight starts on a cycle of 1024 lines. */
                assert_ptr_equal(follow(at[0], 128), at[1]);
                assert_ptr_equal(follow(at[1], 128), other[0]);
        }
        for (unsigned i = 0; i < 4; i++)
                fake_run(&fake, i, 320 * (i + 1));
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        fake_free(&fake);
}

static void any_number_of_writers_writes_the_same(void **state)
{
        static const unsigned writers[] = { 2, 3, 7, 64, 1000 };
        uint64_t bytes = 8 * MIB + 13 * LINE_BYTES;
        char *memory = test_malloc(bytes), *expected = test_malloc(bytes);
        struct ring ring = ring_make(memory, bytes, LINE_BYTES, false, 5);

        memset(memory, 0, bytes);
        ring_write(&ring, 1);
        memcpy(expected, memory, bytes);
        for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
                memset(memory, 0, bytes);
                ring_write(&ring, writers[i]);
                assert_memory_equal(memory, expected, bytes);
        }
        test_free(memory);
        test_free(expected);
}

/* Prepares again after damage: does it write? */
static bool writes_again(struct fake_trial *fake)
{
        void **line = (void **)(void *)(fake->mapping.address + 5 * LINE_BYTES);
        void *good = *line;
        bool again;

        *line = NULL;
        fake->cell.workload->finish(&fake->trial);
        assert_int_equal(fake_prepare(fake).code, STATUS_OK);
        again = *line != NULL;
        if (!again) {
                assert_int_equal(fake_check(fake).code, STATUS_INVALID);
                *line = good;
        }
        assert_int_equal(fake_check(fake).code, STATUS_OK);
        return again;
}

static void bytes_that_hold_the_ring_are_not_written_again(void **state)
{
        struct fake_trial fake;

        make(&fake, 64 * KIB, 1, 1);
        assert_int_not_equal(fake.content, 0);
        assert_false(writes_again(&fake));
        fake.cell.arm = (struct arm) { GRAIN_PTE, LEVER_NOHUGE };
        assert_false(writes_again(&fake));
        fake.cell.options[0].count = 4;
        assert_false(writes_again(&fake));
        fake.trial.seed++;
        assert_true(writes_again(&fake));
        fake.mapping.offset = 4096;
        assert_true(writes_again(&fake));
        fake.mapping.fd = 9;
        assert_true(writes_again(&fake));
        fake.cell.bytes += LINE_BYTES;
        assert_true(writes_again(&fake));
        assert_false(writes_again(&fake));
        fake.mapping.address += 4096;
        assert_true(writes_again(&fake));
        fake.mapping.address -= 4096;
        assert_true(writes_again(&fake));
        fake.content = 0;
        assert_true(writes_again(&fake));
        fake.source.traits = SOURCE_FRESH_BYTES;
        assert_true(writes_again(&fake));
        fake.source.traits = 0;
        fake.mapping.flags = MAP_PRIVATE;
        assert_true(writes_again(&fake));
        assert_int_equal(fake.content, 0);
        fake.source.content = NULL;
        assert_true(writes_again(&fake));
        fake_free(&fake);
}

static void read_only_bytes_need_the_ring_there(void **state)
{
        struct fake_trial fake;

        make(&fake, 64 * KIB, 1, 1);
        fake.cell.workload->finish(&fake.trial);
        fake.mapping.prot = PROT_READ;
        assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
        fake.cell.workload->finish(&fake.trial);
        fake.content = 0;
        assert_int_equal(fake_prepare(&fake).code, STATUS_SKIP);
        fake_free(&fake);
}

static void damage_is_found(void **state)
{
        struct fake_trial fake;
        char *memory;

        make(&fake, 4096, 1, 1);
        memory = fake.mapping.address;
        for (uint64_t line = 0; line < 64; line++) {
                void **pointer = (void **)(void *)(memory + line * LINE_BYTES);
                void *good = *pointer;
                void *const bad[] = { NULL, memory - LINE_BYTES, memory + 4096, (char *)good + 8,
                                      good == memory ? memory + LINE_BYTES : memory };

                for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
                        *pointer = bad[i];
                        assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
                }
                *pointer = good;
        }
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        fake_free(&fake);

        make(&fake, 16 * MIB, 1, 1);
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        memset(fake.mapping.address + 5 * MIB, 0, 64 * KIB);
        assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
        fake_free(&fake);
}

/* Two cycles instead of one, or a chain that stands elsewhere: each line alone looks right. */
static void a_wrong_walk_is_found(void **state)
{
        struct fake_trial fake;
        void **one, **other, **at, *swap;

        make(&fake, 4096, 1, 1);
        one = (void **)(void *)fake.mapping.address;
        other = (void **)(void *)(fake.mapping.address + 7 * LINE_BYTES);
        swap = *one;
        *one = *other;
        *other = swap;
        assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
        *other = *one;
        *one = swap;
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        at = fake.workers[0].state;
        at[0] = *(void **)at[0];
        assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
        fake_free(&fake);
}

static void cells_that_cannot_be_are_refused(void **state)
{
        struct fake_trial fake;

        fake_make(&fake, &workload_chase, 0, 3 * LINE_BYTES, 1);
        assert_int_equal(workload_chase.accept(&fake.cell).code, STATUS_OK);
        fake.cell.options[0].count = 4;
        assert_int_equal(workload_chase.accept(&fake.cell).code, STATUS_USAGE);
        fake.cell.options[0].count = 3;
        assert_int_equal(workload_chase.accept(&fake.cell).code, STATUS_OK);
        fake_free(&fake);
}

static void a_sample_of_a_short_ring_is_a_whole_pass(void **state)
{
        struct fake_trial fake;

        make(&fake, 64 * KIB, 1, 4);
        assert_int_equal(workload_chase.quantum(&fake.trial), 1024);
        fake_free(&fake);
        make(&fake, 4096 + 64, 1, 3);
        assert_int_equal(workload_chase.quantum(&fake.trial), 96);
        fake_free(&fake);
        make(&fake, 16 * MIB, 1, 4);
        assert_int_equal(workload_chase.quantum(&fake.trial), 4 * WALK_STEPS);
        fake_free(&fake);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(all_lines_are_one_cycle),
                cmocka_unit_test(only_pointers_of_the_set_are_written),
                cmocka_unit_test(chains_share_the_loads),
                cmocka_unit_test(samples_go_on_where_the_last_ended),
                cmocka_unit_test(threads_start_apart),
                cmocka_unit_test(any_number_of_writers_writes_the_same),
                cmocka_unit_test(bytes_that_hold_the_ring_are_not_written_again),
                cmocka_unit_test(read_only_bytes_need_the_ring_there),
                cmocka_unit_test(damage_is_found),
                cmocka_unit_test(a_wrong_walk_is_found),
                cmocka_unit_test(cells_that_cannot_be_are_refused),
                cmocka_unit_test(a_sample_of_a_short_ring_is_a_whole_pass),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
