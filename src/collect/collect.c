/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/collect.h"

#include "report/text.h"
#include "report/words.h"

#include <limits.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#define WARNING_SIZE 320

/* Is the report older than what it is made of, or not there? */
static bool is_stale(const char *folder)
{
        static const char *const sources[] = { "samples.csv", "machine.json" };
        char path[PATH_MAX];
        struct stat report, source;

        if (snprintf(path, sizeof(path), "%s/report.html", folder) >= (int)sizeof(path) ||
            stat(path, &report) != 0)
                return true;
        for (size_t i = 0; i < 2; i++) {
                if (snprintf(path, sizeof(path), "%s/%s", folder, sources[i]) < (int)sizeof(path) &&
                    stat(path, &source) == 0 && source.st_mtime > report.st_mtime)
                        return true;
        }
        return false;
}

/* A run whose report cannot be made is linked to nothing, and says why. */
static void report_runs(const struct report_request *request, struct collection *collection,
                        char *warning)
{
        for (size_t i = 0; i < collection->run_count; i++) {
                struct collected_run *run = &collection->runs[i];
                char folder[PATH_MAX], about[WARNING_SIZE] = "";
                struct report_request each = *request;
                struct status status;

                if (status_failed(&run->status) ||
                    snprintf(folder, sizeof(folder), "%s/%s", request->dir, run->path) >=
                            (int)sizeof(folder) ||
                    !is_stale(folder))
                        continue;
                each.dir = folder;
                status = report_make(&each, about);
                if (status_failed(&status))
                        snprintf(warning, WARNING_SIZE, "%.100s: %.200s", run->path, status.what);
                else if (about[0])
                        snprintf(warning, WARNING_SIZE, "%s", about);
        }
}

struct status collect_make(const struct report_request *request, char *ret_warning,
                           struct collection *ret_collection)
{
        struct collect_plot plots[COLLECT_PLOTS] = {
                { .name = "kernels_gain",
                  .caption =
                          "The gain of each comparison with its 95 % interval, one mark a kernel, "
                          "on a logarithmic axis." },
                { .name = "kernels_cost",
                  .caption = "What it costs to make a MiB present or to take it away, by PMD (full "
                             "marks) and by PTE (open marks), one line a kernel, on a logarithmic "
                             "axis. Further left is cheaper." },
        };
        struct collection collection;
        char warning[WARNING_SIZE] = "";
        struct status status;

        TRY(collection_read(request->dir, &collection));
        report_runs(request, &collection, warning);
        status = collect_write_csv(&collection);
        if (!status_failed(&status))
                status =
                        collect_draw(&collection, request->plots_dir, request->png, plots, warning);
        if (!status_failed(&status))
                status = collect_page(&collection, plots, warning);
        if (status_failed(&status)) {
                collection_free(&collection);
                return status;
        }
        memcpy(ret_warning, warning, sizeof(warning));
        *ret_collection = collection;
        return status_ok();
}

#define NAME_WIDTH 34
#define COLUMN_WIDTH 24

static void cell_print(const struct collection *collection, size_t row, FILE *out)
{
        char gain[WORDS_MAX] = "", interval[WORDS_MAX] = "", cell[80];

        if (row != NONE) {
                const struct summary_row *of = collection->rows[row].row;

                words_gain(of, gain, sizeof(gain));
                words_interval(of, interval, sizeof(interval));
                if (!gain[0])
                        snprintf(gain, sizeof(gain), "%s", words_verdict_short(of->verdict));
        }
        snprintf(cell, sizeof(cell), "%.30s %.40s", gain[0] ? gain : "-", interval);
        fprintf(out, " %-*s", COLUMN_WIDTH - 1, cell);
}

static void line_print(const struct collection *collection, const struct collected_line *line,
                       FILE *out)
{
        const struct policy_row *at = &collection->rows[line->first];
        char text[LABEL_MAX], name[LABEL_MAX];

        view_label(&collection->runs[at->run].view, at->row,
                   LABEL_ALL & ~(unsigned)(LABEL_LEVER | LABEL_SOURCE), " ", text, sizeof(text));
        text_line(text, NAME_WIDTH - 1, name, sizeof(name));
        fprintf(out, "  %s%*s", name, NAME_WIDTH - (int)text_width(name), "");
        for (size_t k = 0; k < collection->kernel_count; k++)
                cell_print(collection, line->rows[k], out);
        fputc('\n', out);
}

void collect_print(const struct collection *collection, FILE *out)
{
        char place[LABEL_MAX], before[LABEL_MAX] = "";
        size_t broken = 0;

        for (size_t i = 0; i < collection->run_count; i++)
                broken += status_failed(&collection->runs[i].status);
        fprintf(out, "%zu runs", collection->run_count - broken);
        if (broken)
                fprintf(out, ", and %zu that cannot be read", broken);
        fprintf(out, ". Gain is PTE time / PMD time: above 1, PMD is faster.\n\n%*s",
                NAME_WIDTH + 3, "");
        for (size_t k = 0; k < collection->kernel_count; k++)
                fprintf(out, "%-*.*s ", COLUMN_WIDTH - 1, COLUMN_WIDTH - 1,
                        collection->kernels[k].name);
        fputc('\n', out);
        for (size_t i = 0; i < collection->line_count; i++) {
                const struct collected_line *line = &collection->lines[i];

                if (!collect_is_headline(collection, line))
                        continue;
                collection_place(collection, line->first, place, sizeof(place));
                if (strcmp(place, before) != 0)
                        fprintf(out, "%s, PTE by %s\n", place,
                                collection->rows[line->first].row->pte.name);
                memcpy(before, place, sizeof(before));
                line_print(collection, line, out);
        }
}
