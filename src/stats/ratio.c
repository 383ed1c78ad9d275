/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/ratio.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct status ratio_side_make(struct trial_time *times, size_t count, uint64_t seed,
                              struct ratio_side *ret_side)
{
        double *values = malloc((count ? count : 1) * sizeof(*values));

        if (!values)
                return status_errno(ENOMEM, NULL, "cannot hold the times of an arm");
        *ret_side = (struct ratio_side){
                .values = values,
                .count = gain_blocks(times, count, values),
                .seed = seed,
        };
        return status_ok();
}

void ratio_side_free(struct ratio_side *side)
{
        free(side->values);
        *side = (struct ratio_side){ 0 };
}

struct status ratio_side_estimate(const struct ratio_side *side, struct estimate *ret_estimate)
{
        double *values = malloc((side->count + 1) * sizeof(*values));
        struct status status;

        if (!values)
                return status_errno(ENOMEM, NULL, "cannot compare the times of an arm");
        if (side->count)
                memcpy(values, side->values, side->count * sizeof(*values));
        status = estimate_make(values, side->count, side->seed, ret_estimate);
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
