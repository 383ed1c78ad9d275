/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/memavail.h"

#include "sys/keyed.h"

#include <pmdgain/units.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESERVE_MAX (512 * MIB)

/* Where a version of the memory cgroup keeps its figures. */
struct cgroup_layout {
        const char *mount; /* below sysfs */
        const char *limit, *usage, *cache_key;
};

static const struct cgroup_layout layout_v1 = { "fs/cgroup/memory", "memory.limit_in_bytes",
                                                "memory.usage_in_bytes", "total_inactive_file" };
static const struct cgroup_layout layouts_v2[] = {
        { "fs/cgroup", "memory.max", "memory.current", "inactive_file" },
        { "fs/cgroup/unified", "memory.max", "memory.current", "inactive_file" },
};

static void lower(struct memavail *available, uint64_t bytes, const char *by)
{
        if (bytes >= available->bytes)
                return;
        available->bytes = bytes;
        snprintf(available->by, sizeof(available->by), "%s", by);
}

/* One cgroup's folder; a limit of "max" is no number and says nothing. */
static void cgroup_look(const struct sys_root *root, const struct cgroup_layout *layout,
                        const char *group, struct memavail *available)
{
        char folder[384], path[448], by[sizeof(available->by)];
        uint64_t limit, usage;
        struct status status;
        struct count cache;

        snprintf(folder, sizeof(folder), "%s%s", layout->mount, group);
        snprintf(path, sizeof(path), "%s/%s", folder, layout->limit);
        status = sys_read_number(root->sysfs, path, &limit);
        if (status_failed(&status))
                return;
        snprintf(path, sizeof(path), "%s/%s", folder, layout->usage);
        status = sys_read_number(root->sysfs, path, &usage);
        if (status_failed(&status))
                return;
        snprintf(path, sizeof(path), "%s/memory.stat", folder);
        cache = keyed_file(root->sysfs, path, layout->cache_key);
        usage -= cache.known && cache.value < usage ? cache.value : 0;
        snprintf(by, sizeof(by), "%s of the cgroup %.100s", layout->limit, *group ? group : "/");
        lower(available, limit > usage ? limit - usage : 0, by);
}

/* `group` and all above it; in a container the path may lie outside of what is mounted. */
static void cgroups_look(const struct sys_root *root, const struct cgroup_layout *layout,
                         const char *group, struct memavail *available)
{
        char path[256];
        char *slash;

        snprintf(path, sizeof(path), "%s", strstr(group, "..") ? "" : group);
        path[strcspn(path, "\n")] = '\0';
        while ((slash = strrchr(path, '/'))) {
                if (slash[1])
                        cgroup_look(root, layout, path, available);
                *slash = '\0';
        }
        cgroup_look(root, layout, "", available);
}

static bool names_memory(const char *controllers, size_t length)
{
        char list[256], word[64];
        const char *cursor = list;

        snprintf(list, sizeof(list), "%.*s", (int)length, controllers);
        while (list_next(&cursor, word, sizeof(word)))
                if (strcmp(word, "memory") == 0)
                        return true;
        return false;
}

/* A line is "number:controllers:path"; no controllers means version 2. */
static void cgroup_line(const struct sys_root *root, const char *line, struct memavail *available)
{
        const char *controllers = strchr(line, ':');
        const char *group = controllers ? strchr(controllers + 1, ':') : NULL;

        if (!group)
                return;
        controllers++;
        if (controllers == group)
                for (size_t i = 0; i < sizeof(layouts_v2) / sizeof(layouts_v2[0]); i++)
                        cgroups_look(root, &layouts_v2[i], group + 1, available);
        else if (names_memory(controllers, (size_t)(group - controllers)))
                cgroups_look(root, &layout_v1, group + 1, available);
}

struct status memavail_read(const struct sys_root *root, struct memavail *ret_available)
{
        struct memavail available = { .bytes = UINT64_MAX };
        struct count free_memory = keyed_file(root->proc, "meminfo", "MemAvailable");
        char path[256], *line = NULL;
        size_t size = 0;
        FILE *file;

        if (free_memory.known)
                lower(&available, free_memory.value, "MemAvailable");
        snprintf(path, sizeof(path), "%s/self/cgroup", root->proc);
        file = fopen(path, "re");
        while (file && getline(&line, &size, file) > 0)
                cgroup_line(root, line, &available);
        free(line);
        if (file)
                fclose(file);
        if (available.bytes == UINT64_MAX)
                return status_make(STATUS_SKIP, NULL, "nothing says how much memory is available");
        *ret_available = available;
        return status_ok();
}

struct status memavail_check(const struct sys_root *root, uint64_t bytes)
{
        char wanted[UNITS_TEXT_MAX], there[UNITS_TEXT_MAX];
        struct memavail available = { 0 };
        struct status status = memavail_read(root, &available);
        uint64_t reserve;

        if (status_failed(&status))
                return status_ok(); /* nothing to check against */
        reserve = available.bytes / 16 < RESERVE_MAX ? available.bytes / 16 : RESERVE_MAX;
        if (bytes <= available.bytes - reserve)
                return status_ok();
        return status_make(STATUS_USAGE, "use a smaller --bytes, or free memory",
                           "%s is more than the memory available, %s less a reserve (by %s)",
                           size_format_human(bytes, wanted, sizeof(wanted)),
                           size_format_human(available.bytes, there, sizeof(there)), available.by);
}
