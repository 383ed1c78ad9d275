/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/discovery.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct test {
        double p;
        size_t index;
};

static int compare(const void *left, const void *right)
{
        const struct test *a = left, *b = right;

        if (a->p != b->p)
                return a->p < b->p ? -1 : 1;
        return (a->index > b->index) - (a->index < b->index);
}

struct status discovery_adjust(double *p, size_t count)
{
        struct test *tests = malloc((count ? count : 1) * sizeof(*tests));
        size_t known = 0;
        double least = 1;

        if (!tests)
                return status_errno(ENOMEM, NULL, "cannot correct for many tests");
        for (size_t i = 0; i < count; i++)
                if (!isnan(p[i]))
                        tests[known++] = (struct test) { p[i], i };
        qsort(tests, known, sizeof(*tests), compare);
        for (size_t i = known; i-- > 0;) {
                least = fmin(least, tests[i].p * (double)known / (double)(i + 1));
                p[tests[i].index] = least;
        }
        free(tests);
        return status_ok();
}
