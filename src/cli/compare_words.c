/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/compare_words.h"

#include "report/text.h"
#include "report/words.h"

#include <math.h>
#include <pmdgain/units.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Appends to `text`. */
__attribute__((format(printf, 3, 4))) static void add(char *text, size_t text_size,
                                                      const char *format, ...)
{
        size_t used = strlen(text);
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(text + used, text_size - used, format, arguments);
        va_end(arguments);
}

static void add_word(char *text, size_t text_size, const char *name, const char *word)
{
        if (*word)
                add(text, text_size, "%s%s%s", *text ? " " : "", name, word);
}

/* Do cells differ in where their bytes are? */
static bool sources_differ(const struct comparison *comparison)
{
        const struct compare_name *first = &comparison->cells[0].name;

        for (size_t i = 1; i < comparison->cell_count; i++) {
                const struct compare_name *name = &comparison->cells[i].name;

                if (strcmp(name->source, first->source) || strcmp(name->target, first->target) ||
                    strcmp(name->fs, first->fs) || strcmp(name->memmap, first->memmap) ||
                    strcmp(name->dax, first->dax))
                        return true;
        }
        return false;
}

char *compare_label(const struct comparison *comparison, const struct compare_cell *cell,
                    char *text, size_t text_size)
{
        const struct compare_name *name = &cell->name;
        char size[UNITS_TEXT_MAX], label[COMPARE_WORDS_MAX] = "";

        add_word(label, sizeof(label), "", name->workload);
        add_word(label, sizeof(label), "", name->op);
        add_word(label, sizeof(label), "", name->options);
        add_word(label, sizeof(label), "", size_format(name->bytes, size, sizeof(size)));
        if (name->threads != 1)
                add(label, sizeof(label), " %u threads", name->threads);
        add_word(label, sizeof(label), name->kind == COMPARE_GAIN ? "gain over " : "", name->arm);
        if (strcmp(name->map, "shared") != 0)
                add_word(label, sizeof(label), "map=", name->map);
        if (strcmp(name->state, "written") != 0)
                add_word(label, sizeof(label), "file_state=", name->state);
        if (sources_differ(comparison)) {
                add_word(label, sizeof(label), "", name->source);
                add_word(label, sizeof(label), "", name->target);
                add_word(label, sizeof(label), "", name->fs);
                add_word(label, sizeof(label), "memmap=", name->memmap);
                add_word(label, sizeof(label), "dax=", name->dax);
        }
        return text_line(label, text_size, text, text_size);
}

/* Three decimals or more: until the interval's width has two digits. */
static int decimals_of(const struct compare_cell *cell)
{
        double width = cell->hi - cell->lo;
        int decimals = cell->ratio >= 10 ? 1 : 3;

        if (isfinite(width) && width > 0 && (int)ceil(1 - log10(width)) > decimals)
                decimals = (int)ceil(1 - log10(width));
        return decimals > 5 ? 5 : decimals;
}

char *compare_ratio(const struct compare_cell *cell, char *text, size_t text_size)
{
        int decimals = decimals_of(cell);

        text[0] = '\0';
        if (!isfinite(cell->ratio))
                return text;
        add(text, text_size, "%.*f", decimals, cell->ratio);
        if (!isfinite(cell->lo) || !isfinite(cell->hi))
                return text;
        add(text, text_size, " [%.*f, ", decimals, cell->lo);
        add(text, text_size, cell->hi < 1e6 ? "%.*f]" : "%.*g]", cell->hi < 1e6 ? decimals : 3,
            cell->hi);
        return text;
}

char *compare_value(const struct compare_side *side, char *text, size_t text_size)
{
        words_value(side->value, text, text_size);
        if (!*text)
                snprintf(text, text_size, "-");
        return text;
}

static void add_reason(char *text, size_t text_size, const char *which,
                       const struct compare_side *side)
{
        char line[480];

        if (!side->present || side->values)
                return;
        text_line(side->reason, 200, line, sizeof(line));
        add(text, text_size, "%s%s: %s", *text ? "; " : "", which,
            *line ? line : "no block has a valid trial");
}

char *compare_remark(const struct comparison *comparison, const struct compare_cell *cell,
                     char *text, size_t text_size)
{
        text[0] = '\0';
        if (cell->verdict == COMPARE_WORSE || cell->verdict == COMPARE_BETTER)
                snprintf(text, text_size, "%s %g %%", cell->beyond ? "beyond" : "within",
                         100 * comparison->threshold);
        else if (cell->verdict == COMPARE_UNRESOLVED && isnan(cell->p))
                snprintf(text, text_size, "too few %s: %zu and %zu",
                         comparison->pooled ? "runs" : "blocks", cell->base.values,
                         cell->new.values);
        add_reason(text, text_size, "base", &cell->base);
        add_reason(text, text_size, "new", &cell->new);
        return text;
}

static void note_runs(const struct comparison *comparison, char *text, size_t text_size)
{
        if (!comparison->pooled)
                snprintf(text, text_size,
                         "one run a side: another boot may differ by more than the interval");
        else if (comparison->base_runs == 1 || comparison->new_runs == 1)
                snprintf(text, text_size,
                         "one run on a side: it is taken to scatter from boot to boot as those of "
                         "the other side do");
}

static void note_clock(const struct comparison *comparison, char *text, size_t text_size)
{
        if (strcmp(comparison->clock, "instructions") == 0)
                snprintf(text, text_size,
                         "ns are instructions: what kernels and programs do, not how fast");
        else if (strcmp(comparison->evidence, "emulated") == 0)
                snprintf(text, text_size, "evidence is emulated: times say nothing of hardware");
}

static void note_unsound(const struct comparison *comparison, char *text, size_t text_size)
{
        if (comparison->difference_count && comparison->differences[0].unsound)
                snprintf(text, text_size,
                         "the machines differ in what times depend on: verdicts tell of the "
                         "machines, not of the software");
}

static void note_cut(const struct comparison *comparison, char *text, size_t text_size)
{
        if (comparison->cut_runs)
                snprintf(text, text_size,
                         "a last row was cut off, and is left out, in %zu of the "
                         "runs",
                         comparison->cut_runs);
}

bool compare_note(const struct comparison *comparison, size_t index, char *text, size_t text_size)
{
        static void (*const notes[])(const struct comparison *, char *, size_t) = {
                note_unsound,
                note_runs,
                note_clock,
                note_cut,
        };

        text[0] = '\0';
        for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
                notes[i](comparison, text, text_size);
                if (*text && index-- == 0)
                        return true;
                text[0] = '\0';
        }
        return false;
}

char *compare_totals(const struct comparison *comparison, char *text, size_t text_size)
{
        size_t better = comparison->changes - comparison->regressions;
        double percent = 100 * comparison->threshold;

        text[0] = '\0';
        for (size_t i = 0; i < COMPARE_VERDICTS; i++)
                if (comparison->counts[i])
                        add(text, text_size, "%s%zu %s", *text ? ", " : "", comparison->counts[i],
                            compare_verdict_name((enum compare_verdict)i));
        if (!*text)
                add(text, text_size, "no cells");
        add(text, text_size, "; beyond %g %%: %zu worse or invalid, %zu better", percent,
            comparison->regressions, better);
        return text;
}
