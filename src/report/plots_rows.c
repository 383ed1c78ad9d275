/* SPDX-License-Identifier: Apache-2.0 */
/* The data of the plots with one line a comparison: the gains, and the bars of both arms. */
#include "report/classes.h"
#include "report/plots.h"
#include "report/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GAIN_ROWS_MAX 60 /* beyond, only what stands for each workload and op */

/* Gaps between workloads; the first row is at -1. */
static double next_y(const struct summary_row *before, const struct summary_row *row, double y)
{
        return y - 1 - (before && strcmp(before->workload, row->workload) != 0 ? 0.5 : 0);
}

/* "1.52 [1.50–1.54]", without a comma, for gnuplot. */
static char *gain_text(const struct summary_row *row, char *text, size_t text_size)
{
        char gain[WORDS_MAX], interval[WORDS_MAX];
        char *comma;

        words_gain(row, gain, sizeof(gain));
        words_interval(row, interval, sizeof(interval));
        comma = strchr(interval, ',');
        if (comma)
                snprintf(text, text_size, "%s %.*s–%s", gain, (int)(comma - interval), interval,
                         comma + 2);
        else
                snprintf(text, text_size, "%s", gain);
        return text;
}

static bool has_interval(const struct summary_row *row)
{
        return isfinite(row->gain_lo) && isfinite(row->gain_hi) && row->gain_lo > 0;
}

static void gain_row_write(FILE *file, const struct view *view, const struct summary_row *row,
                           double y)
{
        char label[LABEL_MAX], text[2 * WORDS_MAX];
        bool bounded = has_interval(row);

        plot_number(file, y, ",");
        plot_text(file, view_label(view, row, LABEL_ALL, " · ", label, sizeof(label)), ",");
        plot_number(file, row->gain, ",");
        plot_number(file, bounded ? row->gain_lo : NAN, ",");
        plot_number(file, bounded ? row->gain_hi : NAN, ",");
        plot_number(file, bounded ? row->gain_lo : row->gain, ",");
        plot_number(file, bounded ? row->gain_hi : row->gain, ",");
        plot_text(file, verdict_name(row->verdict), ",");
        plot_text(file, gain_text(row, text, sizeof(text)), "\n");
}

struct status plot_write_gain(const struct plot_input *input, const char *name,
                              struct plot_result *result)
{
        const struct view *view = input->view;
        const struct summary_row *before = NULL;
        size_t total = 0;
        double y = 0;
        FILE *file;

        for (size_t i = 0; i < view->count; i++)
                total += view->rows[i]->gain > 0 && !view_is_sweep(view, view->rows[i]);
        if (!total)
                return status_ok();
        TRY(plot_file_open(input, name, &file));
        fprintf(file, "y,label,gain,lo,hi,least,most,verdict,text\n");
        for (size_t i = 0; i < view->count; i++) {
                const struct summary_row *row = view->rows[i];

                if (!(row->gain > 0) || view_is_sweep(view, row) ||
                    (total > GAIN_ROWS_MAX && !view_is_headline(view, row)))
                        continue;
                y = next_y(before, row, y);
                gain_row_write(file, view, row, y);
                before = row;
                result->shown++;
        }
        result->total = total;
        result->data = true;
        return plot_file_close(input, name, file);
}

static bool arm_known(const struct summary_arm *arm)
{
        return isfinite(arm->value) && arm->value >= 0;
}

static double upper(const struct summary_arm *arm)
{
        return isfinite(arm->value_hi) ? arm->value_hi : arm->value;
}

static double lower(const struct summary_arm *arm)
{
        return isfinite(arm->value_lo) ? arm->value_lo : arm->value;
}

static void bar_write(FILE *file, const struct summary_arm *arm)
{
        bool known = arm_known(arm);

        plot_number(file, known ? arm->value : NAN, ",");
        plot_number(file, known ? lower(arm) : NAN, ",");
        plot_number(file, known ? upper(arm) : NAN, ",");
}

static void bars_row_write(FILE *file, const struct view *view, const struct summary_row *row,
                           unsigned parts, double y)
{
        char label[LABEL_MAX], text[2 * WORDS_MAX];
        double pte = arm_known(&row->pte) ? upper(&row->pte) : 0;
        double pmd = arm_known(&row->pmd) ? upper(&row->pmd) : 0;

        plot_number(file, y, ",");
        plot_text(file, view_label(view, row, parts, " · ", label, sizeof(label)), ",");
        bar_write(file, &row->pte);
        bar_write(file, &row->pmd);
        gain_text(row, text, sizeof(text));
        plot_text(file, text[0] ? text : "–", ","); /* gnuplot takes no empty text */
        plot_number(file, pte > pmd ? pte : pmd, "\n");
}

/* `name` says which: "populate" shows that workload, "bandwidth" what is in GB/s. */
static bool may_be_bar(const void *name, const struct summary_row *row)
{
        bool wanted = strcmp(name, "populate") == 0 ? strcmp(row->workload, name) == 0 :
                                                      strcmp(row->unit, "GB/s") == 0;

        return wanted && (arm_known(&row->pte) || arm_known(&row->pmd));
}

/* Of cells that differ by size only, the largest measured; `bars` is by the rows' order. */
static struct status bars_mark(const struct view *view, const char *name, bool *bars)
{
        struct classes cells;

        TRY(classes_make(view, LABEL_ALL & ~(unsigned)LABEL_BYTES, NULL, may_be_bar, name, &cells));
        for (size_t i = 0; i < cells.count; i++) {
                const struct class_rows *rows = &cells.list[i];
                uint64_t largest = 0;

                for (size_t k = 0; k < rows->count; k++)
                        largest = rows->rows[k]->bytes > largest ? rows->rows[k]->bytes : largest;
                for (size_t k = 0; k < rows->count; k++)
                        bars[view->rank[rows->rows[k] - view->summary->rows]] =
                                rows->rows[k]->bytes == largest;
        }
        classes_free(&cells);
        return status_ok();
}

static struct status bars_write(const struct plot_input *input, const char *name, const bool *bars,
                                struct plot_result *result)
{
        const struct summary_row *first = NULL;
        const struct view *view = input->view;
        unsigned parts = LABEL_ALL & ~(unsigned)LABEL_WORKLOAD;
        FILE *file;

        for (size_t i = 0; i < view->count; i++) {
                if (!bars[i])
                        continue;
                if (!first)
                        first = view->rows[i];
                else if (strcmp(first->workload, view->rows[i]->workload) != 0)
                        parts = LABEL_ALL;
                result->shown = ++result->total;
        }
        if (!first)
                return status_ok();
        TRY(plot_file_open(input, name, &file));
        fprintf(file, "y,label,pte,pte_lo,pte_hi,pmd,pmd_lo,pmd_hi,text,most\n");
        for (size_t i = 0, k = 0; i < view->count; i++)
                if (bars[i])
                        bars_row_write(file, view, view->rows[i], parts, -(double)++k);
        result->data = true;
        return plot_file_close(input, name, file);
}

struct status plot_write_bars(const struct plot_input *input, const char *name,
                              struct plot_result *result)
{
        bool *bars = calloc(input->view->count + 1, sizeof(*bars));
        struct status status;

        if (!bars)
                return status_make(STATUS_SYSTEM, "free some memory", "no memory for the plots");
        status = bars_mark(input->view, name, bars);
        if (!status_failed(&status))
                status = bars_write(input, name, bars, result);
        free(bars);
        return status;
}
