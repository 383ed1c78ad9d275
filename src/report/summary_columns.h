/* SPDX-License-Identifier: Apache-2.0 */
/* Where the columns of a samples.csv stand. */
#ifndef PMDGAIN_REPORT_SUMMARY_COLUMNS_H
#define PMDGAIN_REPORT_SUMMARY_COLUMNS_H

#include "csv/reader.h"
#include "report/summary.h"
#include "report/summary_groups.h"

#define COLUMNS_MAX 256     /* options, and counters */
#define COLUMN_NAME_MAX 120 /* bytes */

/* A counter's value and the times of its set: the enabled_ns and running_ns next to the right. */
struct counter_place {
        size_t value, enabled, running; /* CSV_NO_COLUMN when there is none */
};

struct sample_columns {
        const struct csv_reader *reader;
        size_t block, trial, lever, asked, proven, pmd_fraction, proof, ops, time_ns, minflt,
                page_table_bytes, status, reason;
        size_t arm_target, shift, zero_fraction; /* not in files of earlier versions */
        size_t texts[GROUP_TEXTS + COLUMNS_MAX]; /* what makes a group */
        size_t option_count;
        struct counter_place counters[COLUMNS_MAX];
        size_t counter_count;
};

/* Fills `columns`; STATUS_USAGE for a column that is missing. */
struct status sample_columns_find(const struct csv_reader *reader, struct sample_columns *columns);

/* STATUS_USAGE when a text of the current row is longer than a summary has room for: two groups must
 * not become one. */
struct status sample_columns_check_texts(const struct sample_columns *columns);

/* Puts the names of options and counters into the summary, which owns them. */
struct status sample_columns_names(const struct sample_columns *columns, struct summary *summary);

/* Operations in one thing of that unit: 1 for ns/op and GB/s, 2^20 for ns/MiB; NaN for no unit. */
double columns_unit_scale(const char *unit);

#endif
