/* SPDX-License-Identifier: Apache-2.0 */
/* What the summary makes of input that is cut, malformed or missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "summary_dir.h"

#include <math.h>

static void a_last_row_that_was_cut_is_told_and_left_out(void **state)
{
        char *samples = cases();
        size_t length = strlen(samples);
        struct summary *whole, *cut;

        write_text("samples.csv", samples, length);
        whole = make();
        write_text("samples.csv", samples, length - 3);
        cut = make();
        assert_int_equal(whole->cut_line, 0);
        assert_true(cut->cut_line > 1);
        assert_int_equal(cut->samples_read, whole->samples_read - 1);
        summary_free(whole);
        summary_free(cut);
        free(samples);
}

/* Replaces the first `from` behind `after`, makes the summary, and gives the failure. */
static struct status make_changed(const char *after, const char *from, const char *to)
{
        char *samples = cases(), *at = strstr(strstr(samples, after), from);
        size_t before = (size_t)(at - samples);
        char *changed = malloc(strlen(samples) + strlen(to) + 1);
        struct summary *summary = NULL;
        struct status status;

        memcpy(changed, samples, before);
        strcpy(stpcpy(changed + before, to), at + strlen(from));
        write_text("samples.csv", changed, strlen(changed));
        status = summary_make(dir, &summary);
        summary_free(summary);
        free(samples);
        free(changed);
        return status;
}

#define PROVEN_HEAD                                                                                \
        "block,trial,sample,workload,op,unit,bytes,threads,source,target,fs,memmap,dax,lever,"     \
        "asked,proven,pmd_fraction,proof,ops,time_ns,minflt,page_table_bytes,status,reason\n"
#define PROVEN_ROW(block, proven, status)                                                          \
        block ",0,0,w,o,ns/op,4096,1,file,,,,,aligned,pmd," proven ",,,10,100,,," status ",\n"

/* What the kernel made of a mapping is a result, also where it is not what was asked for. */
static void the_proven_grain_is_that_of_valid_trials_else_of_any(void **state)
{
        static const struct {
                const char *samples, *proven;
        } cases[] = {
                { PROVEN_HEAD PROVEN_ROW("0", "pte", "invalid") PROVEN_ROW("1", "pte", "invalid"),
                  "pte" },
                { PROVEN_HEAD PROVEN_ROW("0", "pte", "invalid") PROVEN_ROW("1", "pmd", "ok")
                          PROVEN_ROW("2", "mixed", "invalid"), "pmd" },
                { PROVEN_HEAD PROVEN_ROW("0", "pte", "invalid") PROVEN_ROW("1", "pmd", "invalid"),
                  "mixed" },
                { PROVEN_HEAD PROVEN_ROW("0", "", "skip"), "" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct summary *summary;

                write_text("samples.csv", cases[i].samples, strlen(cases[i].samples));
                summary = make();
                assert_string_equal(summary->rows[0].pmd.proven, cases[i].proven);
                summary_free(summary);
        }
}

#define LONG "forty-one characters which are rather many"

static void malformed_files_are_refused_with_their_line(void **state)
{
        static const struct {
                const char *after, *from, *to, *what;
        } rows[] = {
                { "block", ",time_ns,", ",time,",
                  "samples.csv:1: the column 'time_ns' is missing" },
                { "block", ",status,", ",state,", "samples.csv:1: the column 'status' is missing" },
                { "\n0,", ",ok,", ",fine,", "samples.csv:2: the status is none of" },
                { "\n0,", "aligned,pmd,", "aligned,pud,", ": 'asked' is none of pmd, pte, auto" },
                { "\n0,", "nohuge,pte,", "nohuge,,", ": 'asked' is none of pmd, pte, auto" },
                { "\n0,", "ns/op", "furlongs", "samples.csv:2: the unit is none of" },
                { "\n0,", "0,", "x,", "samples.csv:2: 'x' in column 'block' is not" },
                { "\n0,", "0,", "4294967296,", "samples.csv:2: block or trial is missing" },
                { "\n0,", "ns/op,", "ns/op,-", "samples.csv:2: '-" },
                { "\n0,", "\n", "\n1,2\n", "samples.csv:2: the row has 2 fields" },
                { "block", ",status,", "," LONG LONG LONG "c,status,",
                  "samples.csv:1: the name of a column is too long" },
                { "\n0,", ",shmem,", "," LONG ",", "the text in column 'source' is too long" },
                { "\n0,", "aligned,pmd,", "aligned,pmd," LONG,
                  "samples.csv:2: 'proven' is too long" },
                { "\n0,", "393216,1,", "393216,0,", "samples.csv:2: bytes or threads are missing" },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct status status;

                status = make_changed(rows[i].after, rows[i].from, rows[i].to);
                assert_int_equal(status.code, STATUS_USAGE);
                if (!strstr(status.what, rows[i].what))
                        fail_msg("'%s' does not say '%s'", status.what, rows[i].what);
        }
        assert_int_equal(make_changed("\n0,", "ok", "ok").code, STATUS_OK);
}

static void an_ok_row_without_time_is_invalid(void **state)
{
        char *samples = cases(), *end = strstr(samples, "\n0,"), text[4096];
        struct summary *summary;

        snprintf(text, sizeof(text), "%.*s\n", (int)(end - samples), samples);
        strcat(text, "0,0,0,w,o,ns/op,4096,1,,,s,,,,,aligned,pmd,pmd,1,p,10,,1,0,0,,,,,,,,,ok,\n"
                     "0,0,0,w,o,ns/op,4096,1,,,s,,,,,nohuge,pte,pte,0,p,0,5,1,0,0,,,,,,,,,ok,\n");
        write_text("samples.csv", text, strlen(text));
        summary = make();
        assert_int_equal(summary->samples_ok, 0);
        assert_int_equal(summary->samples_invalid, 2);
        assert_int_equal(summary->rows[0].verdict, VERDICT_INVALID);
        assert_string_equal(summary->rows[0].pmd.reason,
                            "a row with status ok but without operations or time");
        summary_free(summary);
        free(samples);
}

static void without_machine_json_there_is_no_evidence(void **state)
{
        char *samples = cases();
        struct summary *summary;

        write_text("samples.csv", samples, strlen(samples));
        free(samples);
        summary = make();
        assert_string_equal(summary->evidence, "");
        assert_int_equal(summary->level_count, 1);
        assert_true(isnan(summary->levels[0].cpuid_entries));
        /* A reach.csv of earlier samples goes when there are no levels any more. */
        assert_int_equal(summary_write(summary, dir).code, STATUS_OK);
        assert_int_equal(access(path_of("reach.csv"), F_OK), 0);
        summary->level_count = 0;
        assert_int_equal(summary_write(summary, dir).code, STATUS_OK);
        assert_int_equal(access(path_of("reach.csv"), F_OK), -1);
        summary_free(summary);

        write_text("machine.json", "{ \"evidence\": ", 14);
        assert_int_equal(summary_make(dir, &summary).code, STATUS_USAGE);
        write_text("machine.json", "[1]", 3);
        assert_int_equal(summary_make(dir, &summary).code, STATUS_USAGE);
        write_text("machine.json", "{\"evidence\":7,\"cpu\":[],\"memory\":null}", 37);
        summary = make();
        assert_string_equal(summary->evidence, "");
        summary_free(summary);
}

static void a_folder_without_samples_is_told(void **state)
{
        struct summary *summary = NULL;
        struct status status = summary_make(dir, &summary);

        assert_true(status_failed(&status));
        assert_non_null(strstr(status.what, "samples.csv"));
        assert_null(summary);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_last_row_that_was_cut_is_told_and_left_out,
                                                make_dir, remove_dir),
                cmocka_unit_test_setup_teardown(
                        the_proven_grain_is_that_of_valid_trials_else_of_any, make_dir, remove_dir),
                cmocka_unit_test_setup_teardown(malformed_files_are_refused_with_their_line,
                                                make_dir, remove_dir),
                cmocka_unit_test_setup_teardown(an_ok_row_without_time_is_invalid, make_dir,
                                                remove_dir),
                cmocka_unit_test_setup_teardown(without_machine_json_there_is_no_evidence, make_dir,
                                                remove_dir),
                cmocka_unit_test_setup_teardown(a_folder_without_samples_is_told, make_dir,
                                                remove_dir),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
