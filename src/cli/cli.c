/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <getopt.h>
#include <string.h>
#include <sys/stat.h>

#define OPTIONS_MAX 32
#define FIRST_CODE 256 /* above any letter */

static size_t tables_make(const struct cli_command *command, struct option *longs, char *shorts)
{
        size_t count = 0, used = 0;

        shorts[used++] = ':';
        for (const struct cli_option *each = command->options; each->name; each++) {
                longs[count] = (struct option){
                        .name = each->name,
                        .has_arg = each->argument ? required_argument : no_argument,
                        .val = FIRST_CODE + (int)count,
                };
                count++;
                if (each->letter) {
                        shorts[used++] = each->letter;
                        if (each->argument)
                                shorts[used++] = ':';
                }
        }
        shorts[used++] = 'h';
        longs[count] = (struct option){ .name = "help", .val = 'h' };
        shorts[used] = '\0';
        return count;
}

static const struct cli_option *option_of(const struct cli_command *command, int code)
{
        if (code >= FIRST_CODE)
                return &command->options[code - FIRST_CODE];
        for (const struct cli_option *each = command->options; each->name; each++)
                if (each->letter && each->letter == code)
                        return each;
        return NULL;
}

struct status cli_parse(const struct cli_command *command, int argc, char **argv,
                        struct status (*take)(void *context, const struct cli_option *option,
                                              const char *value),
                        void *context, int *ret_first, bool *ret_help)
{
        struct option longs[OPTIONS_MAX + 2] = { 0 };
        char shorts[2 * OPTIONS_MAX + 4];
        int code;

        tables_make(command, longs, shorts);
        *ret_help = false;
        optind = 1;
        while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
                const struct cli_option *option = option_of(command, code);

                if (code == 'h' && !option) {
                        *ret_help = true;
                        return status_ok();
                }
                if (code == ':')
                        return status_make(STATUS_USAGE, "give it a value", "%s needs a value",
                                           argv[optind - 1]);
                if (!option)
                        return status_make(STATUS_USAGE, "see --help for the options",
                                           "'%s' is not an option", argv[optind - 1]);
                TRY(take(context, option, optarg));
        }
        *ret_first = optind;
        return status_ok();
}

void cli_help(const struct cli_command *command, FILE *out)
{
        fprintf(out, "usage: pmdgain %s [options]%s%s\n\n%s.\n\n", command->name,
                *command->arguments ? " " : "", command->arguments, command->summary);
        for (const struct cli_option *each = command->options; each->name; each++) {
                char left[48];
                char letter[8] = "    ";

                if (each->letter)
                        snprintf(letter, sizeof(letter), "-%c, ", each->letter);
                snprintf(left, sizeof(left), "%s--%s%s%s", letter, each->name,
                         each->argument ? " " : "", each->argument ? each->argument : "");
                fprintf(out, "  %-28s %s\n", left, each->help);
        }
        fprintf(out, "  %-28s %s\n", "-h, --help", "print this and exit");
}

struct status cli_output_check(const char *path)
{
        struct stat about;

        if (lstat(path, &about) != 0 || S_ISREG(about.st_mode))
                return status_ok();
        return status_make(STATUS_USAGE, "name a new file, or a regular one",
                           "%.200s is no regular file, and a file would take its place", path);
}

enum exit_code cli_fail(const char *command, const struct status *status)
{
        fprintf(stderr, "pmdgain %s: %s%s%s\n", command, status->what, *status->todo ? "; " : "",
                status->todo);
        switch (status->code) {
        case STATUS_OK:
                return EXIT_DONE;
        case STATUS_USAGE:
                return EXIT_USAGE;
        case STATUS_SKIP:
                return EXIT_SKIPPED;
        case STATUS_INVALID:
        case STATUS_SYSTEM:
                break;
        }
        return EXIT_FAILED;
}
