/* SPDX-License-Identifier: Apache-2.0 */
/* summary.csv read back is the summary that it was written from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "report/row_key.h"
#include "report/summary_load.h"
#include "summary_dir.h"

#include <math.h>

#define HEADER                                                                                   \
        "workload,op,bytes,threads,source,fs,memmap,dax,pte_lever,unit,gain,gain_lo,gain_hi,"     \
        "pairs,verdict,evidence\n"

static bool same_number(double left, double right)
{
        return left == right || (isnan(left) && isnan(right)) ||
               fabs(left - right) <= 1e-5 * fabs(right); /* 6 digits are written */
}

static void arms_are_equal(const struct summary_arm *left, const struct summary_arm *right)
{
        assert_string_equal(left->lever, right->lever);
        assert_string_equal(left->name, right->name);
        assert_string_equal(left->proof, right->proof);
        assert_string_equal(left->reason, right->reason);
        assert_true(same_number(left->value, right->value));
        assert_true(same_number(left->value_lo, right->value_lo));
        assert_true(same_number(left->pmd_fraction, right->pmd_fraction));
        assert_true(same_number(left->minflt, right->minflt));
        assert_true(same_number(left->page_table_bytes, right->page_table_bytes));
        assert_int_equal(left->trials, right->trials);
        assert_int_equal(left->invalid, right->invalid);
        assert_int_equal(left->skipped, right->skipped);
}

static void what_was_written_is_read(void **state)
{
        struct summary *written, *read = NULL;
        char *left = NULL, *right = NULL;
        struct status status;

        write_cases();
        written = make();
        status = summary_write(written, dir);
        assert_int_equal(status.code, STATUS_OK);
        unlink(path_of("samples.csv"));
        status = summary_load(dir, &read);
        assert_string_equal(status.what, "");
        assert_int_equal(read->row_count, written->row_count);
        assert_string_equal(read->evidence, written->evidence);
        for (size_t i = 0; i < read->row_count; i++) {
                status = row_key_make(written, &written->rows[i], ROW_KEY_ALL, &left);
                assert_int_equal(status.code, STATUS_OK);
                status = row_key_make(read, &read->rows[i], ROW_KEY_ALL, &right);
                assert_int_equal(status.code, STATUS_OK);
                assert_string_equal(left, right);
                free(left);
                free(right);
                assert_string_equal(read->rows[i].unit, written->rows[i].unit);
                assert_true(same_number(read->rows[i].gain, written->rows[i].gain));
                assert_true(same_number(read->rows[i].gain_lo, written->rows[i].gain_lo));
                assert_true(same_number(read->rows[i].gain_hi, written->rows[i].gain_hi));
                assert_int_equal(read->rows[i].pairs, written->rows[i].pairs);
                assert_int_equal(read->rows[i].verdict, written->rows[i].verdict);
                assert_string_equal(read->rows[i].pmd.lever, ""); /* not in the file */
                arms_are_equal(&read->rows[i].pte, &written->rows[i].pte);
        }
        summary_free(read);
        summary_free(written);
}

static void without_the_file_it_is_made_and_not_written(void **state)
{
        struct summary *summary = NULL;
        struct status status;

        write_cases();
        unlink(path_of("summary.csv"));
        status = summary_load(dir, &summary);
        assert_string_equal(status.what, "");
        assert_true(summary->samples_read > 0);
        assert_int_not_equal(access(path_of("summary.csv"), F_OK), 0);
        summary_free(summary);
}

static void refused(const char *row, const char *expected)
{
        struct csv_reader *reader = NULL;
        struct summary *summary = NULL;
        struct status status;
        char text[1200];

        snprintf(text, sizeof(text), "%s%s\n", row[0] ? HEADER : "workload,op\n", row);
        status = csv_reader_open_memory("x", text, strlen(text), &reader);
        assert_string_equal(status.what, "");
        status = summary_load_rows(reader, &summary);
        assert_int_equal(status.code, STATUS_USAGE);
        assert_null(summary);
        if (!strstr(status.what, expected))
                fail_msg("'%s' does not say '%s'", status.what, expected);
        csv_reader_close(reader);
}

static void nonsense_is_refused_with_its_line(void **state)
{
        refused("", "the column");
        refused("chase,read,1024,1,shmem,,,,nohuge,ns/op,1.5,1.4,1.6,9,faster,virtual",
                "x:2: the verdict");
        refused("chase,read,1024,1,shmem,,,,nohuge,ns/op,-1.5,,,9,unresolved,virtual",
                "x:2: the gain");
        refused("chase,read,1024,1,shmem,,,,nohuge,ns/op,1.5,1.6,1.4,9,unresolved,virtual",
                "x:2: the gain");
        refused("chase,read,,1,shmem,,,,nohuge,ns/op,1.5,1.4,1.6,9,unresolved,virtual",
                "x:2: bytes or threads");
        refused("chase,read,1024,1,shmem,,,,a-lever-that-is-far-too-long,ns/op,1.5,1.4,1.6,9,"
                "unresolved,virtual",
                "x:2: the text in column 'pte_lever' is too long");
        refused("chase,read,1024,1,shmem,,,,nohuge,ns/op,1.5,1.4,1.6,5000000000,unresolved,virtual",
                "x:2: a count is too large");
}

/* A name of an option from samples.csv is text like any other. */
static void names_of_columns_are_quoted(void **state)
{
        static const char samples[] =
                "block,trial,workload,op,unit,bytes,threads,\"opt_a,\"\"b\n\",source,target,fs,memmap,"
                "dax,lever,asked,proven,pmd_fraction,proof,ops,time_ns,minflt,page_table_bytes,"
                "\"ctr_x,y\",status,reason\n"
                "0,0,w,o,ns/op,4096,1,7,shmem,,,,,aligned,pmd,pmd,1,,10,100,,,3,ok,\n";
        struct summary *written, *read = NULL;
        struct status status;

        write_text("samples.csv", samples, strlen(samples));
        written = make();
        status = summary_write(written, dir);
        assert_int_equal(status.code, STATUS_OK);
        status = summary_load(dir, &read);
        assert_string_equal(status.what, "");
        assert_int_equal(read->option_count, 1);
        assert_string_equal(read->option_names[0], "a,\"b\n");
        assert_string_equal(read->rows[0].options[0], "7");
        summary_free(written);
        summary_free(read);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(what_was_written_is_read, make_dir, remove_dir),
                cmocka_unit_test_setup_teardown(without_the_file_it_is_made_and_not_written,
                                                make_dir, remove_dir),
                cmocka_unit_test(nonsense_is_refused_with_its_line),
                cmocka_unit_test_setup_teardown(names_of_columns_are_quoted, make_dir, remove_dir),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
