/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/json_fields.h"
#include "sys/machine_parts.h"
#include "sys/tlb.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MHZ_MAX 1e6 /* more is no clock frequency */

/* The first CPU's lines of /proc/cpuinfo, "key : value". */
struct cpuinfo {
        char text[16384];
};

/* False when there is no such line. */
static bool cpuinfo_value(const struct cpuinfo *info, const char *key, char *value, size_t size)
{
        size_t length = strlen(key);

        for (const char *line = info->text; *line; line += strcspn(line, "\n"), line += !!*line) {
                const char *end = line + strcspn(line, "\n"), *start = line + length;

                if (line == end)
                        return false; /* the next CPU begins */
                if (strncmp(line, key, length) != 0)
                        continue;
                start += strspn(start, " \t");
                if (*start++ != ':')
                        continue;
                start += strspn(start, " \t");
                snprintf(value, size, "%.*s", start < end ? (int)(end - start) : 0, start);
                return true;
        }
        return false;
}

static void set_value(struct json_object *cpu, const char *name, const struct cpuinfo *info,
                      const char *key)
{
        char value[256];

        if (cpuinfo_value(info, key, value, sizeof(value)))
                json_set_text_known(cpu, name, value);
}

static void set_whole(struct json_object *cpu, const char *name, const struct cpuinfo *info,
                      const char *key)
{
        char value[64], *end;
        unsigned long long number;

        if (!cpuinfo_value(info, key, value, sizeof(value)))
                return;
        errno = 0;
        number = strtoull(value, &end, 0); /* Arm's are hexadecimal, with 0x */
        if (isdigit((unsigned char)*value) && !*end && !errno)
                json_set_number(cpu, name, number);
}

/* The implementers and parts of Arm's MIDR_EL1 that a server is likely to have. */
static void describe_arm(const struct cpuinfo *info, struct json_object *cpu)
{
        static const struct {
                const char *implementer, *vendor;
        } vendors[] = {
                { "0x41", "ARM" },    { "0x46", "Fujitsu" },  { "0x48", "HiSilicon" },
                { "0x4e", "NVIDIA" }, { "0x51", "Qualcomm" }, { "0x61", "Apple" },
                { "0xc0", "Ampere" },
        };
        static const struct {
                const char *implementer, *part, *name;
        } parts[] = {
                { "0x41", "0xd08", "Cortex-A72" },  { "0x41", "0xd0c", "Neoverse-N1" },
                { "0x41", "0xd40", "Neoverse-V1" }, { "0x41", "0xd49", "Neoverse-N2" },
                { "0x41", "0xd4f", "Neoverse-V2" }, { "0x41", "0xd83", "Neoverse-V3AE" },
                { "0x41", "0xd84", "Neoverse-V3" }, { "0x41", "0xd8e", "Neoverse-N3" },
                { "0xc0", "0xac3", "Ampere-1" },    { "0xc0", "0xac4", "Ampere-1a" },
        };
        char implementer[32], part[32];

        if (!cpuinfo_value(info, "CPU implementer", implementer, sizeof(implementer)) ||
            !cpuinfo_value(info, "CPU part", part, sizeof(part)))
                return;
        for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
                if (strcmp(implementer, vendors[i].implementer) == 0)
                        json_set_text(cpu, "vendor", vendors[i].vendor);
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
                if (strcmp(implementer, parts[i].implementer) == 0 &&
                    strcmp(part, parts[i].part) == 0)
                        json_set_text(cpu, "model_name", parts[i].name);
        set_whole(cpu, "family", info, "CPU architecture");
        set_whole(cpu, "model", info, "CPU part");
        set_whole(cpu, "stepping", info, "CPU revision");
}

/* Those that bear on loads, stores, flushes, page sizes and clocks, as the kernel names them. */
static void describe_isa(const struct cpuinfo *info, struct json_object *isa)
{
        static const char *const telling[] = {
                "sse2",        "sse4_1",    "avx",     "avx2",       "avx512f", "avx512bw",
                "avx512vl",    "avx10",     "clflush", "clflushopt", "clwb",    "cldemote",
                "movdiri",     "movdir64b", "erms",    "fsrm",       "pse",     "pdpe1gb",
                "la57",        "pcid",      "invpcid", "invlpgb",    "rdtscp",  "constant_tsc",
                "nonstop_tsc", "ibs",       "asimd",   "sve",        "sve2",    "dcpop",
                "dcpodp",      "atomics",   "lrcpc",   "paca",
        };
        char flags[8192], word[64];

        if (!cpuinfo_value(info, "flags", flags, sizeof(flags)) &&
            !cpuinfo_value(info, "Features", flags, sizeof(flags)))
                return;
        for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
                const char *cursor = flags;

                while (list_next(&cursor, word, sizeof(word)))
                        if (strcmp(word, telling[i]) == 0) {
                                json_add_text(isa, word);
                                break;
                        }
        }
}

static void set_mhz(const struct sys_root *root, const struct cpuinfo *info,
                    struct json_object *cpu)
{
        struct status status;
        char value[64], *end;
        uint64_t khz;
        double mhz;

        if (cpuinfo_value(info, "cpu MHz", value, sizeof(value))) {
                mhz = strtod(value, &end);
                if (end != value && !*end && mhz > 0 && mhz < MHZ_MAX)
                        json_set_number(cpu, "mhz", (uint64_t)llround(mhz));
        }
        status = sys_read_number(root->sysfs, "devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq",
                                 &khz);
        if (!status_failed(&status))
                json_set_number(cpu, "mhz_max", khz / 1000);
}

static void describe_tlbs(const struct tlb_table *tlbs, struct json_object *rows)
{
        static const char *const accesses[] = { [TLB_LOADS] = "loads", [TLB_STORES] = "stores" };

        for (size_t i = 0; i < tlbs->count; i++) {
                const struct tlb *tlb = &tlbs->rows[i];
                struct json_object *row = json_add_object(rows), *pages;

                json_set_number(row, "level", tlb->level);
                json_set_text(row, "type", tlb_type_name(tlb->type));
                if (tlb->access != TLB_ANY)
                        json_set_text(row, "access", accesses[tlb->access]);
                pages = json_set_array(row, "page_bytes");
                for (size_t page = 0; page < tlb->page_count; page++)
                        json_add_number(pages, tlb->page_bytes[page]);
                json_set_number(row, "entries", tlb->entries);
                if (tlb->ways)
                        json_set_number(row, "ways", tlb->ways);
                if (tlb->shared)
                        json_set_bool(row, "shared_pages", true);
                json_set_text_known(row, "note", tlb->note);
        }
}

/* What the rows add up to for a load, by level and page size. */
static void describe_reach(const struct tlb_table *tlbs, struct json_object *rows)
{
        static const uint64_t sizes[] = { 4 * KIB, 2 * MIB, GIB };

        for (unsigned level = 1; level <= 7; level++)
                for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
                        unsigned entries = tlb_load_entries(tlbs, level, sizes[i]);
                        struct json_object *row;

                        if (!entries)
                                continue;
                        row = json_add_object(rows);
                        json_set_number(row, "level", level);
                        json_set_number(row, "page_bytes", sizes[i]);
                        json_set_number(row, "entries", entries);
                }
}

void machine_cpu(const struct sys_root *root, hwloc_topology_t topology, struct json_object *cpu)
{
        struct cpuinfo *info = calloc(1, sizeof(*info));
        struct cpuid_table cpuid;
        struct tlb_table tlbs;
        struct status status;

        if (!info)
                return;
        status = sys_read_text(root->proc, "cpuinfo", info->text, sizeof(info->text));
        if (!status_failed(&status)) {
                describe_arm(info, cpu);
                set_value(cpu, "vendor", info, "vendor_id");
                set_value(cpu, "model_name", info, "model name");
                set_whole(cpu, "family", info, "cpu family");
                set_whole(cpu, "model", info, "model");
                set_whole(cpu, "stepping", info, "stepping");
                set_value(cpu, "microcode", info, "microcode");
                set_mhz(root, info, cpu);
        }
        if (topology)
                topology_describe_cpu(topology, cpu);
        if (cpuid_read(&cpuid)) {
                tlb_decode(&cpuid, &tlbs);
                describe_tlbs(&tlbs, json_set_array(cpu, "tlbs"));
                describe_reach(&tlbs, json_set_array(cpu, "dtlb"));
        }
        describe_isa(info, json_set_array(cpu, "isa"));
        free(info);
}
