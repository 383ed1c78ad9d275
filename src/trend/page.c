/* SPDX-License-Identifier: Apache-2.0 */
/* trend.html: what changed, a panel for each headline gain of each machine, every run. */
#include "trend/page.h"

#include "report/page.h"
#include "report/text.h"
#include "report/words.h"
#include "trend/link.h"
#include "trend/output.h"
#include "trend/panel.h"
#include "trend/pictures.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Panels and the links over them; report.html's style has the rest. */
static const char style[] =
        "<style>.panel{position:relative;width:100%;min-width:680px;max-width:900px;"
        "margin:0 auto}figure .panel svg.links{position:absolute;top:0;left:0;max-width:none}"
        ".links rect{fill:transparent}.links rect:hover{fill:#0072b2;fill-opacity:.15}"
        "td a,h3 a{white-space:nowrap}</style>\n";

struct dashboard {
        struct html *html;
        const struct trend *trend;
        const struct pictures *pictures;
        char from[PATH_MAX]; /* the folder of the page, absolute */
        size_t plots;        /* pictures so far: their ids differ by it */
};

/* `text`, linked to the report of the run where there is one. */
static void run_link(const struct dashboard *board, const struct run_about *run, const char *text)
{
        char path[PATH_MAX], link[3 * PATH_MAX];
        bool linked = snprintf(path, sizeof(path), "%s/report.html", run->dir) <
                              (int)sizeof(path) &&
                      access(path, R_OK) == 0 &&
                      link_relative(board->from, path, link, sizeof(link));

        if (linked)
                fprintf(board->html->out, "<a href=\"%s\">", link);
        html_text(board->html, text);
        if (linked)
                html_raw(board->html, "</a>");
}

static void run_cell(const struct dashboard *board, const struct run_about *run)
{
        char text[192], date[32];

        snprintf(text, sizeof(text), "%s, %s", trend_date(run, true, date, sizeof(date)),
                 run->kernel[0] ? run->kernel : "kernel unknown");
        html_raw(board->html, "<td>");
        run_link(board, run, text);
        html_raw(board->html, "</td>");
}

static void level_cell(struct html *html, const struct change_part *part)
{
        struct summary_row row = { .gain = exp(part->level.value),
                                   .gain_lo = exp(part->level.lo),
                                   .gain_hi = exp(part->level.hi) };
        char gain[WORDS_MAX], interval[WORDS_MAX];

        html_cellf(html, "n", "%s %s", words_gain(&row, gain, sizeof(gain)),
                   words_interval(&row, interval, sizeof(interval)));
}

static void change_row(const struct dashboard *board, size_t number, const struct trend_cell *cell,
                       size_t index)
{
        const struct trend_machine *machine = &board->trend->machines[number];
        double step = 100 * (trend_step(cell, index) - 1);
        struct html *html = board->html;
        char label[LABEL_MAX];

        html_row_begin(html, NULL);
        fprintf(html->out, "<td><a href=\"#panel-%zu-%zu\">", number + 1, cell->row);
        html_text(html, trend_label(machine, cell, label, sizeof(label)));
        html_raw(html, "</a></td>");
        if (board->trend->machine_count > 1)
                html_cell(html, "small wrap", machine->name);
        html_cellf(html, step > 0 ? "n pmd" : "n pte", "%+.1f %%", step);
        level_cell(html, &cell->parts.parts[index - 1]);
        level_cell(html, &cell->parts.parts[index]);
        run_cell(board, trend_run_after(machine, cell, index));
        run_cell(board, trend_run_before(machine, cell, index));
        html_cellf(html, "n", "%.2g", cell->parts.parts[index].p);
        html_row_end(html);
}

static void changes_section(const struct dashboard *board)
{
        static const char *const one[] = { "gain", "#change", "#before", "#after",
                                           "first run after", "last run before", "#p", NULL };
        static const char *const several[] = { "gain", "machine", "#change", "#before", "#after",
                                               "first run after", "last run before", "#p", NULL };
        const struct trend *trend = board->trend;

        html_section_begin(board->html, "changes", "Changes",
                           trend->changes ? NULL : "No change of level is flagged in any panel.");
        if (trend->changes) {
                html_table_begin(board->html, NULL, trend->machine_count > 1 ? several : one);
                for (size_t m = 0; m < trend->machine_count; m++) {
                        for (size_t i = 0; i < trend->machines[m].series_count; i++) {
                                const struct trend_cell *cell = trend->machines[m].order[i];

                                for (size_t k = 1; k < cell->parts.count; k++)
                                        change_row(board, m, cell, k);
                        }
                }
                html_table_end(board->html);
        }
        html_section_end(board->html);
}

/* How many runs gave no gain, and why, in a sentence. */
static void gaps_text(const struct trend_machine *machine, const struct trend_cell *cell,
                      char *text, size_t text_size)
{
        size_t counts[VERDICT_MIXED + 1] = { 0 };
        size_t absent = machine->run_count - cell->count;
        int used = snprintf(text, text_size, "%zu of %zu runs have this gain", cell->measured,
                            machine->run_count);

        for (size_t i = 0; i < cell->count; i++)
                if (!isfinite(cell->points[i].gain))
                        counts[cell->points[i].verdict]++;
        for (size_t v = 0; v <= VERDICT_MIXED; v++)
                if (counts[v])
                        used += snprintf(text + used, text_size - (size_t)used, "; %zu %s",
                                         counts[v], verdict_name((enum verdict)v));
        if (absent)
                used += snprintf(text + used, text_size - (size_t)used, "; not in %zu", absent);
        snprintf(text + used, text_size - (size_t)used, ".");
}

static struct status panel_figure(struct dashboard *board, size_t number,
                                  const struct trend_cell *cell, size_t panel)
{
        const struct trend_machine *machine = &board->trend->machines[number];
        struct html *html = board->html;
        char label[LABEL_MAX], path[PATH_MAX], gaps[256], prefix[32];

        fprintf(html->out, "<figure id=\"panel-%zu-%zu\">", number + 1, cell->row);
        html_element(html, "h3", NULL, trend_label(machine, cell, label, sizeof(label)));
        if (pictures_path(board->pictures, number, panel, path, sizeof(path))) {
                snprintf(prefix, sizeof(prefix), "p%zu", ++board->plots);
                html_raw(html, "<div><div class=\"panel\">\n");
                TRY(html_svg(html, path, prefix));
                panel_links(html, machine, cell, board->from);
                html_raw(html, "</div></div>\n");
        }
        gaps_text(machine, cell, gaps, sizeof(gaps));
        html_element(html, "figcaption", NULL, gaps);
        html_raw(html, "</figure>\n");
        return status_ok();
}

/* Cells that no run could measure: only their reason can be shown. */
static void never_measured(const struct dashboard *board, const struct trend_machine *machine)
{
        static const char *const columns[] = { "never measured", "#runs", "last reason", NULL };
        struct html *html = board->html;
        bool any = false;

        for (size_t i = 0; i < machine->series_count; i++) {
                const struct trend_cell *cell = machine->order[i];
                const struct trend_point *last;
                char label[LABEL_MAX];

                if (cell->measured)
                        continue;
                if (!any)
                        html_table_begin(html, NULL, columns);
                any = true;
                last = &cell->points[cell->count - 1];
                html_row_begin(html, NULL);
                html_cell(html, NULL, trend_label(machine, cell, label, sizeof(label)));
                html_cellf(html, "n", "%zu", cell->count);
                html_cellf(html, "wrap small", "%s%s%s", verdict_name(last->verdict),
                           last->reason ? ": " : "", last->reason ? last->reason : "");
                html_row_end(html);
        }
        if (any)
                html_table_end(html);
}

static struct status machine_section(struct dashboard *board, size_t number)
{
        const struct trend_machine *machine = &board->trend->machines[number];
        const struct run_about *last = machine->runs[machine->run_count - 1];
        struct html *html = board->html;
        size_t panel = 0;
        char id[32];

        snprintf(id, sizeof(id), "machine-%zu", number + 1);
        html_section_begin(html, id, machine->name, NULL);
        html_open(html, "p", "lead");
        html_textf(html, "%zu runs; evidence: %s%s. ", machine->run_count,
                   last->evidence[0] ? last->evidence : "unknown",
                   machine->emulated ? ", so times say nothing about hardware" : "");
        html_raw(html, "</p>\n");
        for (size_t i = 0; i < machine->series_count; i++)
                if (machine->order[i]->headline)
                        TRY(panel_figure(board, number, machine->order[i], ++panel));
        never_measured(board, machine);
        html_section_end(html);
        return status_ok();
}

static void runs_section(const struct dashboard *board)
{
        static const char *const columns[] = { "started (UTC)", "kernel", "evidence", "machine",
                                               "folder", NULL };
        const struct runs *runs = &board->trend->runs;
        struct html *html = board->html;

        html_section_begin(html, "runs", "Runs", "The newest first; each leads to its report.");
        html_table_begin(html, NULL, columns);
        for (size_t i = runs->count; i-- > 0;) {
                const struct run_about *run = runs->runs[i];
                char date[32], name[256];

                html_row_begin(html, NULL);
                html_raw(html, "<td>");
                run_link(board, run, trend_date(run, true, date, sizeof(date)));
                html_raw(html, "</td>");
                html_cell(html, NULL, run->kernel);
                html_cell(html, NULL, run->evidence);
                html_cell(html, "small", run_machine_name(run, name, sizeof(name)));
                html_cell(html, "small", strrchr(run->dir, '/') + 1);
                html_row_end(html);
        }
        html_table_end(html);
        if (runs->fault_count)
                html_element(html, "h3", NULL, "Left out");
        for (size_t i = 0; i < runs->fault_count; i++)
                html_elementf(html, "p", "small", "%s: %s", runs->faults[i].dir,
                              runs->faults[i].status.what);
        html_section_end(html);
}

static void reading_section(const struct dashboard *board)
{
        const struct trend *trend = board->trend;
        struct html *html = board->html;

        html_section_begin(html, "reading", "How to read it", NULL);
        html_raw(html, "<p>A point is the gain of one run, PTE time divided by PMD time, with its "
                       "95 % interval; runs stand side by side in the order of their start, so "
                       "the axis is no scale of time. Dotted lines: another kernel from here on. "
                       "Crosses at the bottom: runs in which the cell was invalid, skipped or had "
                       "one arm only. A point leads to the run's report. Black lines are the "
                       "levels between changes.</p>\n");
        html_open(html, "p", NULL);
        html_textf(html,
                   "A change is flagged where a permutation test of the difference in level is "
                   "significant at %.2g %% (%.2g %% for the whole page, divided by its %zu panels) "
                   "and the levels differ by at least %.2g %%; at least %d runs must lie on each "
                   "side. A page of gains that never change has a flag in about %.2g %% of cases; "
                   "runs that depend on those before them, as days of a noisy neighbour do, raise "
                   "that. A flag says that and since when, not why: the kernel, the machine's "
                   "neighbours and the plan may all have changed there.",
                   100 * trend->alpha / fmax(1, (double)trend->panels), 100 * trend->alpha,
                   trend->panels, 100 * trend->least, CHANGE_RUNS_MIN, 100 * trend->alpha);
        html_raw(html, "</p>\n");
        html_section_end(html);
}

static void header_section(const struct dashboard *board, const char *warning)
{
        const struct trend *trend = board->trend;
        const struct runs *runs = &trend->runs;
        struct html *html = board->html;
        char first[32], last[32];

        html_element(html, "h1", NULL, "Gain of PMD over PTE, run by run");
        html_elementf(html, "p", "where",
                      "%zu run%s from %s to %s on %zu machine%s; %zu panel%s, %zu change%s flagged%s",
                      runs->count, runs->count == 1 ? "" : "s",
                      trend_date(runs->runs[0], false, first, sizeof(first)),
                      trend_date(runs->runs[runs->count - 1], false, last, sizeof(last)),
                      trend->machine_count, trend->machine_count == 1 ? "" : "s", trend->panels,
                      trend->panels == 1 ? "" : "s", trend->changes,
                      trend->changes == 1 ? "" : "s",
                      runs->fault_count ? "; some runs could not be used (below)" : "");
        if (warning[0]) {
                html_raw(html, "<div class=\"warning\">");
                html_element(html, "p", NULL, warning);
                html_raw(html, "</div>\n");
        }
        html_raw(html, "<nav><a href=\"#changes\">Changes</a> ");
        for (size_t i = 0; i < trend->machine_count; i++) {
                fprintf(html->out, "<a href=\"#machine-%zu\">", i + 1);
                html_text(html, trend->machines[i].name);
                html_raw(html, "</a> ");
        }
        html_raw(html, "<a href=\"#runs\">Runs</a> <a href=\"#reading\">How to read it</a></nav>\n");
}

static struct status sections(struct dashboard *board, const char *warning)
{
        header_section(board, warning);
        changes_section(board);
        for (size_t i = 0; i < board->trend->machine_count; i++)
                TRY(machine_section(board, i));
        runs_section(board);
        reading_section(board);
        return status_ok();
}

static struct status board_write(struct dashboard *board, const struct output *output,
                                 const char *warning)
{
        struct html_file file;
        struct status status;

        TRY(html_file_open(output->dir, output->name, &file));
        board->html = &file.html;
        page_begin(&file.html, "pmdgain: gains run by run");
        html_raw(&file.html, style);
        html_open(&file.html, "main", NULL);
        status = sections(board, warning);
        html_close(&file.html, "main");
        page_end(&file.html);
        board->html = NULL;
        if (!status_failed(&status))
                return html_file_close(&file);
        html_file_abandon(&file);
        return status;
}

struct status trend_page_write(const struct trend *trend, const char *path, const char *plots_dir,
                               char *ret_warning)
{
        struct dashboard board = { .trend = trend };
        struct pictures pictures;
        struct output output;
        struct status status = status_ok();
        char warning[320] = "";

        TRY(output_split(path, &output));
        memcpy(board.from, output.dir, sizeof(board.from));
        TRY(pictures_begin(&pictures));
        board.pictures = &pictures;
        for (size_t i = 0; i < trend->machine_count && status.code != STATUS_SKIP; i++) {
                status = pictures_draw(&pictures, trend, i, plots_dir);
                if (status_failed(&status))
                        snprintf(warning, sizeof(warning), "%.200s%s%.100s", status.what,
                                 status.todo[0] ? "; " : "", status.todo);
        }
        status = board_write(&board, &output, warning);
        pictures_remove(&pictures);
        if (!status_failed(&status))
                memcpy(ret_warning, warning, sizeof(warning));
        return status;
}
