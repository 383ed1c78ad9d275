/* SPDX-License-Identifier: Apache-2.0 */
#include "report/facts.h"
#include "report/summary_read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Does this TLB hold data pages of that size? */
static bool is_data_tlb(struct json_object *tlb, double page_bytes)
{
        if (strcmp(fact_text(tlb, "/type"), "instruction") == 0)
                return false;
        for (size_t i = 0; i < fact_length(tlb, "/page_bytes"); i++)
                if (json_object_get_double(fact_element(tlb, "/page_bytes", i)) == page_bytes)
                        return true;
        return false;
}

static void get_tlbs(struct json_object *machine, struct machine_facts *facts)
{
        for (size_t i = 0; i < fact_length(machine, "/cpu/tlbs"); i++) {
                struct json_object *tlb = fact_element(machine, "/cpu/tlbs", i);
                double entries = fact_number(tlb, "/entries");

                if (entries > 0 && is_data_tlb(tlb, facts->page_bytes) &&
                    facts->tlb_count < MACHINE_TLBS_MAX)
                        facts->tlb_entries[facts->tlb_count++] = entries;
        }
}

void summary_machine_facts(struct json_object *machine, struct machine_facts *ret_facts)
{
        struct machine_facts facts = { .page_bytes = fact_number(machine, "/memory/page_bytes"),
                                       .block_s = NAN };
        double blocks = fact_number(machine, "/run/blocks");

        if (json_object_is_type(fact(machine, "/evidence"), json_type_string))
                snprintf(facts.evidence, sizeof(facts.evidence), "%s",
                         fact_text(machine, "/evidence"));
        facts.instructions = strcmp(fact_text(machine, "/run/clock"), "instructions") == 0;
        facts.precision = fmax(0, fact_number(machine, "/run/precision")); /* 0 for NaN */
        if (blocks > 0)
                facts.block_s = fact_number(machine, "/run/elapsed_ns") / blocks / 1e9;
        get_tlbs(machine, &facts);
        *ret_facts = facts;
}

struct status summary_read_machine(const char *dir, struct machine_facts *ret_facts)
{
        struct json_object *machine = NULL;

        TRY(facts_read(dir, &machine));
        summary_machine_facts(machine, ret_facts);
        json_object_put(machine);
        return status_ok();
}
