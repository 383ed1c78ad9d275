/* SPDX-License-Identifier: Apache-2.0 */
#include "report/words.h"

#include "stats/looks.h"

#include <math.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <string.h>

/* Puts commas between the thousands of the plain decimal number in `digits`. */
static char *grouped(const char *digits, char *text, size_t text_size)
{
        size_t whole = strspn(digits, "-0123456789");
        size_t used = 0;

        for (size_t i = 0; digits[i] && used + 2 < text_size; i++) {
                bool comma = i > 0 && i < whole && (whole - i) % 3 == 0 && digits[i - 1] != '-';

                if (comma)
                        text[used++] = ',';
                text[used++] = digits[i];
        }
        text[used] = '\0';
        return text;
}

char *words_value(double value, char *text, size_t text_size)
{
        double size = fabs(value);
        char digits[64];

        text[0] = '\0';
        if (!isfinite(value))
                return text;
        snprintf(digits, sizeof(digits), "%.*f",
                 size >= 100 || size < 5e-7 ? 0
                 : size >= 10               ? 1
                 : size >= 1                ? 2
                                            : 3,
                 value);
        if (size >= 5e-7 && size < 0.1)
                snprintf(digits, sizeof(digits), "%.3g", value);
        return grouped(digits, text, text_size);
}

char *words_factor(double factor, char *text, size_t text_size)
{
        if (!(factor > 0.9 && factor < 1.1))
                return words_value(factor, text, text_size);
        snprintf(text, text_size, "%.3f", factor);
        return text;
}

char *words_count(double value, char *text, size_t text_size)
{
        char digits[64];

        text[0] = '\0';
        if (!isfinite(value) || fabs(value) > 1e18)
                return text;
        snprintf(digits, sizeof(digits), "%.0f", value);
        return grouped(digits, text, text_size);
}

char *words_bytes(double bytes, char *text, size_t text_size)
{
        text[0] = '\0';
        if (!isfinite(bytes) || bytes < 0 || bytes > 1e19)
                return text;
        return size_format_human((uint64_t)bytes, text, text_size);
}

char *words_pair(double pte, double pmd, char *(*words)(double, char *, size_t), char *text,
                 size_t text_size)
{
        char left[64], right[64];

        words(pte, left, sizeof(left));
        words(pmd, right, sizeof(right));
        text[0] = '\0';
        if (left[0] || right[0])
                snprintf(text, text_size, "%s / %s", left[0] ? left : "–", right[0] ? right : "–");
        return text;
}

/* Would `bound`, which is not 1, look like 1? */
static bool looks_like_one(double bound, int decimals)
{
        return isfinite(bound) && fabs(bound - 1) < 0.5 * pow(10, -decimals);
}

/* Decimals that show the gain to 1 %, two digits of the interval's width, and an interval that
 * excludes 1 as one that does. */
static int gain_decimals(const struct summary_row *row)
{
        double width = row->gain_hi - row->gain_lo;
        int decimals = row->gain >= 100 ? 0 : row->gain >= 10 ? 1 : 2;
        int fitting = isfinite(width) && width > 0 ? (int)ceil(-log10(width)) : 0;

        if (fitting > decimals)
                decimals = fitting > 3 ? 3 : fitting;
        while (decimals < 4 && row->verdict != VERDICT_UNRESOLVED &&
               (looks_like_one(row->gain_lo, decimals) || looks_like_one(row->gain_hi, decimals)))
                decimals++;
        return decimals;
}

char *words_gain(const struct summary_row *row, char *text, size_t text_size)
{
        text[0] = '\0';
        if (isfinite(row->gain))
                snprintf(text, text_size, "%.*f", gain_decimals(row), row->gain);
        return text;
}

char *words_interval(const struct summary_row *row, char *text, size_t text_size)
{
        int decimals = gain_decimals(row);

        text[0] = '\0';
        if (isfinite(row->gain_lo) && isfinite(row->gain_hi))
                snprintf(text, text_size, "[%.*f, %.*f]", decimals, row->gain_lo, decimals,
                         row->gain_hi);
        return text;
}

char *words_width(const struct summary_row *row, char *text, size_t text_size)
{
        double percent = 100 * gain_width(row->gain, row->gain_lo, row->gain_hi);

        if (isnan(percent))
                snprintf(text, text_size, "too few pairs");
        else
                snprintf(text, text_size, "±%.*f %%", percent < 10, percent);
        return text;
}

/* "5 % slower" for 0.95, "20 times as fast" for 20. */
static char *speed(double gain, char *text, size_t text_size)
{
        double percent = gain >= 1 ? (gain - 1) * 100 : (1 - gain) * 100;

        if (gain >= 2)
                snprintf(text, text_size, "%.*f times as fast", gain < 10, gain);
        else
                snprintf(text, text_size, "%.*f %% %s", percent < 10, percent,
                         gain >= 1 ? "faster" : "slower");
        return text;
}

static char *faster(const char *arm, double gain, char *text, size_t text_size)
{
        if (gain >= 2)
                snprintf(text, text_size, "%s %.*f times as fast", arm, gain < 10, gain);
        else
                snprintf(text, text_size, "%s faster by %.*f %%", arm, (gain - 1) * 100 < 10,
                         (gain - 1) * 100);
        return text;
}

char *words_verdict(const struct summary_row *row, char *text, size_t text_size)
{
        char low[64], high[64];

        switch (row->verdict) {
        case VERDICT_PMD_FASTER:
                return faster("PMD", row->gain, text, text_size);
        case VERDICT_PTE_FASTER:
                return faster("PTE", 1 / row->gain, text, text_size);
        case VERDICT_UNRESOLVED:
                if (isfinite(row->gain_lo) && isfinite(row->gain_hi))
                        snprintf(text, text_size, "not resolved: PMD %s to %s",
                                 speed(row->gain_lo, low, sizeof(low)),
                                 speed(row->gain_hi, high, sizeof(high)));
                else
                        snprintf(text, text_size, "not resolved: %u pair%s %s too few", row->pairs,
                                 row->pairs == 1 ? "" : "s", row->pairs == 1 ? "is" : "are");
                return text;
        case VERDICT_NO_PMD:
                snprintf(text, text_size, "no PMD in either arm, as asked: a control");
                return text;
        case VERDICT_UNPAIRED:
                snprintf(text, text_size, "no pair: %s has no valid trial",
                         row->pte.trials ? "PMD" : "PTE");
                return text;
        case VERDICT_INVALID:
                snprintf(text, text_size, "invalid");
                return text;
        case VERDICT_SKIPPED:
                snprintf(text, text_size, "skipped");
                return text;
        case VERDICT_MIXED:
                snprintf(text, text_size, "mixed: partly by PMD, compared with nothing");
                return text;
        }
        text[0] = '\0';
        return text;
}

const char *words_verdict_short(enum verdict verdict)
{
        static const char *const words[] = {
                [VERDICT_PMD_FASTER] = "PMD faster",   [VERDICT_PTE_FASTER] = "PTE faster",
                [VERDICT_UNRESOLVED] = "not resolved", [VERDICT_NO_PMD] = "no PMD",
                [VERDICT_UNPAIRED] = "no pair",        [VERDICT_INVALID] = "invalid",
                [VERDICT_SKIPPED] = "skipped",         [VERDICT_MIXED] = "mixed",
        };

        return words[verdict];
}

const char *words_unit(const struct summary *summary, const struct summary_row *row)
{
        if (summary->instructions && strcmp(row->unit, "ns/op") == 0)
                return "instructions/op";
        if (summary->instructions && strcmp(row->unit, "ns/MiB") == 0)
                return "instructions/MiB";
        if (summary->instructions && strcmp(row->unit, "GB/s") == 0)
                return "bytes/instruction";
        return row->unit;
}

char *words_proof(const struct summary_row *row, char *text, size_t text_size)
{
        const char *pte = row->pte.proof, *pmd = row->pmd.proof;

        if (strcmp(pte, pmd) == 0 || !pte[0] || !pmd[0])
                snprintf(text, text_size, "%s", pte[0] ? pte : pmd);
        else
                snprintf(text, text_size, "PTE by %s, PMD by %s", pte, pmd);
        return text;
}

char *words_arm(const struct summary_arm *arm, bool pmd, char *text, size_t text_size)
{
        bool plain = pmd && (!arm->name[0] || strcmp(arm->name, "aligned") == 0);

        snprintf(text, text_size, "%s%s%s", pmd ? "pmd" : "pte", plain || !arm->name[0] ? "" : ":",
                 plain ? "" : arm->name);
        return text;
}
