/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer: any bytes as a machine.json, for everything that reads one. What is taken must be
 * written by json-c and read again to the same; names must be valid UTF-8 on one line.
 */
#include "report/facts.h"
#include "report/runs.h"
#include "report/summary_read.h"
#include "report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
        if (!holds)
                abort();
}

static void require_line(const char *text)
{
        char line[512];

        require(!strpbrk(text, "\n\r"));
        require(strcmp(text_line(text, sizeof(line), line, sizeof(line)), text) == 0);
}

static void read_all(struct json_object *machine)
{
        struct machine_facts facts;
        struct run_about about;
        struct status status = run_about_read(machine, &about);
        char text[512];

        summary_machine_facts(machine, &facts);
        require(facts.tlb_count <= MACHINE_TLBS_MAX);
        facts_evidence(machine, facts.evidence, text, sizeof(text));
        if (status_failed(&status)) {
                require(status.what[0] && status.todo[0]);
                return;
        }
        require_line(about.kernel);
        require_line(about.cpu);
        require_line(about.hypervisor);
        require_line(run_machine_name(&about, text, sizeof(text)));
        require(run_same_machine(&about, &about));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct json_object *machine = NULL, *again = NULL;
        struct status status = facts_parse("fuzz", (const char *)data, size, &machine);
        const char *text;

        require(status_failed(&status) == !machine);
        if (!machine)
                return 0;
        read_all(machine);
        text = json_object_to_json_string_ext(machine, JSON_C_TO_STRING_PLAIN);
        status = facts_parse("again", text, strlen(text), &again);
        require(!status_failed(&status));
        json_object_put(again);
        json_object_put(machine);
        return 0;
}
