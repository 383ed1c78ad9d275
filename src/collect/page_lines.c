/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons with one column a kernel: gains, and before all others where PMD loses. */
#include "collect/page.h"

#include "report/page.h"
#include "report/words.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void headings(const struct collect_sheet *sheet, const char *first)
{
        html_table_open(sheet->html, NULL);
        html_table_heading(sheet->html, NULL, first);
        for (size_t i = 0; i < sheet->collection->kernel_count; i++)
                html_table_heading(sheet->html, NULL, sheet->collection->kernels[i].name);
        html_table_body(sheet->html);
}

/* "466 [465, 467]" over "1,077,171 → 2,312 instructions/MiB". Each row has one such cell with its
 * id: losses are shown twice, the second time with a link to it. */
static void row_cell(const struct collect_sheet *sheet, size_t row, bool with_id)
{
        struct html *html = sheet->html;
        const struct policy_row *at;
        char text[WORDS_MAX], pte[WORDS_MAX], pmd[WORDS_MAX];

        if (row == NONE) {
                html_cell(html, "open", "");
                return;
        }
        at = &sheet->collection->rows[row];
        html_raw(html, "<td");
        if (with_id)
                fprintf(html->out, " id=\"r%zu\"", row);
        html_raw(html, ">");
        words_gain(at->row, text, sizeof(text));
        html_element(html, "b", page_verdict_class(at->row->verdict),
                     text[0] ? text : words_verdict_short(at->row->verdict));
        html_textf(html, " %s", words_interval(at->row, text, sizeof(text)));
        words_value(at->row->pte.value, pte, sizeof(pte));
        words_value(at->row->pmd.value, pmd, sizeof(pmd));
        if (pte[0] || pmd[0] || at->row->pairs) {
                html_open(html, "span", "under");
                html_textf(html, "%s → %s %s", pte[0] ? pte : "–", pmd[0] ? pmd : "–",
                           words_unit(at->summary, at->row));
                if (at->row->pairs)
                        html_textf(html, ", %u pair%s", at->row->pairs,
                                   at->row->pairs == 1 ? "" : "s");
                html_close(html, "span");
        }
        html_close(html, "td");
}

static void line_row(const struct collect_sheet *sheet, const struct collected_line *line,
                     bool with_place, bool with_id)
{
        const struct collection *collection = sheet->collection;
        char place[LABEL_MAX], what[LABEL_MAX];

        html_row_begin(sheet->html, NULL);
        collection_place(collection, line->first, place, sizeof(place));
        collection_label(collection, line->first, what, sizeof(what));
        html_cellf(sheet->html, NULL, "%s%s%s", with_place ? place : "", with_place ? " · " : "",
                   what);
        for (size_t k = 0; k < collection->kernel_count; k++)
                row_cell(sheet, line->rows[k], with_id);
        html_row_end(sheet->html);
}

static bool is_evidence(const struct collection *collection, const struct collected_line *line)
{
        return policy_is_evidence(&collection->rows[line->first]);
}

static void lines_table(const struct collect_sheet *sheet, bool evidence)
{
        const struct collection *collection = sheet->collection;
        char place[LABEL_MAX], before[LABEL_MAX] = "";

        headings(sheet, "Comparison");
        for (size_t i = 0; i < collection->line_count; i++) {
                const struct collected_line *line = &collection->lines[i];

                if (is_evidence(collection, line) != evidence)
                        continue;
                collection_place(collection, line->first, place, sizeof(place));
                if (strcmp(place, before) != 0) {
                        fprintf(sheet->html->out, "<tr class=\"group\"><td colspan=\"%zu\">",
                                collection->kernel_count + 1);
                        html_text(sheet->html, place);
                        html_raw(sheet->html, "</td></tr>\n");
                }
                memcpy(before, place, sizeof(before));
                line_row(sheet, line, false, true);
        }
        html_table_end(sheet->html);
}

static size_t count_lines(const struct collection *collection, bool evidence)
{
        size_t count = 0;

        for (size_t i = 0; i < collection->line_count; i++)
                count += is_evidence(collection, &collection->lines[i]) == evidence;
        return count;
}

void sheet_gains(const struct collect_sheet *sheet)
{
        size_t others = count_lines(sheet->collection, false);

        html_section_begin(
                sheet->html, "gains", "Gains",
                "Gain with its 95 % interval, paired inside the blocks of one run, and "
                "under it the medians by PTE and by PMD. Above 1, PMD is faster. Grey is "
                "not resolved, or has no pair.");
        if (count_lines(sheet->collection, true))
                lines_table(sheet, true);
        if (others) {
                html_raw(sheet->html, "<details><summary>");
                html_textf(sheet->html,
                           "%zu comparisons whose times say nothing here: access on a "
                           "clock that counts instructions, or times of an emulated CPU",
                           others);
                html_raw(sheet->html, "</summary>\n");
                lines_table(sheet, false);
                html_raw(sheet->html, "</details>\n");
        }
        html_section_end(sheet->html);
}

static int compare_worst(const void *left, const void *right)
{
        const struct collected_line *a = *(const struct collected_line *const *)left;
        const struct collected_line *b = *(const struct collected_line *const *)right;

        return (a->worst > b->worst) - (a->worst < b->worst);
}

void sheet_losses(const struct collect_sheet *sheet)
{
        const struct collection *collection = sheet->collection;
        const struct collected_line **losses =
                calloc(collection->line_count + 1, sizeof(struct collected_line *));
        size_t count = 0;

        for (size_t i = 0; losses && i < collection->line_count; i++)
                if (isfinite(collection->lines[i].worst) &&
                    is_evidence(collection, &collection->lines[i]))
                        losses[count++] = &collection->lines[i];
        html_element(sheet->html, "h3", NULL, "Where PMD loses");
        if (!losses) {
                html_element(sheet->html, "p", "note", "There was no memory to sort them.");
        } else if (!count) {
                html_element(sheet->html, "p", "note",
                             "No comparison was resolved in favour of PTE.");
        } else {
                qsort(losses, count, sizeof(struct collected_line *), compare_worst);
                headings(sheet, "Comparison, the greatest loss first");
                for (size_t i = 0; i < count; i++)
                        line_row(sheet, losses[i], true, false);
                html_table_end(sheet->html);
        }
        free(losses);
}
