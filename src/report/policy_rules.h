/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the policy page as data: what is compared with what, and in which words. */
#ifndef PMDGAIN_REPORT_POLICY_RULES_H
#define PMDGAIN_REPORT_POLICY_RULES_H

#include "report/policy.h"

/* What a sentence is about: a workload, or some of its operations. */
struct policy_subject {
        const char *workload; /* NULL ends the list; one that is not in it is its own subject */
        const char *ops;      /* "" for all */
        const char *noun;     /* begins a sentence, takes a singular verb */
        bool access;          /* of memory: nothing on a clock that counts instructions */
};

extern const struct policy_subject policy_subjects[];

/* One arm of a row, as rules see it. */
struct policy_arm {
        const struct policy_row *at;
        const struct summary_arm *arm;
        size_t row;        /* index of at */
        size_t work, base; /* numbers of its keys: with the op, and without */
        size_t whole;      /* of the key with all that names the mapping but the lever */
        size_t subject;    /* in policy_subjects; of other workloads, numbers beyond */
        bool pmd;          /* asked for */
        bool estimated;
        struct estimate log_time; /* once it is `estimated`: most arms are compared with none */
};

/*
 * `over` takes so many times the time of `under`; both are of the same workload, options, size and
 * threads, and of the same op unless the rule is about ops.
 */
struct policy_rule {
        enum policy_decision decision;
        enum policy_outcome when_more; /* what it means that `over` takes more */
        bool paired;                   /* the arms of one row: its gain */
        bool across_ops, across_kernels;
        bool (*takes)(const struct policy_arm *over, const struct policy_arm *under);
        const char *over, *under; /* words; NULL: the rule is across ops or kernels, see below */
        const char *about;        /* stands after the noun: " by PMD" */
        const char *over_op, *under_op;
        double least; /* a ratio nearer to 1 than that is the same for a policy */
};

extern const struct policy_rule policy_rules[]; /* ends with one that has no `takes` */

/* Is `word` in the list of words divided by blanks? "" has every word. */
bool policy_listed(const char *list, const char *word);

#endif
