/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What samples.csv comes down to while it is read: groups of rows that differ by their arm only,
 * their arms, and of each arm what its trials gave: 80 bytes a trial, and 4 a counter. Of an
 * arm's samples only those of its current trial are kept, as long as the rows of each trial stand
 * together, as they do in a file that a run wrote.
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
        GROUP_TARGET, GROUP_FS, GROUP_MEMMAP, GROUP_DAX, GROUP_MAP, GROUP_STATE, GROUP_TEXTS,
};

struct arm_sample {
        uint32_t block, trial;
        double time; /* ns per op */
};

struct arm_trial {
        uint32_t block, trial;
        uint32_t index;          /* of its counters in arm->counters */
        uint8_t status;          /* enum status_code: the first that was not ok */
        bool multiplexed;
        double pmd_fraction, zero_fraction, minflt, page_table_bytes;
        double ops;              /* of its ok samples */
        double time;             /* trial_time_of() its samples; NaN before, and without */
};

/*
 * What tells an arm from others of its group. `side` is where it is compared: the asked grain, and
 * for `auto` the proven one. GRAIN_MIXED and GRAIN_UNKNOWN are compared with nothing.
 */
struct arm_key {
        enum grain side;
        char asked[8], lever[16], shift[24], target[304]; /* as in the CSV */
};

struct arm_data {
        struct arm_key key;
        struct arm_sample *samples; /* that are in no trial's time yet */
        size_t sample_count, sample_room;
        struct arm_trial *trials;
        size_t trial_count, trial_room;
        float *counters;         /* counter_count for each trial: sums over its samples */
        size_t counter_room;     /* in trials */
        char proof[64];          /* of the first ok sample, before it of any */
        bool proof_ok;
        char proven[8];          /* grain of its ok samples, before them of any; may be mixed */
        bool proven_ok;
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
        bool apart;              /* rows of a trial need not stand together: keep all samples */
        void *tree;              /* of tsearch(): struct group by key */
        struct group **list;     /* in the order of first appearance */
        size_t count, room;
        struct group *last;      /* the last one found */
};

/* `texts` has GROUP_TEXTS + option_count entries. The group is made when it is new. */
struct status groups_find(struct groups *groups, const char *const *texts,
                          struct group **ret_group);
struct status group_find_arm(struct group *group, const struct arm_key *key,
                             struct arm_data **ret_arm);

/* "nohuge", "extent 4k", "partition@file:/mnt/a"; "auto" whatever its lever. */
char *arm_key_name(const struct arm_key *key, char *text, size_t text_size);

/* The arm that PTE arms are compared with: `pmd`, else what `auto` got by PMD; NULL for none. */
const struct arm_data *group_pmd(const struct group *group);

/* The arm of the same key in another group; NULL for none. */
const struct arm_data *group_like(const struct group *group, const struct arm_key *key);

/* The trial a row belongs to: the arm's last one, or a new one. `ret_counters` are its sums. */
struct status arm_find_trial(const struct groups *groups, struct arm_data *arm, uint32_t block,
                             uint32_t trial, struct arm_trial **ret_trial, float **ret_counters);
struct status arm_add_sample(struct arm_data *arm, const struct arm_sample *sample);

/* Gives the arm's trials from `first` on, which are sorted, their times, and forgets the samples. */
struct status arm_settle(struct arm_data *arm, size_t first);

/*
 * Sorts trials by block and number, and fills the times of all arms by those that are valid.
 * `ret_apart` says that rows of one trial stood apart: then the file has to be read again into new
 * groups, with `apart` set; these say nothing.
 */
struct status groups_close(struct groups *groups, bool *ret_apart);
void groups_free(struct groups *groups);

/*
 * Calls `take` for each PTE arm of each group with the group's PMD arm (NULL when there is none).
 * What is compared with nothing comes alone: as `pmd` if that is its grain, else as `pte`. A summary
 * has its rows in this order.
 */
typedef struct status (*pair_taker)(void *context, const struct group *group,
                                    const struct arm_data *pte, const struct arm_data *pmd);
struct status groups_each_pair(const struct groups *groups, pair_taker take, void *context);

#endif
