/* SPDX-License-Identifier: Apache-2.0 */
#include "compare/entries.h"

#include "report/row_key.h"
#include "report/summary_groups.h"
#include "report/summary_read.h"
#include "report/summary_rows.h"
#include "report/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct status no_memory(void)
{
        return status_errno(ENOMEM, NULL, "cannot hold the cells of the runs");
}

/* What a run is read into, and where its cells go. */
struct reading {
        struct compare_entries *entries;
        const struct summary *summary;
        size_t row;
        const struct arm_data *last; /* PMD arm that was added with a PTE arm */
        bool is_new, arms, gains;
        size_t run;
};

static void name_options(const struct summary *summary, const struct summary_row *row, char *text,
                         size_t text_size)
{
        size_t used = 0;

        text[0] = '\0';
        for (size_t i = 0; i < summary->option_count && used < text_size; i++) {
                if (!row->options[i][0])
                        continue;
                used += (size_t)snprintf(text + used, text_size - used, "%s%s=%s", used ? " " : "",
                                         summary->option_names[i], row->options[i]);
        }
}

static void name_make(const struct reading *reading, const struct summary_row *row,
                      enum compare_kind kind, const char *arm, struct compare_name *name)
{
        *name = (struct compare_name) {
                .kind = kind,
                .bytes = row->bytes,
                .threads = row->threads,
        };
        memcpy(name->workload, row->workload, sizeof(name->workload));
        memcpy(name->op, row->op, sizeof(name->op));
        memcpy(name->unit, row->unit, sizeof(name->unit));
        memcpy(name->source, row->source, sizeof(name->source));
        memcpy(name->target, row->target, sizeof(name->target));
        memcpy(name->fs, row->fs, sizeof(name->fs));
        memcpy(name->memmap, row->memmap, sizeof(name->memmap));
        memcpy(name->dax, row->dax, sizeof(name->dax));
        memcpy(name->map, row->map, sizeof(name->map));
        memcpy(name->state, row->state, sizeof(name->state));
        if (kind == COMPARE_GAIN)
                snprintf(name->unit, sizeof(name->unit), "gain");
        snprintf(name->arm, sizeof(name->arm), "%s", arm);
        name_options(reading->summary, row, name->options, sizeof(name->options));
}

static struct status key_make(const struct reading *reading, const struct summary_row *row,
                              const struct compare_name *name, char **ret_key)
{
        char *key = NULL, *whole;

        TRY(row_key_make(reading->summary, row, ROW_KEY_ACROSS & ~(unsigned)ROW_KEY_LEVER, &key));
        if (asprintf(&whole, "%s;unit=%s;%s=%s", key, row->unit,
                     name->kind == COMPARE_GAIN ? "gain" : "arm", name->arm) < 0)
                whole = NULL;
        free(key);
        if (!whole)
                return no_memory();
        *ret_key = whole;
        return status_ok();
}

static void add_counts(struct compare_entry *entry, const struct summary_arm *arm)
{
        entry->trials += arm->trials;
        entry->invalid += arm->invalid;
        entry->skipped += arm->skipped;
        if (!entry->reason[0])
                memcpy(entry->reason, arm->reason, sizeof(entry->reason));
}

/* Room for a new entry at the end, which is not counted yet. */
static struct status entry_room(struct compare_entries *entries)
{
        size_t room = entries->room + entries->room / 2 + 64;
        void *list;

        if (entries->count < entries->room)
                return status_ok();
        list = reallocarray(entries->list, room, sizeof(*entries->list));
        if (!list)
                return no_memory();
        entries->list = list;
        entries->room = room;
        return status_ok();
}

/* A new entry, with room for `room` values. */
static struct status entry_add(struct reading *reading, const struct summary_row *row,
                               enum compare_kind kind, const char *arm, size_t room,
                               struct compare_entry **ret_entry)
{
        struct compare_entries *entries = reading->entries;
        struct compare_entry *entry;

        TRY(entry_room(entries));
        entry = &entries->list[entries->count];
        *entry = (struct compare_entry) {
                .order = entries->count,
                .is_new = reading->is_new,
                .run = reading->run,
                .values = malloc((room ? room : 1) * sizeof(double)),
        };
        entries->count++;
        if (!entry->values)
                return no_memory();
        name_make(reading, row, kind, arm, &entry->name);
        TRY(key_make(reading, row, &entry->name, &entry->key));
        *ret_entry = entry;
        return status_ok();
}

static struct status add_arm(struct reading *reading, const struct summary_row *row,
                             const struct arm_data *data, bool pmd)
{
        const struct summary_arm *arm = pmd ? &row->pmd : &row->pte;
        struct compare_entry *entry = NULL;
        char name[WORDS_MAX];

        words_arm(arm, pmd, name, sizeof(name));
        TRY(entry_add(reading, row, COMPARE_ARM, name, data->time_count, &entry));
        entry->value_count = gain_blocks(data->times, data->time_count, entry->values);
        add_counts(entry, arm);
        return status_ok();
}

static struct status add_gain(struct reading *reading, const struct summary_row *row,
                              const struct arm_data *pte, const struct arm_data *pmd)
{
        size_t room = pte->time_count < pmd->time_count ? pte->time_count : pmd->time_count;
        struct compare_entry *entry = NULL;
        char name[WORDS_MAX];

        words_arm(&row->pte, false, name, sizeof(name));
        TRY(entry_add(reading, row, COMPARE_GAIN, name, room, &entry));
        entry->value_count =
                gain_pairs(pte->times, pte->time_count, pmd->times, pmd->time_count, entry->values);
        add_counts(entry, &row->pte);
        add_counts(entry, &row->pmd);
        return status_ok();
}

/* A row's PTE arm; its PMD arm, with the first row that has it; and its gain. */
static struct status add_pair(void *context, const struct group *group, const struct arm_data *pte,
                              const struct arm_data *pmd)
{
        struct reading *reading = context;
        const struct summary_row *row = &reading->summary->rows[reading->row++];

        if (reading->arms && pmd && pmd != reading->last)
                TRY(add_arm(reading, row, pmd, true));
        if (pte && pmd)
                reading->last = pmd;
        if (reading->arms && pte)
                TRY(add_arm(reading, row, pte, false));
        if (reading->gains && pte && pmd)
                TRY(add_gain(reading, row, pte, pmd));
        return status_ok();
}

struct status compare_entries_read(struct compare_entries *entries, const char *dir, bool is_new,
                                   size_t run, bool arms, bool gains)
{
        struct summary *summary = calloc(1, sizeof(*summary));
        struct groups groups = { 0 };
        struct reading reading = {
                .entries = entries,
                .summary = summary,
                .is_new = is_new,
                .run = run,
                .arms = arms,
                .gains = gains,
        };
        struct status status;

        if (!summary)
                return no_memory();
        status = summary_read_samples(dir, &groups, summary);
        if (!status_failed(&status))
                status = summary_add_rows(summary, &groups);
        if (!status_failed(&status))
                status = groups_each_pair(&groups, add_pair, &reading);
        entries->cut_runs += summary->cut_line != 0;
        groups_free(&groups);
        summary_free(summary);
        return status;
}

static int compare_numbers(size_t left, size_t right)
{
        return (left > right) - (left < right);
}

static int compare_entries(const void *left, const void *right)
{
        const struct compare_entry *a = left, *b = right;
        int order = strcmp(a->key, b->key);

        if (!order)
                order = compare_numbers(a->is_new, b->is_new);
        if (!order)
                order = compare_numbers(a->run, b->run);
        return order ? order : compare_numbers(a->order, b->order);
}

static void sort(struct compare_entries *entries)
{
        if (entries->count)
                qsort(entries->list, entries->count, sizeof(*entries->list), compare_entries);
}

static bool same_run(const struct compare_entry *a, const struct compare_entry *b)
{
        return a->is_new == b->is_new && a->run == b->run;
}

/* Puts the targets into the keys of entries `first` to `end`. */
static struct status add_targets(struct compare_entries *entries, size_t first, size_t end)
{
        for (size_t i = first; i < end; i++) {
                struct compare_entry *entry = &entries->list[i];
                char *key;

                if (asprintf(&key, "%s;target=%s", entry->key, entry->name.target) < 0)
                        return no_memory();
                free(entry->key);
                entry->key = key;
        }
        return status_ok();
}

struct status compare_entries_match(struct compare_entries *entries)
{
        sort(entries);
        for (size_t first = 0, end; first < entries->count; first = end) {
                bool twice = false;

                for (end = first + 1; end < entries->count &&
                                      strcmp(entries->list[end].key, entries->list[first].key) == 0;
                     end++)
                        twice |= same_run(&entries->list[end], &entries->list[end - 1]);
                if (twice)
                        TRY(add_targets(entries, first, end));
        }
        sort(entries);
        return status_ok();
}

void compare_entries_free(struct compare_entries *entries)
{
        for (size_t i = 0; i < entries->count; i++) {
                free(entries->list[i].key);
                free(entries->list[i].values);
        }
        free(entries->list);
        *entries = (struct compare_entries) { 0 };
}
