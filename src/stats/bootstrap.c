/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/bootstrap.h"

#include "stats/quantile.h"
#include "stats/student.h"

#include <string.h>

void bootstrap_draw(struct random *random, uint32_t *drawn, size_t count)
{
        memset(drawn, 0, count * sizeof(*drawn));
        for (size_t i = 0; i < count; i++)
                drawn[random_below(random, count)]++;
}

struct interval bootstrap_interval(double *statistics, size_t resamples, size_t count,
                                   double confidence)
{
        double freedom = count > 4 ? (double)count - 1 : 3;
        double tail = normal_below(-student_quantile(0.5 + confidence / 2, freedom));

        return (struct interval){
                .lo = quantile_of(statistics, resamples, tail),
                .hi = quantile_of(statistics, resamples, 1 - tail),
        };
}
