/* SPDX-License-Identifier: Apache-2.0 */
/* pmdgain report DIR: the report again, from samples.csv and machine.json alone, anywhere. */
#include "cli/cli.h"
#include "cli/show.h"

#include <string.h>

static const struct cli_option options[] = {
        { "png", 0, NULL, "PNG plots beside the SVG ones" },
        { NULL },
};

static struct status take(void *context, const struct cli_option *option, const char *value)
{
        bool *png = context;

        *png = true;
        return status_ok();
}

static enum exit_code report_main(int argc, char **argv)
{
        bool png = false, help;
        int first = argc;
        struct status status = cli_parse(&command_report, argc, argv, take, &png, &first, &help);

        if (!status_failed(&status) && help) {
                cli_help(&command_report, stdout);
                return EXIT_DONE;
        }
        if (!status_failed(&status) && argc - first != 1)
                status = status_make(STATUS_USAGE, "write pmdgain report DIR",
                                     "report takes one folder of results");
        if (!status_failed(&status))
                status = report_show(argv[first], png, stdout);
        return status_failed(&status) ? cli_fail("report", &status) : EXIT_DONE;
}

const struct cli_command command_report = {
        .name = "report",
        .summary = "Makes summary.csv, plots and report.html of a run, or one page of many",
        .arguments = "DIR",
        .options = options,
        .main = report_main,
};
