/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs a machine of QEMU's, where there is no CPUID to ask: KVM, another hypervisor, or
 * software alone (TCG).
 *
 * The firmware calls a machine with KVM "KVM Virtual Machine", any other "QEMU Virtual Machine"
 * (hw/arm/virt.c, hw/riscv/virt.c). Under a hypervisor the guest has the host's PMU. TCG's knows
 * cycles, instructions and stalls (target/arm, pm_events), and none of the cache and branch events
 * that the architecture requires of a PMU (Arm ARM, "Required events"). Apple's hypervisor passes
 * no PMU on, and QEMU shows its own there; but no Apple CPU is among those that TCG emulates.
 */
#include "sys/hypervisor.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEVICES "bus/event_source/devices"

enum pmu {
        PMU_NONE,
        PMU_OF_HARDWARE,
        PMU_OF_SOFTWARE,
};

static bool has_event(const struct sys_root *root, const char *pmu, const char *event)
{
        char path[512];

        snprintf(path, sizeof(path), "%s/" DEVICES "/%.100s/events/%s", root->sysfs, pmu, event);
        return access(path, F_OK) == 0;
}

static enum pmu pmu_of(const struct sys_root *root, const char *name)
{
        static const char *const required[] = { "l1d_cache_refill", "l1d_cache", "br_mis_pred",
                                                "br_pred" };

        if (strncmp(name, "armv8_", 6) != 0 && strncmp(name, "armv9_", 6) != 0)
                return PMU_NONE;
        if (!has_event(root, name, "cpu_cycles"))
                return PMU_NONE;
        for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
                if (has_event(root, name, required[i]))
                        return PMU_OF_HARDWARE;
        return PMU_OF_SOFTWARE;
}

/* Of the first CPU PMU; QEMU's machines have CPUs of one kind. */
static enum pmu cpu_pmu(const struct sys_root *root)
{
        enum pmu pmu = PMU_NONE;
        const struct dirent *entry;
        char path[512];
        DIR *dir;

        snprintf(path, sizeof(path), "%s/" DEVICES, root->sysfs);
        dir = opendir(path);
        while (dir && pmu == PMU_NONE && (entry = readdir(dir)))
                pmu = pmu_of(root, entry->d_name);
        if (dir)
                closedir(dir);
        return pmu;
}

static bool cpu_says(const struct sys_root *root, const char *line)
{
        char text[2048];
        struct status status = sys_read_text(root->proc, "cpuinfo", text, sizeof(text));

        return !status_failed(&status) && strstr(text, line);
}

bool hypervisor_is_qemu_cpu(const struct sys_root *root)
{
        return cpu_says(root, "CPU implementer\t: 0x00\n") && cpu_says(root, "CPU part\t: 0x051\n");
}

enum evidence hypervisor_of_qemu(const struct sys_root *root)
{
        if (hypervisor_is_qemu_cpu(root))
                return EVIDENCE_EMULATED;
        if (cpu_says(root, "CPU implementer\t: 0x61\n")) /* Apple */
                return EVIDENCE_VIRTUAL;
        switch (cpu_pmu(root)) {
        case PMU_OF_SOFTWARE:
                return EVIDENCE_EMULATED;
        case PMU_OF_HARDWARE:
                return EVIDENCE_VIRTUAL;
        default:
                return EVIDENCE_UNKNOWN;
        }
}
