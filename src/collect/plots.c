/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures of a collection: gains, and what it costs to make mappings present, by kernel. */
#include "collect/collect.h"
#include "csv/file.h"

#include "report/plots.h"
#include "report/words.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINES_MAX 60 /* in one picture */

static FILE *data_open(const struct collection *collection, const char *name)
{
        char path[4096];

        if (snprintf(path, sizeof(path), "%s/plots/%s.csv", collection->dir, name) >=
            (int)sizeof(path))
                return NULL;
        return file_anew(path);
}

static struct status data_close(FILE *file, const char *name)
{
        bool failed = ferror(file) != 0;

        if (fclose(file) != 0 || failed)
                return status_make(STATUS_SYSTEM, "make room on the disk",
                                   "cannot write plots/%s.csv", name);
        return status_ok();
}

static bool on_dax(const struct collection *collection)
{
        for (size_t i = 0; i < collection->row_count; i++)
                if (strcmp(collection->rows[i].row->dax, "yes") == 0)
                        return true;
        return false;
}

bool collect_is_headline(const struct collection *collection, const struct collected_line *line)
{
        const struct policy_row *at = &collection->rows[line->first];
        const struct view *view = &collection->runs[at->run].view;

        if (!policy_is_evidence(at) || view_is_sweep(view, at->row))
                return false;
        if (on_dax(collection) && strcmp(at->row->dax, "yes") != 0)
                return false;
        if (strcmp(at->row->pte.name, view->lever) != 0)
                return false;
        for (size_t i = 0; i < collection->kernel_count; i++)
                if (line->rows[i] != NONE && collection->rows[line->rows[i]].row->gain > 0)
                        return true;
        return false;
}

static void row_write(FILE *file, const struct collection *collection, size_t row, double y,
                      const char *label)
{
        const struct policy_row *at = &collection->rows[row];
        const struct summary_row *of = at->row;
        bool bounded = isfinite(of->gain_lo) && isfinite(of->gain_hi) && of->gain_lo > 0;
        char text[WORDS_MAX];

        fprintf(file, "%zu,", at->kernel + 1);
        plot_number(file, y, ",");
        plot_text(file, label, ",");
        plot_number(file, of->gain, ",");
        plot_number(file, bounded ? of->gain_lo : of->gain, ",");
        plot_number(file, bounded ? of->gain_hi : of->gain, ",");
        plot_number(file, of->pte.value, ",");
        plot_number(file, of->pmd.value, ",");
        plot_text(file, words_gain(of, text, sizeof(text)), "\n");
}

/* A band of one unit a line; kernels stand one below the other in it. */
static void line_write(FILE *file, const struct collection *collection,
                       const struct collected_line *line, size_t number)
{
        const struct policy_row *at = &collection->rows[line->first];
        char place[LABEL_MAX], what[LABEL_MAX], label[2 * LABEL_MAX + 8];
        double step = 0.72 / (double)collection->kernel_count;

        collection_place(collection, line->first, place, sizeof(place));
        view_label(&collection->runs[at->run].view, at->row,
                   LABEL_ALL & ~(unsigned)(LABEL_LEVER | LABEL_SOURCE), " · ", what, sizeof(what));
        snprintf(label, sizeof(label), "%s · %s", place, what);
        for (size_t k = 0; k < collection->kernel_count; k++)
                if (line->rows[k] != NONE)
                        row_write(file, collection, line->rows[k],
                                  -(double)number + 0.36 - step * ((double)k + 0.5), label);
}

/* Costs are of one unit: what makes mappings present. */
static bool is_shown(const struct collection *collection, const struct collected_line *line,
                     bool costs)
{
        return collect_is_headline(collection, line) &&
               (!costs || strcmp(collection->rows[line->first].row->unit, "ns/MiB") == 0);
}

static struct status lines_write(const struct collection *collection, struct collect_plot *plot,
                                 bool costs)
{
        FILE *file = data_open(collection, plot->name);

        if (!file)
                return status_errno(errno, "check that the folder can be written",
                                    "cannot write plots/%s.csv", plot->name);
        fprintf(file, "kernel,y,label,gain,lo,hi,pte,pmd,text\n");
        for (size_t i = 0; i < collection->line_count; i++) {
                if (!is_shown(collection, &collection->lines[i], costs))
                        continue;
                if (plot->total++ < LINES_MAX)
                        line_write(file, collection, &collection->lines[i], ++plot->shown);
        }
        return data_close(file, plot->name);
}

/* The names of the kernels, and what common.gp wants to know. */
static struct status names_write(const struct collection *collection)
{
        FILE *file = data_open(collection, "run");
        bool emulated = false, instructions = false;

        for (size_t i = 0; i < collection->kernel_count; i++) {
                emulated |= strcmp(collection->kernels[i].evidence, "emulated") == 0;
                instructions |= collection->kernels[i].instructions;
        }
        if (!file)
                return status_errno(errno, "check that the folder can be written",
                                    "cannot write plots/run.csv");
        fprintf(file, "evidence,emulated,ns,machine\n");
        plot_text(file, emulated ? "emulated CPU" : "", ",");
        fprintf(file, "%d,%s,", emulated, instructions ? "instructions" : "ns");
        plot_text(file, collection->kernel_count == 1 ? collection->kernels[0].name : "", "\n");
        TRY(data_close(file, "run"));
        file = data_open(collection, "kernels");
        if (!file)
                return status_errno(errno, "check that the folder can be written",
                                    "cannot write plots/kernels.csv");
        fprintf(file, "kernel,name\n");
        for (size_t i = 0; i < collection->kernel_count; i++) {
                fprintf(file, "%zu,", i + 1);
                plot_text(file, collection->kernels[i].name, "\n");
        }
        return data_close(file, "kernels");
}

struct status collect_draw(const struct collection *collection, const char *scripts, bool png,
                           struct collect_plot *plots, char *ret_warning)
{
        char *absolute = realpath(scripts, NULL);
        struct status status;

        if (!absolute)
                return status_errno(errno, "install pmdgain again", "cannot find %s", scripts);
        status = plots_folder(collection->dir);
        if (!status_failed(&status))
                status = names_write(collection);
        for (size_t i = 0; i < COLLECT_PLOTS && !status_failed(&status); i++) {
                struct status drawn;

                status = lines_write(collection, &plots[i], i == 1);
                if (status_failed(&status) || !plots[i].shown)
                        continue;
                drawn = plot_draw(collection->dir, absolute, plots[i].name, png);
                plots[i].drawn = !status_failed(&drawn);
                if (!plots[i].drawn)
                        snprintf(ret_warning, 320, "%.200s%s%.100s", drawn.what,
                                 drawn.todo[0] ? "; " : "", drawn.todo);
        }
        free(absolute);
        return status;
}
