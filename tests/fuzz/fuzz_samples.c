/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer: any bytes as a samples.csv; those that begin with '+' are rows below a whole header.
 * It is refused in one line, or no row is lost, and the rows of its summary are written to a
 * summary.csv that reads back to the same.
 */
#include "report/row_key.h"
#include "report/summary_load.h"
#include "report/summary_read.h"
#include "report/summary_rows.h"
#include "report/summary_write.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SUMMARISE_EVERY 32 /* inputs, by their size: intervals take longer than reading */

static const char header[] =
        "block,trial,workload,op,unit,bytes,threads,opt_n,source,target,fs,memmap,dax,map,"
        "file_state,lever,asked,arm_target,shift_bytes,proven,pmd_fraction,zero_fraction,proof,ops,"
        "time_ns,minflt,page_table_bytes,ctr_a,ctr_s_enabled_ns,ctr_s_running_ns,status,reason\n";

static void require(bool holds)
{
        if (!holds)
                abort();
}

static char *key_of(const struct summary *summary, const struct summary_row *row)
{
        char *key = NULL;
        struct status status = row_key_make(summary, row, ROW_KEY_ALL, &key);

        require(!status_failed(&status));
        return key;
}

static void require_same(const struct summary *a, const struct summary *b)
{
        require(a->row_count == b->row_count && a->option_count == b->option_count);
        for (size_t i = 0; i < a->row_count; i++) {
                const struct summary_row *one = &a->rows[i], *other = &b->rows[i];
                char *key = key_of(a, one), *key_again = key_of(b, other);

                require(strcmp(key, key_again) == 0 && one->verdict == other->verdict);
                require(one->pairs == other->pairs && strcmp(one->unit, other->unit) == 0);
                require(one->pte.trials == other->pte.trials);
                require(one->pmd.invalid == other->pmd.invalid);
                require(strcmp(one->pte.reason, other->pte.reason) == 0);
                require(strcmp(one->pmd.proof, other->pmd.proof) == 0);
                free(key);
                free(key_again);
        }
}

static void write_and_load(const struct summary *summary)
{
        struct csv_reader *reader = NULL;
        struct summary *again = NULL;
        struct csv_row row = { 0 };
        struct status status;

        summary_write_names(summary, &row);
        status = csv_row_end(&row);
        for (size_t i = 0; i < summary->row_count && !status_failed(&status); i++) {
                summary_write_row(summary, "virtual", &summary->rows[i], &row);
                status = csv_row_end(&row);
        }
        require(!status_failed(&status));
        status = csv_reader_open_memory("summary.csv", row.text, row.length, &reader);
        require(!status_failed(&status));
        status = summary_load_rows(reader, &again);
        require(!status_failed(&status));
        require_same(summary, again);
        summary_free(again);
        csv_reader_close(reader);
        csv_row_free(&row);
}

static struct status read_once(const char *text, size_t length, struct groups *groups,
                               struct summary *summary, bool *ret_apart)
{
        struct csv_reader *reader = NULL;
        struct status status;

        status = csv_reader_open_memory("samples.csv", text, length, &reader);
        require(status_failed(&status) == !reader);
        if (!status_failed(&status))
                status = summary_read_rows(reader, groups, summary, ret_apart);
        csv_reader_close(reader);
        return status;
}

static void read_samples(const char *text, size_t length, bool summarise)
{
        struct summary *summary = calloc(1, sizeof(*summary));
        struct groups groups = { 0 };
        struct status status;
        bool apart = false;

        require(summary != NULL);
        status = read_once(text, length, &groups, summary, &apart);
        if (!status_failed(&status) && apart) {
                summary_read_anew(&groups, summary);
                status = read_once(text, length, &groups, summary, &apart);
                require(!status_failed(&status) && !apart);
        }
        if (status_failed(&status))
                require(*status.what && !strchr(status.what, '\n'));
        else
                require(summary->samples_read ==
                        summary->samples_ok + summary->samples_invalid + summary->samples_skipped);
        if (!status_failed(&status) && summarise) {
                status = summary_add_rows(summary, &groups);
                require(!status_failed(&status));
                require(!summary->samples_read == !summary->row_count);
                write_and_load(summary);
        }
        groups_free(&groups);
        summary_free(summary);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        size_t head = size && data[0] == '+' ? sizeof(header) - 1 : 0;
        size_t rest = size - (head ? 1 : 0);
        char *text = malloc(head + size + 1);

        require(text != NULL);
        memcpy(text, header, head);
        memcpy(text + head, data + (head ? 1 : 0), rest);
        read_samples(text, head + rest, size % SUMMARISE_EVERY == 0);
        free(text);
        return 0;
}
