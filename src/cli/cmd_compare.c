/* SPDX-License-Identifier: Apache-2.0 */
/* pmdgain compare BASE NEW: what got slower, faster, or stayed, by samples.csv and machine.json. */
#include "cli/cli.h"
#include "cli/compare_output.h"
#include "cli/compare_sides.h"
#include "cli/compare_words.h"
#include "csv/file.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <pmdgain/units.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
        { "base", 0, "DIR...", "several runs to compare with; a quoted pattern is expanded" },
        { "new", 0, "DIR...", "several runs that are compared with them" },
        { "threshold", 't', "PERCENT", "a difference that matters; preset: 5" },
        { "any-change", 0, NULL, "exit code 3 also when something got better beyond it" },
        { "only", 0, "WHAT", "arms (times) or gains; preset: both" },
        { "format", 'f', "NAME", "text, csv, json or markdown; preset: text" },
        { "output", 'o', "FILE", "write there instead of standard output" },
        { NULL },
};

typedef struct status (*writer)(const struct comparison *comparison, FILE *out);

struct request {
        double threshold;
        bool any_change, arms, gains;
        writer write;
        const char *output; /* NULL: standard output */
};

static struct status threshold_take(struct request *request, const char *value)
{
        size_t length = strcspn(value, "%");
        char number[32] = "";
        struct status status;
        double percent = 0;

        if (length < sizeof(number))
                memcpy(number, value, length);
        status = real_parse(number, &percent);
        if (status_failed(&status) || strlen(value) > length + 1 || percent <= 0 || percent > 1000)
                return status_make(STATUS_USAGE, "write it in percent, such as 5 or 0.5%",
                                   "'%.100s' is not a threshold", value);
        request->threshold = percent / 100;
        return status_ok();
}

static struct status only_take(struct request *request, const char *value)
{
        if (strcmp(value, "arms") != 0 && strcmp(value, "gains") != 0)
                return status_make(STATUS_USAGE, "write arms or gains",
                                   "--only: '%.100s' is neither", value);
        request->arms = strcmp(value, "arms") == 0;
        request->gains = !request->arms;
        return status_ok();
}

static struct status format_take(struct request *request, const char *value)
{
        static const struct {
                const char *name;
                writer write;
        } formats[] = {
                { "text", compare_write_text },
                { "csv", compare_write_csv },
                { "json", compare_write_json },
                { "markdown", compare_write_markdown },
        };

        for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
                if (strcmp(value, formats[i].name) == 0) {
                        request->write = formats[i].write;
                        return status_ok();
                }
        }
        return status_make(STATUS_USAGE, "write text, csv, json or markdown",
                           "'%.100s' is not a format", value);
}

static struct status take(void *context, const struct cli_option *option, const char *value)
{
        struct request *request = context;

        if (strcmp(option->name, "threshold") == 0)
                return threshold_take(request, value);
        if (strcmp(option->name, "only") == 0)
                return only_take(request, value);
        if (strcmp(option->name, "format") == 0)
                return format_take(request, value);
        if (strcmp(option->name, "output") == 0) {
                request->output = value;
                return cli_output_check(value);
        }
        request->any_change = true;
        return status_ok();
}

/* BASE NEW, where --base and --new were not given. */
static struct status arguments_take(int argc, char **argv, struct compare_sides *sides)
{
        const char *advice = "write pmdgain compare BASE NEW, or --base DIR... --new DIR...";
        bool base = sides->base.count, new = sides->new.count;

        if (argc != 2 - base - new || base != new)
                return status_make(STATUS_USAGE, advice, "compare takes two runs");
        if (!base) {
                TRY(folders_add(&sides->base, argv[0]));
                TRY(folders_add(&sides->new, argv[1]));
        }
        return status_ok();
}

static struct status write_file(const struct request *request, const struct comparison *comparison)
{
        char folder[PATH_MAX], name[PATH_MAX];
        struct csv_file file;
        struct status status;

        if (strlen(request->output) >= PATH_MAX)
                return status_make(STATUS_USAGE, "use a shorter path", "-o: the path is too long");
        snprintf(folder, sizeof(folder), "%s", request->output);
        snprintf(name, sizeof(name), "%s", request->output);
        TRY(csv_file_begin(dirname(folder), basename(name), &file));
        status = request->write(comparison, file.stream);
        if (status_failed(&status)) {
                csv_file_abandon(&file);
                return status;
        }
        return csv_file_commit(&file);
}

/* What a CSV file or a file has no room for is said on standard error. */
static void say(const struct request *request, const struct comparison *comparison)
{
        char text[COMPARE_WORDS_MAX];

        if (request->write == compare_write_csv)
                for (size_t i = 0; i < comparison->difference_count; i++)
                        fprintf(stderr, "pmdgain compare: %s: %s: %s -> %s\n",
                                comparison->differences[i].unsound ? "not sound" : "differs",
                                comparison->differences[i].what, comparison->differences[i].base,
                                comparison->differences[i].new);
        if (request->output)
                printf("%s\n", compare_totals(comparison, text, sizeof(text)));
}

static struct status compare(const struct request *request, const struct compare_sides *sides,
                             bool *ret_regressed)
{
        const struct compare_request what = {
                .base = (const char *const *)sides->base.list,
                .new = (const char *const *)sides->new.list,
                .base_count = sides->base.count,
                .new_count = sides->new.count,
                .threshold = request->threshold,
                .arms = request->arms,
                .gains = request->gains,
        };
        struct comparison *comparison = NULL;
        struct status status;

        TRY(compare_make(&what, &comparison));
        say(request, comparison);
        if (request->output)
                status = write_file(request, comparison);
        else
                status = request->write(comparison, stdout);
        *ret_regressed = request->any_change ? comparison->changes : comparison->regressions;
        compare_free(comparison);
        return status;
}

static enum exit_code compare_main(int argc, char **argv)
{
        struct request request = {
                .threshold = COMPARE_THRESHOLD,
                .arms = true,
                .gains = true,
                .write = compare_write_text,
        };
        struct compare_sides sides = { 0 };
        bool help = false, regressed = false;
        int first = argc;
        struct status status = compare_sides_take(&argc, argv, &sides);

        if (!status_failed(&status))
                status = cli_parse(&command_compare, argc, argv, take, &request, &first, &help);
        if (!status_failed(&status) && !help)
                status = arguments_take(argc - first, argv + first, &sides);
        if (!status_failed(&status) && !help)
                status = compare(&request, &sides, &regressed);
        compare_sides_free(&sides);
        if (status_failed(&status))
                return cli_fail("compare", &status);
        if (help)
                cli_help(&command_compare, stdout);
        return regressed ? EXIT_REGRESSION : EXIT_DONE;
}

const struct cli_command command_compare = {
        .name = "compare",
        .summary = "Compares two runs, or two sets of runs: worse, better, same, unresolved",
        .arguments = "BASE NEW",
        .options = options,
        .main = compare_main,
};
