/* SPDX-License-Identifier: Apache-2.0 */
#include "counters/cpu.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES "bus/event_source/devices"

/*
 * CPUs that count like a model libpfm4 4.13 has. Only for the events of src/counters/sets; each
 * was compared in tools/perf/pmu-events/arch/x86 of the Linux kernel:
 * - Emerald Rapids (6-CF, emeraldrapids/) and Granite Rapids (6-AD, 6-AE, graniterapids/) have
 *   DTLB_LOAD_MISSES 0x12, DTLB_STORE_MISSES 0x13 with the masks of sapphirerapids/, and the same
 *   MEM_INST_RETIRED and LONGEST_LAT_CACHE;
 * - Zen 5 (amdzen5/load-store.json) has ls_dispatch 0x29, ls_dmnd_fills_from_sys 0x43 and
 *   ls_l1_d_tlb_miss 0x45 with the masks of amdzen4/. The models are those of
 *   arch/x86/kernel/cpu/amd.c, which also has Zen 4 models that libpfm4 4.13 does not detect;
 * - Armv8: the sets use the architecture's common events only, equal on all.
 */
static const struct {
        const char *pmu, *vendor;
        unsigned family, first, last; /* models */
} stand_ins[] = {
        { "spr", "GenuineIntel", 6, 0xcf, 0xcf },
        { "spr", "GenuineIntel", 6, 0xad, 0xae },
        { "amd64_fam19h_zen4", "AuthenticAMD", 0x19, 0x10, 0x1f },
        { "amd64_fam19h_zen4", "AuthenticAMD", 0x19, 0x60, 0xaf },
        { "amd64_fam19h_zen4", "AuthenticAMD", 0x1a, 0x00, 0x2f },
        { "amd64_fam19h_zen4", "AuthenticAMD", 0x1a, 0x40, 0x4f },
        { "amd64_fam19h_zen4", "AuthenticAMD", 0x1a, 0x60, 0x7f },
        { "arm_n1", VENDOR_ARM, 8, 0x000, 0xfff },
};

/* The value of "NAME<tabs>: VALUE" in the first processor's lines; NULL when there is none. */
static const char *line_value(const char *text, const char *name)
{
        size_t length = strlen(name);

        while (text && *text) {
                const char *colon = text + length;

                if (strncmp(text, name, length) == 0) {
                        colon += strspn(colon, " \t");
                        if (*colon == ':')
                                return colon + 1 + strspn(colon + 1, " \t");
                }
                text = strchr(text, '\n');
                text = text ? text + 1 : NULL;
        }
        return NULL;
}

static unsigned line_number(const char *text, const char *name)
{
        const char *value = line_value(text, name);

        return value ? (unsigned)strtoul(value, NULL, 0) : 0;
}

/* Is the word in the value, which ends with its line? */
static bool line_has_word(const char *value, const char *word)
{
        size_t length = strlen(word);

        while (value && *value && *value != '\n') {
                size_t span = strcspn(value, " \n");

                if (span == length && strncmp(value, word, span) == 0)
                        return true;
                value += span;
                value += strspn(value, " ");
        }
        return false;
}

struct counter_cpu counter_cpu_read(const struct sys_root *root)
{
        struct counter_cpu cpu = { 0 };
        struct status status;
        const char *vendor;
        char text[4096]; /* the first processor fits */

        status = sys_read_text(root->proc, "cpuinfo", text, sizeof(text));
        if (status_failed(&status))
                return cpu;
        vendor = line_value(text, "vendor_id");
        if (vendor) {
                snprintf(cpu.vendor, sizeof(cpu.vendor), "%.*s", (int)strcspn(vendor, " \n"),
                         vendor);
                cpu.family = line_number(text, "cpu family");
                cpu.model = line_number(text, "model");
                cpu.guest = line_has_word(line_value(text, "flags"), "hypervisor");
        } else if (line_value(text, "CPU implementer")) {
                snprintf(cpu.vendor, sizeof(cpu.vendor), VENDOR_ARM);
                cpu.family = line_number(text, "CPU architecture");
                cpu.model = line_number(text, "CPU part");
        }
        return cpu;
}

bool counter_cpu_counts_like(const struct counter_cpu *cpu, const char *pmu)
{
        for (size_t i = 0; i < sizeof(stand_ins) / sizeof(stand_ins[0]); i++)
                if (strcmp(stand_ins[i].pmu, pmu) == 0 &&
                    strcmp(stand_ins[i].vendor, cpu->vendor) == 0 &&
                    stand_ins[i].family == cpu->family && cpu->model >= stand_ins[i].first &&
                    cpu->model <= stand_ins[i].last)
                        return true;
        return false;
}

/* Files below sysfs that match; free with globfree() when true. */
static bool sysfs_glob(const struct sys_root *root, const char *pattern, glob_t *ret_found)
{
        char full[512];

        snprintf(full, sizeof(full), "%s/" DEVICES "/%s", root->sysfs, pattern);
        return glob(full, 0, NULL, ret_found) == 0;
}

bool cpu_pmu_exists(const struct sys_root *root)
{
        /* x86 and RISC-V; hybrid x86; Arm; s390 */
        static const char *const patterns[] = { "cpu", "cpu_core", "armv[0-9]*", "cpum_cf" };

        for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
                glob_t found;

                if (sysfs_glob(root, patterns[i], &found)) {
                        globfree(&found);
                        return true;
                }
        }
        return false;
}

static bool is_event_file(const struct sys_root *root, const char *path, uint64_t event)
{
        static const char prefix[] = "event=";
        struct status status;
        char text[64];

        status = sys_read_text(root->sysfs, path + strlen(root->sysfs) + 1, text, sizeof(text));
        return !status_failed(&status) && strncmp(text, prefix, strlen(prefix)) == 0 &&
               strtoull(text + strlen(prefix), NULL, 16) == event;
}

bool arm_pmu_implements(const struct sys_root *root, uint64_t event)
{
        bool found_it = false;
        glob_t found;

        if (!sysfs_glob(root, "armv[0-9]*/events/*", &found))
                return false;
        for (size_t i = 0; i < found.gl_pathc && !found_it; i++)
                found_it = is_event_file(root, found.gl_pathv[i], event);
        globfree(&found);
        return found_it;
}
