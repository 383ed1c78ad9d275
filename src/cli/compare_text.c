/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/compare_output.h"
#include "cli/compare_words.h"
#include "report/text.h"

#include <errno.h>
#include <stdlib.h>

enum field { FIELD_NAME, FIELD_UNIT, FIELD_BASE, FIELD_NEW, FIELD_RATIO, FIELD_REMARK, FIELDS };

/* A line of the table. */
struct line {
        char texts[FIELDS][COMPARE_WORDS_MAX];
};

static void line_make(const struct comparison *comparison, const struct compare_cell *cell,
                      struct line *line)
{
        compare_label(comparison, cell, line->texts[FIELD_NAME], COMPARE_WORDS_MAX);
        text_line(cell->name.unit, 16, line->texts[FIELD_UNIT], COMPARE_WORDS_MAX);
        compare_value(&cell->base, line->texts[FIELD_BASE], COMPARE_WORDS_MAX);
        compare_value(&cell->new, line->texts[FIELD_NEW], COMPARE_WORDS_MAX);
        compare_ratio(cell, line->texts[FIELD_RATIO], COMPARE_WORDS_MAX);
        compare_remark(comparison, cell, line->texts[FIELD_REMARK], COMPARE_WORDS_MAX);
}

/* `width` characters, filled up on the left or the right. */
static void pad(const char *text, size_t width, bool right, FILE *out)
{
        size_t used = text_width(text);

        for (size_t i = used; right && i < width; i++)
                fputc(' ', out);
        fputs(text, out);
        for (size_t i = used; !right && i < width; i++)
                fputc(' ', out);
}

static void line_print(const struct line *line, const size_t *widths, FILE *out)
{
        size_t last = FIELDS;

        while (last > 1 && !line->texts[last - 1][0])
                last--;
        for (size_t i = 0; i < last; i++) {
                bool right = i == FIELD_BASE || i == FIELD_NEW;

                fputs("  ", out);
                pad(line->texts[i], right || i + 1 < last ? widths[i] : 0, right, out);
        }
        fputc('\n', out);
}

static void print_section(const struct comparison *comparison, enum compare_verdict verdict,
                          const size_t *widths, struct line *line, FILE *out)
{
        if (!comparison->counts[verdict])
                return;
        fprintf(out, "\n%s (%zu)\n", compare_verdict_name(verdict), comparison->counts[verdict]);
        for (size_t i = 0; i < comparison->cell_count; i++) {
                if (comparison->cells[i].verdict != verdict)
                        continue;
                line_make(comparison, &comparison->cells[i], line);
                line_print(line, widths, out);
        }
}

static void find_widths(const struct comparison *comparison, struct line *line, size_t *widths)
{
        for (size_t i = 0; i < comparison->cell_count; i++) {
                line_make(comparison, &comparison->cells[i], line);
                for (size_t k = 0; k < FIELDS; k++) {
                        size_t width = text_width(line->texts[k]);

                        if (width > widths[k])
                                widths[k] = width;
                }
        }
}

static void print_differences(const struct comparison *comparison, FILE *out)
{
        for (size_t i = 0; i < comparison->difference_count; i++) {
                const struct compare_difference *difference = &comparison->differences[i];

                fprintf(out, "%s: %s: %s -> %s\n", difference->unsound ? "not sound" : "differs",
                        difference->what, difference->base, difference->new);
        }
}

struct status compare_write_text(const struct comparison *comparison, FILE *out)
{
        size_t widths[FIELDS] = { 0 };
        char text[COMPARE_WORDS_MAX];
        struct line *line = calloc(1, sizeof(*line));

        if (!line)
                return status_errno(ENOMEM, NULL, "cannot print the comparison");
        print_differences(comparison, out);
        fprintf(out, "base %s\n", text_line(comparison->base, 320, text, sizeof(text)));
        fprintf(out, "new  %s\n", text_line(comparison->new, 320, text, sizeof(text)));
        fprintf(out, "evidence: %s\n", comparison->evidence);
        for (size_t i = 0; compare_note(comparison, i, text, sizeof(text)); i++)
                fprintf(out, "note: %s\n", text);
        find_widths(comparison, line, widths);
        fprintf(out, "Columns: cell, unit, base, new, ratio new/base (of times, or of gains) with "
                     "its 95 %% interval.\n");
        for (size_t i = 0; i < COMPARE_VERDICTS; i++)
                print_section(comparison, (enum compare_verdict)i, widths, line, out);
        fprintf(out, "\n%s\n", compare_totals(comparison, text, sizeof(text)));
        free(line);
        return status_ok();
}
