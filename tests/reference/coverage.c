/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often intervals hold what they are about, by simulation; docs/method.md has its tables.
 *
 *      interval_coverage gain [RUNS]     intervals of the gain, by several methods (2,000 runs)
 *      interval_coverage stop [RUNS]     the gain's interval when measuring stops by its width (2,000)
 *      interval_coverage reach [RUNS]    levels of the reach fit (200 runs)
 *      interval_coverage compare [RUNS]  two runs without a difference (100,000 cells)
 *
 * Seeded: the same arguments print the same tables.
 */
#include "coverage_compare.h"
#include "coverage_methods.h"
#include "coverage_reach.h"
#include "coverage_stop.h"
#include "stats/quantile.h"
#include "stats/trimmed.h"
#include "stats_noise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANY 1000001

const char *const noise_names[NOISE_KINDS] = {
        [NOISE_NORMAL] = "normal",
        [NOISE_LOGNORMAL] = "lognormal times",
        [NOISE_SKEWED] = "skewed",
        [NOISE_CONTAMINATED] = "10 % outliers",
        [NOISE_ONE_SIDED] = "10 % outliers, one side",
        [NOISE_LAPLACE] = "Laplace",
        [NOISE_ROUNDED] = "rounded",
};

/* What each method estimates, of the noise itself: 0 where it is symmetric. */
static void find_targets(enum noise kind, double targets[TARGETS])
{
        double *values = malloc(MANY * sizeof(*values));
        struct random random = random_seeded(1);

        memset(targets, 0, TARGETS * sizeof(*targets));
        if ((kind == NOISE_SKEWED || kind == NOISE_ONE_SIDED) && values) {
                for (size_t i = 0; i < MANY; i++) {
                        values[i] = noise_draw(kind, &random);
                        targets[TARGET_MEAN] += values[i] / MANY;
                }
                sort_values(values, MANY);
                targets[TARGET_MEDIAN] = quantile_sorted(values, MANY, 0.5);
                targets[TARGET_TRIMMED] = trimmed_mean_sorted(values, MANY);
                for (size_t i = 0; i < MANY; i++)
                        values[i] = (noise_draw(kind, &random) + noise_draw(kind, &random)) / 2;
                sort_values(values, MANY);
                targets[TARGET_PSEUDO_MEDIAN] = quantile_sorted(values, MANY, 0.5);
        }
        free(values);
}

struct tally {
        size_t held[METHODS];
        double width[METHODS];
};

static void run_one(enum noise kind, size_t count, uint64_t seed, const double *targets,
                    struct tally *tally)
{
        struct random random = random_seeded(seed);
        struct interval intervals[METHODS];
        double values[VALUES_MAX];

        for (size_t i = 0; i < count; i++)
                values[i] = noise_draw(kind, &random);
        sort_values(values, count);
        methods_run(values, count, seed, intervals);
        for (size_t i = 0; i < METHODS; i++) {
                double target = targets[method_target((enum method)i)];

                tally->held[i] += intervals[i].lo <= target && target <= intervals[i].hi;
                tally->width[i] += intervals[i].hi - intervals[i].lo;
        }
}

/* In percent; in brackets the mean width beside that of the method used. */
static void gain_row(enum noise kind, size_t count, size_t runs, const double *targets,
                     size_t *within)
{
        struct tally tally = { 0 };

        for (size_t i = 0; i < runs; i++)
                run_one(kind, count, 1000003 * count + i, targets, &tally);
        printf("| %s | %zu |", noise_names[kind], count);
        for (size_t i = 0; i < METHODS; i++) {
                double held = 100.0 * (double)tally.held[i] / (double)runs;

                within[i] += held >= 93 && held <= 97;
                if (i == METHOD_USED)
                        printf(" **%.1f** |", held);
                else
                        printf(" %.1f (%.2f) |", held, tally.width[i] / tally.width[METHOD_USED]);
        }
        printf("\n");
        fflush(stdout);
}

static void gain_table(size_t runs)
{
        static const size_t counts[] = { 5, 6, 8, 10, 12, 15, 20, 30 };
        size_t within[METHODS] = { 0 }, rows = 0;

        printf("| noise | pairs |");
        for (size_t i = 0; i < METHODS; i++)
                printf(" %s |", method_name((enum method)i));
        printf("\n|---|---|");
        for (size_t i = 0; i < METHODS; i++)
                printf("---|");
        printf("\n");
        for (size_t kind = 0; kind < NOISE_KINDS; kind++) {
                double targets[TARGETS];

                find_targets((enum noise)kind, targets);
                for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++, rows++)
                        gain_row((enum noise)kind, counts[i], runs, targets, within);
        }
        printf("| within 93 to 97, of %zu | |", rows);
        for (size_t i = 0; i < METHODS; i++)
                printf(" %zu |", within[i]);
        printf("\n");
}

int main(int argc, char **argv)
{
        size_t runs = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

        if (argc > 1 && strcmp(argv[1], "gain") == 0) {
                gain_table(runs ? runs : 2000);
        } else if (argc > 1 && strcmp(argv[1], "stop") == 0) {
                coverage_stop(runs ? runs : 2000);
        } else if (argc > 1 && strcmp(argv[1], "reach") == 0) {
                coverage_reach(runs ? runs : 200);
        } else if (argc > 1 && strcmp(argv[1], "compare") == 0) {
                coverage_compare(runs ? runs : 100000);
        } else {
                fprintf(stderr, "usage: interval_coverage gain|stop|reach|compare [RUNS]\n");
                return 2;
        }
        return 0;
}
