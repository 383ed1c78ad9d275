/* SPDX-License-Identifier: Apache-2.0 */
/* Made series of runs, for the tests of change points and their simulation. */
#ifndef PMDGAIN_TESTS_CHANGE_SERIES_H
#define PMDGAIN_TESTS_CHANGE_SERIES_H

#include "stats/change.h"
#include "stats_noise.h"

#include <assert.h>
#include <string.h>

#define SERIES_MAX 1000

struct series {
        double values[SERIES_MAX], errors[SERIES_MAX];
        size_t count;
};

/*
 * Runs of a constant level. `spread` is the scatter between runs, where noise of a kind would have
 * 0.03. In every fifth run the machine was loud: thrice the scatter, and an interval that tells.
 */
static inline void series_make(struct series *series, enum noise kind, double spread, size_t count,
                               struct random *random)
{
        assert(count <= SERIES_MAX);
        series->count = count;
        for (size_t i = 0; i < count; i++) {
                double loud = random_unit(random) < 0.2 ? 3 : 1;

                series->values[i] = loud * spread / 0.03 * noise_draw(kind, random);
                series->errors[i] = loud * spread / 2;
        }
}

static inline void series_step(struct series *series, size_t first, size_t end, double step)
{
        for (size_t i = first; i < end; i++)
                series->values[i] += step;
}

static inline struct change_parts series_parts(const struct series *series, double alpha,
                                               double least, uint64_t seed)
{
        struct change_parts parts = { 0 };
        struct status status = change_find(
                &(struct change_input){ series->values, series->errors, series->count, alpha,
                                        least, seed },
                &parts);

        assert(!status_failed(&status));
        (void)status;
        return parts;
}

static inline size_t series_changes(const struct series *series, double alpha, double least,
                                    uint64_t seed)
{
        struct change_parts parts = series_parts(series, alpha, least, seed);
        size_t changes = parts.count - 1;

        change_parts_free(&parts);
        return changes;
}

#endif
