/* SPDX-License-Identifier: Apache-2.0 */
#include "mapping/proof_method.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ROUNDING 1e-9

static double within_unit(double value)
{
        return fmin(fmax(value, 0.0), 1.0);
}

struct proof_reading proof_says(double low, double high)
{
        return (struct proof_reading) {
                .speaks = true,
                .low = within_unit(low),
                .high = within_unit(high),
                .zero_fraction = NAN,
        };
}

struct proof_reading proof_silent(const char *format, ...)
{
        struct proof_reading reading = { 0 };
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(reading.note, sizeof(reading.note), format, arguments);
        va_end(arguments);
        return reading;
}

struct proof_reading proof_partly(double fraction, double present)
{
        struct proof_reading reading =
                proof_silent("only %.4g of the bytes are present", present);

        reading.partly = true;
        reading.low = reading.high = within_unit(fraction);
        return reading;
}

static char *figure_format(const struct proof_reading *reading, char *text, size_t size)
{
        if (reading->high - reading->low <= ROUNDING)
                snprintf(text, size, "%s says %.4g", reading->method, reading->low);
        else
                snprintf(text, size, "%s says %.4g to %.4g", reading->method, reading->low,
                         reading->high);
        return text;
}

static void append(char *text, size_t size, const char *separator, const char *more)
{
        size_t used = strlen(text);

        snprintf(text + used, size - used, "%s%s", used ? separator : "", more);
}

static struct status nothing_said(const struct proof_reading *readings, size_t count)
{
        char notes[240] = "";

        for (size_t i = 0; i < count; i++) {
                char note[160];

                snprintf(note, sizeof(note), "%s: %s", readings[i].method, readings[i].note);
                append(notes, sizeof(notes), "; ", note);
        }
        return status_make(STATUS_INVALID, NULL, "nothing proves the grain (%s)",
                           *notes ? notes : "no method applies");
}

/* Two that speak and have nothing in common; intervals on a line that all meet in pairs meet. */
static struct status disagreement(const struct proof_reading *one, const struct proof_reading *two)
{
        char first[64], second[64];

        return status_make(STATUS_INVALID, "see whether something else changed the mapping",
                           "proofs of the PMD-mapped fraction disagree: %s, %s",
                           figure_format(one, first, sizeof(first)),
                           figure_format(two, second, sizeof(second)));
}

static double nearest(double low, double high, double asked)
{
        if (asked >= low - ROUNDING && asked <= high + ROUNDING)
                return asked;
        if (high >= 1 - ROUNDING)
                return 1;
        return low <= ROUNDING ? 0 : (low + high) / 2;
}

struct status proof_combine(const struct proof_reading *readings, size_t count, double asked,
                            struct proof *proof)
{
        double low = 0, high = 1;
        char methods[sizeof(proof->methods)] = "";

        proof->proven = GRAIN_UNKNOWN;
        proof->pmd_fraction = proof->zero_fraction = NAN;
        proof->methods[0] = '\0';
        for (size_t i = 0; i < count; i++) {
                if (!readings[i].speaks)
                        continue;
                for (size_t k = 0; k < i; k++)
                        if (readings[k].speaks && (readings[i].low > readings[k].high + ROUNDING ||
                                                   readings[k].low > readings[i].high + ROUNDING))
                                return disagreement(&readings[k], &readings[i]);
                low = fmax(low, readings[i].low);
                high = fmin(high, readings[i].high);
                if (!isnan(readings[i].zero_fraction))
                        proof->zero_fraction = readings[i].zero_fraction;
                append(methods, sizeof(methods), "+", readings[i].method);
        }
        if (!*methods)
                return nothing_said(readings, count);
        if (high - low > PROOF_WIDTH_MAX)
                return status_make(STATUS_INVALID, "use a larger --bytes",
                                   "the PMD-mapped fraction is known too vaguely: %.2g to %.2g "
                                   "by %s",
                                   low, high, methods);
        snprintf(proof->methods, sizeof(proof->methods), "%s", methods);
        proof->pmd_fraction = nearest(low, high, asked);
        if (proof->pmd_fraction >= 1)
                proof->proven = GRAIN_PMD;
        else
                proof->proven = proof->pmd_fraction > 0 ? GRAIN_MIXED : GRAIN_PTE;
        return status_ok();
}
