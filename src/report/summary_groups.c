/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary_groups.h"

#include <errno.h>
#include <math.h>
#include <pmdgain/units.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct status no_memory(void)
{
        return status_errno(ENOMEM, NULL, "cannot hold the samples");
}

/* The same things with room for one more of `size` bytes; NULL when there is no memory. */
static void *grow(void *things, size_t count, size_t *room, size_t size)
{
        size_t wanted = *room + *room / 2 + 8;
        void *grown;

        if (count < *room)
                return things;
        grown = reallocarray(things, wanted, size);
        if (grown)
                *room = wanted;
        return grown;
}

static int compare_keys(const void *left, const void *right)
{
        const struct group *a = left, *b = right;

        if (a->key_length != b->key_length)
                return a->key_length < b->key_length ? -1 : 1;
        return memcmp(a->key, b->key, a->key_length);
}

static bool has_texts(const struct group *group, const char *const *texts, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(group->texts[i], texts[i]) != 0)
                        return false;
        return true;
}

static void free_group(void *node)
{
        struct group *group = node;

        for (size_t i = 0; i < group->arm_count; i++) {
                free(group->arms[i].samples);
                free(group->arms[i].trials);
                free(group->arms[i].counters);
                free(group->arms[i].times);
        }
        free(group->arms);
        free(group->texts);
        free(group->key);
        free(group);
}

static struct group *make_group(const char *const *texts, size_t count)
{
        struct group *group = calloc(1, sizeof(*group));
        char *at;

        if (!group)
                return NULL;
        for (size_t i = 0; i < count; i++)
                group->key_length += strlen(texts[i]) + 1;
        group->key = malloc(group->key_length);
        group->texts = calloc(count, sizeof(*group->texts));
        if (!group->key || !group->texts) {
                free_group(group);
                return NULL;
        }
        at = group->key;
        for (size_t i = 0; i < count; i++) {
                group->texts[i] = at;
                at = stpcpy(at, texts[i]) + 1;
        }
        return group;
}

struct status groups_find(struct groups *groups, const char *const *texts, struct group **ret_group)
{
        size_t count = GROUP_TEXTS + groups->option_count;
        struct group *group;
        struct group **found;
        void *list;

        if (groups->last && has_texts(groups->last, texts, count)) {
                *ret_group = groups->last;
                return status_ok();
        }
        list = grow(groups->list, groups->count, &groups->room, sizeof(struct group *));
        if (!list)
                return no_memory();
        groups->list = list;
        group = make_group(texts, count);
        if (!group)
                return no_memory();
        found = tsearch(group, &groups->tree, compare_keys);
        if (!found || *found != group)
                free_group(group);
        if (!found)
                return no_memory();
        if (*found == group) {
                group->index = groups->count;
                groups->list[groups->count++] = group;
        }
        groups->last = *ret_group = *found;
        return status_ok();
}

char *arm_key_name(const struct arm_key *key, char *text, size_t text_size)
{
        char size[UNITS_TEXT_MAX] = "";
        uint64_t shift = strtoull(key->shift, NULL, 10);

        if (shift)
                size_format(shift, size, sizeof(size));
        snprintf(text, text_size, "%s%s%s%s%s",
                 strcmp(key->asked, "auto") == 0 ? key->asked : key->lever, *size ? " " : "", size,
                 *key->target ? "@" : "", key->target);
        return text;
}

static bool keys_equal(const struct arm_key *a, const struct arm_key *b)
{
        return a->side == b->side && strcmp(a->asked, b->asked) == 0 &&
               strcmp(a->lever, b->lever) == 0 && strcmp(a->shift, b->shift) == 0 &&
               strcmp(a->target, b->target) == 0;
}

const struct arm_data *group_like(const struct group *group, const struct arm_key *key)
{
        for (size_t i = 0; i < group->arm_count; i++)
                if (keys_equal(&group->arms[i].key, key))
                        return &group->arms[i];
        return NULL;
}

/* Of several the one that was asked for, and that lies where the source says. */
const struct arm_data *group_pmd(const struct group *group)
{
        const struct arm_data *best = NULL;
        int most = -1;

        for (size_t i = 0; i < group->arm_count; i++) {
                const struct arm_key *key = &group->arms[i].key;
                int rank = 2 * (strcmp(key->asked, "pmd") == 0) + !key->target[0];

                if (key->side != GRAIN_PMD || rank <= most)
                        continue;
                best = &group->arms[i];
                most = rank;
        }
        return best;
}

struct status group_find_arm(struct group *group, const struct arm_key *key,
                             struct arm_data **ret_arm)
{
        const struct arm_data *found = group_like(group, key);
        struct arm_data *grown;

        if (found) {
                *ret_arm = &group->arms[found - group->arms];
                return status_ok();
        }
        grown = reallocarray(group->arms, group->arm_count + 1, sizeof(*grown));
        if (!grown)
                return no_memory();
        group->arms = grown;
        *ret_arm = &grown[group->arm_count++];
        **ret_arm = (struct arm_data){ .key = *key };
        return status_ok();
}

static struct status add_trial(struct arm_data *arm, uint32_t block, uint32_t trial,
                               size_t counter_count)
{
        void *trials = grow(arm->trials, arm->trial_count, &arm->trial_room, sizeof(*arm->trials));
        void *counters = NULL;

        if (trials)
                arm->trials = trials;
        if (counter_count)
                counters = grow(arm->counters, arm->trial_count, &arm->counter_room,
                                counter_count * sizeof(float));
        if (counters)
                arm->counters = counters;
        if (!trials || (counter_count && !counters))
                return no_memory();
        arm->trials[arm->trial_count] = (struct arm_trial){
                .block = block,
                .trial = trial,
                .pmd_fraction = NAN,
                .zero_fraction = NAN,
                .minflt = NAN,
                .page_table_bytes = NAN,
                .time = NAN,
                .index = (uint32_t)arm->trial_count,
        };
        for (size_t i = 0; i < counter_count; i++)
                arm->counters[arm->trial_count * counter_count + i] = 0;
        arm->trial_count++;
        return status_ok();
}

struct status arm_find_trial(const struct groups *groups, struct arm_data *arm, uint32_t block,
                             uint32_t trial, struct arm_trial **ret_trial, float **ret_counters)
{
        size_t counter_count = groups->counter_count;
        struct arm_trial *last = arm->trial_count ? &arm->trials[arm->trial_count - 1] : NULL;

        if (!last || last->block != block || last->trial != trial) {
                if (last && !groups->apart)
                        TRY(arm_settle(arm, arm->trial_count - 1));
                TRY(add_trial(arm, block, trial, counter_count));
                last = &arm->trials[arm->trial_count - 1];
        }
        *ret_trial = last;
        *ret_counters = arm->counters ? arm->counters + last->index * counter_count : NULL;
        return status_ok();
}

struct status arm_add_sample(struct arm_data *arm, const struct arm_sample *sample)
{
        void *samples =
                grow(arm->samples, arm->sample_count, &arm->sample_room, sizeof(*arm->samples));

        if (!samples)
                return no_memory();
        arm->samples = samples;
        arm->samples[arm->sample_count++] = *sample;
        return status_ok();
}

static struct status each_pair_of(const struct group *group, pair_taker take, void *context)
{
        const struct arm_data *pmd = group_pmd(group);
        bool compared = false;

        for (size_t i = 0; i < group->arm_count; i++)
                compared |= group->arms[i].key.side == GRAIN_PTE;
        for (size_t i = 0; i < group->arm_count; i++) {
                const struct arm_data *arm = &group->arms[i];

                if (arm->key.side == GRAIN_PMD && !(arm == pmd && compared))
                        TRY(take(context, group, NULL, arm));
                else if (arm->key.side != GRAIN_PMD)
                        TRY(take(context, group, arm, arm->key.side == GRAIN_PTE ? pmd : NULL));
        }
        return status_ok();
}

struct status groups_each_pair(const struct groups *groups, pair_taker take, void *context)
{
        for (size_t i = 0; i < groups->count; i++)
                TRY(each_pair_of(groups->list[i], take, context));
        return status_ok();
}

void groups_free(struct groups *groups)
{
        tdestroy(groups->tree, free_group);
        free(groups->list);
        *groups = (struct groups){ 0 };
}
