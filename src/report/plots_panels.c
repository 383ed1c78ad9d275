/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data of the plots with curves: a panel for each kind of cell, in it a curve for each arm.
 * Rows come sorted, so that the x of a panel rises.
 */
#include "report/facts.h"
#include "report/panels.h"
#include "report/plots.h"
#include "report/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SERIES_MAX 6 /* colours in plots/common.gp */

struct panel {
        const struct plot_input *input;
        const struct curves *curves;
        const struct class_rows *points;
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
        double last = NAN;

        for (size_t i = 0; i < panel->points->count; i++) {
                const struct summary_row *row = panel->points->rows[i];
                double x = panel->curves->x(panel->input, row);

                if (!isfinite(row->pmd.value) || x == last)
                        continue;
                point_write(panel, 0, "PMD", row, &row->pmd);
                last = x;
        }
}

/* The next row of a panel with a PTE value, by this lever or by any (NULL); NULL at the end. */
static const struct summary_row *next_pte(const struct panel *panel, size_t *at, const char *lever)
{
        while (*at < panel->points->count) {
                const struct summary_row *row = panel->points->rows[(*at)++];

                if (isfinite(row->pte.value) && (!lever || strcmp(row->pte.name, lever) == 0))
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
                             const struct panels *panels)
{
        char text[3 * WORDS_MAX], miss[WORDS_MAX];

        if (!isfinite(level->entries))
                return;
        words_value(level->miss_ns, miss, sizeof(miss));
        snprintf(text, sizeof(text), "level %u: %.0f pages%s%s%s", level->level, level->entries,
                 miss[0] ? "; a miss +" : "", miss, miss[0] ? " ns" : "");
        for (size_t i = 0; i < panels->count; i++) {
                const struct summary_row *row = panels->list[i].rows[0];

                if (strcmp(row->source, level->source) == 0 &&
                    strcmp(row->target, level->target) == 0)
                        mark_write(file, i + 1, level->entries, level->entries_lo,
                                   level->entries_hi, "fitted", text);
        }
}

static void tlb_marks_write(const struct plot_input *input, FILE *file)
{
        for (size_t i = 0; i < fact_length(input->machine, "/cpu/tlbs"); i++) {
                struct json_object *tlb = fact_element(input->machine, "/cpu/tlbs", i);
                double entries = fact_number(tlb, "/entries");
                char text[96];

                if (!(entries > 0) || !tlb_holds(tlb, panels_page_bytes(input)))
                        continue;
                snprintf(text, sizeof(text), "CPUID: L%.4s %.0f", fact_text(tlb, "/level"),
                         entries);
                mark_write(file, 0, entries, entries, entries, "known", text);
        }
}

/* NAME_marks.csv, also when there are none; plots without marks have no such file. */
static struct status marks_write(const struct plot_input *input, const char *name,
                                 const struct panels *panels)
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
                        level_mark_write(file, &summary->levels[i], panels);
        }
        return plot_file_close(input, file_name, file);
}

static void panel_write(struct panel *panel)
{
        const struct summary_row *row = panel->points->rows[0];
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

static struct status panels_write(const struct plot_input *input, const struct curves *curves,
                                  const struct panels *panels)
{
        struct panel panel = { .input = input, .curves = curves };

        TRY(plot_file_open(input, curves->name, &panel.file));
        fprintf(panel.file, "panel,title,series,arm,x,value,lo,hi\n");
        for (size_t i = 0; i < panels->count; i++) {
                panel.points = &panels->list[i];
                panel.number = i + 1;
                panel_write(&panel);
        }
        TRY(plot_file_close(input, curves->name, panel.file));
        return curves->plain ? status_ok() : marks_write(input, curves->name, panels);
}

struct status plot_write_panels(const struct plot_input *input, const char *name,
                                struct plot_result *result)
{
        const struct curves *curves = curves_of(name);
        struct panels panels;
        struct status status = status_ok();

        TRY(panels_find(input, curves, &panels));
        result->total = panels.total;
        result->shown = panels.count;
        if (panels.count)
                status = panels_write(input, curves, &panels);
        result->data = panels.count && !status_failed(&status);
        panels_free(&panels);
        return status;
}
