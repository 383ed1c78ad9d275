/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/change_scan.h"

#include "stats/quantile.h"

#include <errno.h>
#include <math.h>
#include <pmdgain/random.h>
#include <stdlib.h>

/*
 * Shuffling ends when this many were as extreme as the data: such a p is far from small (Besag and
 * Clifford, "Sequential Monte Carlo p-values", Biometrika 78, 1991).
 */
#define ENOUGH_EXTREMES 20
/* As many shuffles as let p become this part of alpha. */
#define SHUFFLES_BEYOND 4

#define CLIP_DEVIATIONS 3
#define DEVIATION_OF_MAD 1.4826 /* of the normal distribution */

struct status change_scan_begin(struct change_scan *scan, size_t count)
{
        scan->items = calloc(count, sizeof(*scan->items));
        scan->sums = calloc(count + 1, sizeof(*scan->sums));
        scan->room = calloc(count, sizeof(*scan->room));
        if (!scan->items || !scan->sums || !scan->room)
                return status_errno(ENOMEM, NULL, "cannot look for changes");
        return status_ok();
}

void change_scan_end(struct change_scan *scan)
{
        free(scan->items);
        free(scan->sums);
        free(scan->room);
        *scan = (struct change_scan){ 0 };
}

static double median(double *values, size_t count)
{
        return spread_of(values, count).median;
}

/*
 * A run counts by its precision: the square of its error and of the median error together, so that
 * one with a very narrow interval counts at most twice as much as a usual one, since runs differ by
 * more than what their intervals know of.
 */
static void set_weights(struct change_scan *scan, const struct change_input *input, size_t first,
                        size_t count)
{
        double usual;

        for (size_t i = 0; i < count; i++)
                scan->room[i] = input->errors[first + i];
        usual = median(scan->room, count);
        for (size_t i = 0; i < count; i++) {
                double error = input->errors[first + i];

                if (!(usual > 0))
                        scan->items[i].weight = 1;
                else if (isnan(error))
                        scan->items[i].weight = 0.5;
                else
                        scan->items[i].weight = 1 / (1 + error * error / (usual * usual));
        }
}

/* Values less their weighted mean, those far out pulled in. */
static void set_values(struct change_scan *scan, const struct change_input *input, size_t first,
                       size_t count)
{
        double middle, reach, sum = 0, weights = 0;

        for (size_t i = 0; i < count; i++)
                scan->room[i] = input->values[first + i];
        middle = median(scan->room, count);
        for (size_t i = 0; i < count; i++)
                scan->room[i] = fabs(input->values[first + i] - middle);
        reach = CLIP_DEVIATIONS * DEVIATION_OF_MAD * median(scan->room, count);
        for (size_t i = 0; i < count; i++) {
                double value = input->values[first + i] - middle;

                if (reach > 0)
                        value = fmin(fmax(value, -reach), reach);
                scan->items[i].weighted = value;
                weights += scan->items[i].weight;
                sum += scan->items[i].weight * value;
        }
        for (size_t i = 0; i < count; i++)
                scan->items[i].weighted =
                        scan->items[i].weight * (scan->items[i].weighted - sum / weights);
}

/* Sums up to each run. */
static void set_sums(struct change_scan *scan, size_t count)
{
        double sum = 0, weights = 0;

        for (size_t i = 0; i < count; i++) {
                scan->sums[i] = (struct change_item){ weights, sum };
                weights += scan->items[i].weight;
                sum += scan->items[i].weighted;
        }
        scan->sums[count] = (struct change_item){ weights, sum };
}

struct peak {
        double ratio;
        size_t at; /* the first run after the change */
};

/* The largest likelihood ratio (up to what is the same for all orders) in the runs first..end. */
static void window_peak(const struct change_item *sums, size_t first, size_t end,
                        struct peak *peak)
{
        const struct change_item *from = &sums[first];
        double weights = sums[end].weight - from->weight;
        double mean = (sums[end].weighted - from->weighted) / weights;

        for (size_t i = first + CHANGE_RUNS_MIN; i + CHANGE_RUNS_MIN <= end; i++) {
                double left = sums[i].weight - from->weight;
                double sum = sums[i].weighted - from->weighted - left * mean;
                double ratio = sum * sum * weights / (left * (weights - left));

                if (ratio > peak->ratio)
                        *peak = (struct peak){ ratio, i };
        }
}

/* Over windows of all runs, half of them, a quarter and so on, each half over the one before. */
static struct peak find_peak(struct change_scan *scan, size_t count)
{
        struct peak peak = { .ratio = -1 };

        set_sums(scan, count);
        for (size_t parts = 1; count / parts >= 2 * CHANGE_RUNS_MIN; parts *= 2)
                for (size_t half = 0; half < 2 * parts - 1; half++)
                        window_peak(scan->sums, half * count / (2 * parts),
                                    (half + 2) * count / (2 * parts), &peak);
        return peak;
}

static void shuffle(struct change_item *items, size_t count, struct random *random)
{
        for (size_t i = count - 1; i > 0; i--) {
                size_t other = random_below(random, i + 1);
                struct change_item item = items[i];

                items[i] = items[other];
                items[other] = item;
        }
}

/* How likely shuffled runs are as extreme as the runs in their order. Leaves them shuffled. */
static double shuffled_p(struct change_scan *scan, size_t count, double extreme,
                         const struct change_input *input)
{
        struct random random = random_seeded(input->seed ^ count);
        size_t shuffles = (size_t)ceil(SHUFFLES_BEYOND / input->alpha), as_extreme = 0;
        const double rounding = 1 - 1e-9;

        for (size_t i = 1; i <= shuffles; i++) {
                shuffle(scan->items, count, &random);
                as_extreme += find_peak(scan, count).ratio >= extreme * rounding;
                if (as_extreme == ENOUGH_EXTREMES)
                        return (double)as_extreme / (double)i;
        }
        return (double)(as_extreme + 1) / (double)(shuffles + 1);
}

bool change_scan_test(struct change_scan *scan, const struct change_input *input, size_t first,
                      size_t end, size_t *ret_at, double *ret_p)
{
        size_t count = end - first;
        struct peak peak;
        double p;

        if (count < 2 * CHANGE_RUNS_MIN)
                return false;
        set_weights(scan, input, first, count);
        set_values(scan, input, first, count);
        peak = find_peak(scan, count);
        p = shuffled_p(scan, count, peak.ratio, input);
        if (p > input->alpha)
                return false;
        *ret_at = first + peak.at;
        *ret_p = p;
        return true;
}
