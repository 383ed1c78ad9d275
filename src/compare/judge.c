/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/judge.h"

#include "stats/discovery.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

const char *compare_verdict_name(enum compare_verdict verdict)
{
        static const char *const names[COMPARE_VERDICTS] = {
                [COMPARE_WORSE] = "worse",       [COMPARE_INVALID] = "invalid",
                [COMPARE_BETTER] = "better",     [COMPARE_UNRESOLVED] = "unresolved",
                [COMPARE_SAME] = "same",         [COMPARE_ONLY_BASE] = "only_base",
                [COMPARE_ONLY_NEW] = "only_new", [COMPARE_SKIPPED] = "skipped",
        };

        return names[verdict];
}

/* Of a cell that cannot be compared because a side has no value. */
static enum compare_verdict judge_missing(const struct compare_cell *cell)
{
        if (!cell->new.present)
                return COMPARE_ONLY_BASE;
        if (!cell->base.present)
                return COMPARE_ONLY_NEW;
        if ((!cell->base.values && cell->base.invalid) || (!cell->new.values && cell->new.invalid))
                return COMPARE_INVALID;
        return COMPARE_SKIPPED;
}

/* By how much it got worse, as a logarithm: times grow, gains shrink. */
static double worse_by(const struct compare_cell *cell)
{
        return cell->name.kind == COMPARE_GAIN ? -log(cell->ratio) : log(cell->ratio);
}

static enum compare_verdict judge(const struct compare_cell *cell, double limit)
{
        if (!cell->base.values || !cell->new.values)
                return judge_missing(cell);
        if (isnan(cell->p))
                return COMPARE_UNRESOLVED;
        if (log(cell->lo) >= -limit && log(cell->hi) <= limit)
                return COMPARE_SAME;
        if (cell->q > COMPARE_RATE)
                return COMPARE_UNRESOLVED;
        return worse_by(cell) > 0 ? COMPARE_WORSE : COMPARE_BETTER;
}

static bool is_beyond(const struct compare_cell *cell, double limit)
{
        switch (cell->verdict) {
        case COMPARE_WORSE:
        case COMPARE_BETTER:
                return fabs(worse_by(cell)) > limit;
        case COMPARE_INVALID:
                return cell->base.values > 0;
        default:
                return false;
        }
}

static void set_interval(const struct contrast *contrast, double confidence, double *ret_lo,
                         double *ret_hi)
{
        struct interval interval = contrast_interval(contrast, confidence);

        *ret_lo = exp(interval.lo);
        *ret_hi = exp(interval.hi);
}

/*
 * Intervals of what was picked because it differs hold the truth less often than others. Taken at
 * the share of the rate that was spent on each, they do so again (Benjamini and Yekutieli, "False
 * discovery rate-adjusted multiple confidence intervals", J. Am. Stat. Assoc. 100, 2005).
 */
static void widen_found(struct compare_cell *cells, const struct contrast *contrasts, size_t count)
{
        size_t tested = 0, found = 0;

        for (size_t i = 0; i < count; i++) {
                tested += isnan(cells[i].p) ? 0 : 1;
                found += cells[i].q <= COMPARE_RATE;
        }
        for (size_t i = 0; i < count; i++) {
                cells[i].found_lo = cells[i].found_hi = NAN;
                if (cells[i].q <= COMPARE_RATE)
                        set_interval(&contrasts[i],
                                     1 - COMPARE_RATE * (double)found / (double)tested,
                                     &cells[i].found_lo, &cells[i].found_hi);
        }
}

struct status compare_judge(struct compare_cell *cells, const struct contrast *contrasts,
                            size_t count, double threshold)
{
        double *p = calloc(count + 1, sizeof(*p));
        double limit = log1p(threshold);
        struct status status;

        if (!p)
                return status_errno(ENOMEM, NULL, "cannot judge the cells");
        for (size_t i = 0; i < count; i++) {
                cells[i].ratio = exp(contrasts[i].difference);
                set_interval(&contrasts[i], 1 - COMPARE_RATE, &cells[i].lo, &cells[i].hi);
                p[i] = cells[i].p = contrast_p(&contrasts[i]);
        }
        status = discovery_adjust(p, count);
        for (size_t i = 0; i < count && !status_failed(&status); i++) {
                cells[i].q = p[i];
                cells[i].verdict = judge(&cells[i], limit);
                cells[i].beyond = is_beyond(&cells[i], limit);
        }
        widen_found(cells, contrasts, count);
        free(p);
        return status;
}

void compare_count(struct comparison *comparison)
{
        for (size_t i = 0; i < comparison->cell_count; i++) {
                const struct compare_cell *cell = &comparison->cells[i];

                comparison->counts[cell->verdict]++;
                comparison->tested += isnan(cell->p) ? 0 : 1;
                comparison->changes += cell->beyond;
                comparison->regressions += cell->beyond && cell->verdict != COMPARE_BETTER;
        }
}
