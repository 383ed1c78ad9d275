/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/probe_text.h"

#include "cli/probe_devices.h"
#include "cli/probe_lines.h"
#include "cli/probe_table.h"

#include <stdlib.h>
#include <string.h>

static void print_machine(struct json_object *machine, FILE *out)
{
        static const struct {
                const char *evidence, *meaning;
        } meanings[] = {
                { "hardware", "no hypervisor shows: times are the hardware's own" },
                { "virtual", "under a hypervisor: times hold for such a virtual machine" },
                { "emulated", "the CPU is software: its times say nothing about hardware" },
        };
        struct json_object *kernel = probe_field(machine, "kernel");
        const char *evidence = probe_text_or(machine, "evidence", "");
        const char *signature = probe_text_or(probe_field(machine, "hypervisor"), "signature", "");
        const char *meaning = "this machine does not tell whether it is virtual";

        for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
                if (strcmp(evidence, meanings[i].evidence) == 0)
                        meaning = meanings[i].meaning;
        probe_heading(out, "Machine");
        probe_line(out, "kernel", "%s, %s", probe_text(kernel, "release"),
                   probe_text(kernel, "arch"));
        probe_line(out, "build", "%s", probe_text(kernel, "version"));
        if (probe_field(kernel, "cmdline"))
                probe_line(out, "boot options", "%s", probe_text(kernel, "cmdline"));
        probe_line(out, "evidence", "%s (%s)", evidence[0] ? evidence : "unknown", meaning);
        probe_line(out, "hypervisor", "%s", signature[0] ? signature : "none shows");
}

static void print_cpu(struct json_object *cpu, FILE *out)
{
        probe_heading(out, "CPU");
        probe_line(out, "model", "%s", probe_text(cpu, "model_name"));
        probe_line(out, "identity", "%s, family %s, model %s, stepping %s, microcode %s",
                   probe_text(cpu, "vendor"), probe_text(cpu, "family"), probe_text(cpu, "model"),
                   probe_text(cpu, "stepping"), probe_text(cpu, "microcode"));
        probe_line(out, "count", "%s socket(s), %s core(s), %s hardware thread(s)",
                   probe_text(cpu, "sockets"), probe_text(cpu, "cores"),
                   probe_text(cpu, "threads"));
        if (probe_field(cpu, "mhz"))
                probe_line(out, "clock", "%s MHz now", probe_text(cpu, "mhz"));
        if (probe_field(cpu, "mhz_max"))
                probe_line(out, "highest clock", "%s MHz", probe_text(cpu, "mhz_max"));
        probe_line_joined(out, "instructions", probe_field(cpu, "isa"));
}

static void print_caches(struct json_object *caches, FILE *out)
{
        static const char *const headings[] = { "cache", "type", "size",  "line",
                                                "ways",  "CPUs", "count", NULL };
        struct probe_table table;

        probe_heading(out, "Caches");
        probe_table_begin(&table, headings);
        PROBE_EACH(cache, caches)
        {
                probe_table_cell(&table, "L%s", probe_text(cache, "level"));
                probe_table_cell(&table, "%s", probe_text(cache, "type"));
                probe_table_cell(&table, "%s", probe_size(cache, "bytes").text);
                probe_table_cell(&table, "%s", probe_size(cache, "line_bytes").text);
                probe_table_cell(&table, "%s", probe_text(cache, "ways"));
                probe_table_cell(&table, "%s", probe_text(cache, "shared_cpus"));
                probe_table_cell(&table, "%s", probe_text(cache, "instances"));
        }
        probe_table_end(&table, out);
}

static void tlb_row(struct probe_table *table, struct json_object *tlb)
{
        const char *access = probe_text_or(tlb, "access", NULL);
        char pages[128] = "";
        size_t used = 0;

        PROBE_EACH(page, probe_field(tlb, "page_bytes"))
        if (used < sizeof(pages))
                used += (size_t)snprintf(pages + used, sizeof(pages) - used, "%s%s",
                                         used ? ", " : "",
                                         probe_size_text(json_object_get_uint64(page)).text);
        probe_table_cell(table, "L%s", probe_text(tlb, "level"));
        probe_table_cell(table, "%s%s%s%s", probe_text(tlb, "type"), access ? " (" : "",
                         access ? access : "", access ? ")" : "");
        probe_table_cell(table, "%s", pages);
        probe_table_cell(table, "%s", probe_text(tlb, "entries"));
        if (probe_field(tlb, "ways") && probe_number(tlb, "ways") == probe_number(tlb, "entries"))
                probe_table_cell(table, "all");
        else
                probe_table_cell(table, "%s", probe_text(tlb, "ways"));
}

static void print_tlbs(struct json_object *cpu, FILE *out)
{
        static const char *const headings[] = { "TLB", "type", "pages", "entries", "ways", NULL };
        static const char *const reach[] = { "loads of", "level", "entries", "reach", NULL };
        struct json_object *tlbs = probe_field(cpu, "tlbs");
        const char *note = NULL;
        struct probe_table table;

        probe_heading(out, "TLB, as CPUID tells it");
        if (!probe_length(tlbs)) {
                probe_line(out, "", "this CPU does not tell; the workload reach measures it");
                return;
        }
        probe_table_begin(&table, headings);
        PROBE_EACH(tlb, tlbs)
        {
                tlb_row(&table, tlb);
                note = probe_text_or(tlb, "note", note);
        }
        probe_table_end(&table, out);
        if (note)
                probe_line(out, "note", "%s", note);
        probe_table_begin(&table, reach);
        PROBE_EACH(row, probe_field(cpu, "dtlb"))
        {
                probe_table_cell(&table, "%s pages", probe_size(row, "page_bytes").text);
                probe_table_cell(&table, "L%s", probe_text(row, "level"));
                probe_table_cell(&table, "%s", probe_text(row, "entries"));
                probe_table_cell(&table, "%s",
                                 probe_size_text(probe_number(row, "entries") *
                                                 probe_number(row, "page_bytes"))
                                         .text);
        }
        probe_table_end(&table, out);
}

static void print_numa(struct json_object *numa, FILE *out)
{
        static const char *const headings[] = {
                "node", "CPUs", "memory", "kind", "distances", NULL
        };
        struct json_object *distances = probe_field(numa, "distances");
        struct probe_table table;
        size_t at = 0;

        probe_table_begin(&table, headings);
        PROBE_EACH(node, probe_field(numa, "nodes"))
        {
                char *row = at < probe_length(distances)
                                    ? probe_joined(json_object_array_get_idx(distances, at))
                                    : NULL;

                probe_table_cell(&table, "%s", probe_text(node, "node"));
                probe_table_cell(&table, "%s", probe_text(node, "cpus"));
                probe_table_cell(&table, "%s", probe_size(node, "bytes").text);
                probe_table_cell(&table, "%s", probe_text(node, "kind"));
                probe_table_cell(&table, "%s", row ? row : "-");
                free(row);
                at++;
        }
        probe_table_end(&table, out);
}

static void print_memory(struct json_object *machine, FILE *out)
{
        struct json_object *memory = probe_field(machine, "memory"),
                           *limits = probe_field(machine, "limits");
        struct json_object *pool = probe_field(machine, "hugetlb");

        probe_heading(out, "Memory and NUMA");
        probe_line(out, "memory", "%s, of which %s available; swap %s",
                   probe_size(memory, "total_bytes").text,
                   probe_size(memory, "available_bytes").text,
                   probe_size(memory, "swap_total_bytes").text);
        probe_line(out, "pages", "%s; by PMD %s", probe_size(memory, "page_bytes").text,
                   probe_size(memory, "pmd_bytes").text);
        if (probe_field(pool, "total"))
                probe_line(out, "hugetlb pool", "%s pages of %s, %s free",
                           probe_text(pool, "total"), probe_size(pool, "page_bytes").text,
                           probe_text(pool, "free"));
        probe_line(out, "may lock", "%s",
                   probe_true(limits, "memlock_unlimited")
                           ? "all"
                           : probe_size(limits, "memlock_bytes").text);
        if (probe_field(limits, "cgroup_memory_bytes"))
                probe_line(out, "cgroup limit", "%s",
                           probe_size(limits, "cgroup_memory_bytes").text);
        probe_line(out, "user namespaces", "%s",
                   probe_true(limits, "user_namespaces") ? "yes" : "no");
        print_numa(probe_field(machine, "numa"), out);
}

static void print_thp(struct json_object *thp, FILE *out)
{
        probe_heading(out, "Transparent huge pages");
        if (!probe_field(thp, "enabled")) {
                probe_line(out, "", "this kernel has none");
                return;
        }
        json_object_object_foreach(thp, key, value)
        {
                char wide[32];

                (void)value;
                snprintf(wide, sizeof(wide), "%-26s", key);
                probe_line(out, wide, "%s", probe_text(thp, key));
        }
}

void probe_print(struct json_object *machine, FILE *out)
{
        struct json_object *cpu = probe_field(machine, "cpu");

        print_machine(machine, out);
        print_cpu(cpu, out);
        print_caches(probe_field(cpu, "caches"), out);
        print_tlbs(cpu, out);
        print_memory(machine, out);
        print_thp(probe_field(machine, "thp"), out);
        probe_print_privileges(probe_field(machine, "privileges"), out);
        probe_print_proofs(probe_field(machine, "proofs"), out);
        probe_print_pmu(probe_field(machine, "pmu"), probe_field(machine, "counters"), out);
        probe_print_dax(probe_field(machine, "dax"), out);
}
