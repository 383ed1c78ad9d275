/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures, every comparison, and what could not be compared. */
#include "report/page.h"
#include "report/words.h"

#include <math.h>
#include <string.h>

static void figure(const struct page *page, size_t at)
{
        const struct plot_kind *kind = &plot_kinds[at];
        const struct plot_result *result = &page->plots[at];
        struct status status;
        char path[4096];

        snprintf(path, sizeof(path), "%s/plots/%s.svg", page->dir, kind->name);
        html_raw(page->html, "<figure><div>");
        status = html_svg(page->html, path, kind->name);
        html_raw(page->html, "</div>\n<figcaption>");
        html_text(page->html, status_failed(&status) ? status.what : kind->caption);
        if (result->shown < result->total)
                html_textf(page->html, " %zu of %zu are shown; the table below has all.",
                           result->shown, result->total);
        html_raw(page->html, "</figcaption></figure>\n");
}

void page_plots(const struct page *page)
{
        bool any = false;

        for (size_t i = 0; i < PLOT_COUNT; i++)
                any |= page->plots[i].drawn;
        if (!any)
                return;
        html_section_begin(page->html, "plots", "Plots", NULL);
        for (size_t i = 0; i < PLOT_COUNT; i++)
                if (page->plots[i].drawn)
                        figure(page, i);
        html_section_end(page->html);
}

static void pairs_cell(struct html *html, const struct summary_row *row)
{
        if (row->outliers)
                html_cellf(html, "n", "%u, %u far off", row->pairs, row->outliers);
        else
                html_cellf(html, "n", "%u", row->pairs);
}

static void gains_row(const struct page *page, const struct summary_row *row)
{
        const char *class = page_verdict_class(row->verdict);
        struct html *html = page->html;
        char text[2 * WORDS_MAX];

        html_row_begin_id(html, 'r', (size_t)(row - page->view->summary->rows));
        html_cell(html, NULL,
                  view_label(page->view, row,
                             LABEL_OP | LABEL_OPTIONS | LABEL_THREADS | LABEL_LEVER | LABEL_SOURCE,
                             " · ", text, sizeof(text)));
        html_cell(html, "n", view_label(page->view, row, LABEL_BYTES, "", text, sizeof(text)));
        html_cell(html, "n", words_value(row->pte.value, text, sizeof(text)));
        html_cell(html, "n", words_value(row->pmd.value, text, sizeof(text)));
        html_cell(html, NULL, words_unit(page->view->summary, row));
        html_cell(html, "n gain", words_gain(row, text, sizeof(text)));
        html_cell(html, "n", words_interval(row, text, sizeof(text)));
        html_cell(html, view_is_wide(page->view, row) ? "n wide" : "n",
                  isfinite(row->gain) ? words_width(row, text, sizeof(text)) : "");
        pairs_cell(html, row);
        html_cell(html, class, words_verdict_short(row->verdict));
        html_cell(html, "n",
                  words_pair(row->pte.minflt, row->pmd.minflt, words_count, text, sizeof(text)));
        html_cell(html, "n",
                  words_pair(row->pte.page_table_bytes, row->pmd.page_table_bytes, words_bytes,
                             text, sizeof(text)));
        html_cell(html, "small", words_proof(row, text, sizeof(text)));
        html_row_end(html);
}

static void wide_note(const struct page *page)
{
        const struct view *view = page->view;
        size_t gains, wide = view_wide(view, &gains);

        if (view->summary->precision > 0 && gains)
                html_elementf(page->html, "p", "note",
                              "%zu of %zu gains are not known to within %g %%, which the run was to "
                              "reach while its time lasted; their ± is marked.",
                              wide, gains, 100 * view->summary->precision);
}

void page_gains(const struct page *page)
{
        static const char *const columns[] = {
                "Operation",
                "#Size",
                "#PTE",
                "#PMD",
                "Unit",
                "#Gain",
                "#95 % interval",
                "#±",
                "#Pairs",
                "Verdict",
                "#Faults PTE / PMD",
                "#Page tables PTE / PMD",
                "Proof",
                NULL,
        };
        const struct view *view = page->view;
        const char *workload = "";

        html_section_begin(page->html, "gains", "Every comparison",
                           "Values are medians over trials, each on a fresh mapping. Faults and "
                           "page-table bytes are those of making the mapping present.");
        if (view->levers && view->lever[0])
                html_elementf(page->html, "p", "note", "The PTE arm is pte:%s unless named.",
                              view->lever);
        wide_note(page);
        html_table_begin(page->html, NULL, columns);
        for (size_t i = 0; i < view->count; i++) {
                if (strcmp(workload, view->rows[i]->workload) != 0) {
                        workload = view->rows[i]->workload;
                        html_raw(page->html, "<tr class=\"group\"><td colspan=\"13\">");
                        html_text(page->html, workload);
                        html_raw(page->html, "</td></tr>\n");
                }
                gains_row(page, view->rows[i]);
        }
        html_table_end(page->html);
        html_section_end(page->html);
}

static void left_out_row(const struct page *page, const struct summary_row *row,
                         const struct summary_arm *arm, bool pmd)
{
        char text[LABEL_MAX];

        html_row_begin(page->html, NULL);
        html_cell(page->html, NULL,
                  view_label(page->view, row, LABEL_ALL & ~(unsigned)LABEL_LEVER, " · ", text,
                             sizeof(text)));
        html_cell(page->html, NULL, words_arm(arm, pmd, text, sizeof(text)));
        html_cellf(page->html, "n", "%u", arm->trials);
        html_cellf(page->html, "n", "%u", arm->invalid);
        html_cellf(page->html, "n", "%u", arm->skipped);
        html_cell(page->html, "wrap", arm->reason);
        html_row_end(page->html);
}

/* The PMD arm stands in a row for each PTE lever, which are neighbours: once is enough. */
static bool seen_before(const struct view *view, size_t at)
{
        return at && view_alike(view, view->rows[at - 1], view->rows[at],
                                LABEL_ALL & ~(unsigned)LABEL_LEVER);
}

static void left_out_rows(const struct page *page)
{
        const struct view *view = page->view;

        for (size_t i = 0; i < view->count; i++) {
                const struct summary_row *row = view->rows[i];

                if (row->pte.invalid || row->pte.skipped)
                        left_out_row(page, row, &row->pte, false);
                if ((row->pmd.invalid || row->pmd.skipped) && !seen_before(view, i))
                        left_out_row(page, row, &row->pmd, true);
        }
}

void page_left_out(const struct page *page)
{
        static const char *const columns[] = { "Cell",     "Arm",          "#Valid", "#Invalid",
                                               "#Skipped", "First reason", NULL };
        const struct summary *summary = page->view->summary;

        html_section_begin(page->html, "left-out", "Invalid and skipped", NULL);
        html_elementf(page->html, "p", "lead",
                      "Of %zu samples %zu are valid, %zu invalid and %zu skipped. An invalid or "
                      "skipped trial is in no value and no gain.",
                      summary->samples_read, summary->samples_ok, summary->samples_invalid,
                      summary->samples_skipped);
        if (summary->cut_line)
                html_elementf(page->html, "p", "note",
                              "Line %llu of samples.csv was cut off and is left out.",
                              (unsigned long long)summary->cut_line);
        if (summary->samples_ok < summary->samples_read) {
                html_table_begin(page->html, NULL, columns);
                left_out_rows(page);
                html_table_end(page->html);
        }
        html_section_end(page->html);
}
