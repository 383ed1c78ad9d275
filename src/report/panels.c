/* SPDX-License-Identifier: Apache-2.0 */
#include "report/panels.h"

#include "report/facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_MIN 3 /* of different x: fewer make no curve */

static double x_bytes(const struct plot_input *input, const struct summary_row *row)
{
        return (double)row->bytes;
}

double panels_page_bytes(const struct plot_input *input)
{
        double bytes = fact_number(input->machine, "/memory/page_bytes");

        return bytes >= 1 ? bytes : 4096;
}

static double x_pages(const struct plot_input *input, const struct summary_row *row)
{
        return (double)row->bytes / panels_page_bytes(input);
}

static double x_threads(const struct plot_input *input, const struct summary_row *row)
{
        return row->threads;
}

#define ALIGNED_OPTION "aligned_percent"

static double x_aligned(const struct plot_input *input, const struct summary_row *row)
{
        const struct summary *summary = input->view->summary;

        for (size_t i = 0; i < summary->option_count; i++)
                if (strcmp(summary->option_names[i], ALIGNED_OPTION) == 0)
                        return strtod(row->options[i], NULL);
        return NAN;
}

static const struct curves all_curves[] = {
        { "latency", .but = "reach", .unit = "ns/op", .x = x_bytes,
          .key = LABEL_WORKLOAD | LABEL_OP | LABEL_OPTIONS | LABEL_THREADS | LABEL_SOURCE },
        { "reach", .only = "reach", .unit = "ns/op", .x = x_pages,
          .key = LABEL_WORKLOAD | LABEL_OP | LABEL_OPTIONS | LABEL_THREADS | LABEL_SOURCE },
        { "threads", .but = "reach", .x = x_threads, .plain = true,
          .key = LABEL_WORKLOAD | LABEL_OP | LABEL_OPTIONS | LABEL_BYTES | LABEL_SOURCE },
        { "mixed", .only = "mixed", .x = x_aligned, .x_option = ALIGNED_OPTION, .plain = true,
          .key = LABEL_ALL & ~(unsigned)LABEL_LEVER },
};

const struct curves *curves_of(const char *name)
{
        const struct curves *curves = all_curves;

        while (strcmp(curves->name, name) != 0)
                curves++;
        return curves;
}

static bool is_point(const void *context, const struct summary_row *row)
{
        const struct curves *curves = context;

        return (isfinite(row->pte.value) || isfinite(row->pmd.value)) &&
               (!curves->only || strcmp(row->workload, curves->only) == 0) &&
               (!curves->but || strcmp(row->workload, curves->but) != 0) &&
               (!curves->unit || strcmp(row->unit, curves->unit) == 0);
}

/* Without two values of x there is no panel: most runs have one number of threads. */
static bool x_varies(const struct plot_input *input, const struct curves *curves)
{
        double first = NAN;

        for (size_t i = 0; i < input->view->count; i++) {
                double x = curves->x(input, input->view->rows[i]);

                if (!is_point(curves, input->view->rows[i]))
                        continue;
                if (isnan(first))
                        first = x;
                else if (x < first || x > first)
                        return true;
        }
        return false;
}

static bool makes_panel(const struct plot_input *input, const struct curves *curves,
                        const struct class_rows *rows)
{
        double last = NAN;
        size_t points = 0;

        for (size_t i = 0; i < rows->count; i++) {
                double x = curves->x(input, rows->rows[i]);

                points += x != last;
                last = x;
        }
        return points >= POINTS_MIN;
}

/* Of panels that differ by threads or size only: the one with the fewest threads, the largest. */
static void leaders_mark(const struct plot_input *input, const struct curves *curves,
                         const struct classes *kinds, bool *leads)
{
        const struct view *view = input->view;

        for (size_t i = 0; i < kinds->count; i++) {
                const struct class_rows *rows = &kinds->list[i];
                uint32_t fewest = UINT32_MAX;
                uint64_t largest = 0;

                for (size_t k = 0; k < rows->count; k++) {
                        const struct summary_row *row = rows->rows[k];

                        fewest = row->threads < fewest ? row->threads : fewest;
                        largest = row->bytes > largest ? row->bytes : largest;
                }
                for (size_t k = 0; k < rows->count; k++) {
                        const struct summary_row *row = rows->rows[k];

                        leads[row - view->summary->rows] =
                                !(curves->key & LABEL_THREADS && row->threads > fewest) &&
                                !(curves->key & LABEL_BYTES && row->bytes < largest);
                }
        }
}

/* Where there are too many, those that lead. */
static struct status panels_choose(const struct plot_input *input, const struct curves *curves,
                                   struct panels *panels)
{
        const unsigned kind = curves->key & ~(unsigned)(LABEL_THREADS | LABEL_BYTES);
        const struct view *view = input->view;
        bool *leads = calloc(view->count + 1, sizeof(*leads));
        struct classes kinds = { 0 };
        struct status status;

        if (!leads)
                return status_make(STATUS_SYSTEM, "free some memory", "no memory for the plots");
        status = classes_make(view, kind, curves->x_option, NULL, NULL, &kinds);
        leaders_mark(input, curves, &kinds, leads);
        for (size_t i = 0; i < panels->classes.count && panels->count < PANELS_MAX; i++) {
                const struct class_rows *rows = &panels->classes.list[i];

                if (makes_panel(input, curves, rows) &&
                    (panels->total <= PANELS_MAX || leads[rows->rows[0] - view->summary->rows]))
                        panels->list[panels->count++] = *rows;
        }
        classes_free(&kinds);
        free(leads);
        return status;
}

struct status panels_find(const struct plot_input *input, const struct curves *curves,
                          struct panels *ret_panels)
{
        struct panels panels = { 0 };
        struct status status;

        if (!x_varies(input, curves)) {
                *ret_panels = panels;
                return status_ok();
        }
        TRY(classes_make(input->view, curves->key, curves->x_option, is_point, curves,
                         &panels.classes));
        for (size_t i = 0; i < panels.classes.count; i++)
                panels.total += makes_panel(input, curves, &panels.classes.list[i]);
        status = panels_choose(input, curves, &panels);
        if (status_failed(&status))
                panels_free(&panels);
        else
                *ret_panels = panels;
        return status;
}

void panels_free(struct panels *panels)
{
        classes_free(&panels->classes);
        *panels = (struct panels){ 0 };
}
