/* SPDX-License-Identifier: Apache-2.0 */
/* pmdgain list: what can be named in plans and options. */
#include "cli/cli.h"
#include "cli/data_dir.h"
#include "plan/plan.h"

#include <dirent.h>
#include <pmdgain/counters.h>
#include <pmdgain/source.h>
#include <pmdgain/workload.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = { { .name = NULL } };

static void rows_print(const struct option_row *rows)
{
        for (; rows && rows->name; rows++) {
                printf("      %-14s %s", rows->name, rows->help);
                if (rows->choices) {
                        printf(" (");
                        for (size_t i = 0; rows->choices[i]; i++)
                                printf("%s%s", i ? ", " : "", rows->choices[i]);
                        printf(")");
                }
                printf("; preset %s\n", rows->preset);
        }
}

static void workloads_print(void)
{
        printf("workloads (--workload):\n");
        for (const struct workload *const *each = workloads(); *each; each++) {
                printf("  %-10s %s\n", (*each)->name, (*each)->summary);
                for (const struct workload_op *op = (*each)->ops; op->name; op++)
                        printf("    %-14s   %s, %s\n", op->name, op->summary, unit_name(op->unit));
                if ((*each)->options && (*each)->options->name)
                        printf("    options:\n");
                rows_print((*each)->options);
        }
}

static void sources_print(void)
{
        printf("\nsources (--source):\n");
        for (const struct source_class *const *each = source_classes(); *each; each++) {
                char name[48];

                snprintf(name, sizeof(name), "%s%s", (*each)->name,
                         (*each)->traits & SOURCE_NEEDS_TARGET ? ":PATH" : "");
                printf("  %-14s %s; needs %s\n", name, (*each)->summary, (*each)->needs);
        }
}

static void arms_print(void)
{
        static const char *const rows[][2] = {
                { "pmd", "address and offset aligned, huge pages asked for" },
                { "pte:nohuge", "the same bytes with MADV_NOHUGEPAGE" },
                { "pte:va", "the same bytes at an address off by one base page" },
                { "pte:offset", "the file offset is off by one base page" },
                { "pte:extent", "another file, its extents off PMD boundaries by the job key shift; or as named" },
                { "pte:partition", "a partition that does not start on a PMD boundary" },
                { "pte:namespace", "a namespace or device aligned to base pages" },
                { "auto", "nothing but alignment: whatever grain the kernel gives, as proven" },
        };

        printf("\narms (--arm):\n");
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                printf("  %-14s %s\n", rows[i][0], rows[i][1]);
        printf("      each may lie elsewhere than the others: pte:partition@file:/mnt/b/data\n");
}

static void counters_print(void)
{
        printf("\ncounter sets (--counters; 'pmdgain probe' says which work here):\n");
        for (const struct counter_set *const *each = counter_sets(); *each; each++) {
                printf("  %-14s %s:", (*each)->name, (*each)->summary);
                for (const struct counter_column *column = (*each)->columns; column->name; column++)
                        printf(" %s", column->name);
                printf("\n");
        }
}

static int plan_file(const struct dirent *entry)
{
        size_t length = strlen(entry->d_name);

        return length > 4 && strcmp(entry->d_name + length - 4, ".ini") == 0;
}

/* A plan's first comment line is what it is for. */
static void plan_print(const char *dir, const char *file)
{
        char path[1400], line[200] = "";
        FILE *in;

        snprintf(path, sizeof(path), "%s/%s", dir, file);
        in = fopen(path, "r");
        if (in && fgets(line, sizeof(line), in))
                line[strcspn(line, "\n")] = '\0';
        if (in)
                fclose(in);
        printf("  %-14.*s %s\n", (int)strlen(file) - 4, file, line[0] == ';' ? line + 2 : "");
}

static struct status plans_print(void)
{
        struct dirent **entries = NULL;
        char dir[1024];
        int count;

        TRY(data_dir_find("plans", dir, sizeof(dir)));
        count = scandir(dir, &entries, plan_file, alphasort);
        printf("\nplans (--plan; each is a file of %s):\n", dir);
        for (int i = 0; i < count; i++) {
                plan_print(dir, entries[i]->d_name);
                free(entries[i]);
        }
        free(entries);
        printf("\nsettings of a plan's [global]:\n");
        rows_print(plan_setting_rows());
        return status_ok();
}

static struct status nothing_taken(void *context, const struct cli_option *option,
                                   const char *value)
{
        return status_ok();
}

static enum exit_code list_main(int argc, char **argv)
{
        struct status status;
        bool help;
        int first = 0;

        status = cli_parse(&command_list, argc, argv, nothing_taken, NULL, &first, &help);
        if (!status_failed(&status) && !help && first < argc)
                status = status_make(STATUS_USAGE, "leave it out", "list takes no argument '%s'",
                                     argv[first]);
        if (status_failed(&status))
                return cli_fail("list", &status);
        if (help) {
                cli_help(&command_list, stdout);
                return EXIT_DONE;
        }
        workloads_print();
        sources_print();
        arms_print();
        counters_print();
        status = plans_print();
        return status_failed(&status) ? cli_fail("list", &status) : EXIT_DONE;
}

const struct cli_command command_list = {
        .name = "list",
        .summary = "Lists workloads, sources, arms, counter sets and plans",
        .arguments = "",
        .options = options,
        .main = list_main,
};
