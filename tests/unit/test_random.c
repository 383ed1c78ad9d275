/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_trial.h"

#include <math.h>
#include <pmdgain/units.h>

extern const struct workload workload_random;

enum { READ, WRITE, RMW };
enum { LINES = 1000, LINE = 64, OPS = 1000000 };

static void make(struct fake_trial *fake, size_t op, uint64_t lines, unsigned threads)
{
        fake_make(fake, &workload_random, op, lines * LINE, threads);
        assert_int_equal(workload_random.accept(&fake->cell).code, STATUS_OK);
        assert_int_equal(fake_prepare(fake).code, STATUS_OK);
}

static uint64_t *line_at(const struct fake_trial *fake, uint64_t line)
{
        return (uint64_t *)(void *)(fake->mapping.address + line * LINE);
}

/* At most six standard deviations above the mean of the chi-square distribution. */
static void assert_uniform(const uint64_t *counts, size_t cells, uint64_t total)
{
        double expected = (double)total / (double)cells, sum = 0, freedom = (double)cells - 1;

        for (size_t i = 0; i < cells; i++) {
                double apart = (double)counts[i] - expected;

                sum += apart * apart / expected;
        }
        assert_true(sum < freedom + 6 * sqrt(2 * freedom));
}

static void increments_are_uniform_and_all_there(void **state)
{
        static uint64_t counts[LINES];
        struct fake_trial fake;
        uint64_t sum = 0;

        make(&fake, RMW, LINES, 1);
        assert_int_equal(fake_run(&fake, 0, OPS / 2), OPS / 2);
        assert_int_equal(fake_run(&fake, 0, OPS / 2), OPS / 2);
        for (int line = 0; line < LINES; line++) {
                counts[line] = *line_at(&fake, (uint64_t)line);
                sum += counts[line];
        }
        assert_int_equal(sum, OPS);
        assert_uniform(counts, LINES, OPS);
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        fake_free(&fake);
}

/* The counts of one sample, as increments of lines that start at 0. */
static void count(struct fake_trial *fake, unsigned thread, uint64_t *ret_counts)
{
        for (uint64_t line = 0; line < LINES; line++)
                *line_at(fake, line) = 0;
        fake_run(fake, thread, 8000);
        for (uint64_t line = 0; line < LINES; line++)
                ret_counts[line] = *line_at(fake, line);
}

static int equal_counts(const uint64_t *one, const uint64_t *other)
{
        int equal = 0;

        for (int line = 0; line < LINES; line++)
                equal += one[line] == other[line];
        return equal;
}

static void samples_and_threads_differ_and_trials_do_not(void **state)
{
        static uint64_t first[LINES], second[LINES], thread[LINES], again[LINES];
        struct fake_trial fake;

        make(&fake, RMW, LINES, 2);
        count(&fake, 0, first);
        count(&fake, 0, second);
        count(&fake, 1, thread);
        workload_random.finish(&fake.trial);
        assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
        count(&fake, 0, again);
        assert_int_equal(equal_counts(first, again), LINES);
        /* Two Poisson numbers of mean 8 are equal in a tenth of the cases. */
        assert_in_range(equal_counts(first, second), 40, 180);
        assert_in_range(equal_counts(first, thread), 40, 180);
        fake_free(&fake);
}

static void only_the_first_word_of_lines_is_changed(void **state)
{
        for (size_t op = READ; op <= RMW; op++) {
                struct fake_trial fake;
                uint64_t changed = 0;

                make(&fake, op, LINES, 1);
                fake_run(&fake, 0, 100 * LINES);
                for (size_t i = 0; i < fake.mapping.bytes; i++)
                        if ((unsigned char)fake.mapping.address[i] != FAKE_FILL) {
                                assert_true(op != READ && i < LINES * LINE && i % LINE < 8);
                                changed |= UINT64_C(1) << (i / LINE % 64);
                        }
                assert_int_equal(changed, op == READ ? 0 : UINT64_MAX);
                assert_int_equal(fake_check(&fake).code, STATUS_OK);
                fake_free(&fake);
        }
}

/* Lanes or not, the words are those of x = x * 6364136223846793005 + 1, one an operation: each
 * line holds the latest of them that stands for it. */
static void writes_follow_the_generator(void **state)
{
        static uint64_t expected[LINES];
        struct fake_trial fake;
        uint64_t word;

        make(&fake, WRITE, LINES, 1);
        word = *(uint64_t *)fake.workers[0].state; /* it begins with the next word */
        for (int sample = 0; sample < 3; sample++) {
                fake_run(&fake, 0, 8 * LINES);
                for (int i = 0; i < 8 * LINES; i++) {
                        expected[(uint64_t)(((unsigned __int128)word * LINES) >> 64)] = word;
                        word = word * UINT64_C(6364136223846793005) + 1;
                }
                for (uint64_t line = 0; line < LINES; line++)
                        if (expected[line])
                                assert_true(*line_at(&fake, line) == expected[line]);
        }
        fake_free(&fake);
}

/* Read and rmw take the same words: one after the other, and another one each time. */
static void each_operation_takes_a_word_of_its_own(void **state)
{
        uint64_t words[3] = { 0 };

        for (size_t op = READ; op <= RMW; op++) {
                struct fake_trial fake;

                make(&fake, op, LINES, 1);
                words[op] = *(uint64_t *)fake.workers[0].state;
                fake_run(&fake, 0, 800);
                for (int i = 0; i < 800; i++)
                        words[op] = words[op] * UINT64_C(6364136223846793005) + 1;
                for (int lane = 0; lane < 4; lane++) {
                        assert_true(((uint64_t *)fake.workers[0].state)[lane] == words[op]);
                        words[op] = words[op] * UINT64_C(6364136223846793005) + 1;
                }
                fake_free(&fake);
        }
        assert_true(words[READ] == words[WRITE] && words[WRITE] == words[RMW]);
}

static void operations_are_rounded_up_and_said(void **state)
{
        struct fake_trial fake;

        make(&fake, READ, LINES, 1);
        assert_int_equal(fake_run(&fake, 0, 1), 4);
        assert_int_equal(fake_run(&fake, 0, 12), 12);
        assert_int_equal(workload_random.quantum(&fake.trial), 4);
        fake_free(&fake);
}

static void reads_read(void **state)
{
        struct fake_trial fake;

        make(&fake, READ, LINES, 2);
        for (uint64_t line = 0; line < LINES; line++)
                *line_at(&fake, line) = line * line;
        fake_run(&fake, 0, 20 * LINES);
        fake_run(&fake, 1, 20 * LINES);
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        for (uint64_t line = 0; line < LINES; line += 50) {
                *line_at(&fake, line) += 1;
                assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
                *line_at(&fake, line) -= 1;
        }
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        fake_free(&fake);
}

static void lost_stores_are_found(void **state)
{
        struct fake_trial fake;

        make(&fake, WRITE, LINES, 2);
        fake_run(&fake, 0, 20 * LINES);
        fake_run(&fake, 1, 20 * LINES);
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        for (uint64_t line = 0; line < LINES; line += 50) {
                uint64_t good = *line_at(&fake, line);

                *line_at(&fake, line) = *line_at(&fake, (line + 1) % LINES);
                assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
                *line_at(&fake, line) = good;
        }
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        fake_free(&fake);
}

static void lost_increments_are_found(void **state)
{
        static const uint64_t sizes[] = { LINES, 100000 }; /* all lines watched, or a part */

        for (size_t i = 0; i < 2; i++) {
                struct fake_trial fake;

                make(&fake, RMW, sizes[i], 1);
                fake_run(&fake, 0, OPS);
                assert_int_equal(fake_check(&fake).code, STATUS_OK);
                *line_at(&fake, 7) += OPS / 20;
                assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
                *line_at(&fake, 7) -= OPS / 10;
                assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
                *line_at(&fake, 7) += OPS / 20;
                assert_int_equal(fake_check(&fake).code, STATUS_OK);
                fake_free(&fake);
        }
}

/* Threads that meet at a line may lose increments, but none can be made. */
static void threads_may_lose_increments(void **state)
{
        struct fake_trial fake;

        make(&fake, RMW, LINES, 2);
        fake_run(&fake, 0, OPS);
        fake_run(&fake, 1, OPS);
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        *line_at(&fake, 3) -= 5;
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        *line_at(&fake, 3) += 6;
        assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
        memset(fake.mapping.address, 0, LINES * LINE);
        assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
        fake_free(&fake);
}

static void what_cannot_be_is_refused(void **state)
{
        struct fake_trial fake;

        fake_make(&fake, &workload_random, WRITE, 63, 1);
        assert_int_equal(workload_random.accept(&fake.cell).code, STATUS_USAGE);
        fake.cell.bytes = 64;
        fake.mapping.prot = PROT_READ;
        assert_int_equal(fake_prepare(&fake).code, STATUS_SKIP);
        fake_free(&fake);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(increments_are_uniform_and_all_there),
                cmocka_unit_test(samples_and_threads_differ_and_trials_do_not),
                cmocka_unit_test(only_the_first_word_of_lines_is_changed),
                cmocka_unit_test(writes_follow_the_generator),
                cmocka_unit_test(each_operation_takes_a_word_of_its_own),
                cmocka_unit_test(operations_are_rounded_up_and_said),
                cmocka_unit_test(reads_read),
                cmocka_unit_test(lost_stores_are_found),
                cmocka_unit_test(lost_increments_are_found),
                cmocka_unit_test(threads_may_lose_increments),
                cmocka_unit_test(what_cannot_be_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
