/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What samples.csv comes down to while it is read: groups of rows that differ by their arm only,
 * their arms, and of each arm what its trials gave. Bytes kept per sample: 16; per trial about 48
 * and 4 a counter.
 */
#ifndef PMDGAIN_REPORT_SUMMARY_GROUPS_H
#define PMDGAIN_REPORT_SUMMARY_GROUPS_H

#include "stats/gain.h"

#include <pmdgain/mapping.h>
#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The texts that make a group, before those of its options. */
enum group_text {
        GROUP_WORKLOAD, GROUP_OP, GROUP_UNIT, GROUP_BYTES, GROUP_THREADS, GROUP_SOURCE,
        GROUP_TARGET, GROUP_FS, GROUP_MEMMAP, GROUP_DAX, GROUP_TEXTS,
};

struct arm_sample {
        uint32_t block, trial;
        double time; /* ns per op */
};

struct arm_trial {
        uint32_t block, trial;
        uint8_t status;          /* enum status_code: the first that was not ok */
        bool multiplexed;
        double pmd_fraction, minflt, page_table_bytes;
        double ops;              /* of its ok samples */
        size_t index;            /* of its counters in arm->counters */
};

struct arm_data {
        enum grain asked;
        char lever[16];
        struct arm_sample *samples;
        size_t sample_count, sample_room;
        struct arm_trial *trials;
        size_t trial_count, trial_room;
        float *counters;         /* counter_count for each trial: sums over its samples */
        size_t counter_room;     /* in trials */
        char proof[64];          /* of the first ok sample, before it of any */
        bool proof_ok;
        char reason[480];        /* the first of a row that was not ok */
        struct trial_time *times; /* after groups_close(): of the valid trials, by block */
        size_t time_count;
};

struct group {
        size_t index;            /* in the order of first appearance */
        const char **texts;      /* GROUP_TEXTS, then the options */
        char *key;               /* the memory of the texts */
        size_t key_length;
        struct arm_data *arms;
        size_t arm_count;
};

struct groups {
        size_t option_count, counter_count;
        void *tree;              /* of tsearch(): struct group by key */
        struct group **list;     /* in the order of first appearance */
        size_t count, room;
        struct group *last;      /* the last one found */
};

/* `texts` has GROUP_TEXTS + option_count entries. The group is made when it is new. */
struct status groups_find(struct groups *groups, const char *const *texts,
                          struct group **ret_group);
struct status group_find_arm(struct group *group, enum grain asked, const char *lever,
                             struct arm_data **ret_arm);

/* The trial a row belongs to: the arm's last one, or a new one. `ret_counters` are its sums. */
struct status arm_find_trial(struct arm_data *arm, uint32_t block, uint32_t trial,
                             size_t counter_count, struct arm_trial **ret_trial,
                             float **ret_counters);
struct status arm_add_sample(struct arm_data *arm, const struct arm_sample *sample);

/* Joins what belongs to one trial, sorts by block and trial, and fills the times of all arms: the
 * median over the samples of each valid trial. */
struct status groups_close(struct groups *groups);
void groups_free(struct groups *groups);

#endif
