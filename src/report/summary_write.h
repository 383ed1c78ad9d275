/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of summary.csv, for files that have them besides others. */
#ifndef PMDGAIN_REPORT_SUMMARY_WRITE_H
#define PMDGAIN_REPORT_SUMMARY_WRITE_H

#include "csv/row.h"
#include "report/summary.h"

/* Options and counters are those of the summary; a row must have as many. Neither ends the row. */
void summary_write_names(const struct summary *summary, struct csv_row *row);
void summary_write_row(const struct summary *summary, const char *evidence,
                       const struct summary_row *from, struct csv_row *row);

#endif
