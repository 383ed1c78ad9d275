/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PMDGAIN_TESTS_COVERAGE_STOP_H
#define PMDGAIN_TESTS_COVERAGE_STOP_H

#include <stddef.h>

/* Prints how often the interval that is left when measuring stops by stats/looks.h holds the
 * truth, beside stopping at the first narrow interval and never before the most blocks. */
void coverage_stop(size_t runs);

#endif
