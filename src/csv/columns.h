/* SPDX-License-Identifier: Apache-2.0 */
/* Which opt_ and ctr_ columns the samples.csv of a run has. */
#ifndef PMDGAIN_CSV_COLUMNS_H
#define PMDGAIN_CSV_COLUMNS_H

#include "csv/row.h"

#include <pmdgain/cell.h>
#include <pmdgain/counters.h>
#include <pmdgain/sample.h>
#include <pmdgain/status.h>
#include <stddef.h>

struct option_columns {
        const char **names; /* as option_column() has them; owned by the workloads */
        size_t count;
};

/* The options of all workloads of the cells, each name once. Free with option_columns_free(). */
struct status option_columns_make(const struct cell *cells, size_t cell_count,
                                  struct option_columns *ret_columns);
void option_columns_free(struct option_columns *columns);

void option_columns_header(const struct option_columns *columns, struct csv_row *row);
void option_columns_fields(const struct option_columns *columns, const struct cell *cell,
                           struct csv_row *row);

/* The columns of each set, followed by the set's enabled and running times. A column that an
 * earlier set has too is named ctr_SET_NAME. `selection` may be NULL. */
void counter_columns_header(const struct counter_selection *selection, struct csv_row *row);
void counter_columns_fields(const struct counter_selection *selection,
                            const struct sample *sample, struct csv_row *row);

#endif
