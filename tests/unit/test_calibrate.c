/* SPDX-License-Identifier: Apache-2.0 */
/* How often comparisons are right, over made-up records of which the truth is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "csv/reader.h"
#include "stats/calibrate.h"
#include "stats_noise.h"

#include <stdlib.h>

#define BLOCKS 4000

struct record {
        double a[BLOCKS], b[BLOCKS], slower[BLOCKS];
};

/* Times of 100 ns that scatter by 2 %, on a machine whose speed wanders by 20 % over some 50
 * blocks: what is common to a block cancels in a pair, and spoils what is not paired. */
static struct record *record_make(uint64_t seed)
{
        struct record *record = calloc(1, sizeof(*record));
        struct random random = random_seeded(seed);
        double drift = 0;

        for (size_t i = 0; i < BLOCKS; i++) {
                drift = 0.98 * drift + 0.04 * noise_normal(&random);
                record->a[i] = 100 * exp(drift + 0.02 * noise_normal(&random));
                record->b[i] = 100 * exp(drift + 0.02 * noise_normal(&random));
                record->slower[i] = 103 * exp(drift + 0.02 * noise_normal(&random));
        }
        return record;
}

static struct calibrate_result run(struct calibrate_request request, enum calibrate_way way,
                                   size_t pairs)
{
        struct calibrate_result result = { 0 };

        request.way = way;
        request.pairs = pairs;
        assert_int_equal(calibrate(&request, &result).code, STATUS_OK);
        return result;
}

static void equals_are_told_apart_as_often_as_they_should(void **state)
{
        struct record *record = record_make(1);
        struct calibrate_request request = { .above = record->b, .below = record->a,
                                             .blocks = BLOCKS, .truth = 1, .precision = 0.02 };
        struct calibrate_result paired = run(request, CALIBRATE_PAIRED, 10);
        struct calibrate_result precise = run(request, CALIBRATE_PRECISE, 400);
        struct calibrate_result naive = run(request, CALIBRATE_NAIVE, 10);

        assert_int_equal(paired.comparisons, 400);
        assert_in_range(paired.excluded, 2, 32); /* 5 % are 20, standard deviation 4.4 */
        assert_int_equal(paired.held, 400 - paired.excluded);
        assert_true(paired.width > 0.015 && paired.width < 0.03);
        assert_true(paired.pairs == 10);
        assert_in_range(precise.comparisons, 150, 400);
        assert_true(precise.excluded * 100 <= 9 * precise.comparisons);
        assert_int_equal(naive.comparisons, 200);
        assert_true(naive.excluded > 100); /* it cries wolf more often than not */
        assert_true(calibrate_nominal(&request) == 1 - 0.95);
        free(record);
}

static void a_known_delay_is_found_as_often_as_theory_says(void **state)
{
        struct record *record = record_make(2);
        struct calibrate_request request = { .above = record->slower, .below = record->a,
                                             .blocks = BLOCKS, .truth = 1.03, .pairs = 10 };
        struct calibrate_result paired = run(request, CALIBRATE_PAIRED, 10);
        double found = (double)paired.excluded / (double)paired.comparisons;

        /* Theory for a mean; the trimmed mean of normal noise finds a few percent less. */
        assert_true(fabs(calibrate_nominal(&request) - 0.85) < 0.03);
        assert_true(found > 0.70 && found < 0.92);
        assert_true(paired.held >= 370);
        paired = run(request, CALIBRATE_PAIRED, 50);
        assert_int_equal(paired.comparisons, 80);
        assert_int_equal(paired.excluded, 80);
        request.pairs = 50;
        assert_true(calibrate_nominal(&request) > 0.999);
        free(record);
}

/* Slices share no block and none is made of what is left over. */
static void slices_are_whole(void **state)
{
        double times[59];
        struct calibrate_request request = { .above = times, .below = times, .blocks = 59,
                                             .truth = 1, .precision = 0.02 };

        for (size_t i = 0; i < 59; i++)
                times[i] = 100 + (double)i;
        assert_int_equal(run(request, CALIBRATE_PAIRED, 10).comparisons, 5);
        assert_int_equal(run(request, CALIBRATE_NAIVE, 10).comparisons, 2);
        assert_int_equal(run(request, CALIBRATE_PRECISE, 400).comparisons, 5); /* looks at 8, 10 */
        assert_int_equal(run(request, CALIBRATE_PAIRED, 60).comparisons, 0);
        assert_true(isnan(run(request, CALIBRATE_PAIRED, 60).width));
        request.blocks = 0;
        assert_int_equal(run(request, CALIBRATE_PAIRED, 10).comparisons, 0);
}

/* Against a table of Wilson's interval: 20 of 400 and 0 of 15. */
static void shares_have_wilsons_interval(void **state)
{
        double lo, hi;

        share_interval(20, 400, &lo, &hi);
        assert_true(fabs(lo - 0.03261) < 2e-4 && fabs(hi - 0.07592) < 2e-4);
        share_interval(0, 15, &lo, &hi);
        assert_true(fabs(lo) < 1e-9 && fabs(hi - 0.2039) < 2e-4);
        share_interval(0, 0, &lo, &hi);
        assert_true(isnan(lo) && isnan(hi));
}

/* Times of real trials beside a noisy neighbour (results/README.md), which say what they say. */
static struct record *record_read(size_t *ret_blocks)
{
        static const char *const names[] = { "a_used_ns", "b_used_ns", "slower_used_ns" };
        struct record *record = calloc(1, sizeof(*record));
        double *columns[] = { record->a, record->b, record->slower };
        struct csv_reader *reader = NULL;
        size_t blocks = 0;
        bool more = true;

        assert_int_equal(csv_reader_open(FIXTURES "/../../results/calibration/trials.csv",
                                         &reader).code,
                         STATUS_OK);
        for (; blocks < BLOCKS; blocks++) {
                assert_int_equal(csv_reader_next(reader, &more).code, STATUS_OK);
                if (!more)
                        break;
                for (size_t i = 0; i < 3; i++) {
                        size_t column = csv_reader_find(reader, names[i]);
                        struct status status = csv_reader_real(reader, column,
                                                               &columns[i][blocks]);

                        assert_int_equal(status.code, STATUS_OK);
                        assert_true(columns[i][blocks] > 0);
                }
        }
        csv_reader_close(reader);
        *ret_blocks = blocks;
        return record;
}

/* 400 comparisons of equals: at most 5 % exclude 1. A delay of 3 % is found by 9 in 10 of 50 pairs,
 * which take less than 30 s even on that machine. Naive ordering does neither. */
static void recorded_trials_keep_the_promise(void **state)
{
        size_t blocks = 0;
        struct record *record = record_read(&blocks);
        struct calibrate_request equals = { .above = record->b, .below = record->a,
                                            .blocks = blocks, .truth = 1, .precision = 0.02 };
        struct calibrate_request delayed = equals;
        struct calibrate_result paired, precise, naive;
        double lo, hi;

        delayed.above = record->slower;
        delayed.truth = 1.03;
        assert_true(blocks == BLOCKS);
        paired = run(equals, CALIBRATE_PAIRED, 10);
        assert_int_equal(paired.comparisons, 400);
        assert_true(paired.excluded <= 20);
        precise = run(equals, CALIBRATE_PRECISE, 400);
        share_interval(precise.excluded, precise.comparisons, &lo, &hi);
        assert_true(lo <= 0.05 && hi < 0.15); /* fewer comparisons: as often as nominal, or nearly */
        naive = run(equals, CALIBRATE_NAIVE, 10);
        assert_true(naive.excluded * paired.comparisons > paired.excluded * naive.comparisons);
        paired = run(delayed, CALIBRATE_PAIRED, 50);
        assert_int_equal(paired.comparisons, 80);
        assert_true(paired.excluded >= 72);
        precise = run(delayed, CALIBRATE_PRECISE, 400);
        assert_true(10 * precise.excluded >= 9 * precise.comparisons);
        naive = run(delayed, CALIBRATE_NAIVE, 50);
        assert_true(10 * naive.excluded < 9 * naive.comparisons);
        free(record);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(equals_are_told_apart_as_often_as_they_should),
                cmocka_unit_test(a_known_delay_is_found_as_often_as_theory_says),
                cmocka_unit_test(slices_are_whole),
                cmocka_unit_test(recorded_trials_keep_the_promise),
                cmocka_unit_test(shares_have_wilsons_interval),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
