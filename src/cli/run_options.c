/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run_options.h"

#include "cli/data_dir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PLAN_TEXT_MAX (1 << 20)
#define PLAN_PRESET "quick"
#define PLAN_CALIBRATE "calibrate"

const struct cli_option run_option_table[] = {
        { "plan", 'p', "NAME|FILE", "the plan to run; preset: quick" },
        { "workload", 'w', "NAME", "only this workload (repeatable); alone, a plan of its own" },
        { "source", 's', "SPEC", "where the bytes live, NAME or NAME:PATH (repeatable)" },
        { "arm", 'a', "ARM", "an arm to compare (repeatable); preset: pmd and pte:nohuge" },
        { "op", 0, "LIST", "operations of the workload" },
        { "bytes", 'b', "LIST", "working sets: 64k 2m 1g" },
        { "threads", 't', "LIST", "numbers of threads" },
        { "option", 0, "KEY=LIST", "a key of the plan: map, state, shift, an option (repeatable)" },
        { "cpus", 0, "LIST", "CPUs, in numactl's syntax: 0-3,8 +0-1 all" },
        { "mem-node", 0, "LIST", "memory node, in numactl's syntax" },
        { "counters", 'c', "LIST", "counter sets" },
        { "budget", 0, "TIME", "time for the whole run: 20s 5m" },
        { "precision", 0, "PERCENT", "measure a gain no more once known so well: 2%; 0% for never" },
        { "seed", 0, "N", "seed of all random orders and addresses" },
        { "overwrite", 0, NULL, "existing files and devices named as sources may be written" },
        { "keep", 0, NULL, "files made as sources stay after the run" },
        { "clock", 0, "WHAT", "what the clock counts: time, or instructions in a guest of -icount" },
        { "output", 'o', "DIR", "a new folder for the results; preset: results/DATE-PLAN" },
        { "calibrate", 0, NULL, "what can be told apart here: false alarms and power, over equals" },
        { "noise", 0, NULL, "a noisy neighbour beside the calibration" },
        { "resume", 0, "DIR", "go on with the run in this folder; its plan is there" },
        { "force-resume", 0, NULL, "... though machine, kernel, version or plan have changed" },
        { "png", 0, NULL, "PNG plots beside the SVG ones" },
        { "dry-run", 'n', NULL, "print the cells and measure nothing" },
        { NULL },
};

/* Options that give a plan's key; `repeats` joins the values to a list. */
static const struct {
        const char *option, *key;
        bool repeats;
} key_options[] = {
        { "source", "source", true },   { "arm", "arm", true },
        { "op", "op", true },           { "bytes", "bytes", true },
        { "threads", "threads", true }, { "cpus", "cpus", false },
        { "mem-node", "mem_node", false }, { "counters", "counters", true },
        { "budget", "budget", false },  { "seed", "seed", false },
        { "precision", "precision", false },
};

static struct status too_long(const char *option)
{
        return status_make(STATUS_USAGE, "put it into a plan", "--%s: too long", option);
}

static struct status text_set(char *text, size_t size, const char *option, const char *value)
{
        if (strlen(value) >= size)
                return too_long(option);
        memcpy(text, value, strlen(value) + 1);
        return status_ok();
}

static struct status path_set(char *path, size_t size, const char *option, const char *value)
{
        if (strlen(value) >= size)
                return status_make(STATUS_USAGE, "use a shorter path", "--%s: too long", option);
        return text_set(path, size, option, value);
}

static struct status list_add(char *list, size_t size, const char *option, const char *value)
{
        size_t used = strlen(list);

        if (used + 1 + strlen(value) >= size)
                return too_long(option);
        snprintf(list + used, size - used, "%s%s", used ? " " : "", value);
        return status_ok();
}

static struct status override_add(struct run_options *options, const char *option,
                                  const char *key, const char *value, bool repeats)
{
        size_t at = 0;

        while (at < options->override_count && strcmp(options->keys[at], key) != 0)
                at++;
        if (at == RUN_OVERRIDES_MAX || strlen(key) >= sizeof(options->keys[at]))
                return too_long(option);
        if (at == options->override_count) {
                options->override_count++;
                memcpy(options->keys[at], key, strlen(key) + 1);
        } else if (!repeats) {
                options->values[at][0] = '\0'; /* the last one counts */
        }
        return list_add(options->values[at], sizeof(options->values[at]), option, value);
}

static struct status pair_take(struct run_options *options, const char *value)
{
        const char *equals = strchr(value, '=');
        char key[48];

        if (!equals || equals == value || !equals[1] || equals - value >= (int)sizeof(key))
                return status_make(STATUS_USAGE, "write --option KEY=LIST, as in chains=1,4",
                                   "--option: '%s' is not KEY=LIST", value);
        snprintf(key, sizeof(key), "%.*s", (int)(equals - value), value);
        return override_add(options, "option", key, equals + 1, false);
}

static struct status clock_take(struct run_options *options, const char *value)
{
        if (strcmp(value, "time") && strcmp(value, "instructions"))
                return status_make(STATUS_USAGE, "write time or instructions",
                                   "--clock: '%s' is nothing a clock counts here", value);
        return text_set(options->clock, sizeof(options->clock), "clock", value);
}

static struct status option_take(void *context, const struct cli_option *option, const char *value)
{
        struct run_options *options = context;
        const char *name = option->name;

        for (size_t i = 0; i < sizeof(key_options) / sizeof(key_options[0]); i++)
                if (strcmp(name, key_options[i].option) == 0)
                        return override_add(options, name, key_options[i].key, value,
                                            key_options[i].repeats);
        if (strcmp(name, "plan") == 0)
                return text_set(options->plan, sizeof(options->plan), name, value);
        if (strcmp(name, "output") == 0)
                return path_set(options->output, sizeof(options->output), name, value);
        if (strcmp(name, "clock") == 0)
                return clock_take(options, value);
        if (strcmp(name, "resume") == 0)
                return path_set(options->resume, sizeof(options->resume), name, value);
        if (strcmp(name, "workload") == 0)
                return list_add(options->workloads, sizeof(options->workloads), name, value);
        if (strcmp(name, "option") == 0)
                return pair_take(options, value);
        if (!option->argument && (!strcmp(name, "overwrite") || !strcmp(name, "keep")))
                return override_add(options, name, name, "yes", false);
        if (strcmp(name, "calibrate") == 0)
                return text_set(options->plan, sizeof(options->plan), name, PLAN_CALIBRATE);
        if (strcmp(name, "noise") == 0)
                return override_add(options, name, "neighbour", "yes", false);
        options->dry_run |= strcmp(name, "dry-run") == 0;
        options->force_resume |= strcmp(name, "force-resume") == 0;
        options->png |= strcmp(name, "png") == 0;
        return status_ok();
}

/* All else is in the folder. */
static struct status resume_check(const struct run_options *options)
{
        bool other = *options->plan || *options->workloads || *options->output || options->dry_run;

        if (!*options->resume && options->force_resume)
                return status_make(STATUS_USAGE, "name the folder with --resume DIR",
                                   "--force-resume goes with --resume");
        for (size_t i = 0; i < options->override_count; i++)
                other |= strcmp(options->keys[i], "overwrite") != 0;
        if (*options->resume && other)
                return status_make(STATUS_USAGE,
                                   "leave them out; to change the plan, edit DIR/plan.ini and say "
                                   "--force-resume",
                                   "--resume takes its plan from the folder: other options say "
                                   "what it must not change");
        return status_ok();
}

struct status run_options_parse(int argc, char **argv, struct run_options *options)
{
        int first = argc;

        *options = (struct run_options){ .clock = "time" };
        TRY(cli_parse(&command_run, argc, argv, option_take, options, &first, &options->help));
        if (!options->help && first < argc)
                return status_make(STATUS_USAGE, "name plans with --plan and sources with --source",
                                   "run takes no argument '%s'", argv[first]);
        TRY(resume_check(options));
        for (size_t i = 0; i < options->override_count; i++)
                options->overrides[i] = (struct plan_override){
                        .key = options->keys[i],
                        .value = options->values[i],
                        .origin = "command line",
                };
        return status_ok();
}

struct status run_options_file(const char *path, char **ret_text)
{
        FILE *in = fopen(path, "re");
        char *text;
        size_t length;

        if (!in)
                return status_make(STATUS_USAGE,
                                   "'pmdgain list' shows the plans; a file needs a '/' or '.ini'",
                                   "cannot read plan %.200s: %s", path, strerror(errno));
        text = malloc(PLAN_TEXT_MAX + 1);
        length = text ? fread(text, 1, PLAN_TEXT_MAX + 1, in) : 0;
        if (!text || ferror(in) || length > PLAN_TEXT_MAX) {
                fclose(in);
                free(text);
                return status_make(STATUS_USAGE, "name a plan, an INI file below 1 MiB",
                                   "cannot read plan %.200s", path);
        }
        fclose(in);
        text[length] = '\0';
        if (strlen(text) != length) {
                free(text);
                return status_make(STATUS_USAGE, "name a plan, an INI text",
                                   "plan %.200s is not a text", path);
        }
        *ret_text = text;
        return status_ok();
}

static bool is_file_name(const char *plan)
{
        size_t length = strlen(plan);

        return strchr(plan, '/') || (length > 4 && strcmp(plan + length - 4, ".ini") == 0);
}

/* The plan's name without folder and ".ini". */
static void short_name(const char *path, char *name, size_t name_size)
{
        const char *slash = strrchr(path, '/');
        size_t length;

        snprintf(name, name_size, "%.63s", slash ? slash + 1 : path);
        length = strlen(name);
        if (length > 4 && strcmp(name + length - 4, ".ini") == 0)
                name[length - 4] = '\0';
}

static struct status plan_read(const struct run_options *options, const char *plan,
                               struct plan_request request, struct plan **ret_plan)
{
        char path[1600], name[64];
        char *text = NULL;
        struct status status;

        if (is_file_name(plan)) {
                snprintf(path, sizeof(path), "%s", plan);
        } else {
                char dir[1024];

                TRY(data_dir_find("plans", dir, sizeof(dir)));
                snprintf(path, sizeof(path), "%s/%s.ini", dir, plan);
        }
        TRY(run_options_file(path, &text));
        short_name(path, name, sizeof(name));
        request.name = name;
        request.text = text;
        request.origin = is_file_name(plan) ? plan : name;
        request.only_workloads = options->workloads;
        status = plan_make(&request, ret_plan);
        free(text);
        return status;
}

struct status run_options_plan(const struct run_options *options, struct plan **ret_plan)
{
        struct plan_request request = {
                .overrides = options->overrides,
                .override_count = options->override_count,
        };
        struct status status;
        char *text = NULL;

        if (*options->plan || !*options->workloads)
                return plan_read(options, *options->plan ? options->plan : PLAN_PRESET, request,
                                 ret_plan);
        TRY(plan_text_for(options->workloads, &text));
        request.name = "workloads";
        request.origin = "--workload";
        request.text = text;
        request.only_workloads = "";
        status = plan_make(&request, ret_plan);
        free(text);
        return status;
}
