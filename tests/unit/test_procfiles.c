/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of /proc, on texts recorded from real kernels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/filesystem.h"
#include "sys/keyed.h"
#include "sys/memavail.h"
#include "sys/procself.h"
#include "sys/smaps.h"

#include <pmdgain/units.h>
#include <stdio.h>
#include <string.h>

static void a_line_gives_its_number(void **state)
{
        static const struct {
                const char *line, *key;
                bool known;
                uint64_t value;
        } rows[] = {
                { "VmPTE:\t    2052 kB\n", "VmPTE", true, 2052 * KIB },
                { "thp_fault_fallback 513\n", "thp_fault_fallback", true, 513 },
                { "thp_fault_fallback_charge 7\n", "thp_fault_fallback", false, 0 },
                { "nr2 7\n", "nr", false, 0 },
                { "mnt_id:\t28\n", "mnt_id", true, 28 },
                { "VmPTE:\t\n", "VmPTE", false, 0 },
                { "VmPTE: -4 kB\n", "VmPTE", false, 0 },
                { "XVmPTE: 4 kB\n", "VmPTE", false, 0 },
                { "VmPTE", "VmPTE", false, 0 },
                { "Rss: 99999999999999999999999 kB\n", "Rss", false, 0 },
                { "Rss: 18014398509481984 kB\n", "Rss", false, 0 }, /* 2^64 bytes */
                { "", "Rss", false, 0 },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct count count = keyed_line(rows[i].line, rows[i].key);

                assert_int_equal(count.known, rows[i].known);
                assert_int_equal(count.value, rows[i].value);
        }
}

static void what_is_not_there_is_missing_and_not_zero(void **state)
{
        const struct sys_root none = { .sysfs = FIXTURES "/none", .proc = FIXTURES "/none" };

        assert_false(keyed_file(FIXTURES "/proc-6.1", "vmstat", "no_such_key").known);
        assert_false(procself_page_tables(&none).known);
        assert_false(procself_thp_fallbacks(&none).known);
        assert_true(procself_minflt().known);
}

static void counts_of_recorded_kernels(void **state)
{
        const struct sys_root old = { .proc = FIXTURES "/proc-6.1" };
        const struct sys_root new = { .proc = FIXTURES "/proc-6.12" };

        assert_int_equal(procself_page_tables(&old).value, 56 * KIB);
        assert_int_equal(procself_page_tables(&new).value, 60 * KIB);
        assert_int_equal(procself_thp_fallbacks(&old).value, 513);
        assert_int_equal(procself_thp_fallbacks(&new).value, 513);
}

/* The areas that fixtures/README.md lists, in each recording. */
static void areas_of_recorded_kernels(void **state)
{
        static const struct {
                const char *path;
                uint64_t start;
                uint64_t bytes, present, pmd;
        } rows[] = {
                { "/proc-6.1/self/smaps", 0x7f0768400000, 8 * MIB, 8 * MIB, 8 * MIB },
                { "/proc-6.1/self/smaps", 0x7f0767a00000, 4 * MIB, 4 * MIB, 4 * MIB },
                { "/proc-6.1/self/smaps", 0x7f0767001000, 4 * MIB, 4 * MIB, 0 },
                { "/proc-6.1/self/smaps", 0x7f0766400000, 6 * MIB, 6 * MIB, 6 * MIB },
                /* DAX: 4 KiB of Rss for each PMD on 6.1, nothing on 6.12; never a PMD. */
                { "/proc-6.1/self/smaps", 0x7f0765600000, 8 * MIB, 16 * KIB, 0 },
                { "/proc-6.12/self/smaps", 0x7f40f4e00000, 8 * MIB, 8 * MIB, 8 * MIB },
                { "/proc-6.12/self/smaps", 0x7f40f4400000, 4 * MIB, 4 * MIB, 4 * MIB },
                { "/proc-6.12/self/smaps", 0x7f40f3a01000, 4 * MIB, 4 * MIB, 0 },
                { "/proc-6.12/self/smaps", 0x7f40f2e00000, 6 * MIB, 6 * MIB, 6 * MIB },
                { "/proc-6.12/self/smaps", 0x7f40f2000000, 8 * MIB, 0, 0 },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct smaps_figures figures;
                char path[512];
                FILE *file;

                snprintf(path, sizeof(path), "%s%s", FIXTURES, rows[i].path);
                file = fopen(path, "re");
                assert_non_null(file);
                assert_int_equal(
                        smaps_parse(file, rows[i].start, rows[i].start + rows[i].bytes, &figures)
                                .code,
                        STATUS_OK);
                fclose(file);
                assert_int_equal(figures.mapped_bytes, rows[i].bytes);
                assert_int_equal(figures.present_bytes, rows[i].present);
                assert_int_equal(figures.pmd_bytes, rows[i].pmd);
        }
}

static struct status text_parse(const char *text, uint64_t start, uint64_t end,
                                struct smaps_figures *ret_figures)
{
        char copy[1024];
        struct status status;
        FILE *file;

        snprintf(copy, sizeof(copy), "%s", text);
        file = fmemopen(copy, strlen(copy), "r");
        assert_non_null(file);
        status = smaps_parse(file, start, end, ret_figures);
        fclose(file);
        return status;
}

static void an_area_that_reaches_beyond_the_range_is_left_out(void **state)
{
        static const char text[] = "00200000-00600000 rw-s 0 00:19 2 /x\nRss: 4096 kB\n"
                                   "ShmemPmdMapped: 4096 kB\n"
                                   "00600000-00800000 rw-s 0 00:19 2 /x\nRss: 2048 kB\n"
                                   "AnonHugePages: 0 kB\n"
                                   "00800000-00a00000 rw-s 0 00:19 2 /x\nRss: 0 kB\n"
                                   "Shared_Hugetlb: 2048 kB\n";
        struct smaps_figures figures;

        assert_int_equal(text_parse(text, 0x400000, 0x800000, &figures).code, STATUS_OK);
        assert_int_equal(figures.mapped_bytes, 2 * MIB);
        assert_int_equal(figures.present_bytes, 2 * MIB);
        assert_int_equal(figures.pmd_bytes, 0);
        assert_int_equal(text_parse(text, 0x200000, 0x800000, &figures).code, STATUS_OK);
        assert_int_equal(figures.mapped_bytes, 6 * MIB);
        assert_int_equal(figures.pmd_bytes, 4 * MIB);
        assert_int_equal(text_parse(text, 0x800000, 0xa00000, &figures).code, STATUS_OK);
        assert_int_equal(figures.present_bytes, 2 * MIB);
        assert_int_equal(figures.pmd_bytes, 2 * MIB);
        assert_int_equal(text_parse("600000-500000 r\nRss: 4 kB\n500000-600000 r\nRss: 8 kB\n",
                                    0x400000, 0x800000, &figures)
                                 .code,
                         STATUS_OK);
        assert_int_equal(figures.mapped_bytes, MIB); /* the area that ends before it begins is none */
        assert_int_equal(figures.present_bytes, 8 * KIB);
        figures.mapped_bytes = 77;
        assert_int_equal(text_parse("no smaps\n", 0, 1, &figures).code, STATUS_SYSTEM);
        assert_int_equal(figures.mapped_bytes, 77);
}

static void mounts_are_read(void **state)
{
        struct filesystem_mount mount;

        assert_true(filesystem_mount_parse("28 1 259:0 / /mnt/p rw,relatime - ext4 /dev/pmem0 "
                                           "rw,stripe=512,dax=always\n",
                                           &mount));
        assert_int_equal(mount.id, 28);
        assert_int_equal(mount.major, 259);
        assert_int_equal(mount.minor, 0);
        assert_string_equal(mount.point, "/mnt/p");
        assert_string_equal(mount.type, "ext4");
        assert_string_equal(mount.source, "/dev/pmem0");
        assert_string_equal(mount.options, "rw,stripe=512,dax=always");
        /* Optional fields, and escapes in a mount point with a space, a tab and a backslash. */
        assert_true(filesystem_mount_parse("36 35 98:0 /m\\040x /a\\040b\\011c\\134d rw "
                                           "shared:1 master:2 - xfs none rw\n",
                                           &mount));
        assert_string_equal(mount.point, "/a b\tc\\d");
        assert_string_equal(mount.type, "xfs");
        assert_false(filesystem_mount_parse("", &mount));
        assert_false(filesystem_mount_parse("28 1 259:0 / /mnt/p rw ext4 /dev/pmem0 rw\n", &mount));
        assert_false(filesystem_mount_parse("28 1 259:0 / /mnt/p rw - ext4\n", &mount));
}

static void memory_available_is_the_least_of_all_limits(void **state)
{
        static const struct {
                const char *tree;
                uint64_t bytes;
                const char *by;
        } rows[] = {
                { "proc-cgroup-v2", 1073741824 - (700000000 - 200000000),
                  "memory.max of the cgroup /user.slice" },
                { "proc-cgroup-v1", 536870912 - (100000000 - 20000000),
                  "memory.limit_in_bytes of the cgroup /jobs/one" },
        };
        const struct sys_root no_groups = { .sysfs = FIXTURES "/none",
                                            .proc = FIXTURES "/proc-6.1" };
        const struct sys_root nothing = { .sysfs = FIXTURES "/none", .proc = FIXTURES "/none" };
        struct memavail available;

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                char sysfs[512], proc[512];
                struct sys_root root = { .sysfs = sysfs, .proc = proc };
                struct status status;

                snprintf(sysfs, sizeof(sysfs), "%s/%s/sys", FIXTURES, rows[i].tree);
                snprintf(proc, sizeof(proc), "%s/%s/proc", FIXTURES, rows[i].tree);
                assert_int_equal(memavail_read(&root, &available).code, STATUS_OK);
                assert_int_equal(available.bytes, rows[i].bytes);
                assert_string_equal(available.by, rows[i].by);
                assert_int_equal(memavail_check(&root, rows[i].bytes / 2).code, STATUS_OK);
                status = memavail_check(&root, rows[i].bytes);
                assert_int_equal(status.code, STATUS_USAGE);
                assert_non_null(strstr(status.what, rows[i].by));
                assert_non_null(strstr(status.todo, "--bytes"));
        }
        assert_int_equal(memavail_read(&no_groups, &available).code, STATUS_OK);
        assert_int_equal(available.bytes, 2735956 * KIB);
        assert_string_equal(available.by, "MemAvailable");
        assert_int_equal(memavail_read(&nothing, &available).code, STATUS_SKIP);
        assert_int_equal(memavail_check(&nothing, UINT64_MAX).code, STATUS_OK);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_line_gives_its_number),
                cmocka_unit_test(what_is_not_there_is_missing_and_not_zero),
                cmocka_unit_test(counts_of_recorded_kernels),
                cmocka_unit_test(areas_of_recorded_kernels),
                cmocka_unit_test(an_area_that_reaches_beyond_the_range_is_left_out),
                cmocka_unit_test(mounts_are_read),
                cmocka_unit_test(memory_available_is_the_least_of_all_limits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
