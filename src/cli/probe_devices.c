/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/probe_devices.h"

#include "cli/probe_lines.h"
#include "cli/probe_table.h"

#include <stdlib.h>

void probe_print_proofs(struct json_object *proofs, FILE *out)
{
        probe_heading(out, "Proofs of the mapping");
        PROBE_EACH(proof, proofs)
        {
                const char *note = probe_text_or(proof, "note", NULL);
                bool works = probe_true(proof, "works");
                char key[32];

                snprintf(key, sizeof(key), "%-20s", probe_text(proof, "name"));
                probe_line(out, key, "%s%s%s", works ? "works" : "no: ",
                           works ? (note ? "; " : "") : probe_text(proof, "reason"),
                           note ? note : "");
                if (!works && probe_field(proof, "todo"))
                        probe_line(out, "", "   -> %s", probe_text(proof, "todo"));
        }
}

void probe_print_privileges(struct json_object *privileges, FILE *out)
{
        probe_heading(out, "Privileges");
        PROBE_EACH(privilege, privileges)
        {
                bool works = probe_true(privilege, "works");
                char key[32];

                snprintf(key, sizeof(key), "%-20s", probe_text(privilege, "name"));
                probe_line(out, key, "%s, for %s%s%s", works ? "yes" : "no",
                           probe_text(privilege, "for"), works ? "" : ": ",
                           works ? "" : probe_text(privilege, "reason"));
                if (!works && probe_field(privilege, "todo"))
                        probe_line(out, "", "   -> %s", probe_text(privilege, "todo"));
        }
}

static void print_events(struct json_object *counter, FILE *out)
{
        PROBE_EACH(event, probe_field(counter, "events"))
        {
                const char *name = probe_text_or(event, "event", "");

                probe_line(out, "", "%-22s %s", probe_text(event, "column"),
                           name[0] ? name : "this CPU has none");
        }
}

void probe_print_pmu(struct json_object *pmu, struct json_object *counters, FILE *out)
{
        probe_heading(out, "PMU and counter sets");
        probe_line(out, "paranoid level", "%s%s", probe_text(pmu, "paranoid"),
                   probe_true(pmu, "privileged") ? " (this process is privileged)" : "");
        probe_line_joined(out, "event sources", probe_field(pmu, "pmus"));
        probe_line_reason(out, "limits", pmu);
        PROBE_EACH(counter, counters)
        {
                bool usable = probe_true(counter, "usable");

                probe_line(out, probe_text(counter, "set"), "%s: %s", usable ? "works" : "no",
                           usable ? probe_text(counter, "summary") : probe_text(counter, "reason"));
                if (usable)
                        print_events(counter, out);
        }
}

static const char *yes_no(struct json_object *object, const char *key)
{
        return !probe_field(object, key) ? "-" : probe_true(object, key) ? "yes" : "no";
}

static void print_regions(struct json_object *regions, FILE *out)
{
        static const char *const headings[] = { "region", "type", "size", "free",
                                                "align",  "node", "bus",  NULL };
        struct probe_table table;

        probe_table_begin(&table, headings);
        PROBE_EACH(region, regions)
        {
                probe_table_cell(&table, "%s", probe_text(region, "name"));
                probe_table_cell(&table, "%s", probe_text(region, "type"));
                probe_table_cell(&table, "%s", probe_size(region, "bytes").text);
                probe_table_cell(&table, "%s", probe_size(region, "available_bytes").text);
                probe_table_cell(&table, "%s", probe_size(region, "align").text);
                probe_table_cell(&table, "%s", probe_text(region, "numa_node"));
                probe_table_cell(&table, "%s", probe_text(region, "bus"));
        }
        probe_table_end(&table, out);
}

static void print_namespaces(struct json_object *namespaces, FILE *out)
{
        static const char *const headings[] = { "namespace", "mode",   "memmap", "size",
                                                "align",     "on PMD", "device", "node",
                                                "state",     "label",  NULL };
        struct probe_table table;

        probe_table_begin(&table, headings);
        PROBE_EACH(space, namespaces)
        {
                const char *device = probe_text_or(space, "blockdev", NULL);

                probe_table_cell(&table, "%s", probe_text(space, "name"));
                probe_table_cell(&table, "%s", probe_text(space, "mode"));
                probe_table_cell(&table, "%s", probe_text(space, "memmap"));
                probe_table_cell(&table, "%s", probe_size(space, "size_bytes").text);
                probe_table_cell(&table, "%s", probe_size(space, "align_bytes").text);
                probe_table_cell(&table, "%s", yes_no(space, "starts_on_pmd"));
                probe_table_cell(&table, "%s", device ? device : probe_text(space, "chardev"));
                probe_table_cell(&table, "%s", probe_text(space, "numa_node"));
                probe_table_cell(&table, "%s", probe_true(space, "enabled") ? "on" : "off");
                probe_table_cell(&table, "%s", probe_text_or(space, "label", ""));
        }
        probe_table_end(&table, out);
}

static void print_devices(struct json_object *devices, FILE *out)
{
        static const char *const headings[] = { "device", "mode", "memmap", "size", "align",
                                                "region", "node", "state",  NULL };
        struct probe_table table;

        probe_table_begin(&table, headings);
        PROBE_EACH(device, devices)
        {
                probe_table_cell(&table, "%s", probe_text(device, "path"));
                probe_table_cell(&table, "%s", probe_text(device, "mode"));
                probe_table_cell(&table, "%s", probe_text(device, "memmap"));
                probe_table_cell(&table, "%s", probe_size(device, "size_bytes").text);
                probe_table_cell(&table, "%s", probe_size(device, "align_bytes").text);
                probe_table_cell(&table, "%s", probe_text(device, "region"));
                probe_table_cell(&table, "%s", probe_text(device, "numa_node"));
                probe_table_cell(&table, "%s", probe_true(device, "enabled") ? "on" : "off");
        }
        probe_table_end(&table, out);
}

static void print_mounts(struct json_object *mounts, FILE *out)
{
        static const char *const headings[] = { "mounted on", "file system", "dax",     "memmap",
                                                "source",     "node",        "options", NULL };
        struct probe_table table;

        probe_table_begin(&table, headings);
        PROBE_EACH(mount, mounts)
        {
                probe_table_cell(&table, "%s", probe_text(mount, "path"));
                probe_table_cell(&table, "%s", probe_text(mount, "fs"));
                probe_table_cell(&table, "%s", yes_no(mount, "dax"));
                probe_table_cell(&table, "%s", probe_text(mount, "memmap"));
                probe_table_cell(&table, "%s", probe_text(mount, "source"));
                probe_table_cell(&table, "%s", probe_text(mount, "numa_node"));
                probe_table_cell(&table, "%s", probe_text(mount, "options"));
        }
        probe_table_end(&table, out);
}

void probe_print_dax(struct json_object *dax, FILE *out)
{
        struct json_object *mounts = probe_field(dax, "mounts");

        probe_heading(out, "NVDIMM and DAX");
        print_regions(probe_field(dax, "regions"), out);
        print_namespaces(probe_field(dax, "namespaces"), out);
        print_devices(probe_field(dax, "devices"), out);
        print_mounts(mounts, out);
        if (!probe_length(probe_field(dax, "regions")) &&
            !probe_length(probe_field(dax, "devices")))
                probe_line(out, "devices", "no NVDIMM region and no DAX device");
        if (!probe_length(mounts))
                probe_line(out, "mounts", "no file system with DAX");
}
