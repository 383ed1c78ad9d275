/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No memory, a known cost: an operation takes `cost`, by PTE `ratio` times as long, so the gain
 * that the suite reports must be `ratio`. Tests the harness and the statistics, with a clock of the
 * test's own or on the machine's.
 *
 * `noise` scales each sample by 1 + noise / 100 * z, z about standard normal (the sum of twelve
 * uniform numbers, less 6), from the trial's own seed and the sample's number: the same run gives
 * the same samples, and no two trials are disturbed alike.
 */
#include <errno.h>
#include <pmdgain/clock.h>
#include <pmdgain/random.h>
#include <pmdgain/workload.h>
#include <stdlib.h>

static const struct workload_op null_ops[] = {
        { .name = "spend",
          .summary = "let a known time pass",
          .unit = UNIT_NS_PER_OP,
          .traits = OP_NO_MEMORY },
        { 0 },
};

static const struct option_row null_options[] = {
        { .name = "cost",
          .column = "cost_ns",
          .type = OPTION_TIME,
          .preset = "100ns",
          .min = 1,
          .max = 1e9,
          .help = "time of an operation by PMD" },
        { .name = "ratio",
          .type = OPTION_REAL,
          .preset = "1.25",
          .min = 0.1,
          .max = 10,
          .help = "how many times longer it takes by PTE: the true gain" },
        { .name = "noise",
          .column = "noise_percent",
          .type = OPTION_REAL,
          .preset = "0",
          .min = 0,
          .max = 15,
          .help = "standard deviation of a sample's time, in percent" },
        { 0 },
};

struct null_worker {
        _Alignas(64) double ns_per_op; /* of this arm */
        double noise;                  /* 0.01 is a percent */
        uint64_t samples;              /* run() calls so far, warm-up included */
};

static struct status null_prepare(struct trial *trial)
{
        const struct cell *cell = trial->cell;
        double ns_per_op = (double)cell_option(cell, "cost").count;
        struct null_worker *workers =
                aligned_alloc(_Alignof(struct null_worker), trial->threads * sizeof(*workers));

        if (!workers)
                return status_errno(ENOMEM, NULL, "cannot keep the state of %u threads",
                                    trial->threads);
        if (cell->arm.grain == GRAIN_PTE)
                ns_per_op *= cell_option(cell, "ratio").real;
        for (unsigned i = 0; i < trial->threads; i++) {
                workers[i] = (struct null_worker) {
                        .ns_per_op = ns_per_op,
                        .noise = cell_option(cell, "noise").real / 100,
                };
                trial->workers[i].state = &workers[i];
        }
        trial->state = workers;
        return status_ok();
}

/* About standard normal, within -6 .. 6. */
static double null_deviate(const struct trial *trial, uint64_t sample)
{
        struct random random = random_seeded(trial->own_seed ^ random_mix(~sample));
        double sum = -6;

        for (int i = 0; i < 12; i++)
                sum += random_unit(&random);
        return sum;
}

static void null_run(struct trial *trial, struct worker *worker)
{
        struct null_worker *state = worker->state;
        double ns = state->ns_per_op * (double)worker->ops;

        if (state->noise > 0)
                ns *= 1 + state->noise * null_deviate(trial, state->samples);
        state->samples++;
        clock_spend(trial->clock, (uint64_t)(ns + 0.5));
}

static void null_finish(struct trial *trial)
{
        free(trial->state);
        trial->state = NULL;
}

const struct workload workload_null = {
        .name = "null",
        .summary = "a known time and a known ratio: tests the suite itself",
        .ops = null_ops,
        .options = null_options,
        .prepare = null_prepare,
        .run = null_run,
        .finish = null_finish,
};
