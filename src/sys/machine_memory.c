/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/hugepages.h"
#include "sys/json_fields.h"
#include "sys/keyed.h"
#include "sys/machine_parts.h"
#include "sys/procself.h"

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define THP "kernel/mm/transparent_hugepage"

void machine_memory(const struct sys_root *root, struct json_object *memory)
{
        json_set_count(memory, "total_bytes", keyed_file(root->proc, "meminfo", "MemTotal"));
        json_set_count(memory, "available_bytes",
                       keyed_file(root->proc, "meminfo", "MemAvailable"));
        json_set_number(memory, "page_bytes", hugepages_page_bytes());
        json_set_number(memory, "pmd_bytes", hugepages_pmd_bytes(root));
        json_set_count(memory, "swap_total_bytes", keyed_file(root->proc, "meminfo", "SwapTotal"));
}

static void set_choice(struct json_object *object, const char *key, const struct sys_root *root,
                       const char *path)
{
        char word[64];
        struct status status = sys_read_choice(root->sysfs, path, word, sizeof(word));

        if (!status_failed(&status))
                json_set_text(object, key, word);
}

static void set_file_number(struct json_object *object, const char *key,
                            const struct sys_root *root, const char *path)
{
        uint64_t value;
        struct status status = sys_read_number(root->sysfs, path, &value);

        if (!status_failed(&status))
                json_set_number(object, key, value);
}

/* Documentation/admin-guide/mm/transhuge.rst. From 6.8 on each size has its own switches; those of
 * the PMD size decide together with the global ones ("inherit"). */
void machine_thp(const struct sys_root *root, struct json_object *thp)
{
        uint64_t kib = hugepages_pmd_bytes(root) / KIB;
        char path[128];

        set_choice(thp, "enabled", root, THP "/enabled");
        set_choice(thp, "defrag", root, THP "/defrag");
        set_choice(thp, "shmem_enabled", root, THP "/shmem_enabled");
        snprintf(path, sizeof(path), THP "/hugepages-%" PRIu64 "kB/enabled", kib);
        set_choice(thp, "pmd_enabled", root, path);
        snprintf(path, sizeof(path), THP "/hugepages-%" PRIu64 "kB/shmem_enabled", kib);
        set_choice(thp, "pmd_shmem_enabled", root, path);
        set_file_number(thp, "pmd_bytes", root, THP "/hpage_pmd_size");
        set_file_number(thp, "use_zero_page", root, THP "/use_zero_page");
        set_file_number(thp, "khugepaged_defrag", root, THP "/khugepaged/defrag");
        set_file_number(thp, "khugepaged_max_ptes_none", root, THP "/khugepaged/max_ptes_none");
        set_file_number(thp, "khugepaged_pages_to_scan", root, THP "/khugepaged/pages_to_scan");
        set_file_number(thp, "khugepaged_scan_sleep_ms", root,
                        THP "/khugepaged/scan_sleep_millisecs");
        json_set_bool(thp, "process_disabled", procself_thp_disabled());
}

void machine_hugetlb(const struct sys_root *root, struct json_object *hugetlb)
{
        size_t bytes = hugepages_pmd_bytes(root);
        struct hugepages_pool pool;
        struct status status = hugepages_pool_read(root, bytes, &pool);

        if (status_failed(&status))
                return;
        json_set_number(hugetlb, "page_bytes", bytes);
        json_set_number(hugetlb, "total", pool.total);
        json_set_number(hugetlb, "free", pool.free);
        json_set_number(hugetlb, "reserved", pool.reserved);
}

/* The least limit of `group` and the cgroups above it; `mount` is below sysfs. */
static struct count least_limit(const struct sys_root *root, const char *mount, const char *group,
                                const char *file)
{
        struct count least = { 0 };
        char path[256], full[512];
        char *slash = path;

        /* In a container the path may lie outside of what is mounted. */
        snprintf(path, sizeof(path), "%s", strstr(group, "..") ? "" : group);
        while (slash) {
                struct status status;
                uint64_t value;

                snprintf(full, sizeof(full), "%s%s/%s", mount, path, file);
                status = sys_read_number(root->sysfs, full, &value); /* "max" is no number */
                /* Version 1 writes no limit as the largest multiple of a page. */
                if (!status_failed(&status) && value < INT64_MAX / 2 &&
                    (!least.known || value < least.value))
                        least = count_of(value);
                slash = strrchr(path, '/');
                if (slash)
                        *slash = '\0';
        }
        return least;
}

static struct count lesser(struct count a, struct count b)
{
        if (!a.known || (b.known && b.value < a.value))
                return b;
        return a;
}

/* A line of /proc/self/cgroup is "0::/path" (version 2) or "4:memory:/path" (1). */
static struct count cgroup_limit(const struct sys_root *root)
{
        char text[4096], *next = text, *line;
        struct count least = { 0 };
        struct status status = sys_read_text(root->proc, "self/cgroup", text, sizeof(text));

        if (status_failed(&status))
                return least;
        while ((line = strsep(&next, "\n"))) {
                char *controllers, *group = line;

                strsep(&group, ":");
                controllers = strsep(&group, ":");
                if (!group)
                        continue;
                if (!controllers[0]) {
                        least = lesser(least, least_limit(root, "fs/cgroup", group, "memory.max"));
                        least = lesser(least,
                                       least_limit(root, "fs/cgroup/unified", group, "memory.max"));
                } else if (strcmp(controllers, "memory") == 0) {
                        least = lesser(least, least_limit(root, "fs/cgroup/memory", group,
                                                          "memory.limit_in_bytes"));
                }
        }
        return least;
}

bool machine_user_namespaces_work(void)
{
        pid_t child = fork();
        int result;

        if (child == 0)
                _exit(unshare(CLONE_NEWUSER) == 0 ? 0 : 1);
        if (child < 0 || waitpid(child, &result, 0) != child)
                return false;
        return WIFEXITED(result) && WEXITSTATUS(result) == 0;
}

void machine_limits(const struct sys_root *root, struct json_object *limits)
{
        struct rlimit memlock;

        if (getrlimit(RLIMIT_MEMLOCK, &memlock) == 0) {
                if (memlock.rlim_cur == RLIM_INFINITY)
                        json_set_bool(limits, "memlock_unlimited", true);
                else
                        json_set_number(limits, "memlock_bytes", memlock.rlim_cur);
        }
        json_set_count(limits, "cgroup_memory_bytes", cgroup_limit(root));
        json_set_bool(limits, "user_namespaces", machine_user_namespaces_work());
}
