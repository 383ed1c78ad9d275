/* SPDX-License-Identifier: Apache-2.0 */
/* pmdgain probe: what this machine is, and what can be measured on it. */
#include "cli/cli.h"
#include "cli/probe_text.h"
#include "cli/run_folder.h"
#include "sys/json_fields.h"
#include "sys/machine.h"

#include <json-c/json.h>
#include <pmdgain/counters.h>

static const struct cli_option options[] = {
        { "json", 0, NULL, "print JSON, as in machine.json" },
        { NULL },
};

static struct status take(void *context, const struct cli_option *option, const char *value)
{
        bool *json = context;

        *json = true;
        return status_ok();
}

static struct status counters_add(struct json_object *machine)
{
        struct counter_selection *selection = NULL;

        TRY(counter_selection_make("all", &selection));
        json_object_object_add(machine, "counters", counters_describe(selection));
        json_set_text(machine, "counters_note", counter_selection_note(selection));
        counter_selection_free(selection);
        return status_ok();
}

static struct status probe(bool json)
{
        struct sys_root root = sys_root_real();
        struct json_object *machine = NULL;
        struct status status;

        TRY(machine_describe(&root, &machine));
        status = counters_add(machine);
        if (!status_failed(&status) && json)
                printf("%s\n", json_object_to_json_string_ext(
                                       machine, JSON_C_TO_STRING_PRETTY |
                                                        JSON_C_TO_STRING_NOSLASHESCAPE));
        else if (!status_failed(&status))
                probe_print(machine, stdout);
        json_object_put(machine);
        return status;
}

static enum exit_code probe_main(int argc, char **argv)
{
        bool json = false, help;
        int first = argc;
        struct status status = cli_parse(&command_probe, argc, argv, take, &json, &first, &help);

        if (!status_failed(&status) && help) {
                cli_help(&command_probe, stdout);
                return EXIT_DONE;
        }
        if (!status_failed(&status) && first < argc)
                status = status_make(STATUS_USAGE, "leave it out", "probe takes no argument '%s'",
                                     argv[first]);
        if (!status_failed(&status))
                status = probe(json);
        return status_failed(&status) ? cli_fail("probe", &status) : EXIT_DONE;
}

const struct cli_command command_probe = {
        .name = "probe",
        .summary = "Shows what this machine is and what can be measured on it",
        .arguments = "",
        .options = options,
        .main = probe_main,
};
