/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary_read.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The number at that key; NaN when it is not there or is none. */
static double get_number(struct json_object *object, const char *key)
{
        struct json_object *found = NULL;

        if (!json_object_object_get_ex(object, key, &found))
                return NAN;
        if (!json_object_is_type(found, json_type_int) &&
            !json_object_is_type(found, json_type_double))
                return NAN;
        return json_object_get_double(found);
}

static const char *get_text(struct json_object *object, const char *key)
{
        struct json_object *found = NULL;

        if (!json_object_object_get_ex(object, key, &found) ||
            !json_object_is_type(found, json_type_string))
                return "";
        return json_object_get_string(found);
}

/* Does this TLB hold data pages of that size? */
static bool is_data_tlb(struct json_object *tlb, double page_bytes)
{
        struct json_object *sizes = NULL;

        if (strcmp(get_text(tlb, "type"), "instruction") == 0 ||
            !json_object_object_get_ex(tlb, "page_bytes", &sizes) ||
            !json_object_is_type(sizes, json_type_array))
                return false;
        for (size_t i = 0; i < json_object_array_length(sizes); i++)
                if (json_object_get_double(json_object_array_get_idx(sizes, i)) == page_bytes)
                        return true;
        return false;
}

static void get_tlbs(struct json_object *machine, struct machine_facts *facts)
{
        struct json_object *cpu = NULL, *tlbs = NULL;

        if (!json_object_object_get_ex(machine, "cpu", &cpu) ||
            !json_object_object_get_ex(cpu, "tlbs", &tlbs) ||
            !json_object_is_type(tlbs, json_type_array))
                return;
        for (size_t i = 0; i < json_object_array_length(tlbs); i++) {
                struct json_object *tlb = json_object_array_get_idx(tlbs, i);
                double entries = get_number(tlb, "entries");

                if (entries > 0 && is_data_tlb(tlb, facts->page_bytes) &&
                    facts->tlb_count < MACHINE_TLBS_MAX)
                        facts->tlb_entries[facts->tlb_count++] = entries;
        }
}

static void get_run(struct json_object *run, struct machine_facts *facts)
{
        double blocks = get_number(run, "blocks");

        facts->instructions = strcmp(get_text(run, "clock"), "instructions") == 0;
        facts->precision = fmax(0, get_number(run, "precision")); /* 0 for NaN */
        if (blocks > 0)
                facts->block_s = get_number(run, "elapsed_ns") / blocks / 1e9;
}

struct status summary_read_machine(const char *dir, struct machine_facts *ret_facts)
{
        struct machine_facts facts = { .page_bytes = NAN, .block_s = NAN };
        struct json_object *machine, *memory = NULL, *run = NULL;
        char path[PATH_MAX];

        snprintf(path, sizeof(path), "%s/machine.json", dir);
        if (access(path, F_OK) != 0 && errno == ENOENT) {
                *ret_facts = facts;
                return status_ok();
        }
        machine = json_object_from_file(path);
        if (!machine || !json_object_is_type(machine, json_type_object)) {
                json_object_put(machine);
                return status_make(STATUS_USAGE,
                                   "repair it, or take it away: it holds what "
                                   "machine the run was made on",
                                   "%s: not a JSON object", path);
        }
        snprintf(facts.evidence, sizeof(facts.evidence), "%s", get_text(machine, "evidence"));
        if (json_object_object_get_ex(machine, "memory", &memory))
                facts.page_bytes = get_number(memory, "page_bytes");
        if (json_object_object_get_ex(machine, "run", &run))
                get_run(run, &facts);
        get_tlbs(machine, &facts);
        json_object_put(machine);
        *ret_facts = facts;
        return status_ok();
}
