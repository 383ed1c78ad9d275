/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_trial.h"

#include <math.h>
#include <pmdgain/clock.h>

extern const struct workload workload_null;

enum { COST, RATIO, NOISE }; /* the options, in their order */

static uint64_t fake_now(void *context)
{
        return *(uint64_t *)context;
}

static void fake_spend(void *context, uint64_t ns)
{
        *(uint64_t *)context += ns;
}

/* The time that `ops` operations of a thread take. */
static uint64_t spent(struct fake_trial *fake, unsigned thread, uint64_t ops)
{
        uint64_t time = 5;
        struct clock clock = { .now_ns = fake_now, .spend_ns = fake_spend, .context = &time };

        fake->trial.clock = &clock;
        assert_int_equal(fake_run(fake, thread, ops), ops);
        return time - 5;
}

static void make(struct fake_trial *fake, enum grain grain, uint64_t cost, double ratio,
                 double noise)
{
        fake_make(fake, &workload_null, 0, 4096, 2);
        fake->cell.arm.grain = grain;
        fake->cell.options[COST].count = cost;
        fake->cell.options[RATIO].real = ratio;
        fake->cell.options[NOISE].real = noise;
        assert_int_equal(fake_prepare(fake).code, STATUS_OK);
}

static void the_ratio_is_exact(void **state)
{
        static const double ratios[] = { 0.1, 0.97, 1, 1.25, 10 };

        for (size_t i = 0; i < sizeof(ratios) / sizeof(ratios[0]); i++) {
                struct fake_trial pmd, pte;

                make(&pmd, GRAIN_PMD, 100, ratios[i], 0);
                make(&pte, GRAIN_PTE, 100, ratios[i], 0);
                for (int sample = 0; sample < 3; sample++) {
                        assert_int_equal(spent(&pmd, 0, 1000), 100000);
                        assert_int_equal(spent(&pte, 0, 1000), lround(100000 * ratios[i]));
                        assert_int_equal(spent(&pte, 1, 1000), lround(100000 * ratios[i]));
                }
                fake_free(&pmd);
                fake_free(&pte);
        }
}

static void the_presets_are_100_ns_and_a_quarter_more(void **state)
{
        struct fake_trial fake;

        fake_make(&fake, &workload_null, 0, 4096, 1);
        assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
        assert_int_equal(spent(&fake, 0, 10), 1000);
        workload_null.finish(&fake.trial);
        fake.cell.arm = (struct arm) { GRAIN_PTE, LEVER_NOHUGE };
        assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
        assert_int_equal(spent(&fake, 0, 10), 1250);
        fake_free(&fake);
}

static void noise_has_the_size_asked_for(void **state)
{
        enum { SAMPLES = 4000, OPS = 10000 };
        struct fake_trial fake;
        double sum = 0, squares = 0, mean, deviation;

        make(&fake, GRAIN_PMD, 100, 1.25, 3);
        for (int i = 0; i < SAMPLES; i++) {
                double time = (double)spent(&fake, 0, OPS) / (100.0 * OPS);

                sum += time;
                squares += (time - 1) * (time - 1);
        }
        mean = sum / SAMPLES;
        deviation = sqrt(squares / SAMPLES);
        assert_true(fabs(mean - 1) < 0.03 * 5 / sqrt(SAMPLES));
        assert_true(fabs(deviation - 0.03) < 0.003);
        fake_free(&fake);
}

static void noise_repeats_and_differs_by_trial(void **state)
{
        enum { SAMPLES = 50, OPS = 1000000 };
        struct fake_trial one, again, other;
        int equal = 0;

        make(&one, GRAIN_PMD, 100, 1, 5);
        make(&again, GRAIN_PMD, 100, 1, 5);
        make(&other, GRAIN_PMD, 100, 1, 5);
        other.trial.own_seed++;
        for (int i = 0; i < SAMPLES; i++) {
                uint64_t time = spent(&one, 0, OPS);

                assert_int_equal(spent(&again, 0, OPS), time);
                assert_int_equal(spent(&one, 1, OPS), time);
                equal += spent(&other, 0, OPS) == time;
        }
        assert_in_range(equal, 0, 1);
        fake_free(&one);
        fake_free(&again);
        fake_free(&other);
}

static void it_needs_no_memory(void **state)
{
        assert_true(workload_null.ops[0].traits & OP_NO_MEMORY);
        assert_int_equal(workload_null.ops[0].phase, PHASE_ACCESS);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_ratio_is_exact),
                cmocka_unit_test(the_presets_are_100_ns_and_a_quarter_more),
                cmocka_unit_test(noise_has_the_size_asked_for),
                cmocka_unit_test(noise_repeats_and_differs_by_trial),
                cmocka_unit_test(it_needs_no_memory),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
