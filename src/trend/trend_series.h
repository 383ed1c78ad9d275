/* SPDX-License-Identifier: Apache-2.0 */
/* Filling a trend: runs to machines, rows to series. */
#ifndef PMDGAIN_TREND_TREND_SERIES_H
#define PMDGAIN_TREND_TREND_SERIES_H

#include "trend/trend.h"

/* Adds the rows of the machine's run number `run`. Two rows with one key are STATUS_USAGE, and
 * nothing is added then. */
struct status trend_add_rows(struct trend_machine *machine, size_t run,
                             const struct summary *summary);
void trend_machine_free(struct trend_machine *machine);

#endif
