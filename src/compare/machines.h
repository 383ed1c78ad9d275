/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between the machines, kernels and settings of two sets of runs. */
#ifndef PMDGAIN_COMPARE_MACHINES_H
#define PMDGAIN_COMPARE_MACHINES_H

#include "compare/compare.h"

/* Fills the evidence and the differences of a zeroed comparison, unsound ones first. STATUS_USAGE
 * for a machine.json that cannot be read. */
struct status compare_machines(const struct compare_request *request,
                               struct comparison *comparison);

#endif
