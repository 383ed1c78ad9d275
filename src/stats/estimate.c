/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/estimate.h"

#include "stats/bootstrap.h"
#include "stats/quantile.h"
#include "stats/student.h"
#include "stats/trimmed.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static struct status add_interval(const double *sorted, size_t count, uint64_t seed,
                                  struct estimate *estimate)
{
        struct random random = random_seeded(seed);
        double *results = malloc(BOOTSTRAP_RESAMPLES * sizeof(*results));
        uint32_t *drawn = malloc(count * sizeof(*drawn));
        struct interval interval;

        if (!results || !drawn) {
                free(results);
                free(drawn);
                return status_errno(ENOMEM, NULL, "cannot make an interval");
        }
        for (size_t i = 0; i < BOOTSTRAP_RESAMPLES; i++) {
                bootstrap_draw(&random, drawn, count);
                results[i] = trimmed_mean_drawn(sorted, drawn, count);
        }
        interval = bootstrap_interval(results, BOOTSTRAP_RESAMPLES, count, CONFIDENCE);
        estimate->lo = interval.lo;
        estimate->hi = interval.hi;
        free(results);
        free(drawn);
        return status_ok();
}

static void add_closed_interval(const double *sorted, size_t count, struct estimate *estimate)
{
        double freedom = (double)(count - 2 * trim_count(count)) - 1;
        double reach = student_quantile(0.5 + CONFIDENCE / 2, freedom) *
                       sqrt(trimmed_mean_variance(sorted, count));

        estimate->lo = estimate->value - reach;
        estimate->hi = estimate->value + reach;
}

struct status estimate_make(double *values, size_t count, uint64_t seed,
                            struct estimate *ret_estimate)
{
        struct estimate estimate = { .lo = NAN, .hi = NAN, .count = count };

        sort_values(values, count);
        estimate.value = trimmed_mean_sorted(values, count);
        if (count >= ESTIMATE_VALUES_MANY)
                add_closed_interval(values, count, &estimate);
        else if (count >= ESTIMATE_VALUES_MIN)
                TRY(add_interval(values, count, seed, &estimate));
        *ret_estimate = estimate;
        return status_ok();
}
