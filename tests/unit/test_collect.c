/* SPDX-License-Identifier: Apache-2.0 */
/* Many runs in one report: what is found, what stands side by side, what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collect/collect.h"
#include "page_links.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRIPTS FIXTURES "/../../plots"

static char dir[64];

static int dir_make(void **state)
{
        snprintf(dir, sizeof(dir), "/tmp/test_collect_XXXXXX");
        return mkdtemp(dir) ? 0 : -1;
}

static int entry_remove(const char *path, const struct stat *about, int type, struct FTW *at)
{
        return remove(path);
}

static int dir_remove(void **state)
{
        return nftw(dir, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *path_of(const char *name)
{
        static char path[512];

        snprintf(path, sizeof(path), "%s/%s", dir, name);
        return path;
}

/* A file and the folders it is in. */
static FILE *file_make(const char *folder, const char *name)
{
        char path[512];
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s/%s", dir, folder, name);
        for (char *slash = strchr(path + strlen(dir) + 1, '/'); slash;
             slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                assert_true(mkdir(path, 0777) == 0 || errno == EEXIST);
                *slash = '/';
        }
        file = fopen(path, "we");
        assert_non_null(file);
        return file;
}

/* Six blocks of one populate call; `pmd_ns` is for a MiB by PMD, PTE takes ten times that. */
static void run_make(const char *folder, const char *release, const char *target, double pmd_ns,
                     const char *memmap, const char *dax)
{
        FILE *file = file_make(folder, "samples.csv");

        fprintf(file, "block,trial,sample,workload,op,unit,bytes,threads,source,target,fs,memmap,"
                      "dax,lever,asked,proven,pmd_fraction,proof,ops,time_ns,minflt,run_minflt,"
                      "page_table_bytes,status,reason\n");
        for (int block = 0; block < 6; block++) {
                for (int arm = 0; arm < 2; arm++)
                        fprintf(file,
                                "%d,0,0,populate,madvise_read,ns/MiB,67108864,1,file,%s,ext4,%s,%s,"
                                "%s,%s,%s,%d,pagemap+vmpte,67108864,%.0f,33,0,%d,ok,\n",
                                block, target, memmap, dax, arm ? "nohuge" : "aligned",
                                arm ? "pte" : "pmd", arm ? "pte" : "pmd", !arm,
                                64 * pmd_ns * (arm ? 10 : 1) + block, arm ? 131072 : 4096);
        }
        assert_int_equal(fclose(file), 0);
        file = file_make(folder, "machine.json");
        fprintf(file, "{\"evidence\":\"emulated\",\"kernel\":{\"release\":\"%s\"},"
                      "\"cpu\":{\"model_name\":\"QEMU\"},"
                      "\"run\":{\"clock\":\"instructions\",\"plan\":\"lab-full\"}}\n", release);
        assert_int_equal(fclose(file), 0);
}

static void lab_files_make(void)
{
        FILE *file = file_make("backports", "cells.csv");

        fprintf(file, "cell,device,memmap,fs,align,tuned,partition,arms,status,reason,seconds\n"
                      "ram-ext4,nvdimm,ram,ext4,2m,yes,-,pmd,ok,,1.0\n"
                      "none-ext4,nvdimm,none,ext4,-,yes,-,pmd,ok,\"DAX <unsupported>, here\",1.0\n"
                      "vfio,vfio,none,-,-,-,-,pmd,failed,no device,0.1\n");
        assert_int_equal(fclose(file), 0);
        file = file_make("backports", "namespace.csv");
        fprintf(file, "namespace,mode,memmap,align_bytes,raw_bytes,usable_bytes,memmap_bytes,up_ns,"
                      "memavailable_before_bytes,memavailable_after_bytes,kernel_memmap_bytes\n"
                      "namespace0.0,fsdax,ram,2097152,671088640,668991488,10485760,35866000,"
                      "1823252480,1812537344,10485760\n"
                      "namespace0.5,raw,none,,671088640,671088640,0,20201000,,,0\n");
        assert_int_equal(fclose(file), 0);
}

/* Two kernels of the lab; names of folders are not in the order of the kernels. */
static void lab_make(void)
{
        FILE *file;

        run_make("backports/ram-ext4/run", "6.12.95-amd64", "/mnt/a", 80000, "ram", "yes");
        run_make("backports/none-ext4/run", "6.12.95-amd64", "/mnt/b", 300000, "", "no");
        run_make("aged/ram-ext4/run", "7.2.13-amd64", "/elsewhere", 2000, "ram", "yes");
        lab_files_make();
        file = file_make("aged", "cells.csv");
        fprintf(file, "cell,device,memmap,fs,align,tuned,partition,arms,status,reason,seconds\n"
                      "ram-ext4,nvdimm,ram,ext4,2m,yes,-,pmd,ok,,1.0\n");
        assert_int_equal(fclose(file), 0);
}

static struct collection collection_of(void)
{
        struct collection collection;
        struct status status = collection_read(dir, &collection);

        assert_string_equal(status.what, "");
        return collection;
}

static void kernels_stand_side_by_side(void **state)
{
        struct collection collection;

        run_make("x/b/run", "6.12.95-amd64", "/mnt/a", 80000, "ram", "yes");
        run_make("x/a/run", "7.2.13-amd64", "/elsewhere", 2000, "ram", "yes");
        run_make("y", "6.1.0-amd64", "/mnt", 90000, "ram", "yes");
        run_make(".hidden", "6.1.0-amd64", "/mnt", 90000, "ram", "yes");
        collection = collection_of();
        assert_int_equal(collection.run_count, 3);
        assert_int_equal(collection.kernel_count, 3);
        assert_string_equal(collection.kernels[0].name, "Linux 6.1");
        assert_string_equal(collection.kernels[1].name, "Linux 6.12");
        assert_string_equal(collection.kernels[2].name, "Linux 7.2");
        assert_int_equal(collection.line_count, 1);
        for (size_t k = 0; k < 3; k++) {
                assert_true(collection.lines[0].rows[k] < collection.row_count);
                assert_int_equal(collection.rows[collection.lines[0].rows[k]].kernel, k);
        }
        collection_free(&collection);
}

/* The same thing twice on one kernel is two lines; another build of it is another kernel. */
static void nothing_is_merged_that_is_not_the_same(void **state)
{
        struct collection collection;

        run_make("a", "6.12.95-amd64", "/mnt", 80000, "ram", "yes");
        run_make("b", "6.12.95-amd64", "/mnt", 81000, "ram", "yes");
        run_make("c", "6.12.96-amd64", "/mnt", 82000, "ram", "yes");
        collection = collection_of();
        assert_int_equal(collection.line_count, 2);
        assert_int_equal(collection.kernel_count, 2);
        assert_string_equal(collection.kernels[0].name, "Linux 6.12.95-amd64");
        assert_string_equal(collection.kernels[1].name, "Linux 6.12.96-amd64");
        collection_free(&collection);
}

static void what_the_lab_leaves_is_read(void **state)
{
        struct collection collection;
        size_t none = 0;

        lab_make();
        collection = collection_of();
        assert_int_equal(collection.cell_count, 4);
        assert_int_equal(collection.namespace_count, 2);
        assert_int_equal(collection.namespaces[0].memmap_bytes.value, 10485760);
        assert_false(collection.namespaces[1].align_bytes.known);
        assert_string_equal(collection.cells[2].reason, "DAX <unsupported>, here");
        assert_true(collection.cells[3].run == NONE);
        while (strcmp(collection.rows[none].cell, "none-ext4") != 0)
                none++;
        assert_string_equal(collection.rows[none].memmap, "none"); /* the row itself has none */
        collection_free(&collection);
}

static void a_run_that_cannot_be_read_is_told(void **state)
{
        struct collection collection;
        FILE *file;

        run_make("good", "6.12.95-amd64", "/mnt", 80000, "ram", "yes");
        file = file_make("bad", "samples.csv");
        fputs("block,trial\n0,0\n", file);
        assert_int_equal(fclose(file), 0);
        collection = collection_of();
        assert_int_equal(collection.run_count, 2);
        assert_true(status_failed(&collection.runs[0].status));
        assert_false(status_failed(&collection.runs[1].status));
        collection_free(&collection);
}

static void without_runs_there_is_nothing_to_report(void **state)
{
        struct collection collection;
        struct status status = collection_read(dir, &collection);

        assert_int_equal(status.code, STATUS_USAGE);
        assert_non_null(strstr(status.what, "no samples.csv"));
}

static struct collection make(void)
{
        struct report_request request = { dir, SCRIPTS, false };
        struct collection collection;
        char warning[320] = "";
        struct status status = collect_make(&request, warning, &collection);

        assert_string_equal(status.what, "");
        return collection;
}

static void the_page_answers_what_is_lost_without_a_memmap(void **state)
{
        static const char *const has[] = {
                "A memmap in RAM (fsdax, aligned to 2 MiB) takes, of RAM, 1.56 % of the "
                "namespace&#39;s size on Linux 6.12: by this share 16 GiB for 1 TiB",
                "it is page cache, mapped by PMD on Linux 6.12 (ext4)",
                "without a memmap (page cache, no DAX) than with DAX by PMD: 3.75 times",
                ", by PMD, takes more instructions on the older kernel than on the newer: 40.0 times "
                "[40.0, 40.0] as many on Linux 6.12 as on Linux 7.2.",
                "tools/lab --matrix full --kernel backports,aged --plan lab-full --cell ram-ext4\n<",
                "<pre>tools/lab --kernel backports\n</pre>",
                "<span class=\"under\">DAX &lt;unsupported&gt;, here</span>",
                "<td>set up: failed</td>",
                "pmd → PMD, pte:nohuge → PTE",
                "2,000 instructions/MiB, 6 pairs",
                "<td class=\"n\">128 KiB / 4 KiB</td>",
                "<td class=\"n\">2 GiB / –</td>", /* page tables for 1 TiB: too little is mapped by PMD */
                "<a href=\"./aged/ram-ext4/run/report.html\">",
        };
        struct collection collection;
        char *text;

        lab_make();
        collection = make();
        collection_free(&collection);
        text = page_read(path_of("report.html"));
        for (size_t i = 0; i < sizeof(has) / sizeof(has[0]); i++)
                if (!strstr(text, has[i]))
                        fail_msg("the page does not have: %s", has[i]);
        assert_in_range(page_links_check(text), 8, 1000);
        assert_int_equal(access(path_of("aged/ram-ext4/run/report.html"), F_OK), 0);
        free(text);
}

static void reports_of_runs_are_made_when_they_are_old(void **state)
{
        struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
        struct timespec fresh[2] = { { .tv_sec = 4000000000 }, { .tv_sec = 4000000000 } };
        struct collection collection;
        struct stat before, after;

        run_make("a", "6.12.95-amd64", "/mnt", 80000, "ram", "yes");
        collection = make();
        collection_free(&collection);
        assert_int_equal(utimensat(AT_FDCWD, path_of("a/report.html"), fresh, 0), 0);
        collection = make();
        collection_free(&collection);
        assert_int_equal(stat(path_of("a/report.html"), &before), 0);
        assert_int_equal(before.st_mtime, 4000000000);
        assert_int_equal(utimensat(AT_FDCWD, path_of("a/report.html"), old, 0), 0);
        collection = make();
        collection_free(&collection);
        assert_int_equal(stat(path_of("a/report.html"), &after), 0);
        assert_true(after.st_mtime > 1000);
}

static void the_csv_has_the_rows_of_all_runs(void **state)
{
        struct collection collection;
        char *text, *line;
        size_t lines = 0;

        lab_make();
        collection = make();
        collection_free(&collection);
        text = page_read(path_of("collection.csv"));
        assert_int_equal(strncmp(text, "run,kernel,machine,cell,clock,workload,op,bytes,", 48), 0);
        for (line = strchr(text, '\n'); line; line = strchr(line + 1, '\n'))
                lines++;
        assert_int_equal(lines, 4);
        assert_non_null(strstr(text, "\nbackports/none-ext4/run,6.12.95-amd64,QEMU,none-ext4,"
                                     "instructions,populate,madvise_read,67108864,1,file,ext4,none,"
                                     "no,nohuge,"));
        free(text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(kernels_stand_side_by_side, dir_make, dir_remove),
                cmocka_unit_test_setup_teardown(nothing_is_merged_that_is_not_the_same, dir_make,
                                                dir_remove),
                cmocka_unit_test_setup_teardown(what_the_lab_leaves_is_read, dir_make, dir_remove),
                cmocka_unit_test_setup_teardown(a_run_that_cannot_be_read_is_told, dir_make,
                                                dir_remove),
                cmocka_unit_test_setup_teardown(without_runs_there_is_nothing_to_report, dir_make,
                                                dir_remove),
                cmocka_unit_test_setup_teardown(the_page_answers_what_is_lost_without_a_memmap,
                                                dir_make, dir_remove),
                cmocka_unit_test_setup_teardown(reports_of_runs_are_made_when_they_are_old,
                                                dir_make, dir_remove),
                cmocka_unit_test_setup_teardown(the_csv_has_the_rows_of_all_runs, dir_make,
                                                dir_remove),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
