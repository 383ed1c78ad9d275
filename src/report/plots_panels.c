/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data of the plots with curves: a panel for each kind of cell, in it a curve for each arm.
 * Rows come sorted, so that cells of one panel stand together and their x rises.
 */
#include "report/facts.h"
#include "report/plots.h"
#include "report/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PANELS_MAX 6
#define POINTS_MIN 3 /* of different x: fewer make no curve */
#define SERIES_MAX 6 /* colours in plots/common.gp */

/* What one plot shows. */
struct curves {
        const char *name;
        const char *only, *but; /* workload; NULL for any, for none */
        const char *unit;       /* NULL for any */
        double (*x)(const struct plot_input *input, const struct summary_row *row);
        const char *x_option; /* the option that is the x; NULL when none is */
        unsigned key;         /* parts that tell panels apart; the x is none of them */
        bool plain;           /* without marks */
};

static double x_bytes(const struct plot_input *input, const struct summary_row *row)
{
        return (double)row->bytes;
}

static double page_bytes(const struct plot_input *input)
{
        double bytes = fact_number(input->machine, "/memory/page_bytes");

        return bytes >= 1 ? bytes : 4096;
}

static double x_pages(const struct plot_input *input, const struct summary_row *row)
{
        return (double)row->bytes / page_bytes(input);
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

/* Of one panel. */
static bool alike(const struct plot_input *input, const struct curves *curves,
                  const struct summary_row *left, const struct summary_row *right)
{
        return view_alike_but(input->view, left, right, curves->key, curves->x_option);
}

static bool is_point(const struct curves *curves, const struct summary_row *row)
{
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

/* The first row of its panel, and the panel has points enough. */
static bool starts_panel(const struct plot_input *input, const struct curves *curves, size_t at)
{
        const struct view *view = input->view;
        double last = NAN;
        size_t points = 0;

        if (!is_point(curves, view->rows[at]))
                return false;
        for (size_t i = 0; i < view->count; i++) {
                double x = curves->x(input, view->rows[i]);

                if (!is_point(curves, view->rows[i]) ||
                    !alike(input, curves, view->rows[at], view->rows[i]))
                        continue;
                if (i < at)
                        return false;
                points += x != last;
                last = x;
        }
        return points >= POINTS_MIN;
}

/* Of panels that differ by threads or size only: the one with the fewest threads, the largest. */
static bool leads(const struct plot_input *input, const struct curves *curves, size_t at)
{
        const unsigned kind = curves->key & ~(unsigned)(LABEL_THREADS | LABEL_BYTES);
        const struct summary_row *row = input->view->rows[at];

        for (size_t i = 0; i < input->view->count; i++) {
                const struct summary_row *other = input->view->rows[i];

                if (!view_alike_but(input->view, row, other, kind, curves->x_option))
                        continue;
                if ((curves->key & LABEL_THREADS && other->threads < row->threads) ||
                    (curves->key & LABEL_BYTES && other->bytes > row->bytes))
                        return false;
        }
        return true;
}

struct panel {
        const struct plot_input *input;
        const struct curves *curves;
        const struct summary_row *row; /* any of its rows */
        size_t number;
        char title[LABEL_MAX + 16];
        FILE *file;
};

static void point_write(const struct panel *panel, unsigned series, const char *arm_name,
                        const struct summary_row *row, const struct summary_arm *arm)
{
        fprintf(panel->file, "%zu,", panel->number);
        plot_text(panel->file, panel->title, ",");
        fprintf(panel->file, "%u,", series);
        plot_text(panel->file, arm_name, ",");
        plot_number(panel->file, panel->curves->x(panel->input, row), ",");
        plot_number(panel->file, arm->value, ",");
        plot_number(panel->file, isfinite(arm->value_lo) ? arm->value_lo : arm->value, ",");
        plot_number(panel->file, isfinite(arm->value_hi) ? arm->value_hi : arm->value, "\n");
}

/* One PMD point for each x: the rows of several PTE levers repeat it. */
static void pmd_write(const struct panel *panel)
{
        const struct view *view = panel->input->view;
        double last = NAN;

        for (size_t i = 0; i < view->count; i++) {
                const struct summary_row *row = view->rows[i];
                double x = panel->curves->x(panel->input, row);

                if (!is_point(panel->curves, row) || !isfinite(row->pmd.value) || x == last ||
                    !alike(panel->input, panel->curves, panel->row, row))
                        continue;
                point_write(panel, 0, "PMD", row, &row->pmd);
                last = x;
        }
}

/* The next row of a panel with a PTE value, by this lever or by any (NULL); NULL at the end. */
static const struct summary_row *next_pte(const struct panel *panel, size_t *at, const char *lever)
{
        const struct view *view = panel->input->view;

        while (*at < view->count) {
                const struct summary_row *row = view->rows[(*at)++];

                if (is_point(panel->curves, row) && isfinite(row->pte.value) &&
                    (!lever || strcmp(row->pte.name, lever) == 0) &&
                    alike(panel->input, panel->curves, panel->row, row))
                        return row;
        }
        return NULL;
}

/* One curve; nothing for a single point, which makes none. */
static bool lever_write(const struct panel *panel, unsigned series, const char *lever)
{
        const struct summary_row *row;
        size_t at = 0, points = 0;
        char name[400];

        while (next_pte(panel, &at, lever))
                points++;
        if (points < 2)
                return false;
        snprintf(name, sizeof(name), "PTE%s%s%s", lever[0] ? " (" : "", lever, lever[0] ? ")" : "");
        for (at = 0; (row = next_pte(panel, &at, lever));)
                point_write(panel, series, name, row, &row->pte);
        return true;
}

/* A curve for each lever, in the order of their first points. */
static void pte_write(const struct panel *panel)
{
        const struct summary_row *row;
        const char *seen[16];
        size_t count = 0, at = 0;
        unsigned series = 1;

        while ((row = next_pte(panel, &at, NULL)) && count < sizeof(seen) / sizeof(seen[0])) {
                size_t i = 0;

                while (i < count && strcmp(seen[i], row->pte.name) != 0)
                        i++;
                if (i < count)
                        continue;
                seen[count++] = row->pte.name;
                if (series < SERIES_MAX && lever_write(panel, series, row->pte.name))
                        series++;
        }
}

/* `panel` is 0 for every panel. */
static void mark_write(FILE *file, size_t panel, double x, double lo, double hi, const char *kind,
                       const char *text)
{
        fprintf(file, "%zu,", panel);
        plot_number(file, x, ",");
        plot_number(file, isfinite(lo) ? lo : x, ",");
        plot_number(file, isfinite(hi) ? hi : x, ",");
        plot_text(file, kind, ",");
        plot_text(file, text, "\n");
}

/* The caches that hold data. */
static void cache_marks_write(const struct plot_input *input, FILE *file)
{
        for (size_t i = 0; i < fact_length(input->machine, "/cpu/caches"); i++) {
                struct json_object *cache = fact_element(input->machine, "/cpu/caches", i);
                double bytes = fact_number(cache, "/bytes");
                char text[96], size[WORDS_MAX];

                if (!(bytes > 0) || strcmp(fact_text(cache, "/type"), "instruction") == 0)
                        continue;
                snprintf(text, sizeof(text), "L%.4s%s %.40s", fact_text(cache, "/level"),
                         strcmp(fact_text(cache, "/type"), "data") == 0 ? "d" : "",
                         words_bytes(bytes, size, sizeof(size)));
                mark_write(file, 0, bytes, bytes, bytes, "known", text);
        }
}

/* Does this TLB, as CPUID tells, hold data translations of this page size? */
static bool tlb_holds(struct json_object *tlb, double page)
{
        if (strcmp(fact_text(tlb, "/type"), "instruction") == 0)
                return false;
        for (size_t i = 0; i < fact_length(tlb, "/page_bytes"); i++)
                if (json_object_get_double(fact_element(tlb, "/page_bytes", i)) == page)
                        return true;
        return false;
}

/* The fitted capacity of one level, in the panels of its source. */
static void level_mark_write(FILE *file, const struct summary_level *level,
                             const struct summary_row *const *panels, size_t panel_count)
{
        char text[3 * WORDS_MAX], miss[WORDS_MAX];

        if (!isfinite(level->entries))
                return;
        words_value(level->miss_ns, miss, sizeof(miss));
        snprintf(text, sizeof(text), "level %u: %.0f pages%s%s%s", level->level, level->entries,
                 miss[0] ? "; a miss +" : "", miss, miss[0] ? " ns" : "");
        for (size_t i = 0; i < panel_count; i++)
                if (strcmp(panels[i]->source, level->source) == 0 &&
                    strcmp(panels[i]->target, level->target) == 0)
                        mark_write(file, i + 1, level->entries, level->entries_lo,
                                   level->entries_hi, "fitted", text);
}

static void tlb_marks_write(const struct plot_input *input, FILE *file)
{
        for (size_t i = 0; i < fact_length(input->machine, "/cpu/tlbs"); i++) {
                struct json_object *tlb = fact_element(input->machine, "/cpu/tlbs", i);
                double entries = fact_number(tlb, "/entries");
                char text[96];

                if (!(entries > 0) || !tlb_holds(tlb, page_bytes(input)))
                        continue;
                snprintf(text, sizeof(text), "CPUID: L%.4s %.0f", fact_text(tlb, "/level"),
                         entries);
                mark_write(file, 0, entries, entries, entries, "known", text);
        }
}

/* NAME_marks.csv, also when there are none; plots without marks have no such file. */
static struct status marks_write(const struct plot_input *input, const char *name,
                                 const struct summary_row *const *panels, size_t panel_count)
{
        const struct summary *summary = input->view->summary;
        char file_name[64];
        FILE *file;

        snprintf(file_name, sizeof(file_name), "%s_marks", name);
        TRY(plot_file_open(input, file_name, &file));
        fprintf(file, "panel,x,lo,hi,kind,text\n");
        if (strcmp(name, "latency") == 0) {
                cache_marks_write(input, file);
        } else {
                tlb_marks_write(input, file);
                for (size_t i = 0; i < summary->level_count; i++)
                        level_mark_write(file, &summary->levels[i], panels, panel_count);
        }
        return plot_file_close(input, file_name, file);
}

static void panel_write(struct panel *panel)
{
        const struct summary_row *row = panel->row;
        char label[LABEL_MAX];

        view_label_but(panel->input->view, row, panel->curves->key, panel->curves->x_option, " · ",
                       label, sizeof(label));
        if (panel->curves->unit)
                snprintf(panel->title, sizeof(panel->title), "%s", label);
        else
                snprintf(panel->title, sizeof(panel->title), "%s (%.12s)", label, row->unit);
        pmd_write(panel);
        pte_write(panel);
}

struct status plot_write_panels(const struct plot_input *input, const char *name,
                                struct plot_result *result)
{
        const struct summary_row *panels[PANELS_MAX];
        const struct curves *curves = all_curves;
        struct panel panel = { .input = input };

        while (strcmp(curves->name, name) != 0)
                curves++;
        panel.curves = curves;
        if (!x_varies(input, curves))
                return status_ok();
        for (size_t i = 0; i < input->view->count; i++)
                result->total += starts_panel(input, curves, i);
        for (size_t i = 0; i < input->view->count && result->shown < PANELS_MAX; i++) {
                if (!starts_panel(input, curves, i) ||
                    (result->total > PANELS_MAX && !leads(input, curves, i)))
                        continue;
                if (!panel.file) {
                        TRY(plot_file_open(input, name, &panel.file));
                        fprintf(panel.file, "panel,title,series,arm,x,value,lo,hi\n");
                }
                panel.row = input->view->rows[i];
                panels[result->shown] = panel.row;
                panel.number = ++result->shown;
                panel_write(&panel);
        }
        if (!panel.file)
                return status_ok();
        result->data = true;
        TRY(plot_file_close(input, name, panel.file));
        return curves->plain ? status_ok() : marks_write(input, name, panels, result->shown);
}
