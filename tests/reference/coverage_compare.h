/* SPDX-License-Identifier: Apache-2.0 */
/* How often two sets of values of the same kind are taken for different, by simulation. */
#ifndef PMDGAIN_TESTS_COVERAGE_COMPARE_H
#define PMDGAIN_TESTS_COVERAGE_COMPARE_H

#include "stats_noise.h"

#include <stddef.h>

extern const char *const noise_names[NOISE_KINDS];

/* Prints the table of docs/method.md; `runs` comparisons a row. */
void coverage_compare(size_t runs);

#endif
