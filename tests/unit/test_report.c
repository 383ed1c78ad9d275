/* SPDX-License-Identifier: Apache-2.0 */
/* From samples.csv and machine.json to summary.csv, plots and page, in one call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "report/report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRIPTS FIXTURES "/../../plots"

static char dir[64];

static int dir_make(void **state)
{
        snprintf(dir, sizeof(dir), "/tmp/test_report_XXXXXX");
        return mkdtemp(dir) ? 0 : -1;
}

static const char *path_of(const char *name)
{
        static char path[256];

        snprintf(path, sizeof(path), "%s/%s", dir, name);
        return path;
}

static int dir_remove(void **state)
{
        static const char *const names[] = {
                "samples.csv",   "machine.json",   "summary.csv",    "report.html",
                "plots/run.csv", "plots/gain.csv", "plots/gain.svg",
        };

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                unlink(path_of(names[i]));
        rmdir(path_of("plots"));
        rmdir(dir);
        return 0;
}

static char *file_text(const char *path)
{
        struct stat about;
        FILE *file = fopen(path, "re");
        char *text;

        if (!file)
                return NULL;
        assert_int_equal(fstat(fileno(file), &about), 0);
        text = calloc(1, (size_t)about.st_size + 1);
        assert_non_null(text);
        assert_int_equal(fread(text, 1, (size_t)about.st_size, file), about.st_size);
        fclose(file);
        return text;
}

/* Eight blocks in which PTE takes `ratio` times as long as PMD, give or take 1 %. */
static void samples_write(double ratio)
{
        FILE *file = fopen(path_of("samples.csv"), "we");

        assert_non_null(file);
        fprintf(file, "block,trial,sample,workload,op,unit,bytes,threads,source,target,fs,memmap,"
                      "dax,lever,asked,proven,pmd_fraction,proof,ops,time_ns,minflt,run_minflt,"
                      "page_table_bytes,status,reason\n");
        for (int block = 0; block < 8; block++) {
                double time = 100000 * (1 + 0.01 * (block % 3 - 1));

                fprintf(file,
                        "%d,0,0,chase,load,ns/op,1073741824,1,shmem,,tmpfs,ram,,aligned,pmd,"
                        "pmd,1,pagemap+vmpte,1000,%.0f,513,0,8192,ok,\n",
                        block, time);
                fprintf(file,
                        "%d,0,0,chase,load,ns/op,1073741824,1,shmem,,tmpfs,ram,,nohuge,pte,"
                        "pte,0,pagemap+vmpte,1000,%.0f,262145,0,2105344,ok,\n",
                        block, time * ratio * (1 + 0.001 * (block % 2)));
        }
        assert_int_equal(fclose(file), 0);
}

static void machine_write(const char *text)
{
        FILE *file = fopen(path_of("machine.json"), "we");

        assert_non_null(file);
        fputs(text, file);
        assert_int_equal(fclose(file), 0);
}

static struct status make(char *ret_warning)
{
        return report_make(&(struct report_request) { dir, SCRIPTS, false }, ret_warning);
}

static void a_run_becomes_a_page(void **state)
{
        char *machine = file_text(FIXTURES "/report_machine.json");
        char warning[320] = "untouched";
        struct status status;
        char *text;

        samples_write(1.5);
        machine_write(machine);
        free(machine);
        status = make(warning);
        assert_string_equal(status.what, "");
        text = file_text(path_of("summary.csv"));
        assert_non_null(text);
        assert_non_null(strstr(text, "pmd_faster"));
        free(text);
        text = file_text(path_of("report.html"));
        assert_non_null(text);
        assert_non_null(strstr(text, "PMD faster by 50 %"));
        assert_non_null(strstr(text, "virtual: KVM guest"));
        /* Either there is a picture, or the page and the caller are told why not. */
        assert_int_equal(strstr(text, "<figure>") != NULL, warning[0] == '\0');
        free(text);
}

static void without_gnuplot_the_page_is_made_and_says_so(void **state)
{
        char *search = strdup(getenv("PATH")), *text;
        char warning[320] = "";
        struct status status;

        samples_write(1.5);
        setenv("PATH", "/nonexistent", 1);
        status = make(warning);
        setenv("PATH", search, 1);
        free(search);
        assert_string_equal(status.what, "");
        assert_non_null(strstr(warning, "there is no gnuplot here; install gnuplot"));
        text = file_text(path_of("report.html"));
        assert_non_null(text);
        assert_non_null(strstr(text, "there is no gnuplot here"));
        assert_null(strstr(text, "<figure>"));
        free(text);
}

static void the_same_samples_give_the_same_page(void **state)
{
        char warning[320], *first, *second;
        struct status status;

        samples_write(1.5);
        status = make(warning);
        assert_string_equal(status.what, "");
        first = file_text(path_of("report.html"));
        status = make(warning);
        assert_string_equal(status.what, "");
        second = file_text(path_of("report.html"));
        assert_non_null(first);
        assert_string_equal(first, second);
        free(first);
        free(second);
}

static void without_samples_nothing_is_made_or_changed(void **state)
{
        char warning[320] = "untouched", *before, *after;
        struct status status;

        samples_write(1.5);
        status = make(warning);
        assert_string_equal(status.what, "");
        before = file_text(path_of("report.html"));
        unlink(path_of("samples.csv"));
        snprintf(warning, sizeof(warning), "untouched");
        status = make(warning);
        assert_true(status_failed(&status));
        assert_non_null(strstr(status.what, "samples.csv"));
        assert_string_equal(warning, "untouched");
        after = file_text(path_of("report.html"));
        assert_string_equal(before, after);
        free(before);
        free(after);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_run_becomes_a_page),
                cmocka_unit_test(without_gnuplot_the_page_is_made_and_says_so),
                cmocka_unit_test(the_same_samples_give_the_same_page),
                cmocka_unit_test(without_samples_nothing_is_made_or_changed),
        };

        return cmocka_run_group_tests(tests, dir_make, dir_remove);
}
