/* SPDX-License-Identifier: Apache-2.0 */
/* libFuzzer: any bytes as a summary.csv. What is taken must have keys, and gains that can be. */
#include "report/row_key.h"
#include "report/summary_load.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
        if (!holds)
                abort();
}

static void check_rows(const struct summary *summary)
{
        for (size_t i = 0; i < summary->row_count; i++) {
                const struct summary_row *row = &summary->rows[i];
                char *key = NULL;
                struct status status = row_key_make(summary, row, ROW_KEY_ALL, &key);

                require(!status_failed(&status) && key[0]);
                require(!(row->gain <= 0) && !(row->gain_hi < row->gain_lo) && row->threads);
                require(verdict_name(row->verdict) != NULL);
                free(key);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct csv_reader *reader = NULL;
        struct summary *summary = NULL;
        struct status status = csv_reader_open_memory("fuzz", data, size, &reader);

        if (status_failed(&status))
                return 0;
        status = summary_load_rows(reader, &summary);
        require(status_failed(&status) == !summary);
        if (summary)
                check_rows(summary);
        summary_free(summary);
        csv_reader_close(reader);
        return 0;
}
