/* SPDX-License-Identifier: Apache-2.0 */
/* The rows and the TLB levels of a summary, from the groups. */
#ifndef PMDGAIN_REPORT_SUMMARY_ROWS_H
#define PMDGAIN_REPORT_SUMMARY_ROWS_H

#include "report/summary.h"
#include "report/summary_groups.h"
#include "report/summary_read.h"

/* One row for each PTE lever of each group against its PMD arm. */
struct status summary_add_rows(struct summary *summary, const struct groups *groups);

/* The levels of each curve of the workload `reach` that has any. */
struct status summary_add_levels(struct summary *summary, const struct groups *groups,
                                 const struct machine_facts *facts);

/* One comparison of `twin`'s ops with each way to compare (report/summary.h). */
struct status summary_add_calibrations(struct summary *summary, const struct groups *groups,
                                       const struct machine_facts *facts);

#endif
