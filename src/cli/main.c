/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <errno.h>
#include <string.h>

static const struct cli_command *const commands[] = {
        &command_probe,
        &command_list,
        &command_run,
        &command_report,
        &command_explain,
        &command_compare,
        &command_trend,
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void help(FILE *out)
{
        fprintf(out, "usage: pmdgain COMMAND [options]\n\n"
                     "Measures what mapping DAX memory by PMD (2 MiB on x86) gains over PTE (4 KiB), "
                     "and\nproves which mapping it measured.\n\n");
        for (size_t i = 0; i < COMMAND_COUNT; i++)
                fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
        fprintf(out, "\n'pmdgain COMMAND --help' explains a command; 'pmdgain --version' prints the "
                     "version.\nExit codes: 0 done, 1 something failed or was invalid, 2 usage, "
                     "3 (compare) regression,\n77 nothing could run here.\n");
}

static int dispatch(int argc, char **argv)
{
        if (argc < 2) {
                help(stderr);
                return EXIT_USAGE;
        }
        if (strcmp(argv[1], "--version") == 0) {
                printf("pmdgain %s\n", PMDGAIN_VERSION);
                return EXIT_DONE;
        }
        if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
            strcmp(argv[1], "help") == 0) {
                help(stdout);
                return EXIT_DONE;
        }
        for (size_t i = 0; i < COMMAND_COUNT; i++)
                if (strcmp(argv[1], commands[i]->name) == 0)
                        return (int)commands[i]->main(argc - 1, argv + 1);
        fprintf(stderr,
                "pmdgain: '%s' is not a command; write one of probe, list, run, report, explain, "
                "compare, trend\n",
                argv[1]);
        return EXIT_USAGE;
}

/* Output that got lost is a failure; a pipe closed by its reader is not: it has what it wanted. */
int main(int argc, char **argv)
{
        int code = dispatch(argc, argv);

        errno = 0;
        if ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE)
                return code;
        fprintf(stderr,
                "pmdgain: cannot write all of the output%s%s; make room, or send it elsewhere\n",
                errno ? ": " : "", errno ? strerror(errno) : "");
        return code == EXIT_DONE ? EXIT_FAILED : code;
}
