/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/student.h"

#include <math.h>

double normal_below(double z)
{
        return 0.5 * erfc(-z / M_SQRT2);
}

double normal_quantile(double p)
{
        double low = -38, high = 38;

        /* Halving ends when the two are neighbours: some 60 steps, and no constants to trust. */
        for (double middle = 0; low < middle || middle < high;) {
                middle = 0.5 * (low + high);
                if (middle <= low || middle >= high)
                        break;
                if (normal_below(middle) < p)
                        low = middle;
                else
                        high = middle;
        }
        return high;
}

double student_quantile(double p, double freedom)
{
        double z = normal_quantile(p), z2 = z * z, inverse = 1 / freedom;
        double first = z * (z2 + 1) / 4;
        double second = z * (5 * z2 * z2 + 16 * z2 + 3) / 96;
        double third = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
        double fourth = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;

        return z + inverse * (first + inverse * (second + inverse * (third + inverse * fourth)));
}
