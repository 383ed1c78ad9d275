/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/ratio.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct status ratio_side_make(struct trial_time *times, size_t count, uint64_t seed,
                              struct estimate *ret_side)
{
        double *values = malloc((count ? count : 1) * sizeof(*values));
        struct status status;

        if (!values)
                return status_errno(ENOMEM, NULL, "cannot hold the times of an arm");
        status = estimate_make(values, gain_blocks(times, count, values), seed, ret_side);
        free(values);
        return status;
}

struct gain ratio_of(const struct estimate *over, const struct estimate *under)
{
        double value = over->value - under->value;
        double below = hypot(over->value - over->lo, under->hi - under->value);
        double above = hypot(over->hi - over->value, under->value - under->lo);

        return (struct gain) {
                .value = exp(value),
                .lo = exp(value - below),
                .hi = exp(value + above),
                .pairs = over->count < under->count ? over->count : under->count,
        };
}
