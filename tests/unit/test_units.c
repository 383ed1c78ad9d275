/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pmdgain/units.h>
#include <unistd.h>

static void sizes_are_powers_of_1024(void **state)
{
        static const struct {
                const char *text;
                uint64_t bytes;
        } rows[] = {
                { "0", 0 },       { "4096", 4096 },      { "64k", 65536 },  { "2m", 2 * MIB },
                { "2M", 2 * MIB }, { "2MiB", 2 * MIB },  { "1g", GIB },     { "1t", 1024 * GIB },
                { "512B", 512 },  { "15p", 15 * MIB * GIB },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                uint64_t bytes = 1;
                struct status status = size_parse(rows[i].text, &bytes);

                assert_int_equal(status.code, STATUS_OK);
                assert_int_equal(bytes, rows[i].bytes);
        }
}

static void a_page_is_this_machines(void **state)
{
        uint64_t bytes = 1;

        assert_int_equal(size_parse("page", &bytes).code, STATUS_OK);
        assert_int_equal(bytes, sysconf(_SC_PAGESIZE));
        assert_int_equal(size_parse("pages", &bytes).code, STATUS_USAGE);
}

static void bad_numbers_are_refused_and_nothing_is_returned(void **state)
{
        static const char *const sizes[] = { "", "k", "-1", "2x", "1.5g", "2mi", "99999999t",
                                             "18446744073709551616", " 2m", "2m ", "8iB" };
        static const char *const times[] = { "", "5", "5 s", "ms", "-1s", "1.5s", "9999999999999h" };
        uint64_t value = 77;

        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
                assert_int_equal(size_parse(sizes[i], &value).code, STATUS_USAGE);
        for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
                assert_int_equal(time_parse(times[i], &value).code, STATUS_USAGE);
        assert_int_equal(count_parse("7x", &value).code, STATUS_USAGE);
        assert_int_equal(value, 77);
}

static void a_formatted_size_reads_back(void **state)
{
        static const uint64_t sizes[] = { 0, 1, 1023, 1024, 4096, 3 * MIB, GIB + 1, 6144 * GIB };
        char text[UNITS_TEXT_MAX];

        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
                uint64_t bytes = 0;

                size_format(sizes[i], text, sizeof(text));
                assert_int_equal(size_parse(text, &bytes).code, STATUS_OK);
                assert_int_equal(bytes, sizes[i]);
        }
}

static void a_percentage_may_have_its_sign(void **state)
{
        static const char *const bad[] = { "", "%", "2 %", "2%%", "two%", "%2" };
        double percent = -1;

        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                assert_int_equal(percent_parse(bad[i], &percent).code, STATUS_USAGE);
        assert_true(percent == -1);
        assert_int_equal(percent_parse("2%", &percent).code, STATUS_OK);
        assert_true(percent == 2);
        assert_int_equal(percent_parse("0.5", &percent).code, STATUS_OK);
        assert_true(percent == 0.5);
}

static void times_have_units(void **state)
{
        uint64_t ns = 0;

        assert_int_equal(time_parse("500ms", &ns).code, STATUS_OK);
        assert_int_equal(ns, 500000000);
        assert_int_equal(time_parse("5m", &ns).code, STATUS_OK);
        assert_int_equal(ns, UINT64_C(300000000000));
}

static void lists_split_at_spaces_and_commas(void **state)
{
        const char *cursor = " a,b  c , ";
        char word[8];

        assert_true(list_next(&cursor, word, sizeof(word)));
        assert_string_equal(word, "a");
        assert_true(list_next(&cursor, word, sizeof(word)));
        assert_string_equal(word, "b");
        assert_true(list_next(&cursor, word, sizeof(word)));
        assert_string_equal(word, "c");
        assert_false(list_next(&cursor, word, sizeof(word)));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sizes_are_powers_of_1024),
                cmocka_unit_test(a_page_is_this_machines),
                cmocka_unit_test(bad_numbers_are_refused_and_nothing_is_returned),
                cmocka_unit_test(a_formatted_size_reads_back),
                cmocka_unit_test(a_percentage_may_have_its_sign),
                cmocka_unit_test(times_have_units),
                cmocka_unit_test(lists_split_at_spaces_and_commas),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
