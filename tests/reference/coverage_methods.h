/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to make a 95 % interval of where n values lie, to compare with the one that is used. */
#ifndef PMDGAIN_TESTS_COVERAGE_METHODS_H
#define PMDGAIN_TESTS_COVERAGE_METHODS_H

#include "stats/bootstrap.h"

enum method {
        METHOD_USED,        /* estimate_make(): trimmed mean, expanded percentile */
        METHOD_STUDENT,     /* mean, Student's t */
        METHOD_MEAN_BCA,    /* mean, BCa bootstrap (Efron 1987) */
        METHOD_MEDIAN,      /* median, percentile bootstrap */
        METHOD_TRIM,        /* trimmed mean, percentile bootstrap */
        METHOD_TRIM_T,      /* trimmed mean, t of Tukey and McLaughlin (1963) */
        METHOD_TRIM_BOOT_T, /* trimmed mean, symmetric bootstrap-t (Wilcox) */
        METHOD_SIGNED_RANK, /* Hodges-Lehmann, by Wilcoxon's signed ranks */
        METHODS,
};

/* What a method estimates. */
enum target { TARGET_MEAN, TARGET_MEDIAN, TARGET_TRIMMED, TARGET_PSEUDO_MEDIAN, TARGETS };

enum target method_target(enum method method);
const char *method_name(enum method method);

#define VALUES_MAX 30

/* All intervals for `count` sorted values, 5 .. VALUES_MAX. */
void methods_run(const double *sorted, size_t count, uint64_t seed,
                 struct interval intervals[METHODS]);

#endif
