/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gain table for a terminal. A line a comparison under a line a workload; widths fit the data,
 * and a name that does not fit stands on a line of its own, so that nothing is cut but reasons.
 */
#include "report/calibration.h"
#include "report/report.h"
#include "report/text.h"
#include "report/view.h"
#include "report/words.h"

#include <math.h>
#include <pmdgain/units.h>
#include <string.h>

#define REASONS_MAX 3
#define WIDE_MAX 5

enum field {
        FIELD_SIZE,
        FIELD_THREADS,
        FIELD_PTE,
        FIELD_PMD,
        FIELD_GAIN,
        FIELD_PAIRS,
        FIELD_COUNT
};

static const char *const headings[FIELD_COUNT] = {
        "size", "thr", "PTE", "PMD", "gain [95 %]", "pairs",
};

struct table {
        const struct view *view;
        FILE *out;
        unsigned columns;
        unsigned name_width;
        unsigned widths[FIELD_COUNT]; /* 0: the column is left out */
        bool words;                   /* verdicts in words fit */
};

static bool is_listed(const struct view *view, const struct summary_row *row)
{
        return (isfinite(row->gain) || isfinite(row->pte.value) || isfinite(row->pmd.value)) &&
               !view_is_sweep(view, row) && !view_is_twin(row);
}

static char *name_text(const struct view *view, const struct summary_row *row, char *text,
                       size_t text_size)
{
        char label[LABEL_MAX];

        view_label(view, row, LABEL_OP | LABEL_OPTIONS | LABEL_LEVER | LABEL_SOURCE, " ", label,
                   sizeof(label));
        return text_line(label, text_size, text, text_size);
}

static char *field_text(const struct summary_row *row, enum field field, char *text,
                        size_t text_size)
{
        char gain[WORDS_MAX], interval[WORDS_MAX];

        text[0] = '\0';
        switch (field) {
        case FIELD_SIZE:
                size_format(row->bytes, text, text_size);
                return strlen(text) < 6 ? text : size_format_human(row->bytes, text, text_size);
        case FIELD_THREADS:
                snprintf(text, text_size, "%u", row->threads);
                return text;
        case FIELD_PTE:
                return words_value(row->pte.value, text, text_size);
        case FIELD_PMD:
                return words_value(row->pmd.value, text, text_size);
        case FIELD_GAIN:
                words_gain(row, gain, sizeof(gain));
                words_interval(row, interval, sizeof(interval));
                snprintf(text, text_size, "%.60s%s%.60s", gain, interval[0] ? " " : "", interval);
                return text;
        case FIELD_PAIRS:
                snprintf(text, text_size, "%u", row->pairs);
                return text;
        case FIELD_COUNT:
                break;
        }
        return text;
}

/* The word where there is no room for a sentence. */
static const char *verdict_mark(enum verdict verdict)
{
        switch (verdict) {
        case VERDICT_PMD_FASTER:
                return "PMD";
        case VERDICT_PTE_FASTER:
                return "PTE";
        case VERDICT_UNRESOLVED:
                return "?";
        default:
                return "-";
        }
}

static void wider(unsigned *width, const char *text)
{
        unsigned needed = (unsigned)text_width(text);

        if (needed > *width)
                *width = needed;
}

/* All lines but the name: two blanks before each field, and the verdict. */
static unsigned fields_width(const struct table *table, unsigned verdict_width)
{
        unsigned width = 2 + verdict_width;

        for (unsigned f = 0; f < FIELD_COUNT; f++)
                width += table->widths[f] ? table->widths[f] + 1 + (f == FIELD_GAIN) : 0;
        return width;
}

static void table_fit(struct table *table)
{
        unsigned name_most = 4, verdict_most = 7, left;
        char text[LABEL_MAX + WORDS_MAX];

        for (unsigned f = 0; f < FIELD_COUNT; f++)
                table->widths[f] = (unsigned)strlen(headings[f]);
        for (size_t i = 0; i < table->view->count; i++) {
                const struct summary_row *row = table->view->rows[i];

                if (!is_listed(table->view, row))
                        continue;
                wider(&name_most, name_text(table->view, row, text, sizeof(text)));
                wider(&verdict_most, words_verdict(row, text, sizeof(text)));
                for (unsigned f = 0; f < FIELD_COUNT; f++)
                        wider(&table->widths[f], field_text(row, f, text, sizeof(text)));
        }
        if (!table->view->threads)
                table->widths[FIELD_THREADS] = 0;
        table->words = 2 + name_most + fields_width(table, verdict_most) <= table->columns;
        left = fields_width(table, table->words ? verdict_most : 6) + 2;
        table->name_width = table->columns > left + 8 ? table->columns - left : 8;
        if (table->name_width > name_most)
                table->name_width = name_most;
}

static void row_print(const struct table *table, const struct summary_row *row)
{
        char text[LABEL_MAX + WORDS_MAX];
        unsigned width;

        name_text(table->view, row, text, sizeof(text));
        width = (unsigned)text_width(text);
        fprintf(table->out, "  %s", text);
        if (width > table->name_width) {
                fprintf(table->out, "\n  ");
                width = 0;
        }
        fprintf(table->out, "%*s", (int)(table->name_width - width), "");
        for (unsigned f = 0; f < FIELD_COUNT; f++) {
                if (!table->widths[f])
                        continue;
                field_text(row, f, text, sizeof(text));
                if (f == FIELD_GAIN)
                        fprintf(table->out, "  %-*s", (int)table->widths[f], text[0] ? text : "-");
                else
                        fprintf(table->out, " %*s", (int)table->widths[f], text[0] ? text : "-");
        }
        fprintf(table->out, "  %s\n",
                table->words ? words_verdict(row, text, sizeof(text)) : verdict_mark(row->verdict));
}

static void heading_print(const struct table *table)
{
        fprintf(table->out, "  %*s", (int)table->name_width, "");
        for (unsigned f = 0; f < FIELD_COUNT; f++) {
                if (f == FIELD_GAIN)
                        fprintf(table->out, "  %-*s", (int)table->widths[f], headings[f]);
                else if (table->widths[f])
                        fprintf(table->out, " %*s", (int)table->widths[f], headings[f]);
        }
        fprintf(table->out, "  %s\n", table->words ? "verdict" : "faster");
}

static void rows_print(const struct table *table)
{
        const struct summary_row *before = NULL;
        char text[64];

        for (size_t i = 0; i < table->view->count; i++) {
                const struct summary_row *row = table->view->rows[i];

                if (!is_listed(table->view, row))
                        continue;
                if (!before)
                        heading_print(table);
                if (!before || strcmp(before->workload, row->workload) != 0 ||
                    strcmp(before->unit, row->unit) != 0)
                        fprintf(table->out, "%s, %s\n",
                                text_line(row->workload, 40, text, sizeof(text)),
                                words_unit(table->view->summary, row));
                row_print(table, row);
                before = row;
        }
        if (!before && !view_has_twins(table->view))
                fprintf(table->out, "Nothing was measured.\n");
}

static void levels_print(const struct table *table)
{
        const struct summary *summary = table->view->summary;

        for (size_t i = 0; i < summary->level_count; i++) {
                const struct summary_level *level = &summary->levels[i];
                char entries[WORDS_MAX], lo[WORDS_MAX], hi[WORDS_MAX], miss[WORDS_MAX];

                if (!isfinite(level->entries))
                        continue;
                words_value(level->miss_ns, miss, sizeof(miss));
                fprintf(table->out, "TLB level %u holds %s base pages", level->level,
                        words_count(level->entries, entries, sizeof(entries)));
                if (isfinite(level->entries_lo) && isfinite(level->entries_hi))
                        fprintf(table->out, " [%s, %s]",
                                words_count(level->entries_lo, lo, sizeof(lo)),
                                words_count(level->entries_hi, hi, sizeof(hi)));
                if (miss[0])
                        fprintf(table->out, "; a miss costs +%s ns", miss);
                if (isfinite(level->cpuid_entries))
                        fprintf(table->out, "\n  (CPUID says %s)",
                                words_count(level->cpuid_entries, entries, sizeof(entries)));
                fputc('\n', table->out);
        }
}

/* "  2 x skipped: this CPU has no clwb", cut to the line: report.html has all of it. */
static void reason_print(const struct table *table, size_t count, const char *reason)
{
        char line[1024];
        int used = fprintf(table->out, "  %zu x ", count);
        size_t limit =
                table->columns > (unsigned)used + 8 ? table->columns - (unsigned)used - 1 : 8;

        fprintf(table->out, "%s\n",
                text_line(reason[0] ? reason : "no reason given", limit, line, sizeof(line)));
}

static bool is_left_out(const struct summary_arm *arm)
{
        return arm->invalid || arm->skipped;
}

/* Arms in row order: two for each row. */
static const struct summary_arm *arm_at(const struct view *view, size_t at)
{
        return at % 2 ? &view->rows[at / 2]->pmd : &view->rows[at / 2]->pte;
}

/* Which gains are not known as well as was asked for, as many as fit into a few lines. */
static void wide_print(const struct table *table)
{
        const struct view *view = table->view;
        double precision = view->summary->precision;
        size_t gains, wide = view_wide(view, &gains), named = 0;
        char text[LABEL_MAX], line[1024];

        if (!wide)
                return;
        fprintf(table->out, "Not known to within %g %%: %zu of %zu gains\n", 100 * precision, wide,
                gains);
        for (size_t i = 0; i < view->count && named < WIDE_MAX; i++) {
                if (!view_is_wide(view, view->rows[i]))
                        continue;
                view_label(view, view->rows[i], LABEL_ALL, " ", text, sizeof(text));
                fprintf(table->out, "  %s: %s\n",
                        words_width(view->rows[i], line, sizeof(line)), text);
                named++;
        }
        if (named < wide)
                fprintf(table->out, "  and %zu more: see report.html\n", wide - named);
}

static void outliers_print(const struct table *table)
{
        const struct view *view = table->view;
        size_t outliers = 0, pairs = 0;

        for (size_t i = 0; i < view->count; i++) {
                outliers += view->rows[i]->outliers;
                pairs += view->rows[i]->pairs;
        }
        if (outliers)
                fprintf(table->out, "Outliers: %zu of %zu pairs lie far from the others; they are "
                                    "kept\n",
                        outliers, pairs);
}

static void left_out_print(const struct table *table)
{
        const struct summary *summary = table->view->summary;
        size_t arms = 2 * table->view->count, printed = 0, others = 0;

        if (!summary->samples_skipped && !summary->samples_invalid)
                return;
        fprintf(table->out, "Left out: %zu skipped and %zu invalid of %zu samples\n",
                summary->samples_skipped, summary->samples_invalid, summary->samples_read);
        for (size_t i = 0; i < arms; i++) {
                const struct summary_arm *arm = arm_at(table->view, i);
                size_t first = 0, count = 0;

                if (!is_left_out(arm))
                        continue;
                while (!is_left_out(arm_at(table->view, first)) ||
                       strcmp(arm_at(table->view, first)->reason, arm->reason) != 0)
                        first++;
                if (first != i)
                        continue;
                for (size_t k = i; k < arms; k++)
                        count += is_left_out(arm_at(table->view, k)) &&
                                 strcmp(arm_at(table->view, k)->reason, arm->reason) == 0;
                if (printed++ < REASONS_MAX)
                        reason_print(table, count, arm->reason);
                else
                        others++;
        }
        if (others)
                fprintf(table->out, "  and %zu other reason%s: see report.html\n", others,
                        others == 1 ? "" : "s");
}

/* What holds for the whole table. */
static void caption_print(const struct table *table)
{
        const struct view *view = table->view;
        char text[128];

        if (!view->count)
                return;
        if (!view_is_twin(view->rows[0]))
                fprintf(table->out, "Gain is PTE time / PMD time: above 1, PMD is faster.\n");
        if (view->lever[0])
                fprintf(table->out, "PTE arm: pte:%s%s. ", view->lever,
                        view->levers ? " unless named" : "");
        if (!view->sources)
                fprintf(table->out, "Source: %s. ",
                        text_line(view->rows[0]->source, 32, text, sizeof(text)));
        if (view->summary->evidence[0])
                fprintf(table->out, "Evidence: %s%s.", view->summary->evidence,
                        view->summary->instructions ? ", instructions in place of ns"
                        : strcmp(view->summary->evidence, "emulated") == 0
                                ? ", times say nothing of hardware"
                                : "");
        fputs("\n\n", table->out);
}

void report_print_table(const struct summary *summary, FILE *out, unsigned columns)
{
        struct table table = { .out = out, .columns = columns ? columns : 80 };
        struct view view;
        struct status status = view_make(summary, &view);

        if (status_failed(&status)) {
                fprintf(out, "no table: %s\n", status.what);
                return;
        }
        table.view = &view;
        calibration_print(summary, view_has_twins(&view), out);
        caption_print(&table);
        table_fit(&table);
        rows_print(&table);
        levels_print(&table);
        wide_print(&table);
        outliers_print(&table);
        left_out_print(&table);
        view_free(&view);
}
