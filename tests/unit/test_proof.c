/* SPDX-License-Identifier: Apache-2.0 */
/* How readings become a verdict, on methods that say what the test tells them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mapping/proof_method.h"
#include "sys/procself.h"

#include <math.h>
#include <pmdgain/source.h>
#include <pmdgain/units.h>
#include <string.h>

static struct proof_reading said(const char *method, double low, double high)
{
        struct proof_reading reading = proof_says(low, high);

        reading.method = method;
        return reading;
}

static struct proof_reading silent(const char *method, const char *note)
{
        struct proof_reading reading = proof_silent("%s", note);

        reading.method = method;
        return reading;
}

static void readings_that_agree_give_their_common_part(void **state)
{
        static const struct {
                double one_low, one_high, two_low, two_high;
                enum grain proven;
                double fraction;
        } rows[] = {
                { 1, 1, 1, 1, GRAIN_PMD, 1 },
                { 0, 0, 0, 0, GRAIN_PTE, 0 },
                { 0.5, 0.5, 0.5, 0.5, GRAIN_MIXED, 0.5 },
                { 1, 1, 0.97, 1, GRAIN_PMD, 1 },    /* the second is inexact */
                { 0.97, 1, 0.99, 1, GRAIN_PMD, 1 }, /* both are */
                { 0, 0.03, 0, 0.5, GRAIN_PTE, 0 },
                { 0.5, 0.5, 0.4, 0.6, GRAIN_MIXED, 0.5 },
                { 0.998, 0.998, 0.9, 1, GRAIN_MIXED, 0.998 }, /* one PMD of 512 fell back */
                { 0.002, 0.002, 0, 0.1, GRAIN_MIXED, 0.002 },
                { 1.2, 1.3, 1, 1, GRAIN_PMD, 1 }, /* cut to 0..1 */
                { -0.3, 0.01, 0, 0, GRAIN_PTE, 0 },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct proof_reading readings[] = {
                        said("one", rows[i].one_low, rows[i].one_high),
                        silent("mute", "it cannot"),
                        said("two", rows[i].two_low, rows[i].two_high),
                };
                struct proof proof = { 0 };

                assert_int_equal(proof_combine(readings, 3, 1, &proof).code, STATUS_OK);
                assert_int_equal(proof.proven, rows[i].proven);
                assert_true(fabs(proof.pmd_fraction - rows[i].fraction) < 1e-12);
                assert_string_equal(proof.methods, "one+two");
        }
}

/* What is asked for is taken where it can be, and only there. */
static void readings_are_read_towards_what_was_asked_for(void **state)
{
        static const struct {
                double low, high, asked, fraction;
                enum grain proven;
        } rows[] = {
                { 0.25, 0.25, 0.25, 0.25, GRAIN_MIXED }, { 0.2, 0.28, 0.25, 0.25, GRAIN_MIXED },
                { 0.97, 1, 0.98, 0.98, GRAIN_MIXED },    { 0.97, 1, 1, 1, GRAIN_PMD },
                { 0, 0.03, 0.02, 0.02, GRAIN_MIXED },    { 0, 0.03, 0, 0, GRAIN_PTE },
                { 0.5, 0.56, 0.25, 0.53, GRAIN_MIXED },  { 1, 1, 0.25, 1, GRAIN_PMD },
                { 0, 0, 0.25, 0, GRAIN_PTE },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct proof_reading reading = said("one", rows[i].low, rows[i].high);
                struct proof proof = { 0 };

                assert_int_equal(proof_combine(&reading, 1, rows[i].asked, &proof).code, STATUS_OK);
                assert_true(fabs(proof.pmd_fraction - rows[i].fraction) < 1e-9);
                assert_int_equal(proof.proven, rows[i].proven);
        }
}

static void readings_that_disagree_are_invalid_with_both_figures(void **state)
{
        static const double rows[][4] = {
                { 1, 1, 0, 0 },
                { 0, 0, 0.99, 1 },
                { 1, 1, 0.998, 0.998 },
                { 0.4, 0.5, 0.6, 0.7 },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct proof_reading readings[] = { said("one", rows[i][0], rows[i][1]),
                                                    said("two", rows[i][2], rows[i][3]) };
                struct proof proof = { .proven = GRAIN_PMD, .pmd_fraction = 1 };
                struct status status = proof_combine(readings, 2, 1, &proof);

                assert_int_equal(status.code, STATUS_INVALID);
                assert_non_null(strstr(status.what, "one says"));
                assert_non_null(strstr(status.what, "two says"));
                assert_int_equal(proof.proven, GRAIN_UNKNOWN);
                assert_true(isnan(proof.pmd_fraction));
                assert_string_equal(proof.methods, "");
        }
}

static void a_third_that_disagrees_is_found(void **state)
{
        struct proof_reading readings[] = { said("one", 0, 1), said("two", 0, 0.5),
                                            said("three", 0.6, 0.6) };
        struct proof proof;
        struct status status = proof_combine(readings, 3, 1, &proof);

        assert_int_equal(status.code, STATUS_INVALID);
        assert_non_null(strstr(status.what, "two says 0 to 0.5"));
        assert_non_null(strstr(status.what, "three says 0.6"));
}

static void silence_and_vagueness_prove_nothing(void **state)
{
        struct proof_reading mute[] = { silent("one", "no such file"), silent("two", "too small") };
        struct proof_reading vague[] = { said("one", 0.5, 1) };
        struct proof proof;
        struct status status = proof_combine(mute, 2, 1, &proof);

        assert_int_equal(status.code, STATUS_INVALID);
        assert_non_null(strstr(status.what, "one: no such file; two: too small"));
        assert_int_equal(proof.proven, GRAIN_UNKNOWN);
        status = proof_combine(vague, 1, 1, &proof);
        assert_int_equal(status.code, STATUS_INVALID);
        assert_non_null(strstr(status.what, "too vaguely"));
        assert_int_equal(proof_combine(mute, 0, 1, &proof).code, STATUS_INVALID);
}

/* What the methods below say, and how often they were asked. */
static struct proof_reading sure_says, meter_says, costly_says;
static int sure_asked, meter_asked, costly_asked, begun, ended;

static struct proof_reading sure_measure(const struct proof_meter *meter,
                                         const struct mapping *mapping)
{
        assert_null(meter);
        sure_asked++;
        return sure_says;
}

static struct proof_reading meter_measure(const struct proof_meter *meter,
                                          const struct mapping *mapping)
{
        assert_non_null(meter);
        meter_asked++;
        return meter_says;
}

static struct proof_reading costly_measure(const struct proof_meter *meter,
                                           const struct mapping *mapping)
{
        costly_asked++;
        return costly_says;
}

static bool applies_always(unsigned traits)
{
        return true;
}

static bool applies_to_pages(unsigned traits)
{
        return !(traits & SOURCE_NO_PAGES);
}

static void begin_count(struct proof_meter *meter)
{
        begun++;
}

static void end_count(struct proof_meter *meter)
{
        ended++;
}

/* In the place of the real table: the linker takes this one. */
const struct proof_method *const *proof_methods(void)
{
        static const struct proof_method costly = { .name = "costly",
                                                    .costly = true,
                                                    .applies = applies_always,
                                                    .measure = costly_measure };
        static const struct proof_method sure = { .name = "sure",
                                                  .applies = applies_to_pages,
                                                  .measure = sure_measure };
        static const struct proof_method meter = { .name = "meter",
                                                   .needs_meter = true,
                                                   .slows_faults = true,
                                                   .applies = applies_always,
                                                   .begin = begin_count,
                                                   .measure = meter_measure,
                                                   .end = end_count };
        static const struct proof_method *const table[] = { &costly, &sure, &meter, NULL };

        return table;
}

static void asked_reset(void)
{
        sure_asked = meter_asked = costly_asked = begun = ended = 0;
}

static struct status prove(enum grain asked, unsigned traits, struct mapping *mapping)
{
        struct proof_meter meter;

        *mapping = (struct mapping) { .asked = { .grain = asked,
                                                 .lever = asked == GRAIN_PMD ? LEVER_ALIGNED
                                                                             : LEVER_NOHUGE } };
        asked_reset();
        proof_begin(&meter, traits);
        return proof_end(&meter, mapping, traits);
}

static void two_that_speak_spare_the_costly_one(void **state)
{
        struct mapping mapping;

        sure_says = proof_says(1, 1);
        meter_says = proof_says(0.9, 1);
        costly_says = proof_says(0, 0);
        assert_int_equal(prove(GRAIN_PMD, 0, &mapping).code, STATUS_OK);
        assert_int_equal(begun, 1);
        assert_int_equal(ended, 1);
        assert_int_equal(costly_asked, 0);
        assert_string_equal(mapping.proof.methods, "sure+meter");
        assert_true(mapping.proof.minflt.known);
        assert_true(mapping.proof.page_table_bytes.known == false ||
                    mapping.proof.page_table_bytes.value < MIB);

        meter_says = proof_silent("too small");
        costly_says = proof_says(1, 1);
        assert_int_equal(prove(GRAIN_PMD, 0, &mapping).code, STATUS_OK);
        assert_int_equal(costly_asked, 1);
        assert_string_equal(mapping.proof.methods, "sure+costly");
}

/* Nor given back what was not taken. */
static void what_slows_faults_is_not_asked_where_they_are_timed(void **state)
{
        struct proof_meter meter;
        struct mapping mapping = { .asked = { GRAIN_PMD, LEVER_ALIGNED } };

        sure_says = costly_says = proof_says(1, 1);
        meter_says = proof_says(0, 0);
        asked_reset();
        proof_begin_timed(&meter, 0);
        assert_int_equal(proof_end(&meter, &mapping, 0).code, STATUS_OK);
        assert_string_equal(mapping.proof.methods, "sure+costly");
        assert_int_equal(begun + meter_asked + ended, 0);
        proof_begin(&meter, 0);
        proof_drop(&meter, 0);
        assert_int_equal(begun, 1);
        assert_int_equal(ended, 1);
}

static void what_does_not_apply_is_not_asked(void **state)
{
        struct mapping mapping;

        sure_says = proof_says(0, 0);
        meter_says = costly_says = proof_says(1, 1);
        assert_int_equal(prove(GRAIN_PMD, SOURCE_NO_PAGES, &mapping).code, STATUS_OK);
        assert_int_equal(sure_asked, 0);
        assert_string_equal(mapping.proof.methods, "meter+costly");
}

static void another_grain_than_asked_is_invalid_and_recorded(void **state)
{
        struct mapping mapping;
        struct status status;

        sure_says = meter_says = proof_says(0, 0);
        status = prove(GRAIN_PMD, 0, &mapping);
        assert_int_equal(status.code, STATUS_INVALID);
        assert_non_null(strstr(status.what, "asked for pmd"));
        assert_non_null(strstr(status.what, "by pte"));
        assert_int_equal(mapping.proof.proven, GRAIN_PTE);
        assert_true(mapping.proof.pmd_fraction == 0);
        assert_int_equal(prove(GRAIN_PTE, 0, &mapping).code, STATUS_OK);

        sure_says = meter_says = proof_says(0.5, 0.5);
        status = prove(GRAIN_PTE, 0, &mapping);
        assert_int_equal(status.code, STATUS_INVALID);
        assert_non_null(strstr(status.what, "asked for pte:nohuge"));
        assert_non_null(strstr(status.what, "mixed"));
        assert_int_equal(mapping.proof.proven, GRAIN_MIXED);
}

static void auto_is_any_grain(void **state)
{
        static const struct {
                double fraction;
                enum grain grain;
        } rows[] = { { 0, GRAIN_PTE }, { 0.5, GRAIN_MIXED }, { 1, GRAIN_PMD } };
        struct mapping mapping;

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                sure_says = meter_says = proof_says(rows[i].fraction, rows[i].fraction);
                assert_int_equal(prove(GRAIN_AUTO, 0, &mapping).code, STATUS_OK);
                assert_int_equal(mapping.proof.proven, rows[i].grain);
        }
        sure_says = meter_says = costly_says = proof_silent("blind");
        assert_int_equal(prove(GRAIN_AUTO, 0, &mapping).code, STATUS_INVALID);
}

/* Zeros are no result but of a file that is blank. */
static void pages_of_zeros_belong_to_blank_files(void **state)
{
        struct proof_meter meter;
        struct mapping mapping;

        sure_says = meter_says = proof_says(1, 1);
        assert_int_equal(prove(GRAIN_PMD, 0, &mapping).code, STATUS_OK);
        assert_true(isnan(mapping.proof.zero_fraction));
        sure_says.zero_fraction = 0.25;
        assert_int_equal(prove(GRAIN_PMD, 0, &mapping).code, STATUS_INVALID);
        assert_int_equal(prove(GRAIN_PMD, SOURCE_FRESH_BYTES, &mapping).code, STATUS_SKIP);
        mapping.blank = true;
        proof_begin(&meter, 0);
        assert_int_equal(proof_end(&meter, &mapping, 0).code, STATUS_OK);
        assert_true(mapping.proof.zero_fraction == 0.25);
}

static void a_part_asked_for_is_the_part_to_be_proven(void **state)
{
        struct mapping mapping = { .asked = { .grain = GRAIN_PMD },
                                   .partly = true,
                                   .fraction = 0.25 };
        struct proof_meter meter;
        struct status status;

        proof_begin(&meter, 0);
        sure_says = meter_says = proof_says(0.25, 0.25);
        assert_int_equal(proof_end(&meter, &mapping, 0).code, STATUS_OK);
        assert_int_equal(mapping.proof.proven, GRAIN_MIXED);
        assert_true(mapping.proof.pmd_fraction == 0.25);
        assert_int_equal(proof_again(&mapping, 0).code, STATUS_OK);
        sure_says = proof_says(0.26, 0.26); /* mixed too, and not the same */
        assert_int_equal(proof_again(&mapping, 0).code, STATUS_INVALID);

        sure_says = meter_says = proof_says(1, 1);
        status = proof_end(&meter, &mapping, 0);
        assert_int_equal(status.code, STATUS_INVALID);
        assert_non_null(strstr(status.what, "a PMD fraction of 0.25"));
        assert_non_null(strstr(status.what, "PMD fraction 1 by"));

        mapping.fraction = 0; /* copies of a private mapping: base pages in any arm */
        assert_int_equal(proof_end(&meter, &mapping, 0).code, STATUS_INVALID);
        sure_says = meter_says = proof_says(0, 0);
        assert_int_equal(proof_end(&meter, &mapping, 0).code, STATUS_OK);
        assert_int_equal(mapping.proof.proven, GRAIN_PTE);
}

static void the_second_proof_needs_no_meter_and_finds_a_change(void **state)
{
        struct mapping mapping;

        sure_says = meter_says = proof_says(1, 1);
        assert_int_equal(prove(GRAIN_PMD, 0, &mapping).code, STATUS_OK);
        asked_reset();
        assert_int_equal(proof_again(&mapping, 0).code, STATUS_OK);
        assert_int_equal(meter_asked, 0);
        assert_int_equal(costly_asked, 0);
        sure_says = proof_says(0.75, 0.75);
        assert_int_equal(proof_again(&mapping, 0).code, STATUS_INVALID);
        assert_int_equal(mapping.proof.proven, GRAIN_PMD);
        sure_says = costly_says = proof_silent("not here");
        assert_int_equal(proof_again(&mapping, 0).code, STATUS_OK);
}

static void a_look_takes_the_surest_that_can_tell_and_refuses_nothing(void **state)
{
        struct mapping mapping = { .asked = { GRAIN_PMD, LEVER_ALIGNED } };
        struct proof_meter meter;
        struct proof look;

        proof_begin(&meter, 0);
        asked_reset();
        sure_says = proof_says(0.75, 0.75);
        meter_says = costly_says = proof_says(1, 1);
        proof_look(&meter, &mapping, 0, &look);
        assert_true(look.pmd_fraction == 0.75);
        assert_int_equal(look.proven, GRAIN_MIXED);
        assert_string_equal(look.methods, "sure");
        assert_int_equal(costly_asked, 0);

        /* Of what is left, where not all is present. */
        sure_says = proof_partly(0.25, 0.5);
        assert_false(sure_says.speaks);
        proof_look(&meter, &mapping, 0, &look);
        assert_true(look.pmd_fraction == 0.25);

        /* A meter that is right only at first is not asked, nor is one that knows nothing taken. */
        sure_says = proof_silent("not here");
        proof_look(&meter, &mapping, 0, &look);
        assert_int_equal(meter_asked, 0);
        assert_string_equal(look.methods, "costly");
        costly_says = proof_silent("nor here");
        proof_look(&meter, &mapping, 0, &look);
        assert_string_equal(look.methods, "");
        assert_true(isnan(look.pmd_fraction));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(readings_that_agree_give_their_common_part),
                cmocka_unit_test(readings_are_read_towards_what_was_asked_for),
                cmocka_unit_test(a_part_asked_for_is_the_part_to_be_proven),
                cmocka_unit_test(readings_that_disagree_are_invalid_with_both_figures),
                cmocka_unit_test(a_third_that_disagrees_is_found),
                cmocka_unit_test(silence_and_vagueness_prove_nothing),
                cmocka_unit_test(two_that_speak_spare_the_costly_one),
                cmocka_unit_test(what_slows_faults_is_not_asked_where_they_are_timed),
                cmocka_unit_test(what_does_not_apply_is_not_asked),
                cmocka_unit_test(another_grain_than_asked_is_invalid_and_recorded),
                cmocka_unit_test(auto_is_any_grain),
                cmocka_unit_test(pages_of_zeros_belong_to_blank_files),
                cmocka_unit_test(the_second_proof_needs_no_meter_and_finds_a_change),
                cmocka_unit_test(a_look_takes_the_surest_that_can_tell_and_refuses_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
