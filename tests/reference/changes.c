/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often a dashboard of `pmdgain trend` flags what is not there, and finds what is, by
 * simulation; docs/trend.md has its tables. A dashboard has PANELS panels and a level of 5 %.
 *
 *      change_power [DASHBOARDS]      (default 2,000)
 *
 * Seeded: the same argument prints the same tables.
 */
#include "change_series.h"

#include <stdio.h>
#include <stdlib.h>

#define PANELS 12
#define ALPHA (0.05 / PANELS)
#define LEAST 0.0198 /* ln(1.02): what trend takes by itself */

static const char *const noise_names[NOISE_KINDS] = {
        [NOISE_NORMAL] = "normal",
        [NOISE_LOGNORMAL] = "lognormal times",
        [NOISE_SKEWED] = "skewed",
        [NOISE_CONTAMINATED] = "10 % outliers",
        [NOISE_ONE_SIDED] = "10 % outliers, one side",
        [NOISE_LAPLACE] = "Laplace",
        [NOISE_ROUNDED] = "rounded",
};

static const size_t lengths[] = { 15, 30, 60, 120 };

#define LENGTHS (sizeof(lengths) / sizeof(lengths[0]))

static void print_header(const char *first)
{
        printf("\n| %s |", first);
        for (size_t i = 0; i < LENGTHS; i++)
                printf(" %zu runs |", lengths[i]);
        printf("\n|---|---|---|---|---|\n");
}

/* Each run is correlated with the one before it. */
static void correlate(struct series *series, double correlation)
{
        for (size_t i = 1; i < series->count; i++)
                series->values[i] = correlation * series->values[i - 1] +
                                    sqrt(1 - correlation * correlation) * series->values[i];
}

/* In percent of dashboards of constant series. */
static double false_flags(enum noise kind, size_t runs, double correlation, double least,
                          size_t dashboards)
{
        struct random random = random_seeded(runs + kind);
        size_t flagged = 0;

        for (size_t d = 0; d < dashboards; d++) {
                bool flag = false;

                for (size_t panel = 0; panel < PANELS; panel++) {
                        struct series series;

                        series_make(&series, kind, 0.02, runs, &random);
                        correlate(&series, correlation);
                        flag |= !flag && series_changes(&series, ALPHA, least, d) > 0;
                }
                flagged += flag;
        }
        return 100. * (double)flagged / (double)dashboards;
}

/* In percent of series with a step of 5 % for which exactly that one is flagged, near its place. */
static double found(enum noise kind, double spread, size_t runs, size_t after, size_t trials)
{
        struct random random = random_seeded(runs + 1000 * after);
        size_t right = 0;

        for (size_t t = 0; t < trials; t++) {
                struct change_parts parts;
                struct series series;
                size_t at = runs - after;

                series_make(&series, kind, spread, runs, &random);
                series_step(&series, at, runs, log(1.05));
                parts = series_parts(&series, ALPHA, LEAST, t);
                right += parts.count == 2 && parts.parts[1].first + 3 >= at &&
                         parts.parts[1].first <= at + 3;
                change_parts_free(&parts);
        }
        return 100. * (double)right / (double)trials;
}

/* In percent of dashboards that ever had a flag, made anew after each run from the tenth on. */
static double ever_flagged(size_t runs, size_t dashboards)
{
        struct random random = random_seeded(runs);
        size_t flagged = 0;

        for (size_t d = 0; d < dashboards; d++) {
                bool flag = false;

                for (size_t panel = 0; panel < PANELS && !flag; panel++) {
                        struct series series;

                        series_make(&series, NOISE_NORMAL, 0.02, runs, &random);
                        for (series.count = 10; series.count <= runs && !flag; series.count++)
                                flag = series_changes(&series, ALPHA, LEAST, d) > 0;
                }
                flagged += flag;
        }
        return 100. * (double)flagged / (double)dashboards;
}

int main(int argc, char **argv)
{
        size_t dashboards = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;

        print_header("constant series: dashboards with a flag, %");
        for (enum noise kind = 0; kind < NOISE_KINDS; kind++) {
                printf("| %s |", noise_names[kind]);
                for (size_t i = 0; i < LENGTHS; i++)
                        printf(" %.1f |", false_flags(kind, lengths[i], 0, 0, dashboards));
                printf("\n");
                fflush(stdout);
        }
        for (double correlation = 0.2; correlation < 0.7; correlation += 0.2) {
                printf("| each run correlated by %.1f with the last |", correlation);
                for (size_t i = 0; i < LENGTHS; i++)
                        printf(" %.1f |", false_flags(NOISE_NORMAL, lengths[i], correlation, LEAST,
                                                      dashboards / 4));
                printf("\n");
                fflush(stdout);
        }
        printf("| made anew after each run: ever a flag |");
        for (size_t i = 0; i < LENGTHS; i++)
                printf(" %.1f |", ever_flagged(lengths[i], dashboards / 10));
        printf("\n");
        print_header("a step of 5 %: found, %");
        for (double spread = 0.01; spread < 0.035; spread += 0.01) {
                printf("| in the middle, runs scatter by %.0f %% |", 100 * spread);
                for (size_t i = 0; i < LENGTHS; i++)
                        printf(" %.1f |", found(NOISE_NORMAL, spread, lengths[i], lengths[i] / 2,
                                                dashboards));
                printf("\n| 5 runs ago, runs scatter by %.0f %% |", 100 * spread);
                for (size_t i = 0; i < LENGTHS; i++)
                        printf(" %.1f |", found(NOISE_NORMAL, spread, lengths[i], 5, dashboards));
                printf("\n");
                fflush(stdout);
        }
        return 0;
}
