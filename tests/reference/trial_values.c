/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may stand for a trial? docs/method.md has the table.
 *
 *      trial_values trials SAMPLES.csv     of the samples of a calibration (workload twin): a row a
 *                                          block, with its trials' times by four statistics
 *      trial_values scatter TRIALS.csv     how much the ratio of equal arms scatters by each
 */
#include "csv/reader.h"
#include "stats/gain.h"
#include "stats/quantile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES_MAX 1000
#define BLOCKS_MAX 1000000

enum statistic { MEAN, MEDIAN, LEAST, USED, STATISTICS };

static const char *const statistic_names[STATISTICS] = { "mean", "median", "least", "used" };
static const char *const op_names[] = { "a", "b", "slower" };

#define OPS (sizeof(op_names) / sizeof(op_names[0]))

struct block {
        double samples[OPS][SAMPLES_MAX];
        size_t counts[OPS];
};

static void die(const struct status *status)
{
        fprintf(stderr, "trial_values: %s\n", status->what);
        exit(1);
}

static double statistic_of(double *samples, size_t count, enum statistic statistic)
{
        double mean = 0;

        sort_values(samples, count);
        for (size_t i = 0; i < count; i++)
                mean += samples[i] / (double)count;
        return statistic == MEAN     ? mean
               : statistic == MEDIAN ? quantile_sorted(samples, count, 0.5)
               : statistic == LEAST  ? samples[0]
                                     : trial_time_of(samples, count);
}

static void block_print(size_t number, struct block *block)
{
        if (!block->counts[0] || !block->counts[1] || !block->counts[2])
                return;
        printf("%zu", number);
        for (size_t i = 0; i < STATISTICS; i++)
                for (size_t op = 0; op < OPS; op++)
                        printf(",%.5g", statistic_of(block->samples[op], block->counts[op],
                                                     (enum statistic)i));
        printf("\n");
}

static double number(struct csv_reader *reader, const char *name)
{
        size_t column = csv_reader_find(reader, name);

        return strtod(csv_reader_field(reader, column), NULL);
}

/* Blocks come one after another in a samples.csv. */
static void trials_print(struct csv_reader *reader)
{
        struct block *block = calloc(1, sizeof(*block));
        struct status status;
        size_t current = 0;
        bool more = true;

        printf("block");
        for (size_t i = 0; i < STATISTICS; i++)
                for (size_t op = 0; op < OPS; op++)
                        printf(",%s_%s_ns", op_names[op], statistic_names[i]);
        printf("\n");
        for (;;) {
                const char *name;

                status = csv_reader_next(reader, &more);
                if (status_failed(&status) || !block)
                        die(&status);
                if (!more)
                        break;
                if ((size_t)number(reader, "block") != current) {
                        block_print(current, block);
                        memset(block->counts, 0, sizeof(block->counts));
                        current = (size_t)number(reader, "block");
                }
                name = csv_reader_field(reader, csv_reader_find(reader, "op"));
                for (size_t op = 0; op < OPS; op++)
                        if (strcmp(name, op_names[op]) == 0 && block->counts[op] < SAMPLES_MAX)
                                block->samples[op][block->counts[op]++] =
                                        number(reader, "time_ns") / number(reader, "ops");
        }
        block_print(current, block);
        free(block);
}

/* Standard deviation, and the same as the middle half of the values has it. */
static void scatter_print(const char *name, double *values, size_t count)
{
        double mean = 0, square = 0;
        struct spread spread;

        for (size_t i = 0; i < count; i++)
                mean += values[i] / (double)count;
        for (size_t i = 0; i < count; i++)
                square += (values[i] - mean) * (values[i] - mean) / (double)count;
        spread = spread_of(values, count);
        printf("| %s | %.1f %% | %.1f %% |\n", name, 100 * sqrt(square),
               100 * (spread.hi - spread.lo) / 1.349);
}

static void scatter(struct csv_reader *reader)
{
        double *values[STATISTICS];
        size_t count = 0;
        bool more = true;

        for (size_t i = 0; i < STATISTICS; i++)
                values[i] = calloc(BLOCKS_MAX, sizeof(double));
        for (; count < BLOCKS_MAX; count++) {
                struct status status = csv_reader_next(reader, &more);

                if (status_failed(&status))
                        die(&status);
                if (!more)
                        break;
                for (size_t i = 0; i < STATISTICS && values[i]; i++) {
                        char a[32], b[32];

                        snprintf(a, sizeof(a), "a_%s_ns", statistic_names[i]);
                        snprintf(b, sizeof(b), "b_%s_ns", statistic_names[i]);
                        values[i][count] = log(number(reader, b) / number(reader, a));
                }
        }
        printf("| a trial is its samples' | ratios scatter by | their middle half, as if normal |\n"
               "|---|---|---|\n");
        for (size_t i = 0; i < STATISTICS; i++) {
                if (values[i])
                        scatter_print(statistic_names[i], values[i], count);
                free(values[i]);
        }
}

int main(int argc, char **argv)
{
        struct csv_reader *reader = NULL;
        struct status status;

        if (argc != 3 || (strcmp(argv[1], "trials") && strcmp(argv[1], "scatter"))) {
                fprintf(stderr, "usage: trial_values trials SAMPLES.csv | scatter TRIALS.csv\n");
                return 2;
        }
        status = csv_reader_open(argv[2], &reader);
        if (status_failed(&status))
                die(&status);
        if (strcmp(argv[1], "trials") == 0)
                trials_print(reader);
        else
                scatter(reader);
        csv_reader_close(reader);
        return 0;
}
