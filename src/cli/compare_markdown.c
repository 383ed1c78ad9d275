/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/compare_output.h"
#include "cli/compare_words.h"
#include "report/text.h"

#include <ctype.h>
#include <string.h>

/* Text that stays text within a table: punctuation is escaped, what could be HTML is an entity. */
static void put(const char *text, FILE *out)
{
        char line[2 * COMPARE_WORDS_MAX];

        text_line(text, sizeof(line), line, sizeof(line));
        for (const char *at = line; *at; at++) {
                if (strchr("&<>|", *at))
                        fprintf(out, "&#%d;", *at);
                else if (strchr("\\`*_{}[]()#!~$@", *at))
                        fprintf(out, "\\%c", *at);
                else
                        fputc(*at, out);
        }
}

static void put_field(const char *text, FILE *out)
{
        put(text, out);
        fputs(" | ", out);
}

static void put_cell(const struct comparison *comparison, const struct compare_cell *cell,
                     FILE *out)
{
        char text[COMPARE_WORDS_MAX];

        fprintf(out, "| %s | ", compare_verdict_name(cell->verdict));
        put_field(compare_label(comparison, cell, text, sizeof(text)), out);
        put_field(cell->name.unit, out);
        put_field(compare_value(&cell->base, text, sizeof(text)), out);
        put_field(compare_value(&cell->new, text, sizeof(text)), out);
        put_field(compare_ratio(cell, text, sizeof(text)), out);
        put(compare_remark(comparison, cell, text, sizeof(text)), out);
        fputs(" |\n", out);
}

static void put_differences(const struct comparison *comparison, FILE *out)
{
        if (!comparison->difference_count)
                return;
        fputs("| differs | base | new | |\n|---|---|---|---|\n", out);
        for (size_t i = 0; i < comparison->difference_count; i++) {
                const struct compare_difference *difference = &comparison->differences[i];

                fputs("| ", out);
                put_field(difference->what, out);
                put_field(difference->base, out);
                put_field(difference->new, out);
                fprintf(out, "%s |\n", difference->unsound ? "**not sound**" : "");
        }
        fputc('\n', out);
}

struct status compare_write_markdown(const struct comparison *comparison, FILE *out)
{
        char text[COMPARE_WORDS_MAX];

        put_differences(comparison, out);
        fputs("**", out);
        put(compare_totals(comparison, text, sizeof(text)), out);
        fputs("**\n\nBase ", out);
        put(comparison->base, out);
        fputs(", new ", out);
        put(comparison->new, out);
        fputs("; evidence: ", out);
        put(comparison->evidence, out);
        fputs(".\n", out);
        for (size_t i = 0; compare_note(comparison, i, text, sizeof(text)); i++) {
                fputs("\nNote: ", out);
                put(text, out);
                fputs(".\n", out);
        }
        fputs("\n| verdict | cell | unit | base | new | new/base (95 %) | |\n"
              "|---|---|---|--:|--:|---|---|\n",
              out);
        for (size_t verdict = 0; verdict < COMPARE_VERDICTS; verdict++)
                for (size_t i = 0; i < comparison->cell_count; i++)
                        if (comparison->cells[i].verdict == (enum compare_verdict)verdict)
                                put_cell(comparison, &comparison->cells[i], out);
        return status_ok();
}
