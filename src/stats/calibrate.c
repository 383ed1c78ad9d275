/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/calibrate.h"

#include "stats/bootstrap.h"
#include "stats/gain.h"
#include "stats/looks.h"
#include "stats/quantile.h"
#include "stats/student.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct slices {
        const struct calibrate_request *request;
        struct trial_time *above, *below; /* of one comparison */
        double *widths;
        struct calibrate_result result;
};

static void note(struct slices *slices, const struct gain *gain)
{
        struct calibrate_result *result = &slices->result;
        double truth = slices->request->truth;

        if (isnan(gain->lo))
                return;
        slices->widths[result->comparisons++] = gain_width(gain->value, gain->lo, gain->hi);
        result->excluded += gain->lo > 1 || gain->hi < 1;
        result->held += gain->lo <= truth && truth <= gain->hi;
        result->pairs += (double)gain->pairs;
}

static struct status slice_gain(struct slices *slices, size_t first, size_t pairs,
                                struct gain *ret_gain)
{
        const struct calibrate_request *request = slices->request;

        for (size_t i = 0; i < pairs; i++) {
                slices->above[i] = (struct trial_time){ (uint32_t)i, request->above[first + i] };
                slices->below[i] = (struct trial_time){ (uint32_t)i, request->below[first + i] };
        }
        return gain_make(slices->above, pairs, slices->below, pairs, first, ret_gain);
}

static struct status paired(struct slices *slices)
{
        const struct calibrate_request *request = slices->request;
        struct gain gain;

        for (size_t at = 0; at + request->pairs <= request->blocks; at += request->pairs) {
                TRY(slice_gain(slices, at, request->pairs, &gain));
                note(slices, &gain);
        }
        return status_ok();
}

/* The next comparison begins where this one stopped; one that the record cuts short is none. */
static struct status precise(struct slices *slices)
{
        const struct calibrate_request *request = slices->request;
        size_t at = 0, pairs = 0;
        struct looks looks = { 0 };
        struct gain gain;

        while (at + ++pairs <= request->blocks) {
                if (!looks_due(&looks, pairs, 0) && pairs < request->pairs)
                        continue;
                TRY(slice_gain(slices, at, pairs, &gain));
                looks_take(&looks, &gain, request->precision);
                if (!looks.settled && pairs < request->pairs)
                        continue;
                note(slices, &gain);
                at += pairs;
                pairs = 0;
                looks = (struct looks){ 0 };
        }
        return status_ok();
}

struct moments {
        double mean, variance; /* of the logarithms; the variance of the mean */
};

static struct moments moments_of(const double *times, size_t count)
{
        struct moments moments = { 0 };

        for (size_t i = 0; i < count; i++)
                moments.mean += log(times[i]) / (double)count;
        for (size_t i = 0; i < count; i++)
                moments.variance += pow(log(times[i]) - moments.mean, 2) /
                                    ((double)(count - 1) * (double)count);
        return moments;
}

static struct gain welch(const double *above, const double *below, size_t count)
{
        struct moments a = moments_of(above, count), b = moments_of(below, count);
        double both = a.variance + b.variance;
        double freedom = both * both * (double)(count - 1) /
                         (a.variance * a.variance + b.variance * b.variance);
        double reach = both > 0 ? student_quantile(0.5 + CONFIDENCE / 2, fmax(freedom, 3)) *
                                          sqrt(both) :
                                  0;

        return (struct gain){
                .value = exp(a.mean - b.mean),
                .lo = exp(a.mean - b.mean - reach),
                .hi = exp(a.mean - b.mean + reach),
                .pairs = count,
        };
}

static void naive(struct slices *slices)
{
        const struct calibrate_request *request = slices->request;
        size_t count = request->pairs;

        for (size_t at = 0; at + 2 * count <= request->blocks; at += 2 * count) {
                struct gain gain = welch(request->above + at, request->below + at + count, count);

                note(slices, &gain);
        }
}

struct status calibrate(const struct calibrate_request *request,
                        struct calibrate_result *ret_result)
{
        struct slices slices = {
                .request = request,
                .above = calloc(request->pairs + 1, sizeof(*slices.above)),
                .below = calloc(request->pairs + 1, sizeof(*slices.below)),
                .widths = calloc(request->blocks + 1, sizeof(*slices.widths)),
        };
        struct status status = status_ok();

        if (!slices.above || !slices.below || !slices.widths)
                status = status_errno(ENOMEM, NULL, "cannot compare the slices");
        else if (request->way == CALIBRATE_PAIRED)
                status = paired(&slices);
        else if (request->way == CALIBRATE_PRECISE)
                status = precise(&slices);
        else
                naive(&slices);
        if (!status_failed(&status)) {
                sort_values(slices.widths, slices.result.comparisons);
                slices.result.width =
                        quantile_sorted(slices.widths, slices.result.comparisons, 0.5);
                if (slices.result.comparisons)
                        slices.result.pairs /= (double)slices.result.comparisons;
                *ret_result = slices.result;
        }
        free(slices.above);
        free(slices.below);
        free(slices.widths);
        return status;
}

double calibrate_nominal(const struct calibrate_request *request)
{
        double *values = calloc(request->blocks + 1, sizeof(*values));
        double t = student_quantile(0.5 + CONFIDENCE / 2, fmax((double)request->pairs - 1, 3));
        double scatter, middle, shift;

        if (request->truth == 1) {
                free(values);
                return 1 - CONFIDENCE;
        }
        for (size_t i = 0; values && i < request->blocks; i++)
                values[i] = log(request->above[i] / request->below[i]);
        if (!values || !request->blocks) {
                free(values);
                return NAN;
        }
        middle = spread_of(values, request->blocks).median;
        for (size_t i = 0; i < request->blocks; i++)
                values[i] = fabs(values[i] - middle);
        scatter = spread_of(values, request->blocks).median / 0.6745;
        free(values);
        shift = fabs(log(request->truth)) / (scatter / sqrt((double)request->pairs));
        return normal_below(shift - t) + normal_below(-shift - t);
}

void share_interval(size_t hits, size_t count, double *ret_lo, double *ret_hi)
{
        double z = normal_quantile(0.5 + CONFIDENCE / 2), n = (double)count;
        double share = (double)hits / n, base = 1 + z * z / n;
        double middle = (share + z * z / (2 * n)) / base;
        double reach = z / base * sqrt(share * (1 - share) / n + z * z / (4 * n * n));

        *ret_lo = count ? fmax(0, middle - reach) : (double)NAN;
        *ret_hi = count ? fmin(1, middle + reach) : (double)NAN;
}
