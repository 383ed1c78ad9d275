/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary_load.h"

#include "report/summary_groups.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPTIONS_MAX 256

/* A field of a row: where it is in the struct, and its size when it is text. */
struct field {
        const char *column;
        size_t at, size;
        bool need; /* every version of the file has had it */
};

#define TEXT(column, member, need)                                                  \
        { column, offsetof(struct summary_row, member),                             \
          sizeof(((struct summary_row *)NULL)->member), need }
#define NUMBER(column, member) { column, offsetof(struct summary_row, member), 0, false }

static const struct field texts[] = {
        TEXT("workload", workload, true),
        TEXT("op", op, true),
        TEXT("unit", unit, true),
        TEXT("source", source, true),
        TEXT("target", target, false),
        TEXT("fs", fs, true),
        TEXT("memmap", memmap, true),
        TEXT("dax", dax, true),
        TEXT("pte_lever", pte.lever, true),
        TEXT("pte_proof", pte.proof, false),
        TEXT("pmd_proof", pmd.proof, false),
        TEXT("map", map, false),
        TEXT("file_state", state, false),
        TEXT("pte_asked", pte.asked, false),
        TEXT("pmd_asked", pmd.asked, false),
        TEXT("pte_arm_target", pte.target, false),
        TEXT("pmd_arm_target", pmd.target, false),
        TEXT("pte_shift_bytes", pte.shift, false),
        TEXT("pte_reason", pte.reason, false),
        TEXT("pmd_reason", pmd.reason, false),
};

static const struct field reals[] = {
        NUMBER("gain", gain),
        NUMBER("gain_lo", gain_lo),
        NUMBER("gain_hi", gain_hi),
        NUMBER("pte_value", pte.value),
        NUMBER("pmd_value", pmd.value),
        NUMBER("pte_value_lo", pte.value_lo),
        NUMBER("pte_value_hi", pte.value_hi),
        NUMBER("pmd_value_lo", pmd.value_lo),
        NUMBER("pmd_value_hi", pmd.value_hi),
        NUMBER("pte_pmd_fraction", pte.pmd_fraction),
        NUMBER("pmd_pmd_fraction", pmd.pmd_fraction),
        NUMBER("pte_zero_fraction", pte.zero_fraction),
        NUMBER("pmd_zero_fraction", pmd.zero_fraction),
        NUMBER("pte_minflt", pte.minflt),
        NUMBER("pmd_minflt", pmd.minflt),
        NUMBER("pte_page_table_bytes", pte.page_table_bytes),
        NUMBER("pmd_page_table_bytes", pmd.page_table_bytes),
};

static const struct field counts[] = {
        NUMBER("threads", threads),
        NUMBER("pairs", pairs),
        NUMBER("pte_trials", pte.trials),
        NUMBER("pmd_trials", pmd.trials),
        NUMBER("pte_invalid", pte.invalid),
        NUMBER("pmd_invalid", pmd.invalid),
        NUMBER("pte_skipped", pte.skipped),
        NUMBER("pmd_skipped", pmd.skipped),
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* The columns of the open file. */
struct load {
        struct csv_reader *reader;
        struct summary *summary;
        size_t capacity; /* rows that there is memory for */
        size_t texts[LENGTH(texts)], reals[LENGTH(reals)], counts[LENGTH(counts)];
        size_t bytes, verdict, evidence;
        size_t options[OPTIONS_MAX];
};

static struct status find_columns(struct load *load)
{
        const struct csv_reader *reader = load->reader;

        for (size_t i = 0; i < LENGTH(texts); i++) {
                load->texts[i] = csv_reader_find(reader, texts[i].column);
                if (texts[i].need)
                        TRY(csv_reader_need(reader, texts[i].column, &load->texts[i]));
        }
        for (size_t i = 0; i < LENGTH(reals); i++)
                load->reals[i] = csv_reader_find(reader, reals[i].column);
        for (size_t i = 0; i < LENGTH(counts); i++)
                load->counts[i] = csv_reader_find(reader, counts[i].column);
        load->evidence = csv_reader_find(reader, "evidence");
        TRY(csv_reader_need(reader, "bytes", &load->bytes));
        return csv_reader_need(reader, "verdict", &load->verdict);
}

static struct status load_texts(const struct load *load, struct summary_row *row)
{
        for (size_t i = 0; i < LENGTH(texts); i++) {
                const char *field = csv_reader_field(load->reader, load->texts[i]);
                size_t length = strlen(field);
                char message[120];

                if (length >= texts[i].size) {
                        snprintf(message, sizeof(message), "the text in column '%s' is too long",
                                 texts[i].column);
                        return csv_reader_fault(load->reader, message);
                }
                memcpy((char *)row + texts[i].at, field, length + 1);
        }
        return status_ok();
}

static struct status load_numbers(const struct load *load, struct summary_row *row)
{
        struct count count = { 0 };

        for (size_t i = 0; i < LENGTH(reals); i++) {
                double value = NAN;

                TRY(csv_reader_real(load->reader, load->reals[i], &value));
                memcpy((char *)row + reals[i].at, &value, sizeof(value));
        }
        for (size_t i = 0; i < LENGTH(counts); i++) {
                unsigned value;

                TRY(csv_reader_count(load->reader, load->counts[i], &count));
                if (count.value > UINT_MAX)
                        return csv_reader_fault(load->reader, "a count is too large");
                value = (unsigned)count.value;
                memcpy((char *)row + counts[i].at, &value, sizeof(value));
        }
        TRY(csv_reader_count(load->reader, load->bytes, &count));
        if (!count.known || !row->threads)
                return csv_reader_fault(load->reader, "bytes or threads are missing");
        row->bytes = count.value;
        if (row->gain <= 0 || row->gain_lo <= 0 || row->gain_hi < row->gain_lo)
                return csv_reader_fault(load->reader, "the gain or its interval cannot be");
        return status_ok();
}

static struct status load_options(const struct load *load, struct summary_row *row)
{
        row->options = calloc(load->summary->option_count + 1, sizeof(*row->options));
        for (size_t i = 0; row->options && i < load->summary->option_count; i++) {
                row->options[i] = strdup(csv_reader_field(load->reader, load->options[i]));
                if (!row->options[i])
                        return status_errno(ENOMEM, NULL, "cannot read a summary");
        }
        return row->options ? status_ok() : status_errno(ENOMEM, NULL, "cannot read a summary");
}

static bool verdict_parse(const char *word, enum verdict *ret_verdict)
{
        for (enum verdict verdict = VERDICT_PMD_FASTER; verdict <= VERDICT_MIXED; verdict++) {
                if (strcmp(word, verdict_name(verdict)) == 0) {
                        *ret_verdict = verdict;
                        return true;
                }
        }
        return false;
}

/* Room for one more row, zeroed. */
static struct summary_row *row_add(struct load *load)
{
        struct summary *summary = load->summary;

        if (summary->row_count == load->capacity) {
                size_t capacity = load->capacity ? 2 * load->capacity : 64;
                struct summary_row *rows = realloc(summary->rows, capacity * sizeof(*rows));

                if (!rows)
                        return NULL;
                summary->rows = rows;
                load->capacity = capacity;
        }
        summary->rows[summary->row_count] = (struct summary_row){ 0 };
        return &summary->rows[summary->row_count++];
}

static void set_name(struct summary_arm *arm, const char *lever)
{
        struct arm_key key = { 0 };

        snprintf(key.asked, sizeof(key.asked), "%s", arm->asked);
        snprintf(key.lever, sizeof(key.lever), "%s", lever);
        snprintf(key.shift, sizeof(key.shift), "%s", arm->shift);
        snprintf(key.target, sizeof(key.target), "%s", arm->target);
        arm_key_name(&key, arm->name, sizeof(arm->name));
}

/* The file does not have the lever of the PMD arm, which is the same for all; what has no trial of
 * any kind is not there. */
static void set_names(struct summary_row *row)
{
        const struct summary_arm *pmd = &row->pmd;
        bool there = pmd->trials || pmd->invalid || pmd->skipped || pmd->asked[0];

        set_name(&row->pte, row->pte.lever);
        set_name(&row->pmd, there ? "aligned" : "");
}

static struct status load_row(struct load *load)
{
        struct summary_row *row = row_add(load);

        if (!row)
                return status_errno(ENOMEM, NULL, "cannot read a summary");
        TRY(load_texts(load, row));
        TRY(load_numbers(load, row));
        set_names(row);
        if (!verdict_parse(csv_reader_field(load->reader, load->verdict), &row->verdict))
                return csv_reader_fault(load->reader, "the verdict is not one that is known");
        snprintf(load->summary->evidence, sizeof(load->summary->evidence), "%s",
                 csv_reader_field(load->reader, load->evidence));
        return load_options(load, row);
}

static struct status load_names(struct load *load)
{
        struct summary *summary = load->summary;
        size_t columns = csv_reader_columns(load->reader);

        summary->option_names = calloc(columns, sizeof(*summary->option_names));
        if (!summary->option_names)
                return status_errno(ENOMEM, NULL, "cannot read a summary");
        for (size_t i = 0; i < columns; i++) {
                const char *name = csv_reader_column_name(load->reader, i);

                if (strncmp(name, "opt_", 4) != 0)
                        continue;
                if (summary->option_count == OPTIONS_MAX)
                        return csv_reader_fault(load->reader, "too many opt_ columns");
                load->options[summary->option_count] = i;
                summary->option_names[summary->option_count] = strdup(name + 4);
                if (!summary->option_names[summary->option_count++])
                        return status_errno(ENOMEM, NULL, "cannot read a summary");
        }
        return status_ok();
}

static struct status load_all(struct load *load)
{
        bool more = true;

        TRY(find_columns(load));
        TRY(load_names(load));
        for (;;) {
                TRY(csv_reader_next(load->reader, &more));
                if (!more)
                        break;
                TRY(load_row(load));
        }
        load->summary->cut_line = csv_reader_cut(load->reader) ? csv_reader_line(load->reader) : 0;
        return status_ok();
}

struct status summary_load_rows(struct csv_reader *reader, struct summary **ret_summary)
{
        struct load load = { .reader = reader, .summary = calloc(1, sizeof(*load.summary)) };
        struct status status;

        if (!load.summary)
                return status_errno(ENOMEM, NULL, "cannot read a summary");
        status = load_all(&load);
        if (status_failed(&status))
                summary_free(load.summary);
        else
                *ret_summary = load.summary;
        return status;
}

struct status summary_load(const char *dir, struct summary **ret_summary)
{
        struct csv_reader *reader = NULL;
        struct status status;
        char path[PATH_MAX];

        if (snprintf(path, sizeof(path), "%s/summary.csv", dir) >= (int)sizeof(path))
                return status_make(STATUS_USAGE, "use a shorter path",
                                   "the path of %.80s... is too long", dir);
        if (access(path, F_OK) != 0 && errno == ENOENT)
                return summary_make(dir, ret_summary);
        TRY(csv_reader_open(path, &reader));
        status = summary_load_rows(reader, ret_summary);
        csv_reader_close(reader);
        return status;
}
