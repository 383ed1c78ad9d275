/* SPDX-License-Identifier: Apache-2.0 */
/* When a comparison is left out, and what a run knows of its cells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/ledger.h"
#include "engine/past.h"
#include "stats/looks.h"
#include "stats_noise.h"

#include <stdlib.h>

static void looks_are_few_and_two_must_agree(void **state)
{
        static const struct gain narrow = { 1, 0.99, 1.01, 0 }, wide = { 1, 0.9, 1.1, 0 };
        struct looks looks = { 0 };
        struct gain gain = narrow;
        size_t taken[16], count = 0;

        for (size_t pairs = 1; pairs <= 60; pairs++) {
                if (!looks_due(&looks, pairs, 5))
                        continue;
                taken[count++] = pairs;
                gain = pairs == 10 ? wide : narrow;
                gain.pairs = pairs;
                looks_take(&looks, &gain, 0.02);
                assert_int_equal(looks.settled, pairs >= 16);
        }
        /* Narrow at 8, not at 10, narrow at 13 and 16: no more looks. */
        assert_int_equal(count, 4);
        assert_int_equal(taken[0], 8);
        assert_int_equal(taken[1], 10);
        assert_int_equal(taken[2], 13);
        assert_int_equal(taken[3], 16);
        looks = (struct looks){ 0 };
        assert_false(looks_due(&looks, 19, 20));
        assert_true(looks_due(&looks, 20, 20));
}

static void the_farther_end_is_the_width(void **state)
{
        assert_true(fabs(gain_width(1, 0.99, 1.03) - 0.03) < 1e-12);
        assert_true(fabs(gain_width(2, 1.9, 2.02) - (2 / 1.9 - 1)) < 1e-12);
        assert_true(isnan(gain_width(1, NAN, NAN)));
}

static struct plan *plan_of(const char *text)
{
        struct plan_request request = { .name = "t", .text = text, .origin = "t.ini" };
        struct plan *plan = NULL;

        assert_int_equal(plan_make(&request, &plan).code, STATUS_OK);
        return plan;
}

static void add(struct ledger *ledger, uint32_t cell, uint32_t block, double time)
{
        struct tally_row row = { .cell = cell, .block = block, .time = time };

        assert_int_equal(ledger_add(ledger, &row).code, STATUS_OK);
}

/* Cells 0 to 2 are pmd, nohuge, va of one group; 3 to 5 the same of another. */
#define PLAN "[global]\nsource = null\narm = pmd pte:nohuge pte:va\n[null]\nnoise = 0 1\n"

static void arms_are_left_out_together(void **state)
{
        struct plan *plan = plan_of(PLAN);
        struct random random = random_seeded(1);
        struct ledger *ledger;
        uint32_t block;

        assert_int_equal(ledger_make(plan, &ledger).code, STATUS_OK);
        for (block = 0; block < 40 && ledger_wants(ledger, 0); block++) {
                for (uint32_t cell = 0; cell < 6; cell++) {
                        double scatter = cell == 1 ? 0.015 : cell == 4 ? 0.5 : 0.001;

                        add(ledger, cell, block, 100 * exp(scatter * noise_normal(&random)));
                }
                assert_int_equal(ledger_judge(ledger).code, STATUS_OK);
                assert_int_equal(ledger_wants(ledger, 0), ledger_wants(ledger, 2));
                assert_int_equal(ledger_wants(ledger, 0), ledger_wants(ledger, 1));
        }
        assert_in_range(block, 10, 39); /* not at the first look, and at last */
        assert_false(ledger_wants(ledger, 2));
        assert_true(ledger_wants(ledger, 3)); /* its nohuge arm is far too loud */
        assert_true(ledger_wants(ledger, 5));
        assert_int_equal(ledger_wanted(ledger), 3);
        assert_int_equal(ledger_count(ledger).settled, 3); /* va of the second group too */
        ledger_drop(ledger, 4);
        assert_false(ledger_wants(ledger, 5)); /* nothing is left to learn of that group */
        assert_int_equal(ledger_count(ledger).impossible, 1);
        ledger_free(ledger);
        plan_free(plan);
}

static void without_a_precision_nothing_is_left_out(void **state)
{
        struct plan *plan = plan_of("[global]\nprecision = 0%\nsource = null\n[null]\n");
        struct ledger *ledger;

        assert_int_equal(ledger_make(plan, &ledger).code, STATUS_OK);
        for (uint32_t block = 0; block < 50; block++) {
                add(ledger, 0, block, 100);
                add(ledger, 1, block, 125);
                assert_int_equal(ledger_judge(ledger).code, STATUS_OK);
                assert_true(ledger_wants(ledger, 0) && ledger_wants(ledger, 1));
        }
        ledger_free(ledger);
        plan_free(plan);
}

/* Trials with a bad row give no pair: 8 blocks, one of them spoilt, are 7 pairs and no look. */
static void a_bad_row_spoils_its_trial(void **state)
{
        struct plan *plan = plan_of("[global]\nsource = null\n[null]\n");
        struct tally_row bad = { .cell = 1, .block = 3, .status = STATUS_INVALID, .time = NAN };
        struct ledger *ledger;

        assert_int_equal(ledger_make(plan, &ledger).code, STATUS_OK);
        for (uint32_t block = 0; block < 10; block++) {
                add(ledger, 0, block, 100);
                add(ledger, 1, block, 125);
                if (block == 3)
                        assert_int_equal(ledger_add(ledger, &bad).code, STATUS_OK);
                assert_int_equal(ledger_judge(ledger).code, STATUS_OK);
        }
        assert_true(ledger_wants(ledger, 0)); /* ten good ones would have settled it */
        add(ledger, 0, 10, 100);
        add(ledger, 1, 10, 125);
        assert_int_equal(ledger_judge(ledger).code, STATUS_OK);
        assert_false(ledger_wants(ledger, 0));
        ledger_free(ledger);
        plan_free(plan);
}

static void an_arm_alone_is_known_by_its_time(void **state)
{
        struct plan *plan = plan_of("[global]\nsource = null\narm = pmd\n[null]\n");
        struct ledger *ledger;

        assert_int_equal(ledger_make(plan, &ledger).code, STATUS_OK);
        for (uint32_t block = 0; block < 10; block++) {
                assert_true(ledger_wants(ledger, 0));
                add(ledger, 0, block, 100);
                assert_int_equal(ledger_judge(ledger).code, STATUS_OK);
        }
        assert_false(ledger_wants(ledger, 0));
        ledger_free(ledger);
        plan_free(plan);
}

static void past_take(struct past *past, const struct tally_row *rows, size_t count)
{
        *past = (struct past){ 0 };
        for (size_t i = 0; i < count; i++)
                assert_int_equal(past_add(past, &rows[i]).code, STATUS_OK);
}

static void past_trials_are_found_by_cell_and_block(void **state)
{
        static const struct tally_row rows[] = {
                { .cell = 2, .block = 0, .trial = 0, .time = 1 },
                { .cell = 2, .block = 0, .trial = 0, .time = 2 },
                { .cell = 0, .block = 0, .trial = 1, .time = 3 },
                { .cell = 0, .block = 0, .trial = 0, .time = 4 },
                { .cell = 2, .block = 4, .trial = 0, .time = 5 },
                { .cell = 2, .block = 4, .trial = 0, .status = STATUS_INVALID, .time = NAN },
                { .cell = 2, .block = 4, .trial = 0, .status = STATUS_SYSTEM, .time = NAN },
        };
        const struct tally *first;
        struct past past;

        past_take(&past, rows, 7);
        assert_int_equal(past_close(&past).code, STATUS_OK);
        assert_int_equal(past.rows, 7);
        assert_int_equal(past.count, 4); /* so much memory, however many samples a trial has */
        assert_int_equal(past.blocks, 5);
        assert_int_equal(past_find(&past, 2, 0, &first), 1);
        assert_true(first[0].time == 1.25); /* the lower quartile, as in the summary */
        assert_int_equal(first[0].rows[STATUS_OK], 2);
        assert_int_equal(past_find(&past, 0, 0, &first), 2);
        assert_true(first[0].time == 4 && first[1].time == 3);
        assert_int_equal(past_find(&past, 1, 0, &first), 0);
        assert_int_equal(past_find(&past, 2, 4, &first), 1);
        assert_true(isnan(first[0].time));
        assert_int_equal(tally_worst(first), STATUS_SYSTEM);
        assert_int_equal(first[0].rows[STATUS_OK] + first[0].rows[STATUS_INVALID], 2);
        assert_int_equal(past_find(&past, 2, 5, &first), 0);
        past_free(&past);
        assert_int_equal(past_close(&past).code, STATUS_OK);
        assert_int_equal(past_find(&past, 0, 0, &first), 0);
        past_free(&past);
}

/* Half of a trial would be taken for the whole. */
static void rows_that_stand_apart_are_refused(void **state)
{
        static const struct tally_row rows[] = {
                { .cell = 0, .time = 1 },
                { .cell = 1, .time = 2 },
                { .cell = 0, .time = 3 },
        };
        struct past past;

        past_take(&past, rows, 3);
        assert_int_equal(past_close(&past).code, STATUS_USAGE);
        past_free(&past);
}

/* A trial that is replayed says what its rows said. */
static void trials_count_as_their_rows(void **state)
{
        struct plan *plan = plan_of("[global]\nsource = null\n[null]\n");
        struct ledger *ledger;

        assert_int_equal(ledger_make(plan, &ledger).code, STATUS_OK);
        for (uint32_t block = 0; block < 10; block++) {
                struct tally trial = { .block = block, .rows = { 1 }, .time = 100 };

                assert_true(ledger_wants(ledger, 0));
                assert_int_equal(ledger_add_trial(ledger, &trial).code, STATUS_OK);
                add(ledger, 1, block, 125);
                assert_int_equal(ledger_judge(ledger).code, STATUS_OK);
        }
        assert_false(ledger_wants(ledger, 0));
        ledger_free(ledger);
        plan_free(plan);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(looks_are_few_and_two_must_agree),
                cmocka_unit_test(the_farther_end_is_the_width),
                cmocka_unit_test(arms_are_left_out_together),
                cmocka_unit_test(without_a_precision_nothing_is_left_out),
                cmocka_unit_test(a_bad_row_spoils_its_trial),
                cmocka_unit_test(an_arm_alone_is_known_by_its_time),
                cmocka_unit_test(past_trials_are_found_by_cell_and_block),
                cmocka_unit_test(rows_that_stand_apart_are_refused),
                cmocka_unit_test(trials_count_as_their_rows),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
