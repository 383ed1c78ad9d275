/* SPDX-License-Identifier: Apache-2.0 */
/* What a user is told to lack, over made trees of /sys, /proc and /dev, and what allows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/hugepages.h"
#include "sys/machine_parts.h"
#include "sys/privns.h"
#include "tree.h"

#include <pmdgain/units.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define NOBODY 65534
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char dir[TREE_DIR_MAX], sysfs[100], proc[100], dev[100];
static struct sys_root root;

static const char tree[] =
        "sys/kernel/tracing/events\n"
        "sys/bus/nd/devices/region0\n"
        "sys/bus/nd/devices/namespace0.0\n resource = 0x140000000\n"
        "sys/bus/dax/devices/dax0.0\n resource = 0x180000000\n"
        "sys/bus/dax/devices/dax1.0\n"
        "sys/kernel/iommu_groups/7/devices/0000:41:00.0\n"
        "sys/kernel/iommu_groups/7/devices/0000:41:00.1\n"
        "sys/kernel/mm/transparent_hugepage\n hpage_pmd_size = 2097152\n"
        " enabled = always madvise [never]\n shmem_enabled = always [deny] force\n"
        "sys/kernel/mm/hugepages/hugepages-2048kB\n"
        " nr_hugepages = 3\n free_hugepages = 1\n resv_hugepages = 1\n"
        "proc\n meminfo = Hugepagesize:    2048 kB\n kpageflags = x\n"
        "proc/sys/kernel\n perf_event_paranoid = 3\n"
        "proc/sys/user\n max_user_namespaces = 0\n"
        "dev\n dax0.0 = x\n"
        "dev/vfio\n vfio = x\n 7 = x\n devices = x\n";

/* Those files for which a mode decides. */
static const char *const guarded[] = {
        "sys/kernel/tracing", "sys/bus/nd/devices/namespace0.0/resource",
        "proc/kpageflags",    "dev/dax0.0",
        "dev/vfio/vfio",      "dev/vfio/7",
};

static void roots_set(void)
{
        snprintf(sysfs, sizeof(sysfs), "%s/sys", dir);
        snprintf(proc, sizeof(proc), "%s/proc", dir);
        snprintf(dev, sizeof(dev), "%s/dev", dir);
        root = (struct sys_root) { .sysfs = sysfs, .proc = proc, .dev = dev };
}

static int unpack(void **state)
{
        tree_unpack_text(tree, dir);
        roots_set();
        return chmod(dir, 0755);
}

static int clean(void **state)
{
        tree_remove(dir);
        return 0;
}

static void guard(mode_t mode)
{
        for (size_t i = 0; i < COUNT(guarded); i++) {
                char path[200];

                snprintf(path, sizeof(path), "%s/%s", dir, guarded[i]);
                assert_int_equal(chmod(path, mode), 0);
        }
}

/* As a user without privileges, who may lock 64 KiB. */
static struct json_object *rows_as_user(void)
{
        struct json_object *rows = json_object_new_array();
        struct rlimit old, low;
        bool root_user = geteuid() == 0;

        assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &old), 0);
        low = (struct rlimit) { .rlim_cur = 64 * KIB, .rlim_max = old.rlim_max };
        assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &low), 0);
        if (root_user)
                assert_int_equal(seteuid(NOBODY), 0);
        machine_privileges(&root, rows);
        if (root_user)
                assert_int_equal(seteuid(0), 0);
        assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &old), 0);
        return rows;
}

/* `name` as it is, or as the end of a path in the tree. */
static struct json_object *row_find(struct json_object *rows, const char *name)
{
        for (size_t i = 0; i < json_object_array_length(rows); i++) {
                struct json_object *row = json_object_array_get_idx(rows, i);
                const char *there = json_object_get_string(json_object_object_get(row, "name"));
                size_t length = strlen(there), wanted = strlen(name);

                if (length >= wanted && strcmp(there + length - wanted, name) == 0)
                        return row;
        }
        return NULL;
}

static const char *text(struct json_object *row, const char *key)
{
        const char *value = json_object_get_string(json_object_object_get(row, key));

        return value ? value : "";
}

static bool works(struct json_object *row)
{
        return json_object_get_boolean(json_object_object_get(row, "works"));
}

static void what_is_lacking_has_its_reason_and_remedy(void **state)
{
        static const struct {
                const char *name, *use, *reason, *todo;
        } expected[] = {
                { "locking memory", "mlock", "no more than 64 KiB",
                  "ulimit -l unlimited as root, or CAP_IPC_LOCK" },
                { "huge pages of anon", "source anon", "enabled is never",
                  "as root: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled" },
                { "huge pages of memfd", "source shmem", "shmem_enabled is deny",
                  "as root: echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled" },
                { "hugetlb pages", "source hugetlb", "2048 KiB pages has none free",
                  "as root: sysctl vm.nr_hugepages=131" },
                { "perf events", "counters", "kernel.perf_event_paranoid is 3",
                  "as root: sysctl kernel.perf_event_paranoid=1, or run with CAP_PERFMON" },
                { "the kernel's events", "counters", "kernel.perf_event_paranoid is 3",
                  "CAP_PERFMON" },
                { "tracefs", "tracepoints", "mode 000",
                  "mount -o remount,gid=GROUP,mode=750 /tmp" },
                { "page frame numbers", "page-types", "hides them", "CAP_SYS_ADMIN" },
                { "kpageflags", "page-types", "mode 000", "CAP_DAC_READ_SEARCH" },
                { "places of namespaces", "pte:extent", "where namespace0.0 begins",
                  "CAP_DAC_READ_SEARCH and CAP_SYS_ADMIN" },
                { "/dev/dax0.0", "source devdax", "mode 000", "SUBSYSTEM==\"dax\"" },
                { "/dev/vfio/vfio", "source vfio", "mode 000", "chmod 666 /tmp" },
                { "/dev/vfio/7", "source vfio: 0000:41:00.0 0000:41:00.1", "mode 000",
                  "SUBSYSTEM==\"vfio\"" },
        };
        struct json_object *rows;

        guard(0);
        rows = rows_as_user();
        for (size_t i = 0; i < COUNT(expected); i++) {
                struct json_object *row = row_find(rows, expected[i].name);

                assert_non_null(row);
                if (works(row) || !strstr(text(row, "reason"), expected[i].reason) ||
                    !strstr(text(row, "todo"), expected[i].todo))
                        print_message("%s\n", json_object_to_json_string(row));
                assert_false(works(row));
                assert_non_null(strstr(text(row, "for"), expected[i].use));
                assert_non_null(strstr(text(row, "reason"), expected[i].reason));
                assert_non_null(strstr(text(row, "todo"), expected[i].todo));
        }
        assert_null(row_find(rows, "dax1.0"));       /* no node: it is system RAM */
        assert_null(row_find(rows, "vfio/devices")); /* no group */
        json_object_put(rows);
        guard(0755); /* to be removed */
}

static void what_is_open_has_none(void **state)
{
        static const char *const names[] = {
                "tracefs",     "kpageflags",     "places of namespaces",
                "/dev/dax0.0", "/dev/vfio/vfio", "/dev/vfio/7"
        };
        struct json_object *rows;

        guard(0777);
        rows = rows_as_user();
        for (size_t i = 0; i < COUNT(names); i++) {
                struct json_object *row = row_find(rows, names[i]);

                assert_non_null(row);
                assert_true(works(row));
                assert_string_equal(text(row, "reason"), "");
                assert_string_equal(text(row, "todo"), "");
        }
        json_object_put(rows);
}

/* Kernels that let everybody read the address, and write it as 0. */
static void an_address_of_0_is_hidden(void **state)
{
        char path[200];
        struct json_object *rows;

        snprintf(path, sizeof(path), "%s/sys/bus/dax/devices/dax0.0/resource", dir);
        tree_file(path, "0x0");
        rows = rows_as_user();
        assert_non_null(
                strstr(text(row_find(rows, "places of namespaces"), "reason"), "where dax0.0"));
        json_object_put(rows);
}

static void what_is_not_there_has_no_row(void **state)
{
        static const char *const names[] = { "hugetlb pages", "perf events",          "tracefs",
                                             "kpageflags",    "places of namespaces", "dax0.0" };
        struct json_object *rows;

        tree_remove(dir);
        tree_unpack_text("sys\nproc\n", dir);
        roots_set();
        rows = rows_as_user();
        for (size_t i = 0; i < COUNT(names); i++)
                assert_null(row_find(rows, names[i]));
        assert_non_null(row_find(rows, "locking memory"));
        json_object_put(rows);
}

static void huge_pages_are_on_by_any_other_word(void **state)
{
        struct json_object *rows;
        char path[200];

        snprintf(path, sizeof(path), "%s/kernel/mm/transparent_hugepage/enabled", sysfs);
        tree_file(path, "always [madvise] never");
        snprintf(path, sizeof(path), "%s/kernel/mm/transparent_hugepage/shmem_enabled", sysfs);
        tree_file(path, "always within_size [advise] never deny force");
        rows = rows_as_user();
        assert_true(works(row_find(rows, "huge pages of anon")));
        assert_true(works(row_find(rows, "huge pages of memfd")));
        json_object_put(rows);
}

static void perf_is_closed_by_levels(void **state)
{
        static const struct {
                const char *level;
                bool user, kernel;
        } levels[] = { { "-1", true, true },
                       { "1", true, true },
                       { "2", true, false },
                       { "3", false, false },
                       { "4", false, false } };

        for (size_t i = 0; i < COUNT(levels); i++) {
                char path[200];
                struct json_object *rows;

                snprintf(path, sizeof(path), "%s/sys/kernel/perf_event_paranoid", proc);
                tree_file(path, levels[i].level);
                rows = rows_as_user();
                assert_int_equal(works(row_find(rows, "perf events")), levels[i].user);
                assert_int_equal(works(row_find(rows, "kernel's events")), levels[i].kernel);
                json_object_put(rows);
        }
}

static void tracefs_that_is_not_mounted_is_to_be_mounted(void **state)
{
        struct json_object *rows, *row;
        char path[200];

        snprintf(path, sizeof(path), "%s/kernel/tracing/events", sysfs);
        assert_int_equal(rmdir(path), 0);
        rows = rows_as_user();
        row = row_find(rows, "tracefs");
        assert_string_equal(text(row, "reason"), "tracefs is not mounted");
        assert_non_null(strstr(text(row, "todo"), "mount -t tracefs tracefs /tmp"));
        json_object_put(rows);
}

static void what_forbids_namespaces_is_named(void **state)
{
        static const struct {
                const char *tree, *todo;
        } rows[] = {
                { "proc/sys/user\n max_user_namespaces = 0\n", "user.max_user_namespaces=10000" },
                { "proc/sys/user\n max_user_namespaces = 9\n"
                  "proc/sys/kernel\n unprivileged_userns_clone = 0\n",
                  "kernel.unprivileged_userns_clone=1" },
                { "proc/sys/kernel\n apparmor_restrict_unprivileged_userns = 1\n",
                  "kernel.apparmor_restrict_unprivileged_userns=0" },
                { "proc/sys/kernel\n apparmor_restrict_unprivileged_userns = 0\n",
                  "CAP_SYS_ADMIN" },
        };

        for (size_t i = 0; i < COUNT(rows); i++) {
                tree_remove(dir);
                tree_unpack_text(rows[i].tree, dir);
                roots_set();
                assert_non_null(strstr(privns_todo(&root).text, rows[i].todo));
        }
}

static void a_pool_of_another_size_has_a_file(void **state)
{
        assert_string_equal(hugepages_pool_todo(&root, 2 * MIB, 5).text,
                            "as root: sysctl vm.nr_hugepages=5");
        assert_string_equal(hugepages_pool_todo(&root, GIB, 5).text,
                            "as root: echo 5 > "
                            "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, unpack, clean)
        const struct CMUnitTest tests[] = {
                TEST(what_is_lacking_has_its_reason_and_remedy),
                TEST(what_is_open_has_none),
                TEST(an_address_of_0_is_hidden),
                TEST(what_is_not_there_has_no_row),
                TEST(huge_pages_are_on_by_any_other_word),
                TEST(perf_is_closed_by_levels),
                TEST(tracefs_that_is_not_mounted_is_to_be_mounted),
                TEST(what_forbids_namespaces_is_named),
                TEST(a_pool_of_another_size_has_a_file),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
