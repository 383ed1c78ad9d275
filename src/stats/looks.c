/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/looks.h"

#include <math.h>

double gain_width(double gain, double lo, double hi)
{
        if (isnan(gain) || isnan(lo) || isnan(hi))
                return NAN;
        return fmax(hi / gain, gain / lo) - 1;
}

bool looks_due(const struct looks *looks, size_t pairs, size_t least)
{
        size_t first = least > LOOKS_PAIRS_MIN ? least : LOOKS_PAIRS_MIN;

        return !looks->settled && pairs >= (looks->next ? looks->next : first);
}

void looks_take(struct looks *looks, const struct gain *gain, double precision)
{
        size_t next = (size_t)lround(LOOKS_GROWTH * (double)gain->pairs);
        bool narrow = gain_width(gain->value, gain->lo, gain->hi) <= precision;

        looks->settled = narrow && looks->narrow;
        looks->narrow = narrow;
        looks->next = next > gain->pairs ? next : gain->pairs + 1;
}
