/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PMDGAIN_TESTS_COVERAGE_REACH_H
#define PMDGAIN_TESTS_COVERAGE_REACH_H

#include <stddef.h>

/* Prints, for several kinds of TLB, sweep and noise, how often the reach fit finds the levels that
 * are there, and how often its intervals hold their capacities and costs. */
void coverage_reach(size_t runs);

#endif
