/* SPDX-License-Identifier: Apache-2.0 */
#include "coverage_stop.h"

#include "stats/gain.h"
#include "stats/looks.h"
#include "stats/quantile.h"
#include "stats/trimmed.h"
#include "stats_noise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS_MAX 80
#define PRECISION 0.02
#define MANY 1000001

enum rule {
        RULE_USED,  /* stats/looks.h */
        RULE_FIRST, /* the first narrow interval from 5 pairs on */
        RULES,
};

struct tally {
        size_t held[RULES], pairs[RULES], reached[RULES];
};

/* What the trimmed mean of this noise estimates. */
static double target_of(enum noise kind)
{
        double *values = malloc(MANY * sizeof(*values)), target = 0;
        struct random random = random_seeded(1);

        if ((kind == NOISE_SKEWED || kind == NOISE_ONE_SIDED) && values) {
                for (size_t i = 0; i < MANY; i++)
                        values[i] = noise_draw(kind, &random);
                sort_values(values, MANY);
                target = trimmed_mean_sorted(values, MANY);
        }
        free(values);
        return target;
}

static void note(struct tally *tally, enum rule rule, const struct gain *gain, bool reached)
{
        tally->held[rule] += gain->lo <= 1 && 1 <= gain->hi;
        tally->pairs[rule] += gain->pairs;
        tally->reached[rule] += reached;
}

/* One run of up to PAIRS_MAX blocks; each rule stops where it would. */
static void run_one(enum noise kind, double scale, double target, uint64_t seed,
                    struct tally *tally)
{
        struct trial_time pte[PAIRS_MAX], pmd[PAIRS_MAX];
        struct random random = random_seeded(seed);
        bool done[RULES] = { false };
        struct looks looks = { 0 };

        for (uint32_t i = 0; i < PAIRS_MAX; i++) {
                pmd[i] = (struct trial_time){ i, 1 };
                pte[i] = (struct trial_time){ i, exp(scale *
                                                     (noise_draw(kind, &random) - target)) };
        }
        for (size_t pairs = 5; pairs <= PAIRS_MAX && !(done[RULE_USED] && done[RULE_FIRST]);
             pairs++) {
                bool due = looks_due(&looks, pairs, 5), last = pairs == PAIRS_MAX, narrow;
                struct status status;
                struct gain gain;

                if (!due && done[RULE_FIRST] && !last)
                        continue;
                status = gain_make(pte, pairs, pmd, pairs, seed, &gain);
                if (status_failed(&status))
                        abort();
                narrow = gain_width(gain.value, gain.lo, gain.hi) <= PRECISION;
                if (due)
                        looks_take(&looks, &gain, PRECISION);
                if (!done[RULE_USED] && (looks.settled || last)) {
                        note(tally, RULE_USED, &gain, looks.settled);
                        done[RULE_USED] = true;
                }
                if (!done[RULE_FIRST] && (narrow || last)) {
                        note(tally, RULE_FIRST, &gain, narrow);
                        done[RULE_FIRST] = true;
                }
        }
}

void coverage_stop(size_t runs)
{
        static const char *const names[NOISE_KINDS] = {
                "normal",        "lognormal times",        "skewed", "10 % outliers",
                "10 % outliers, one side", "Laplace", "rounded",
        };
        static const double scales[] = { 0.6, 1, 1.7 };

        printf("| noise | times | held, used | pairs | reached 2 %% | held, first narrow | pairs "
               "|\n|---|---|---|---|---|---|---|\n");
        for (size_t kind = 0; kind < NOISE_KINDS; kind++) {
                double target = target_of((enum noise)kind);

                for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
                        struct tally tally = { 0 };
                        double share = 100.0 / (double)runs;

                        for (size_t run = 0; run < runs; run++)
                                run_one((enum noise)kind, scales[i], target, 7919 * run + i,
                                        &tally);
                        printf("| %s | %.1f | **%.1f** | %.0f | %.0f | %.1f | %.0f |\n",
                               names[kind], scales[i], share * (double)tally.held[RULE_USED],
                               (double)tally.pairs[RULE_USED] / (double)runs,
                               share * (double)tally.reached[RULE_USED],
                               share * (double)tally.held[RULE_FIRST],
                               (double)tally.pairs[RULE_FIRST] / (double)runs);
                        fflush(stdout);
                }
        }
}
