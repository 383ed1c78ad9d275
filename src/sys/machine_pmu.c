/* SPDX-License-Identifier: Apache-2.0 */
/* Documentation/admin-guide/sysctl/kernel.rst, perf_event_paranoid. */
#include "sys/capability.h"
#include "sys/json_fields.h"
#include "sys/machine_parts.h"

#include <dirent.h>
#include <errno.h>
#include <pmdgain/privilege.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_names(const void *left, const void *right)
{
        return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The cores' own counters: "cpu", "cpu_core", "cpu_atom", "armv8_pmuv3_0", "armv8_cortex_a72". */
static bool is_core_pmu(const char *name)
{
        return strcmp(name, "cpu") == 0 || strncmp(name, "cpu_", 4) == 0 ||
               strncmp(name, "armv8_", 6) == 0;
}

/* Adds the names in order; returns whether a core's PMU is among them. */
static bool list_pmus(const struct sys_root *root, struct json_object *array)
{
        char path[512], *names[256];
        struct dirent *entry;
        size_t count = 0;
        bool core = false;
        DIR *folder;

        snprintf(path, sizeof(path), "%s/bus/event_source/devices", root->sysfs);
        folder = opendir(path);
        if (!folder)
                return false;
        while (count < sizeof(names) / sizeof(names[0]) && (entry = readdir(folder)))
                if (entry->d_name[0] != '.' && (names[count] = strdup(entry->d_name)))
                        count++;
        closedir(folder);
        qsort(names, count, sizeof(names[0]), compare_names);
        for (size_t i = 0; i < count; i++) {
                core = core || is_core_pmu(names[i]);
                json_add_text(array, names[i]);
                free(names[i]);
        }
        return core;
}

/* CAP_PERFMON, or the CAP_SYS_ADMIN of older kernels. */
static bool may_monitor(void)
{
        return capability_has(CAP_SYS_ADMIN) || capability_has(CAP_PERFMON);
}

static void say(struct json_object *pmu, const char *reason, const char *todo)
{
        json_set_text(pmu, "reason", reason);
        json_set_text_known(pmu, "todo", todo);
}

void machine_pmu(const struct sys_root *root, struct json_object *pmu)
{
        char text[32], *end;
        struct status status;
        long paranoid = 0;
        bool core;

        status = sys_read_text(root->proc, "sys/kernel/perf_event_paranoid", text, sizeof(text));
        core = list_pmus(root, json_set_array(pmu, "pmus"));
        if (status_failed(&status)) {
                say(pmu, "this kernel has no perf events",
                    "use a kernel with CONFIG_PERF_EVENTS=y");
                return;
        }
        errno = 0;
        paranoid = strtol(text, &end, 10);
        if (!errno && end != text && !*end)
                json_object_object_add(pmu, "paranoid", json_object_new_int64(paranoid));
        json_set_bool(pmu, "privileged", may_monitor());
        if (paranoid > 2 && !may_monitor())
                say(pmu, "perf events are closed to users (kernel.perf_event_paranoid > 2)",
                    privilege_todo(PRIVILEGE_PERF, NULL).text);
        else if (!core)
                say(pmu, "the kernel shows no counters of the CPU's own (no PMU)",
                    "in a virtual machine ask its host for a virtual PMU (QEMU: -cpu host,pmu=on); "
                    "software events still work");
        else if (paranoid > 1 && !may_monitor())
                say(pmu, "the kernel's own work is not counted (kernel.perf_event_paranoid > 1)",
                    privilege_todo(PRIVILEGE_PERF, NULL).text);
}
