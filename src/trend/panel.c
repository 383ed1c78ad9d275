/* SPDX-License-Identifier: Apache-2.0 */
#include "trend/panel.h"

#include "report/plots.h"
#include "report/text.h"
#include "report/words.h"
#include "stats/quantile.h"
#include "trend/link.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LABEL_PIXELS 7 /* of a letter, generously */
#define DATES_MAX 8

static void row_write(FILE *file, const char *kind, double x, double to, double value, double lo,
                      double hi, const char *text)
{
        fprintf(file, "%s,", kind);
        plot_number(file, x, ",");
        plot_number(file, to, ",");
        plot_number(file, value, ",");
        plot_number(file, lo, ",");
        plot_number(file, hi, ",");
        plot_text(file, text, "\n");
}

/* Where a run stands on the axis. */
static double place_of(size_t run)
{
        return (double)run + 1;
}

static double pixels_of_run(const struct trend_machine *machine)
{
        return (double)(PANEL_RIGHT - PANEL_LEFT) / (double)machine->run_count;
}

struct panel_range panel_range(const struct trend_cell *cell)
{
        double *ends = malloc((2 * cell->measured + 1) * sizeof(*ends)), pad;
        struct panel_range range = { INFINITY, -INFINITY };
        size_t count = 0;

        for (size_t i = 0; i < cell->count; i++) {
                const struct trend_point *point = &cell->points[i];

                if (!isfinite(point->gain))
                        continue;
                range.lo = fmin(range.lo, point->gain);
                range.hi = fmax(range.hi, point->gain);
                if (ends && isfinite(point->lo) && isfinite(point->hi)) {
                        ends[count++] = point->lo;
                        ends[count++] = point->hi;
                }
        }
        if (ends && count) {
                sort_values(ends, count);
                range.lo = fmin(range.lo, quantile_sorted(ends, count, 0.025));
                range.hi = fmax(range.hi, quantile_sorted(ends, count, 0.975));
        }
        free(ends);
        pad = fmax(0.06 * (range.hi - range.lo), 0.02 * range.hi);
        return (struct panel_range){ range.lo - pad, range.hi + pad };
}

/* A line where the kernel changes, with its name where there is room for it. */
static void kernels_write(FILE *file, const struct trend_machine *machine)
{
        double free_from = 0, each = pixels_of_run(machine);

        for (size_t i = 0; i < machine->run_count; i++) {
                const char *kernel = machine->runs[i]->kernel;
                const char *text = "";

                if (i && strcmp(machine->runs[i - 1]->kernel, kernel) == 0)
                        continue;
                if ((double)i * each >= free_from) {
                        text = kernel;
                        free_from = (double)i * each +
                                    LABEL_PIXELS * (double)(text_width(kernel) + 2);
                }
                row_write(file, "kernel", place_of(i), NAN, NAN, NAN, NAN, text);
        }
}

static void dates_write(FILE *file, const struct trend_machine *machine)
{
        char text[32], before[32] = "";

        for (size_t i = 0; i < DATES_MAX; i++) {
                size_t run = i * (machine->run_count - 1) / (DATES_MAX - 1);

                trend_date(machine->runs[run], false, text, sizeof(text));
                if (strcmp(text, before) != 0)
                        row_write(file, "date", place_of(run), NAN, NAN, NAN, NAN, text);
                memcpy(before, text, sizeof(before));
        }
}

static void points_write(FILE *file, const struct trend_cell *cell)
{
        for (size_t i = 0; i < cell->count; i++) {
                const struct trend_point *point = &cell->points[i];
                bool bounded = isfinite(point->lo) && isfinite(point->hi);

                if (isfinite(point->gain))
                        row_write(file, "run", place_of(point->run), NAN, point->gain,
                                  bounded ? point->lo : point->gain,
                                  bounded ? point->hi : point->gain, "");
                else
                        row_write(file, "gap", place_of(point->run), NAN, NAN, NAN, NAN, "");
        }
}

static void levels_write(FILE *file, const struct trend_machine *machine,
                         const struct trend_cell *cell)
{
        for (size_t i = 0; i < cell->parts.count; i++) {
                const struct change_part *part = &cell->parts.parts[i];
                size_t first = cell->points[cell->places[part->first]].run;
                size_t last = cell->points[cell->places[part->first + part->count - 1]].run;
                char text[96], date[32];

                row_write(file, "level", place_of(first), place_of(last), exp(part->level.value),
                          exp(part->level.lo), exp(part->level.hi), "");
                if (!i)
                        continue;
                snprintf(text, sizeof(text), "%s %+.1f %%",
                         trend_date(trend_run_after(machine, cell, i), false, date, sizeof(date)),
                         100 * (trend_step(cell, i) - 1));
                row_write(file, "change", place_of(first), NAN, NAN, NAN, NAN, text);
        }
}

struct status panel_write(const struct trend_machine *machine, const struct trend_cell *cell,
                          const char *dir, size_t number)
{
        const struct plot_input input = { .dir = dir };
        struct panel_range range = panel_range(cell);
        char name[32];
        FILE *file;

        snprintf(name, sizeof(name), "panel-%zu", number);
        TRY(plot_file_open(&input, name, &file));
        fprintf(file, "kind,x,to,value,lo,hi,text\n");
        row_write(file, "range", (double)machine->run_count, NAN, NAN, range.lo, range.hi, "");
        kernels_write(file, machine);
        dates_write(file, machine);
        points_write(file, cell);
        levels_write(file, machine, cell);
        return plot_file_close(&input, name, file);
}

char *panel_tip(const struct trend_machine *machine, const struct trend_point *point, char *text,
                size_t text_size)
{
        const struct run_about *run = machine->runs[point->run];
        struct summary_row row = { .gain = point->gain,
                                   .gain_lo = point->lo,
                                   .gain_hi = point->hi };
        char date[32], gain[WORDS_MAX], interval[WORDS_MAX];

        trend_date(run, true, date, sizeof(date));
        if (isfinite(point->gain))
                snprintf(text, text_size, "%s · %s · %s %s", date, run->kernel,
                         words_gain(&row, gain, sizeof(gain)),
                         words_interval(&row, interval, sizeof(interval)));
        else
                snprintf(text, text_size, "%s · %s · %s%s%.200s", date, run->kernel,
                         verdict_name(point->verdict), point->reason ? ": " : "",
                         point->reason ? point->reason : "");
        return text;
}

void panel_links(struct html *html, const struct trend_machine *machine,
                 const struct trend_cell *cell, const char *from)
{
        double each = pixels_of_run(machine);

        fprintf(html->out, "<svg class=\"links\" viewBox=\"0 0 %d %d\">\n", PANEL_WIDTH,
                PANEL_HEIGHT);
        for (size_t i = 0; i < cell->count; i++) {
                const struct run_about *run = machine->runs[cell->points[i].run];
                char path[PATH_MAX], link[3 * PATH_MAX], tip[512];
                bool linked = snprintf(path, sizeof(path), "%s/report.html", run->dir) <
                                      (int)sizeof(path) &&
                              access(path, R_OK) == 0 &&
                              link_relative(from, path, link, sizeof(link));

                if (linked)
                        fprintf(html->out, "<a href=\"%s\">", link);
                fprintf(html->out,
                        "<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\"><title>",
                        PANEL_LEFT + each * (double)cell->points[i].run, PANEL_TOP, each,
                        PANEL_BOTTOM - PANEL_TOP);
                html_text(html, panel_tip(machine, &cell->points[i], tip, sizeof(tip)));
                html_raw(html, linked ? "</title></rect></a>\n" : "</title></rect>\n");
        }
        html_raw(html, "</svg>\n");
}
