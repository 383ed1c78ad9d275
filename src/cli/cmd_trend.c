/* SPDX-License-Identifier: Apache-2.0 */
/* pmdgain trend DIR...: gains run by run, as a page, for Prometheus and for Bencher. */
#include "cli/cli.h"
#include "cli/data_dir.h"
#include "trend/page.h"

#include <pmdgain/units.h>
#include <string.h>

#define ALPHA 0.05 /* probability of any flag on a page of gains that never change */

static const struct cli_option options[] = {
        { "output", 'o', "FILE", "the page (default: trend.html, unless only others are asked for)" },
        { "openmetrics", 0, "FILE", "the newest gains for Prometheus' node_exporter (FILE.prom)" },
        { "bmf", 0, "FILE", "the newest gains in Bencher's metric format" },
        { "least", 0, "PERCENT", "flag no change smaller than this (default: 2)" },
        { NULL },
};

struct choice {
        const char *page, *openmetrics, *bmf;
        double least;
};

static struct status take(void *context, const struct cli_option *option, const char *value)
{
        struct choice *choice = context;
        double percent;

        if (strcmp(option->name, "least") != 0)
                TRY(cli_output_check(value));
        if (strcmp(option->name, "output") == 0) {
                choice->page = value;
        } else if (strcmp(option->name, "openmetrics") == 0) {
                choice->openmetrics = value;
        } else if (strcmp(option->name, "bmf") == 0) {
                choice->bmf = value;
        } else {
                TRY(real_parse(value, &percent));
                if (percent < 0 || percent > 100)
                        return status_make(STATUS_USAGE, "write a percentage from 0 to 100",
                                           "--least %s is out of range", value);
                choice->least = percent / 100;
        }
        return status_ok();
}

static void print_changes(const struct trend *trend, const struct trend_machine *machine)
{
        for (size_t i = 0; i < machine->series_count; i++) {
                const struct trend_cell *cell = machine->order[i];

                for (size_t k = 1; k < cell->parts.count; k++) {
                        const struct run_about *after = trend_run_after(machine, cell, k);
                        char label[LABEL_MAX], date[32];

                        printf("%s: %+.1f %% since %s, kernel %s%s%s\n",
                               trend_label(machine, cell, label, sizeof(label)),
                               100 * (trend_step(cell, k) - 1),
                               trend_date(after, false, date, sizeof(date)), after->kernel,
                               trend->machine_count > 1 ? ", on " : "",
                               trend->machine_count > 1 ? machine->name : "");
                }
        }
}

static void print_summary(const struct trend *trend)
{
        for (size_t i = 0; i < trend->machine_count; i++)
                print_changes(trend, &trend->machines[i]);
        printf("%zu runs, %zu machine%s, %zu gains watched, %zu change%s\n", trend->runs.count,
               trend->machine_count, trend->machine_count == 1 ? "" : "s", trend->panels,
               trend->changes, trend->changes == 1 ? "" : "s");
}

static struct status write_files(const struct trend *trend, const struct choice *choice)
{
        char plots[1024], warning[320];

        if (choice->page) {
                TRY(data_dir_find("plots", plots, sizeof(plots)));
                TRY(trend_page_write(trend, choice->page, plots, warning));
                if (warning[0])
                        fprintf(stderr, "pmdgain trend: %s\n", warning);
        }
        if (choice->openmetrics)
                TRY(trend_openmetrics_write(trend, choice->openmetrics));
        if (choice->bmf)
                TRY(trend_bmf_write(trend, choice->bmf));
        return status_ok();
}

/* Runs that could not be used make a failure, after everything else is done. */
static struct status trend_all(const struct trend_request *request, const struct choice *choice)
{
        struct trend *trend = NULL;
        struct status status;

        TRY(trend_make(request, &trend));
        status = write_files(trend, choice);
        if (!status_failed(&status))
                print_summary(trend);
        for (size_t i = 0; i < trend->runs.fault_count; i++)
                fprintf(stderr, "pmdgain trend: left out: %s\n", trend->runs.faults[i].status.what);
        if (!status_failed(&status) && trend->runs.fault_count)
                status = status_make(STATUS_INVALID, "repair them, or name the others only",
                                     "%zu runs could not be used", trend->runs.fault_count);
        trend_free(trend);
        return status;
}

static enum exit_code trend_main(int argc, char **argv)
{
        struct choice choice = { .least = 0.02 };
        int first = argc;
        bool help = false;
        struct status status = cli_parse(&command_trend, argc, argv, take, &choice, &first, &help);

        if (!status_failed(&status) && help) {
                cli_help(&command_trend, stdout);
                return EXIT_DONE;
        }
        if (!choice.page && !choice.openmetrics && !choice.bmf)
                choice.page = "trend.html";
        if (!status_failed(&status) && first == argc)
                status = status_make(STATUS_USAGE, "write pmdgain trend DIR...",
                                     "trend takes folders of runs, or folders that hold such");
        if (!status_failed(&status))
                status = trend_all(
                        &(struct trend_request){ .dirs = (const char *const *)argv + first,
                                                 .dir_count = (size_t)(argc - first),
                                                 .alpha = ALPHA,
                                                 .least = choice.least },
                        &choice);
        return status_failed(&status) ? cli_fail("trend", &status) : EXIT_DONE;
}

const struct cli_command command_trend = {
        .name = "trend",
        .summary = "Shows gains run by run, and where they changed",
        .arguments = "DIR...",
        .options = options,
        .main = trend_main,
};
