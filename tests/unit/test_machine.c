/* SPDX-License-Identifier: Apache-2.0 */
/* The sections of machine.json, on small recorded trees: sysfs and procfs are one folder here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/json_fields.h"
#include "sys/machine.h"
#include "sys/machine_parts.h"
#include "tree.h"

#include <linux/capability.h>
#include <pmdgain/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef void (*section_fn)(const struct sys_root *root, struct json_object *section);

static struct json_object *section_of(const char *tree, section_fn section)
{
        struct json_object *object = json_object_new_object();
        char dir[TREE_DIR_MAX];
        struct sys_root root = { .sysfs = dir, .proc = dir };

        tree_unpack_text(tree, dir);
        section(&root, object);
        tree_remove(dir);
        return object;
}

/* "" when missing; numbers as written. */
static const char *text(struct json_object *object, const char *key)
{
        struct json_object *value = json_object_object_get(object, key);

        return value ? json_object_get_string(value) : "";
}

static void cpu_section(const struct sys_root *root, struct json_object *cpu)
{
        machine_cpu(root, NULL, cpu);
}

static void an_x86_cpu_is_described_from_cpuinfo(void **state)
{
        static const char tree[] =
                ".\n cpuinfo = processor\\t: 0\\nvendor_id\\t: GenuineIntel\\ncpu family\\t: 6\\n"
                "model\\t\\t: 143\\nmodel name\\t: Intel(R) Xeon(R) Gold 6448H\\nstepping\\t: 8\\n"
                "microcode\\t: 0x2b000603\\ncpu MHz\\t\\t: 2399.998\\n"
                "flags\\t\\t: fpu sse2 xavx2x clwb avx2 pdpe1gb\\n\\nprocessor\\t: 1\\n"
                "vendor_id\\t: Other\\nbugs\\t: avx512f\n"
                "devices/system/cpu/cpu0/cpufreq\n cpuinfo_max_freq = 4100000\n";
        struct json_object *cpu = section_of(tree, cpu_section);

        (void)state;
        assert_string_equal(text(cpu, "vendor"), "GenuineIntel");
        assert_string_equal(text(cpu, "model_name"), "Intel(R) Xeon(R) Gold 6448H");
        assert_string_equal(text(cpu, "family"), "6");
        assert_string_equal(text(cpu, "model"), "143");
        assert_string_equal(text(cpu, "stepping"), "8");
        assert_string_equal(text(cpu, "microcode"), "0x2b000603");
        assert_string_equal(text(cpu, "mhz"), "2400");
        assert_string_equal(text(cpu, "mhz_max"), "4100");
        assert_string_equal(text(cpu, "isa"), "[ \"sse2\", \"avx2\", \"clwb\", \"pdpe1gb\" ]");
        json_object_put(cpu);
}

static void numbers_that_are_none_are_left_out(void **state)
{
        struct json_object *cpu = section_of(
                ".\n cpuinfo = cpu family\\t: -6\\nmodel\\t\\t: 99999999999999999999\\n"
                "cpu MHz\\t\\t: 1e300\n", cpu_section);

        assert_string_equal(text(cpu, "family"), "");
        assert_string_equal(text(cpu, "model"), "");
        assert_string_equal(text(cpu, "mhz"), "");
        json_object_put(cpu);
}

static void an_arm_cpu_is_named_by_its_part(void **state)
{
        static const char tree[] =
                ".\n cpuinfo = processor\\t: 0\\nBogoMIPS\\t: 50.00\\n"
                "Features\\t: fp asimd atomics dcpop\\nCPU implementer\\t: 0x41\\n"
                "CPU architecture: 8\\nCPU variant\\t: 0x3\\nCPU part\\t: 0xd0c\\n"
                "CPU revision\\t: 1\\n\\nprocessor\\t: 1\\ncpu MHz\\t: 77\n";
        struct json_object *cpu = section_of(tree, cpu_section);

        (void)state;
        assert_string_equal(text(cpu, "vendor"), "ARM");
        assert_string_equal(text(cpu, "model_name"), "Neoverse-N1");
        assert_string_equal(text(cpu, "model"), "3340"); /* 0xd0c */
        assert_string_equal(text(cpu, "isa"), "[ \"asimd\", \"dcpop\", \"atomics\" ]");
        assert_string_equal(text(cpu, "mhz"), ""); /* BogoMIPS is no clock */
        json_object_put(cpu);
}

static void the_command_line_is_kept_only_where_it_matters(void **state)
{
        static const char tree[] =
                ".\n cmdline = root=/dev/vda rd.luks.key=secret memmap=4G!12G hugepagesz=1G "
                "hugepages=4  mitigations=off password=memmap=x isolcpus=2-5\n";
        struct json_object *kernel = section_of(tree, machine_kernel);

        (void)state;
        assert_string_equal(text(kernel, "cmdline"),
                            "memmap=4G!12G hugepagesz=1G hugepages=4 mitigations=off isolcpus=2-5");
        assert_string_not_equal(text(kernel, "release"), "");
        json_object_put(kernel);
        kernel = section_of(".\n cmdline = quiet splash\n", machine_kernel);
        assert_null(json_object_object_get(kernel, "cmdline"));
        json_object_put(kernel);
}

static void thp_settings_are_read_as_chosen(void **state)
{
        static const char tree[] = "kernel/mm/transparent_hugepage\n"
                                   " enabled = always [madvise] never\n"
                                   " defrag = always defer defer+madvise [madvise] never\n"
                                   " shmem_enabled = always within_size advise [never] deny force\n"
                                   " hpage_pmd_size = 2097152\n"
                                   "kernel/mm/transparent_hugepage/khugepaged\n"
                                   " defrag = 1\n"
                                   " max_ptes_none = 511\n"
                                   " scan_sleep_millisecs = 10000\n"
                                   "kernel/mm/transparent_hugepage/hugepages-2048kB\n"
                                   " enabled = always [inherit] madvise never\n"
                                   " shmem_enabled = always inherit within_size advise [never]\n";
        struct json_object *thp = section_of(tree, machine_thp);

        (void)state;
        assert_string_equal(text(thp, "enabled"), "madvise");
        assert_string_equal(text(thp, "defrag"), "madvise");
        assert_string_equal(text(thp, "shmem_enabled"), "never");
        assert_string_equal(text(thp, "pmd_enabled"), "inherit");
        assert_string_equal(text(thp, "pmd_shmem_enabled"), "never");
        assert_string_equal(text(thp, "pmd_bytes"), "2097152");
        assert_string_equal(text(thp, "khugepaged_max_ptes_none"), "511");
        assert_string_equal(text(thp, "khugepaged_scan_sleep_ms"), "10000");
        json_object_put(thp);
}

static void a_kernel_of_64_kib_pages_has_its_own_pmd_size(void **state)
{
        static const char tree[] = "kernel/mm/transparent_hugepage\n"
                                   " enabled = [always] madvise never\n"
                                   " hpage_pmd_size = 536870912\n"
                                   "kernel/mm/transparent_hugepage/hugepages-524288kB\n"
                                   " enabled = always inherit madvise [never]\n"
                                   "kernel/mm/hugepages/hugepages-524288kB\n"
                                   " nr_hugepages = 3\n"
                                   " free_hugepages = 2\n"
                                   " resv_hugepages = 1\n";
        struct json_object *thp = section_of(tree, machine_thp);
        struct json_object *hugetlb = section_of(tree, machine_hugetlb);

        (void)state;
        assert_string_equal(text(thp, "enabled"), "always");
        assert_string_equal(text(thp, "pmd_enabled"), "never");
        assert_null(json_object_object_get(thp, "shmem_enabled"));
        assert_string_equal(text(hugetlb, "page_bytes"), "536870912");
        assert_string_equal(text(hugetlb, "total"), "3");
        assert_string_equal(text(hugetlb, "free"), "2");
        json_object_put(thp);
        json_object_put(hugetlb);
}

static void a_kernel_without_thp_says_nothing_of_it(void **state)
{
        struct json_object *thp = section_of("", machine_thp);
        struct json_object *hugetlb = section_of("", machine_hugetlb);

        (void)state;
        assert_null(json_object_object_get(thp, "enabled"));
        assert_null(json_object_object_get(thp, "pmd_bytes"));
        assert_int_equal(json_object_object_length(hugetlb), 0);
        json_object_put(thp);
        json_object_put(hugetlb);
}

static void the_least_cgroup_limit_counts(void **state)
{
        static const struct {
                const char *tree, *limit;
        } rows[] = {
                { "self\n cgroup = 0::/a/b\nfs/cgroup/a/b\n memory.max = max\n"
                  "fs/cgroup/a\n memory.max = 1073741824\n",
                  "1073741824" },
                { "self\n cgroup = 0::/a/b\nfs/cgroup/a/b\n memory.max = 4096\n"
                  "fs/cgroup/a\n memory.max = 8192\n",
                  "4096" },
                { "self\n cgroup = 9:name=systemd:/\\n4:memory:/x\\n0::/\n"
                  "fs/cgroup/memory/x\n memory.limit_in_bytes = 3000000\n"
                  "fs/cgroup/memory\n memory.limit_in_bytes = 9223372036854771712\n",
                  "3000000" },
                { "self\n cgroup = 4:memory:/\n"
                  "fs/cgroup/memory\n memory.limit_in_bytes = 9223372036854771712\n",
                  "" },
                { "self\n cgroup = 0::/../../x\nfs/cgroup\n memory.max = 5000\n"
                  "x\n memory.max = 1\n",
                  "5000" },
                { "", "" },
        };

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct json_object *limits = section_of(rows[i].tree, machine_limits);

                assert_string_equal(text(limits, "cgroup_memory_bytes"), rows[i].limit);
                json_object_put(limits);
        }
}

static void drop_capabilities(void)
{
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

        if (syscall(SYS_capset, &header, none) != 0)
                _exit(1);
}

/* The section as a process without privileges sees it. */
static struct json_object *unprivileged_pmu(const char *tree)
{
        struct json_object *pmu;
        FILE *file = tmpfile();
        char line[4096];
        int result;
        pid_t pid = fork();

        if (pid == 0) {
                pmu = section_of(tree, machine_pmu);
                json_object_put(pmu);
                drop_capabilities();
                pmu = section_of(tree, machine_pmu);
                fputs(json_object_to_json_string(pmu), file);
                fclose(file);
                _exit(0);
        }
        assert_int_equal(waitpid(pid, &result, 0), pid);
        assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 0);
        rewind(file);
        assert_non_null(fgets(line, sizeof(line), file));
        fclose(file);
        pmu = json_tokener_parse(line);
        assert_non_null(pmu);
        return pmu;
}

#define PMU_TREE(paranoid)                                  \
        "sys/kernel\n perf_event_paranoid = " paranoid "\n" \
        "bus/event_source/devices/software\nbus/event_source/devices/cpu\n"

static void paranoid_levels_have_their_reason_and_remedy(void **state)
{
        static const struct {
                const char *tree, *level, *reason, *todo;
        } rows[] = {
                { PMU_TREE("4"), "4", "closed to users", "sysctl kernel.perf_event_paranoid=1" },
                { PMU_TREE("3"), "3", "closed to users", "sysctl kernel.perf_event_paranoid=1" },
                { PMU_TREE("2"), "2", "kernel's own work", "sysctl kernel.perf_event_paranoid=1" },
                { PMU_TREE("1"), "1", "", "" },
                { PMU_TREE("-1"), "-1", "", "" },
                { "sys/kernel\n perf_event_paranoid = 1\nbus/event_source/devices/software\n", "1",
                  "no PMU", "-cpu host,pmu=on" },
                { "", "", "no perf events", "CONFIG_PERF_EVENTS" },
        };

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct json_object *pmu = unprivileged_pmu(rows[i].tree);

                assert_string_equal(text(pmu, "paranoid"), rows[i].level);
                if (rows[i].reason[0]) {
                        assert_non_null(strstr(text(pmu, "reason"), rows[i].reason));
                        assert_non_null(strstr(text(pmu, "todo"), rows[i].todo));
                } else {
                        assert_string_equal(text(pmu, "reason"), "");
                }
                json_object_put(pmu);
        }
}

static void mounts_section(const struct sys_root *root, struct json_object *object)
{
        machine_dax_mounts(root, json_set_array(object, "mounts"));
}

static void dax_mounts_are_found_whatever_their_names(void **state)
{
        static const char tree[] =
                "self\n"
                " mountinfo = 22 1 0:20 / /proc rw,relatime - proc proc rw\\n"
                "25 1 259:0 / /mnt/a\\\\040b\\\\012\xff rw - ext4 /dev/pmem0 rw,dax=always\\n"
                "26 1 259:7 / /mnt/c rw - xfs /dev/pmem7 rw,dax=inode\\n"
                "27 1 8:1 / /srv rw - ext4 /dev/sda1 rw,dax=never\\n"
                "28 1 8:2 / /plain rw - ext4 /dev/sda2 rw,ndaxx\\n"
                "29 1 259:1 / /mnt/d rw - ext4 /dev/pmem1 rw\\n"
                "30 1 0:44 / /virtiofs rw - virtiofs share rw,dax\n"
                "devices/nd/region0/pfn0.0/block/pmem0\n"
                "devices/nd/region0/pfn0.0\n mode = ram\n numa_node = 3\n"
                "devices/nd/region0/namespace0.1/block/pmem1\n"
                "devices/nd/region0/namespace0.1\n mode = raw\n"
                "dev/block\n 259:0 -> ../../devices/nd/region0/pfn0.0/block/pmem0\n"
                " 259:1 -> ../../devices/nd/region0/namespace0.1/block/pmem1\n";
        static const struct {
                const char *path, *dax, *memmap, *node;
        } rows[] = {
                { "/mnt/a b\n\xef\xbf\xbd", "true", "ram", "3" },
                { "/mnt/c", "false", "", "" },
                { "/srv", "false", "", "" },
                { "/mnt/d", "false", "none", "" },
                { "/virtiofs", "true", "", "" },
        };
        struct json_object *object = section_of(tree, mounts_section);
        struct json_object *mounts = json_object_object_get(object, "mounts");

        (void)state;
        assert_int_equal(json_object_array_length(mounts), COUNT(rows));
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct json_object *mount = json_object_array_get_idx(mounts, i);

                assert_string_equal(text(mount, "path"), rows[i].path);
                assert_string_equal(text(mount, "dax"), rows[i].dax);
                assert_string_equal(text(mount, "memmap"), rows[i].memmap);
                assert_string_equal(text(mount, "numa_node"), rows[i].node);
        }
        json_object_put(object);
}

static void any_bytes_become_valid_utf8(void **state)
{
        static const struct {
                const char *bytes, *valid;
        } rows[] = {
                { "", "" },
                { "plain", "plain" },
                { "z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x98\x80",
                  "z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x98\x80" },
                { "\xff", "\xef\xbf\xbd" },
                { "\xc3", "\xef\xbf\xbd" },
                { "\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd" },
                { "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
                { "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
                { "\xe2\x82x", "\xef\xbf\xbd\xef\xbf\xbdx" },
                { "\x80\x61", "\xef\xbf\xbd\x61" },
        };

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                char *valid = json_valid_text(rows[i].bytes);

                assert_string_equal(valid, rows[i].valid);
                free(valid);
        }
}

static void assert_no_nulls(struct json_object *object)
{
        assert_non_null(object);
        if (json_object_is_type(object, json_type_object)) {
                json_object_object_foreach(object, key, value)
                {
                        (void)key;
                        assert_no_nulls(value);
                }
        }
        if (json_object_is_type(object, json_type_array))
                for (size_t i = 0; i < json_object_array_length(object); i++)
                        assert_no_nulls(json_object_array_get_idx(object, i));
}

/* Without /sys and /proc: what is not known is left out, and every section is there. */
static void a_blind_description_has_no_guesses(void **state)
{
        static const char *const sections[] = { "evidence",  "hypervisor", "kernel",  "cpu",
                                                "memory",    "numa",       "thp",     "proofs",
                                                "pmu",       "dax",        "hugetlb", "limits",
                                                "privileges" };
        struct sys_root root = { .sysfs = "/nonexistent",
                                 .proc = "/nonexistent",
                                 .dev = "/nonexistent" };
        struct json_object *machine = NULL;

        (void)state;
        assert_int_equal(machine_describe(&root, &machine).code, STATUS_OK);
        assert_int_equal(json_object_object_length(machine), COUNT(sections));
        for (size_t i = 0; i < COUNT(sections); i++)
                assert_non_null(json_object_object_get(machine, sections[i]));
        assert_no_nulls(machine);
        assert_null(
                json_object_object_get(json_object_object_get(machine, "memory"), "total_bytes"));
        assert_null(json_object_object_get(json_object_object_get(machine, "cpu"), "vendor"));
        json_object_put(machine);
}

/* What is written reads back: texts of any bytes as their valid form, also as names of fields. */
static void hostile_text_makes_a_round_trip(void **state)
{
        static const char bytes[] =
                "ab\"\\/\n\r\t\x01\x1f\x7f<>&'=\xff\xc3\xa9\xe2\x82\xac\xf0\x80";
        struct random random = random_seeded(6);
        char text[1500];

        for (size_t turn = 0; turn < 3000; turn++) {
                struct json_object *object = json_object_new_object(), *again, *value;
                size_t length = random_below(&random, turn % 50 ? 12 : sizeof(text));
                char *valid;

                for (size_t i = 0; i < length; i++)
                        text[i] = bytes[random_below(&random, sizeof(bytes) - 1)];
                text[length] = '\0';
                valid = json_valid_text(text);
                json_set_text(object, "text", text);
                json_object_object_add(object, valid, json_object_new_string("named"));
                again = json_tokener_parse(json_object_to_json_string_ext(
                        object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
                assert_true(json_object_object_get_ex(again, "text", &value));
                assert_string_equal(json_object_get_string(value), valid);
                assert_true(json_object_object_get_ex(again, valid, &value));
                assert_true(json_object_equal(object, again));
                free(valid);
                json_object_put(again);
                json_object_put(object);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_x86_cpu_is_described_from_cpuinfo),
                cmocka_unit_test(numbers_that_are_none_are_left_out),
                cmocka_unit_test(an_arm_cpu_is_named_by_its_part),
                cmocka_unit_test(the_command_line_is_kept_only_where_it_matters),
                cmocka_unit_test(thp_settings_are_read_as_chosen),
                cmocka_unit_test(a_kernel_of_64_kib_pages_has_its_own_pmd_size),
                cmocka_unit_test(a_kernel_without_thp_says_nothing_of_it),
                cmocka_unit_test(the_least_cgroup_limit_counts),
                cmocka_unit_test(paranoid_levels_have_their_reason_and_remedy),
                cmocka_unit_test(dax_mounts_are_found_whatever_their_names),
                cmocka_unit_test(any_bytes_become_valid_utf8),
                cmocka_unit_test(hostile_text_makes_a_round_trip),
                cmocka_unit_test(a_blind_description_has_no_guesses),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
