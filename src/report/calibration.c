/* SPDX-License-Identifier: Apache-2.0 */
#include "report/calibration.h"

#include "report/words.h"

#include <math.h>
#include <pmdgain/units.h>
#include <string.h>

enum field {
        FIELD_ORDER,
        FIELD_STOP,
        FIELD_SECONDS,
        FIELD_COMPARISONS,
        FIELD_RATE,
        FIELD_NOMINAL,
        FIELD_HELD,
        FIELD_WIDTH,
        FIELD_COUNT,
};

/* Not in calibration.csv's order: what is compared stands above the rows. */
static const char *const headings[FIELD_COUNT] = {
        "order", "stops at", "measuring", "compared", NULL, "nominal", "truth held", "half width",
};

static const char *rate_heading(const struct summary_calibration *row)
{
        return row->truth == 1 ? "false alarms" : "found";
}

static void percent(double share, char *text, size_t size)
{
        text[0] = '\0';
        if (!isnan(share))
                snprintf(text, size, "%.1f %%", 100 * share);
}

static void field_text(const struct summary_calibration *row, enum field field, char *text,
                       size_t size)
{
        text[0] = '\0';
        switch (field) {
        case FIELD_ORDER:
                snprintf(text, size, "%s", row->order);
                break;
        case FIELD_STOP:
                snprintf(text, size, strcmp(row->stop, "pairs") == 0 ? "%.0f pairs" : "±2 %% (%.0f)",
                         row->pairs);
                break;
        case FIELD_SECONDS:
                if (!isnan(row->seconds))
                        snprintf(text, size, "%.1f s", row->seconds);
                break;
        case FIELD_COMPARISONS:
                snprintf(text, size, "%zu", row->comparisons);
                break;
        case FIELD_RATE:
                snprintf(text, size, "%.1f %% [%.1f, %.1f]", 100 * row->rate, 100 * row->rate_lo,
                         100 * row->rate_hi);
                break;
        case FIELD_NOMINAL:
                percent(row->nominal, text, size);
                break;
        case FIELD_HELD:
                percent((double)row->held / (double)row->comparisons, text, size);
                break;
        case FIELD_WIDTH:
                if (!isnan(row->width))
                        snprintf(text, size, "±%.1f %%", 100 * row->width);
                break;
        case FIELD_COUNT:
                break;
        }
}

/* "twin 32m pmd:aligned on shmem, a true gain of 1.03" */
static void what_text(const struct summary_calibration *row, char *text, size_t size)
{
        char bytes[UNITS_TEXT_MAX];

        snprintf(text, size, "%s %s x%u on %s: %s", row->arm,
                 size_format(row->bytes, bytes, sizeof(bytes)), row->threads, row->source,
                 row->truth == 1 ? "equals" : "a true gain of ");
        if (row->truth != 1) {
                size_t used = strlen(text);

                snprintf(text + used, size - used, "%.4g", row->truth);
        }
}

/* Does a new table begin at this row? */
static bool is_first(const struct summary *summary, size_t at)
{
        const struct summary_calibration *row = &summary->calibrations[at], *before = row - 1;

        return !at || before->truth != row->truth || before->bytes != row->bytes ||
               before->threads != row->threads || strcmp(before->source, row->source) != 0 ||
               strcmp(before->arm, row->arm) != 0 || strcmp(before->target, row->target) != 0;
}

/* Of twins without a calibration. */
static const char too_short[] =
        "Too few blocks for a calibration, which counts comparisons of 10 pairs and more: raise "
        "--budget.";

void calibration_print(const struct summary *summary, bool wanted, FILE *out)
{
        static const int widths[FIELD_COUNT] = { -7, -12, 9, 8, -21, 8, 10, 10 };
        char text[256];

        if (wanted && !summary->calibration_count)
                fprintf(out, "%s\n", too_short);
        for (size_t i = 0; i < summary->calibration_count; i++) {
                const struct summary_calibration *row = &summary->calibrations[i];

                if (is_first(summary, i)) {
                        what_text(row, text, sizeof(text));
                        fprintf(out, "Calibration, %s\n ", text);
                        for (size_t f = 0; f < FIELD_COUNT; f++)
                                fprintf(out, " %*s", widths[f],
                                        headings[f] ? headings[f] : rate_heading(row));
                        fputs("\n ", out);
                } else {
                        fputs(" ", out);
                }
                for (size_t f = 0; f < FIELD_COUNT; f++) {
                        field_text(row, (enum field)f, text, sizeof(text));
                        /* "±" is one column of two bytes. */
                        fprintf(out, " %*s",
                                widths[f] + (text[0] == '\xc2' ? (widths[f] < 0 ? -1 : 1) : 0),
                                text);
                }
                fputs("\n", out);
        }
}

void page_calibration(const struct page *page)
{
        static const char *const columns[] = {
                "Order",     "Stops at",    "#Measuring", "#Compared", "#Exclude 1 [95 %]",
                "#Nominal",  "#Truth held", "#Half width", NULL,
        };
        const struct summary *summary = page->view->summary;
        char text[256];

        if (!view_has_twins(page->view))
                return;
        html_section_begin(page->html, "calibration", "Calibration",
                           "How often comparisons of equal arms found a difference that is not "
                           "there (false alarms), and comparisons with a known delay found it "
                           "(power), on this machine while the run lasted. Comparisons share no "
                           "block. Naive: all trials of one arm, then all of the other.");
        for (size_t i = 0; i < summary->calibration_count; i++) {
                const struct summary_calibration *row = &summary->calibrations[i];

                if (is_first(summary, i)) {
                        if (i)
                                html_table_end(page->html);
                        what_text(row, text, sizeof(text));
                        html_element(page->html, "h3", NULL, text);
                        html_table_begin(page->html, NULL, columns);
                }
                html_row_begin(page->html, NULL);
                for (size_t f = 0; f < FIELD_COUNT; f++) {
                        field_text(row, (enum field)f, text, sizeof(text));
                        html_cell(page->html, f > FIELD_STOP ? "n" : NULL, text);
                }
                html_row_end(page->html);
        }
        if (summary->calibration_count)
                html_table_end(page->html);
        else
                html_element(page->html, "p", "note", too_short);
        html_section_end(page->html);
}
