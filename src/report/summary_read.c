/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary_read.h"

#include "csv/reader.h"
#include "report/summary_columns.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROVEN_SIZE sizeof(((struct arm_data *)NULL)->proven)

/* Where one row goes. */
struct place {
        uint32_t block, trial;
        enum status_code status;
        struct arm_key key;
        struct arm_data *arm;
        struct arm_trial *at;
        float *counters;
};

static struct status read_small(const struct csv_reader *reader, size_t column, uint32_t *ret_value)
{
        struct count count = { 0 };

        TRY(csv_reader_count(reader, column, &count));
        if (!count.known || count.value > UINT32_MAX)
                return csv_reader_fault(reader, "block or trial is missing or too large");
        *ret_value = (uint32_t)count.value;
        return status_ok();
}

/* `auto` stands where it was proven to be; anywhere else nothing is known of it. */
static enum grain side_of(const char *asked, const char *proven)
{
        const char *word = strcmp(asked, "auto") == 0 ? proven : asked;

        if (strcmp(word, "pmd") == 0)
                return GRAIN_PMD;
        if (strcmp(word, "pte") == 0)
                return GRAIN_PTE;
        return strcmp(word, "mixed") == 0 ? GRAIN_MIXED : GRAIN_UNKNOWN;
}

static struct status read_key(const struct sample_columns *columns, struct arm_key *key)
{
        const struct csv_reader *reader = columns->reader;
        const char *asked = csv_reader_field(reader, columns->asked);
        const char *lever = csv_reader_field(reader, columns->lever);
        const char *target = csv_reader_field(reader, columns->arm_target);
        const char *shift = csv_reader_field(reader, columns->shift);

        if (strcmp(asked, "pmd") && strcmp(asked, "pte") && strcmp(asked, "auto"))
                return csv_reader_fault(reader, "'asked' is none of pmd, pte, auto");
        if (strlen(lever) >= sizeof(key->lever))
                return csv_reader_fault(reader, "the lever is too long");
        if (strlen(csv_reader_field(reader, columns->proven)) >= PROVEN_SIZE)
                return csv_reader_fault(reader, "'proven' is too long");
        if (strlen(target) >= sizeof(key->target) || strlen(shift) >= sizeof(key->shift))
                return csv_reader_fault(reader, "arm_target or shift_bytes is too long");
        key->side = side_of(asked, csv_reader_field(reader, columns->proven));
        snprintf(key->asked, sizeof(key->asked), "%s", asked);
        snprintf(key->lever, sizeof(key->lever), "%s", lever);
        snprintf(key->target, sizeof(key->target), "%s", target);
        snprintf(key->shift, sizeof(key->shift), "%s", shift);
        return status_ok();
}

static struct status read_words(const struct sample_columns *columns, struct place *place)
{
        const struct csv_reader *reader = columns->reader;
        struct count bytes = { 0 }, threads = { 0 };

        if (!status_code_parse(csv_reader_field(reader, columns->status), &place->status))
                return csv_reader_fault(reader, "the status is none of ok, skip, invalid, usage, "
                                                "system");
        TRY(read_key(columns, &place->key));
        if (isnan(columns_unit_scale(csv_reader_field(reader, columns->texts[GROUP_UNIT]))))
                return csv_reader_fault(reader, "the unit is none of ns/op, ns/MiB, GB/s");
        TRY(csv_reader_count(reader, columns->texts[GROUP_BYTES], &bytes));
        TRY(csv_reader_count(reader, columns->texts[GROUP_THREADS], &threads));
        if (!bytes.known || !threads.value || threads.value > UINT32_MAX)
                return csv_reader_fault(reader, "bytes or threads are missing or too large");
        return sample_columns_check_texts(columns);
}

static struct status find_place(const struct sample_columns *columns, struct groups *groups,
                                struct place *place)
{
        const struct csv_reader *reader = columns->reader;
        const char *texts[GROUP_TEXTS + COLUMNS_MAX];
        struct group *group = NULL;

        TRY(read_small(reader, columns->block, &place->block));
        TRY(read_small(reader, columns->trial, &place->trial));
        TRY(read_words(columns, place));
        for (size_t i = 0; i < GROUP_TEXTS + columns->option_count; i++)
                texts[i] = csv_reader_field(reader, columns->texts[i]);
        TRY(groups_find(groups, texts, &group));
        TRY(group_find_arm(group, &place->key, &place->arm));
        return arm_find_trial(groups, place->arm, place->block, place->trial, &place->at,
                              &place->counters);
}

/* A count over the whole time, where the set had the PMU for a part of it only. */
static struct status add_counter(const struct sample_columns *columns, size_t index,
                                 struct place *place)
{
        const struct counter_place *counter = &columns->counters[index];
        struct count value = { 0 }, enabled = { 0 }, running = { 0 };
        double scale = 1;

        TRY(csv_reader_count(columns->reader, counter->value, &value));
        TRY(csv_reader_count(columns->reader, counter->enabled, &enabled));
        TRY(csv_reader_count(columns->reader, counter->running, &running));
        if (enabled.known && running.known && running.value < enabled.value) {
                place->at->multiplexed = true;
                scale = running.value ? (double)enabled.value / (double)running.value : NAN;
        }
        place->counters[index] += value.known ? (float)((double)value.value * scale) : NAN;
        return status_ok();
}

/* What valid samples were proven to be hides what others were. */
static void add_proven(struct place *place, const char *proven)
{
        struct arm_data *arm = place->arm;
        bool ok = place->status == STATUS_OK;

        if (!*proven || (arm->proven_ok && !ok))
                return;
        if (!arm->proven[0] || (ok && !arm->proven_ok))
                snprintf(arm->proven, sizeof(arm->proven), "%s", proven);
        else if (strcmp(arm->proven, proven) != 0)
                snprintf(arm->proven, sizeof(arm->proven), "mixed");
        arm->proven_ok = ok;
}

static struct status add_proof(const struct sample_columns *columns, struct place *place)
{
        const struct csv_reader *reader = columns->reader;
        const char *proof = csv_reader_field(reader, columns->proof);
        bool ok = place->status == STATUS_OK;
        double value = NAN;

        if (*proof && (!place->arm->proof[0] || (ok && !place->arm->proof_ok))) {
                snprintf(place->arm->proof, sizeof(place->arm->proof), "%s", proof);
                place->arm->proof_ok = ok;
        }
        add_proven(place, csv_reader_field(reader, columns->proven));
        TRY(csv_reader_real(reader, columns->pmd_fraction, &value));
        if (isnan(place->at->pmd_fraction))
                place->at->pmd_fraction = value;
        TRY(csv_reader_real(reader, columns->zero_fraction, &value));
        if (isnan(place->at->zero_fraction))
                place->at->zero_fraction = value;
        TRY(csv_reader_real(reader, columns->minflt, &value));
        if (isnan(place->at->minflt))
                place->at->minflt = value;
        TRY(csv_reader_real(reader, columns->page_table_bytes, &value));
        if (isnan(place->at->page_table_bytes))
                place->at->page_table_bytes = value;
        return status_ok();
}

static void add_failure(struct place *place, const char *reason)
{
        if (place->at->status == STATUS_OK)
                place->at->status = (uint8_t)place->status;
        if (!place->arm->reason[0])
                snprintf(place->arm->reason, sizeof(place->arm->reason), "%s",
                         *reason ? reason : status_code_name(place->status));
}

static struct status add_row(const struct sample_columns *columns, struct groups *groups,
                             struct summary *summary)
{
        struct place place = { 0 };
        struct count ops = { 0 }, time_ns = { 0 };
        const char *reason = csv_reader_field(columns->reader, columns->reason);

        TRY(find_place(columns, groups, &place));
        TRY(csv_reader_count(columns->reader, columns->ops, &ops));
        TRY(csv_reader_count(columns->reader, columns->time_ns, &time_ns));
        summary->samples_read++;
        if (place.status == STATUS_OK && !(ops.value && time_ns.value)) {
                place.status = STATUS_INVALID;
                reason = "a row with status ok but without operations or time";
        }
        TRY(add_proof(columns, &place));
        if (place.status != STATUS_OK) {
                add_failure(&place, reason);
                summary->samples_skipped += place.status == STATUS_SKIP;
                summary->samples_invalid += place.status != STATUS_SKIP;
                return status_ok();
        }
        summary->samples_ok++;
        place.at->ops += (double)ops.value;
        for (size_t i = 0; i < columns->counter_count; i++)
                TRY(add_counter(columns, i, &place));
        return arm_add_sample(place.arm, &(struct arm_sample){
                                                 .block = place.block,
                                                 .trial = place.trial,
                                                 .time = (double)time_ns.value / (double)ops.value,
                                         });
}

struct status summary_read_rows(struct csv_reader *reader, struct groups *groups,
                                struct summary *summary, bool *ret_apart)
{
        struct sample_columns columns;
        struct status status = status_ok();
        bool more = true;

        TRY(sample_columns_find(reader, &columns));
        if (!summary->option_names)
                status = sample_columns_names(&columns, summary);
        groups->option_count = columns.option_count;
        groups->counter_count = columns.counter_count;
        while (!status_failed(&status)) {
                status = csv_reader_next(reader, &more);
                if (status_failed(&status) || !more)
                        break;
                status = add_row(&columns, groups, summary);
        }
        summary->cut_line = csv_reader_cut(reader) ? csv_reader_line(reader) : 0;
        return status_failed(&status) ? status : groups_close(groups, ret_apart);
}

static struct status read_file(const char *dir, struct groups *groups, struct summary *summary,
                               bool *ret_apart)
{
        char path[PATH_MAX];
        struct csv_reader *reader = NULL;
        struct status status;

        snprintf(path, sizeof(path), "%s/samples.csv", dir);
        TRY(csv_reader_open(path, &reader));
        status = summary_read_rows(reader, groups, summary, ret_apart);
        csv_reader_close(reader);
        return status;
}

void summary_read_anew(struct groups *groups, struct summary *summary)
{
        groups_free(groups);
        groups->apart = true;
        summary->samples_read = summary->samples_ok = 0;
        summary->samples_invalid = summary->samples_skipped = 0;
}

/* No run writes a file whose rows have another order, but whoever sorts one may: it is read again,
 * and all its samples are kept until its end. */
struct status summary_read_samples(const char *dir, struct groups *groups, struct summary *summary)
{
        bool apart = false;

        TRY(read_file(dir, groups, summary, &apart));
        if (!apart)
                return status_ok();
        summary_read_anew(groups, summary);
        return read_file(dir, groups, summary, &apart);
}
