/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "made_summary.h"
#include "report/report.h"
#include "report/text.h"
#include "report/view.h"
#include "report/words.h"

#include <stdlib.h>

static struct made made;

/* The table as text, which the caller frees. */
static char *print(unsigned columns)
{
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);

        assert_non_null(out);
        report_print_table(&made.summary, out, columns);
        assert_int_equal(fclose(out), 0);
        return text;
}

static size_t widest_line(const char *text)
{
        size_t widest = 0;

        while (*text) {
                char line[1024];
                size_t length = strcspn(text, "\n");

                assert_true(length < sizeof(line));
                memcpy(line, text, length);
                line[length] = '\0';
                if (text_width(line) > widest)
                        widest = text_width(line);
                text += length + (text[length] == '\n');
        }
        return widest;
}

static void the_table_is_as_it_was(void **state)
{
        char path[4096], golden[8192] = "";
        FILE *file;
        char *text;

        snprintf(path, sizeof(path), "%s/report_table.txt", FIXTURES);
        file = fopen(path, "re");
        assert_non_null(file);
        fread(golden, 1, sizeof(golden) - 1, file);
        fclose(file);
        made_run(&made);
        text = print(80);
        assert_string_equal(text, golden);
        free(text);
}

static void it_fits_80_columns_and_says_more_in_wider_ones(void **state)
{
        char *text;

        made_run(&made);
        text = print(80);
        assert_in_range(widest_line(text), 60, 80);
        assert_null(strstr(text, "PMD faster by 27 %"));
        free(text);
        text = print(140);
        assert_in_range(widest_line(text), 80, 140);
        assert_non_null(strstr(text, "PMD faster by 27 %"));
        assert_non_null(strstr(text, "not resolved: PMD 1.2 % slower to 1.2 % faster"));
        free(text);
}

static void a_long_name_stands_on_its_own_line(void **state)
{
        struct summary_row *row;
        char *text;

        made_begin(&made);
        row = made_row(&made, "chase", "an_operation_with_a_longer_name", "ns/op", 4096, 131, 1.27,
                       1.01);
        row->options[0] = (char *)"1";
        made_row(&made, "chase", "load", "ns/op", GIB, 131072, 20.25, 1.01);
        text = print(72);
        assert_non_null(strstr(text, "\n  an_operation_with_a_longer_name chains=1\n   "));
        assert_true(widest_line(text) <= 72);
        free(text);
}

static void what_was_left_out_is_said(void **state)
{
        char *text;

        made_begin(&made);
        made_left_out(&made, "stream", "a", VERDICT_SKIPPED, "no clwb");
        made_left_out(&made, "stream", "b", VERDICT_SKIPPED, "no clwb");
        made_left_out(&made, "stream", "c", VERDICT_INVALID, "\033[31mred\nline");
        made_left_out(&made, "stream", "d", VERDICT_INVALID, "");
        made_left_out(&made, "stream", "e", VERDICT_INVALID, "a fourth");
        text = print(80);
        assert_non_null(strstr(text, "Nothing was measured.\n"));
        assert_non_null(strstr(text, "Left out: 40 skipped and 60 invalid of 100 samples\n"));
        assert_non_null(strstr(text, "  4 x no clwb\n"));
        assert_non_null(strstr(text, "  2 x \xef\xbf\xbd[31mred line\n"));
        assert_non_null(strstr(text, "  2 x no reason given\n"));
        assert_non_null(strstr(text, "  and 1 other reason: see report.html\n"));
        assert_null(strchr(text, '\033'));
        free(text);
}

static void what_is_not_known_well_enough_is_named(void **state)
{
        struct summary_row *row;
        char *text;

        made_begin(&made);
        made.summary.precision = 0.02;
        made_row(&made, "chase", "load", "ns/op", GIB, 131, 1.27, 1.01);
        made_row(&made, "chase", "load", "ns/op", 4096, 131, 1.27, 1.05)->outliers = 2;
        row = made_row(&made, "chase", "load", "ns/op", 8192, 131, 1.27, 1.01);
        row->gain_lo = row->gain_hi = NAN;
        text = print(80);
        assert_non_null(strstr(text, "Not known to within 2 %: 2 of 3 gains\n"));
        assert_non_null(strstr(text, "  ±5.0 %: chase load "));
        assert_non_null(strstr(text, "  too few pairs: chase load "));
        assert_non_null(strstr(text, "Outliers: 2 of 30 pairs lie far from the others"));
        free(text);
        made.summary.precision = 0; /* nothing was asked for */
        text = print(80);
        assert_null(strstr(text, "Not known"));
        free(text);
}

static void missing_numbers_are_dashes_and_never_zero(void **state)
{
        struct summary_row *row;
        char *text;

        made_begin(&made);
        row = made_row(&made, "chase", "load", "ns/op", GIB, 131, 1.27, 1.01);
        row->pmd.value = row->gain = row->gain_lo = row->gain_hi = NAN;
        row->verdict = VERDICT_UNPAIRED;
        row->pairs = 0;
        text = print(120);
        assert_non_null(strstr(text, "131   -  -"));
        assert_non_null(strstr(text, "no pair: PMD has no valid trial"));
        assert_null(strstr(text, "0.00"));
        assert_null(strstr(text, "nan"));
        free(text);
}

static void options_levers_and_sources_are_named_only_where_they_differ(void **state)
{
        struct summary_row *row;
        struct view view;
        char label[LABEL_MAX];

        made_begin(&made);
        made_row(&made, "chase", "load", "ns/op", GIB, 131, 1.27, 1.01)->options[0] = (char *)"4";
        row = made_row(&made, "chase", "load", "ns/op", GIB, 131, 1.27, 1.01);
        row->options[0] = (char *)"4";
        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        assert_string_equal(view_label(&view, row, LABEL_ALL, " ", label, sizeof(label)),
                            "chase load 1 GiB");
        view_free(&view);

        row->options[0] = (char *)"16";
        snprintf(row->pte.name, sizeof(row->pte.name), "va");
        snprintf(row->source, sizeof(row->source), "anon");
        row->threads = 2;
        made_row(&made, "random", "load", "ns/op", GIB, 131, 1.27, 1.01)->options[0] = (char *)"4";
        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        assert_string_equal(view_label(&view, row, LABEL_ALL, " ", label, sizeof(label)),
                            "chase load chains=16 1 GiB 2 threads pte:va anon");
        assert_string_equal(view_label(&view, &made.rows[2], LABEL_ALL, " ", label, sizeof(label)),
                            "random load 1 GiB shmem");
        view_free(&view);

        for (size_t i = 1; i < 3; i++) {
                snprintf(made.rows[i].source, sizeof(made.rows[i].source), "file");
                snprintf(made.rows[i].target, sizeof(made.rows[i].target), "/mnt/%zu", i);
                snprintf(made.rows[i].dax, sizeof(made.rows[i].dax), "yes");
        }
        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        assert_string_equal(view_label(&view, &made.rows[2], LABEL_ALL, " ", label, sizeof(label)),
                            "random load 1 GiB file:/mnt/2 dax=yes");
        assert_string_equal(view_label(&view, &made.rows[0], LABEL_ALL, " ", label, sizeof(label)),
                            "chase load chains=4 1 GiB shmem");
        view_free(&view);
}

/* A label names what differs; a column that only some runs have is no difference. */
static void a_missing_map_is_the_preset(void **state)
{
        struct summary_row *row;
        struct view view;
        char label[LABEL_MAX];

        made_begin(&made);
        made_row(&made, "chase", "load", "ns/op", GIB, 131, 1.27, 1.01);
        row = made_row(&made, "random", "load", "ns/op", GIB, 131, 1.27, 1.01);
        snprintf(row->map, sizeof(row->map), "shared");
        snprintf(row->state, sizeof(row->state), "written");
        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        assert_string_equal(view_label(&view, row, LABEL_ALL, " ", label, sizeof(label)),
                            "random load 1 GiB");
        view_free(&view);
        snprintf(row->map, sizeof(row->map), "private");
        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        assert_string_equal(view_label(&view, row, LABEL_ALL, " ", label, sizeof(label)),
                            "random load 1 GiB map=private");
        view_free(&view);
}

/* Twins have no gain: they are no line, no headline, and no want of one. */
static void twins_are_no_gains(void **state)
{
        struct view view;
        char *text;

        made_begin(&made);
        made_row(&made, "twin", "a", "ns/op", GIB, 131, NAN, NAN);
        text = print(100);
        assert_non_null(strstr(text, "Too few blocks for a calibration"));
        assert_null(strstr(text, "Nothing was measured"));
        assert_null(strstr(text, "1g"));
        free(text);
        made_row(&made, "chase", "load", "ns/op", GIB, 131, 1.27, 1.01);
        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        assert_false(view_is_headline(&view, &made.rows[0]));
        assert_true(view_is_headline(&view, &made.rows[1]));
        assert_true(view_has_twins(&view));
        view_free(&view);
}

static void rows_are_sorted_whatever_their_order_was(void **state)
{
        struct view view;

        made_begin(&made);
        made_row(&made, "stream", "read", "GB/s", GIB, 9, 1.27, 1.01);
        made_row(&made, "chase", "load", "ns/op", GIB, 9, 1.27, 1.01)->options[0] = (char *)"16";
        made_row(&made, "chase", "load", "ns/op", GIB, 9, 1.27, 1.01)->options[0] = (char *)"2";
        made_row(&made, "chase", "load", "ns/op", MIB, 9, 1.27, 1.01)->options[0] = (char *)"2";
        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        assert_ptr_equal(view.rows[0], &made.rows[3]);
        assert_ptr_equal(view.rows[1], &made.rows[2]);
        assert_ptr_equal(view.rows[2], &made.rows[1]);
        assert_ptr_equal(view.rows[3], &made.rows[0]);
        assert_true(view_is_headline(&view, &made.rows[2]));
        assert_false(view_is_headline(&view, &made.rows[1]));
        assert_false(view_is_headline(&view, &made.rows[3]));
        view_free(&view);
}

static void a_skipped_largest_size_does_not_stand_for_its_workload(void **state)
{
        struct view view;

        made_begin(&made);
        made_left_out(&made, "chase", "load", VERDICT_SKIPPED, "too little memory");
        made_row(&made, "chase", "load", "ns/op", MIB, 9, 1.27, 1.01);
        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        assert_false(view_is_headline(&view, &made.rows[0]));
        assert_true(view_is_headline(&view, &made.rows[1]));
        view_free(&view);
}

static void numbers_have_the_digits_that_count(void **state)
{
        static const struct {
                double value;
                const char *text;
        } rows[] = {
                { 0, "0" },         { 0.0123, "0.0123" },     { 0.5, "0.500" },
                { 4.567, "4.57" },  { 78.94, "78.9" },        { 131.4, "131" },
                { 999.6, "1,000" }, { 1234567, "1,234,567" }, { -1234.4, "-1,234" },
                { NAN, "" },        { INFINITY, "" },
        };
        struct summary_row row = { .gain = 1.5234, .gain_lo = 1.5034, .gain_hi = 1.5434 };
        char text[WORDS_MAX];

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                assert_string_equal(words_value(rows[i].value, text, sizeof(text)), rows[i].text);
        assert_string_equal(words_gain(&row, text, sizeof(text)), "1.52");
        assert_string_equal(words_interval(&row, text, sizeof(text)), "[1.50, 1.54]");
        row = (struct summary_row) { .gain = 1.0042, .gain_lo = 1.0012, .gain_hi = 1.0072 };
        assert_string_equal(words_interval(&row, text, sizeof(text)), "[1.001, 1.007]");
        row = (struct summary_row) {
                .gain = 0.98, .gain_lo = 0.963, .gain_hi = 0.9972, .verdict = VERDICT_PTE_FASTER
        };
        assert_string_equal(words_interval(&row, text, sizeof(text)), "[0.963, 0.997]");
        row.verdict = VERDICT_UNRESOLVED;
        row.gain_hi = 1.0004;
        assert_string_equal(words_interval(&row, text, sizeof(text)), "[0.96, 1.00]");
        row = (struct summary_row) { .gain = 1.5, .gain_lo = NAN, .gain_hi = NAN };
        assert_string_equal(words_interval(&row, text, sizeof(text)), "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_table_is_as_it_was),
                cmocka_unit_test(it_fits_80_columns_and_says_more_in_wider_ones),
                cmocka_unit_test(a_long_name_stands_on_its_own_line),
                cmocka_unit_test(what_was_left_out_is_said),
                cmocka_unit_test(what_is_not_known_well_enough_is_named),
                cmocka_unit_test(missing_numbers_are_dashes_and_never_zero),
                cmocka_unit_test(options_levers_and_sources_are_named_only_where_they_differ),
                cmocka_unit_test(a_missing_map_is_the_preset),
                cmocka_unit_test(twins_are_no_gains),
                cmocka_unit_test(rows_are_sorted_whatever_their_order_was),
                cmocka_unit_test(a_skipped_largest_size_does_not_stand_for_its_workload),
                cmocka_unit_test(numbers_have_the_digits_that_count),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
