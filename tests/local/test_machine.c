/* SPDX-License-Identifier: Apache-2.0 */
/* This machine's description against other sources of the same facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/machine.h"
#include "sys/placement.h"

#include <inttypes.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct json_object *machine;
static long printed_bytes; /* on standard error while describing */

static int describe(void **state)
{
        struct sys_root root = sys_root_real();
        FILE *file = tmpfile();
        int saved = dup(STDERR_FILENO);
        struct status status;

        (void)state;
        dup2(fileno(file), STDERR_FILENO);
        status = machine_describe(&root, &machine);
        dup2(saved, STDERR_FILENO);
        close(saved);
        fseek(file, 0, SEEK_END);
        printed_bytes = ftell(file);
        fclose(file);
        return status.code == STATUS_OK ? 0 : -1;
}

static int clean(void **state)
{
        (void)state;
        json_object_put(machine);
        return 0;
}

static struct json_object *section(const char *key)
{
        struct json_object *object = json_object_object_get(machine, key);

        assert_non_null(object);
        return object;
}

static const char *text(struct json_object *object, const char *key)
{
        struct json_object *value = json_object_object_get(object, key);

        return value ? json_object_get_string(value) : "";
}

static uint64_t number(struct json_object *object, const char *key)
{
        assert_non_null(json_object_object_get(object, key));
        return json_object_get_uint64(json_object_object_get(object, key));
}

static bool is_true(struct json_object *object, const char *key)
{
        return json_object_get_boolean(json_object_object_get(object, key));
}

/* The value of the first line with this key in /proc/cpuinfo; false without one. */
static bool cpuinfo(const char *key, char *value, size_t size)
{
        FILE *file = fopen("/proc/cpuinfo", "re");
        char *line = NULL;
        size_t room = 0;
        bool found = false;

        assert_non_null(file);
        while (!found && getline(&line, &room, file) > 0) {
                char *colon = strchr(line, ':');

                if (!colon || strncmp(line, key, strlen(key)) != 0)
                        continue;
                found = true;
                snprintf(value, size, "%s", colon + 1 + strspn(colon + 1, " "));
                value[strcspn(value, "\n")] = '\0';
        }
        free(line);
        fclose(file);
        return found;
}

static bool file_line(const char *path, char *line, size_t size)
{
        FILE *file = fopen(path, "re");
        bool read = file && fgets(line, (int)size, file);

        if (file)
                fclose(file);
        if (read)
                line[strcspn(line, "\n")] = '\0';
        return read;
}

static void nothing_is_printed_and_the_text_reads_back(void **state)
{
        struct json_object *copy;

        (void)state;
        assert_int_equal(printed_bytes, 0);
        copy = json_tokener_parse(json_object_to_json_string(machine));
        assert_true(json_object_equal(machine, copy));
        json_object_put(copy);
}

static void sizes_are_the_systems(void **state)
{
        struct json_object *memory = section("memory"), *limits = section("limits");
        long page = sysconf(_SC_PAGESIZE);
        struct rlimit memlock;
        char line[256];

        (void)state;
        assert_int_equal(number(memory, "page_bytes"), page);
        assert_int_equal(number(memory, "total_bytes"), sysconf(_SC_PHYS_PAGES) * page);
        assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &memlock), 0);
        if (memlock.rlim_cur == RLIM_INFINITY)
                assert_true(is_true(limits, "memlock_unlimited"));
        else
                assert_int_equal(number(limits, "memlock_bytes"), memlock.rlim_cur);
        if (file_line("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", line, sizeof(line)))
                assert_int_equal(number(memory, "pmd_bytes"), strtoull(line, NULL, 10));
        if (file_line("/sys/kernel/mm/transparent_hugepage/enabled", line, sizeof(line))) {
                char chosen[64];

                snprintf(chosen, sizeof(chosen), "[%s]", text(section("thp"), "enabled"));
                assert_non_null(strstr(line, chosen));
        }
        assert_true(file_line("/proc/sys/kernel/osrelease", line, sizeof(line)));
        assert_string_equal(text(section("kernel"), "release"), line);
}

static void cpus_are_counted_as_the_scheduler_does(void **state)
{
        struct json_object *cpu = section("cpu");
        struct placement placement;
        cpu_set_t set;

        (void)state;
        assert_int_equal(number(cpu, "threads"), sysconf(_SC_NPROCESSORS_ONLN));
        assert_true(number(cpu, "cores") <= number(cpu, "threads"));
        assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
        assert_int_equal(placement_make("", "", -1, &placement).code, STATUS_OK);
        assert_int_equal(placement.count, CPU_COUNT(&set));
}

/* "48K" */
static uint64_t sysfs_size(const char *text_of_size)
{
        char *end;
        uint64_t value = strtoull(text_of_size, &end, 10);

        return *end == 'K' ? value << 10 : *end == 'M' ? value << 20 : value;
}

static void caches_are_those_of_sysfs(void **state)
{
        struct json_object *caches = json_object_object_get(section("cpu"), "caches");
        unsigned found = 0;

        (void)state;
        for (unsigned index = 0; index < 8; index++) {
                char path[128], level[16], type[32], size[32];

                snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cache/index%u/level",
                         index);
                if (!file_line(path, level, sizeof(level)))
                        break;
                snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cache/index%u/type",
                         index);
                assert_true(file_line(path, type, sizeof(type)));
                snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cache/index%u/size",
                         index);
                assert_true(file_line(path, size, sizeof(size)));
                for (size_t i = 0; i < json_object_array_length(caches); i++) {
                        struct json_object *cache = json_object_array_get_idx(caches, i);

                        if (strcmp(text(cache, "level"), level) == 0 &&
                            strcasecmp(text(cache, "type"), type) == 0 &&
                            number(cache, "bytes") == sysfs_size(size)) {
                                found++;
                                break;
                        }
                }
                assert_int_equal(found, index + 1);
        }
        if (!found)
                skip(); /* this machine's sysfs shows no caches */
}

static void the_hypervisor_is_the_kernels(void **state)
{
        const char *evidence = text(machine, "evidence");
        struct json_object *hypervisor = section("hypervisor");
        char flags[8192];

        (void)state;
        if (!cpuinfo("flags", flags, sizeof(flags)))
                skip(); /* not x86 */
        if (strstr(flags, " hypervisor")) {
                assert_true(is_true(hypervisor, "present"));
                assert_string_not_equal(text(hypervisor, "signature"), "");
                assert_string_not_equal(evidence, "hardware");
                assert_string_not_equal(evidence, "");
        } else if (strcmp(evidence, "hardware") != 0) {
                /* hidden from CPUID, but not in the firmware's name */
                assert_string_not_equal(text(hypervisor, "signature"), "");
        }
}

/* AMD only: the kernel adds up the second level's entries for base pages, data and instructions
 * (cpuinfo's "TLB size"), and takes no account of their unit of 32 on Zen 5. */
static void tlb_entries_add_up_to_the_kernels(void **state)
{
        struct json_object *tlbs = json_object_object_get(section("cpu"), "tlbs");
        char value[64];
        uint64_t kernels, sum = 0;

        (void)state;
        if (!tlbs || !cpuinfo("TLB size", value, sizeof(value)))
                skip();
        kernels = strtoull(value, NULL, 10);
        for (size_t i = 0; i < json_object_array_length(tlbs); i++) {
                struct json_object *tlb = json_object_array_get_idx(tlbs, i);
                struct json_object *pages = json_object_object_get(tlb, "page_bytes");

                if (number(tlb, "level") == 2 &&
                    json_object_get_uint64(json_object_array_get_idx(pages, 0)) == 4096)
                        sum += number(tlb, "entries");
        }
        assert_true(sum == kernels || sum == 32 * kernels);
}

static struct json_object *proof_named(const char *name)
{
        struct json_object *proofs = section("proofs");

        for (size_t i = 0; i < json_object_array_length(proofs); i++) {
                struct json_object *proof = json_object_array_get_idx(proofs, i);

                if (strcmp(text(proof, "name"), name) == 0)
                        return proof;
        }
        fail_msg("no proof is called %s", name);
        return NULL;
}

static void proofs_work_where_the_kernel_has_them(void **state)
{
        static const char *const always[] = { "vmpte", "faults", "smaps" };
        struct json_object *proofs = section("proofs");
        unsigned major, minor;

        (void)state;
        for (size_t i = 0; i < json_object_array_length(proofs); i++) {
                struct json_object *proof = json_object_array_get_idx(proofs, i);

                if (!is_true(proof, "works"))
                        assert_string_not_equal(text(proof, "reason"), "");
        }
        for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
                assert_true(is_true(proof_named(always[i]), "works"));
        assert_int_equal(sscanf(text(section("kernel"), "release"), "%u.%u", &major, &minor), 2);
        if (major > 6 || (major == 6 && minor >= 7))
                assert_true(is_true(proof_named("pagemap"), "works"));
}

static int describe_as_nobody(void)
{
        struct sys_root root = sys_root_real();
        struct json_object *other = NULL;
        struct status status;

        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
                return 1;
        status = machine_describe(&root, &other);
        if (status.code != STATUS_OK)
                return 2;
        if (strcmp(text(other, "evidence"), text(machine, "evidence")) != 0)
                return 3;
        return json_object_object_length(other) == json_object_object_length(machine) ? 0 : 4;
}

static void no_privilege_is_needed(void **state)
{
        int result;
        pid_t pid = fork();

        (void)state;
        if (pid == 0)
                _exit(describe_as_nobody());
        assert_int_equal(waitpid(pid, &result, 0), pid);
        assert_true(WIFEXITED(result));
        assert_int_equal(WEXITSTATUS(result), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nothing_is_printed_and_the_text_reads_back),
                cmocka_unit_test(sizes_are_the_systems),
                cmocka_unit_test(cpus_are_counted_as_the_scheduler_does),
                cmocka_unit_test(caches_are_those_of_sysfs),
                cmocka_unit_test(the_hypervisor_is_the_kernels),
                cmocka_unit_test(tlb_entries_add_up_to_the_kernels),
                cmocka_unit_test(proofs_work_where_the_kernel_has_them),
                cmocka_unit_test(no_privilege_is_needed),
        };

        return cmocka_run_group_tests(tests, describe, clean);
}
