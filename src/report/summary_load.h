/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The summary of a run that has been summarised before, for what looks at many runs: read from
 * summary.csv, which is small, and made from samples.csv only where that file is missing.
 */
#ifndef PMDGAIN_REPORT_SUMMARY_LOAD_H
#define PMDGAIN_REPORT_SUMMARY_LOAD_H

#include "csv/reader.h"
#include "report/summary.h"

#include <pmdgain/status.h>

/*
 * Reads DIR/summary.csv; without it the result is that of summary_make(), and nothing is written.
 * What only samples.csv tells is not there: counters, levels, numbers of samples.
 * STATUS_USAGE with file:line for what is malformed. Free with summary_free().
 */
struct status summary_load(const char *dir, struct summary **ret_summary);

/* The rows of an open summary.csv. */
struct status summary_load_rows(struct csv_reader *reader, struct summary **ret_summary);

#endif
