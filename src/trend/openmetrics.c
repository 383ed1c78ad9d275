/* SPDX-License-Identifier: Apache-2.0 */
/* The text format of Prometheus: exposition_formats.md of its documentation; OpenMetrics 1.0. */
#include "trend/page.h"

#include "report/html.h"
#include "report/text.h"
#include "trend/output.h"

#include <math.h>
#include <string.h>

#define LABEL_CHARACTERS 200

/* NAME="value": line breaks are gone, quotes and backslashes escaped, any bytes valid UTF-8. */
static void label_write(FILE *out, const char *name, const char *value, const char *before)
{
        char line[4 * LABEL_CHARACTERS + 8];

        text_line(value, LABEL_CHARACTERS, line, sizeof(line));
        fprintf(out, "%s%s=\"", before, name);
        for (const char *at = line; *at; at++) {
                if (*at == '"' || *at == '\\')
                        fputc('\\', out);
                fputc(*at, out);
        }
        fputc('"', out);
}

/* "chains=4,isa=auto", of the options that are set. */
static void options_text(const struct summary *cells, const struct summary_row *row, char *text,
                         size_t text_size)
{
        size_t used = 0;

        text[0] = '\0';
        for (size_t i = 0; i < cells->option_count && used < text_size; i++)
                if (row->options[i][0])
                        used += (size_t)snprintf(text + used, text_size - used, "%s%s=%s",
                                                 used ? "," : "", cells->option_names[i],
                                                 row->options[i]);
}

static void cell_labels(FILE *out, const struct trend_machine *machine,
                        const struct trend_cell *cell)
{
        const struct summary_row *row = trend_row(machine, cell);
        char bytes[24], threads[24], options[256];

        snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)row->bytes);
        snprintf(threads, sizeof(threads), "%u", row->threads);
        options_text(&machine->cells, row, options, sizeof(options));
        label_write(out, "machine", machine->name, "{");
        label_write(out, "workload", row->workload, ",");
        label_write(out, "op", row->op, ",");
        label_write(out, "bytes", bytes, ",");
        label_write(out, "threads", threads, ",");
        label_write(out, "options", options, ",");
        label_write(out, "source", row->source, ",");
        label_write(out, "target", row->target, ",");
        label_write(out, "fs", row->fs, ",");
        label_write(out, "memmap", row->memmap, ",");
        label_write(out, "dax", row->dax, ",");
        label_write(out, "map", row->map, ",");
        label_write(out, "file_state", row->state, ",");
        label_write(out, "pte_arm", row->pte.name, ",");
        label_write(out, "pmd_arm", row->pmd.name, ",");
        fputs("} ", out);
}

/* One family: its value for a cell of the newest run, NaN where it has none. */
struct family {
        const char *name, *help;
        double (*value)(const struct trend_machine *machine, const struct trend_cell *cell,
                        const struct trend_point *newest);
};

static double gain(const struct trend_machine *machine, const struct trend_cell *cell,
                   const struct trend_point *newest)
{
        return newest->gain;
}

static double gain_lower(const struct trend_machine *machine, const struct trend_cell *cell,
                         const struct trend_point *newest)
{
        return newest->lo;
}

static double gain_upper(const struct trend_machine *machine, const struct trend_cell *cell,
                         const struct trend_point *newest)
{
        return newest->hi;
}

static double pairs(const struct trend_machine *machine, const struct trend_cell *cell,
                    const struct trend_point *newest)
{
        return newest->pairs;
}

static double valid(const struct trend_machine *machine, const struct trend_cell *cell,
                    const struct trend_point *newest)
{
        return isfinite(newest->gain);
}

static double change_time(const struct trend_machine *machine, const struct trend_cell *cell,
                          const struct trend_point *newest)
{
        if (cell->parts.count < 2)
                return NAN;
        return (double)trend_run_after(machine, cell, cell->parts.count - 1)->started;
}

static double change_step(const struct trend_machine *machine, const struct trend_cell *cell,
                          const struct trend_point *newest)
{
        return cell->parts.count < 2 ? (double)NAN : trend_step(cell, cell->parts.count - 1);
}

static const struct family families[] = {
        { "pmdgain_gain_ratio", "PTE time divided by PMD time for one operation.", gain },
        { "pmdgain_gain_lower_ratio", "Lower end of the gain's 95 % interval.", gain_lower },
        { "pmdgain_gain_upper_ratio", "Upper end of the gain's 95 % interval.", gain_upper },
        { "pmdgain_pairs", "Blocks in which both arms have a valid trial.", pairs },
        { "pmdgain_valid", "1 when the newest run has this gain, 0 when it could not be measured.",
          valid },
        { "pmdgain_last_change_time_seconds",
          "Start of the first run after the last change of level, since 1970.", change_time },
        { "pmdgain_last_change_ratio", "Level after the last change divided by that before it.",
          change_step },
};

static void head_write(FILE *out, const char *name, const char *help)
{
        fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* The family's head comes before its first value; a family without values is left out. */
static void family_write(FILE *out, const struct trend *trend, const struct family *family)
{
        bool headed = false;

        for (size_t m = 0; m < trend->machine_count; m++) {
                const struct trend_machine *machine = &trend->machines[m];

                for (size_t i = 0; i < machine->series_count; i++) {
                        const struct trend_cell *cell = machine->order[i];
                        const struct trend_point *newest = &cell->points[cell->count - 1];
                        double value;

                        if (newest->run + 1 != machine->run_count)
                                continue;
                        value = family->value(machine, cell, newest);
                        if (!isfinite(value))
                                continue;
                        if (!headed)
                                head_write(out, family->name, family->help);
                        headed = true;
                        fputs(family->name, out);
                        cell_labels(out, machine, cell);
                        fprintf(out, "%.15g\n", value);
                }
        }
}

static void runs_write(FILE *out, const struct trend *trend)
{
        head_write(out, "pmdgain_run_start_time_seconds", "Start of the newest run, since 1970.");
        for (size_t m = 0; m < trend->machine_count; m++) {
                const struct trend_machine *machine = &trend->machines[m];
                const struct run_about *newest = machine->runs[machine->run_count - 1];

                fputs("pmdgain_run_start_time_seconds", out);
                label_write(out, "machine", machine->name, "{");
                label_write(out, "kernel", newest->kernel, ",");
                label_write(out, "evidence", newest->evidence, ",");
                fprintf(out, "} %lld\n", (long long)newest->started);
        }
}

struct status trend_openmetrics_write(const struct trend *trend, const char *path)
{
        struct html_file file;
        struct output output;

        TRY(output_split(path, &output));
        TRY(html_file_open(output.dir, output.name, &file));
        runs_write(file.html.out, trend);
        for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
                family_write(file.html.out, trend, &families[i]);
        fputs("# EOF\n", file.html.out);
        return html_file_close(&file);
}
