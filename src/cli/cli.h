/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: the only code that prints and decides the exit code. One command is one file
 * and one row in main.c; its options are a table, from which parsing and --help are made.
 */
#ifndef PMDGAIN_CLI_CLI_H
#define PMDGAIN_CLI_CLI_H

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stdio.h>

enum exit_code {
        EXIT_DONE = 0,
        EXIT_FAILED = 1,     /* something failed or was invalid */
        EXIT_USAGE = 2,
        EXIT_REGRESSION = 3, /* compare only */
        EXIT_SKIPPED = 77,   /* nothing could run here */
};

struct cli_option {
        const char *name;     /* long, without the dashes */
        char letter;          /* short, or 0 */
        const char *argument; /* what --help calls the value; NULL for a flag */
        const char *help;     /* one line */
};

struct cli_command {
        const char *name;
        const char *summary;   /* one line */
        const char *arguments; /* after the options in the usage line; "" for none */
        const struct cli_option *options; /* ends with a NULL name */
        enum exit_code (*main)(int argc, char **argv);
};

extern const struct cli_command command_probe, command_list, command_run, command_report;
extern const struct cli_command command_explain, command_compare, command_trend;

/*
 * Goes through argv with getopt_long() by the command's table. `take` gets each option with its
 * value (NULL for a flag); its failed status ends the parsing. --help is handled here and sets
 * `ret_help`. `ret_first` is the index of the first argument that is no option.
 */
struct status cli_parse(const struct cli_command *command, int argc, char **argv,
                        struct status (*take)(void *context, const struct cli_option *option,
                                              const char *value),
                        void *context, int *ret_first, bool *ret_help);

void cli_help(const struct cli_command *command, FILE *out);

/*
 * A file that the user named for output is replaced as a whole: STATUS_USAGE where the path is
 * anything but a regular file or nothing, since a device or a link would be gone.
 */
struct status cli_output_check(const char *path);

/* One line to standard error: "pmdgain run: WHAT; ADVICE". Returns the status's exit code. */
enum exit_code cli_fail(const char *command, const struct status *status);

#endif
