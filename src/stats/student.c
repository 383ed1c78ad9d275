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

/* The d-th coefficient of the continued fraction. */
static double beta_coefficient(double a, double b, double x, int d)
{
        int half = d / 2;
        double m = half;

        if (d % 2)
                return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
}

/*
 * The continued fraction 1 + c1 / (1 + c2 / (1 + ...)) by the numerators and denominators of its
 * convergents, scaled at each step so that neither grows out of range.
 */
static double beta_fraction(double a, double b, double x)
{
        double above = 1, above_before = 1, below = 1, below_before = 0, value = 1;

        for (int d = 1; d < 5000; d++) {
                double c = beta_coefficient(a, b, x, d), before = value;
                double next_above = above + c * above_before;
                double next_below = below + c * below_before;

                above_before = above / next_below;
                below_before = below / next_below;
                above = next_above / next_below;
                below = 1;
                value = above;
                if (d > 4 && fabs(value - before) <= 1e-15 * fabs(value))
                        break;
        }
        return 1 / value;
}

/* I_x(a, b); the fraction converges fast for x below its mean, the rest is by symmetry. */
static double beta_below(double a, double b, double x, double rest)
{
        double front;

        if (x <= 0 || rest <= 0)
                return x <= 0 ? 0 : 1;
        front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(rest));
        if (x < (a + 1) / (a + b + 2))
                return front * beta_fraction(a, b, x) / a;
        return 1 - front * beta_fraction(b, a, rest) / b;
}

double student_beyond(double t, double freedom)
{
        double square = t * t;

        if (!isfinite(square))
                return 0;
        return beta_below(freedom / 2, 0.5, freedom / (freedom + square),
                          square / (freedom + square));
}

double student_bound(double p, double freedom)
{
        double low = 0, high = 1, middle;

        while (student_beyond(high, freedom) > p && high < 1e150)
                high *= 2;
        for (;;) {
                middle = 0.5 * (low + high);
                if (middle <= low || middle >= high)
                        return high;
                if (student_beyond(middle, freedom) > p)
                        low = middle;
                else
                        high = middle;
        }
}
