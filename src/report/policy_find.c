/* SPDX-License-Identifier: Apache-2.0 */
#include "report/policy_find.h"

#include "report/row_key.h"
#include "stats/ratio.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct status no_memory(void)
{
        return status_errno(ENOMEM, NULL, "cannot hold what the policy page is made of");
}

/* A text and whom it names; equal texts get one number. */
struct key {
        char *text;
        size_t *number;
};

static int compare_keys(const void *left, const void *right)
{
        return strcmp(((const struct key *)left)->text, ((const struct key *)right)->text);
}

static void number_keys(struct key *keys, size_t count)
{
        size_t number = 0;

        if (count)
                qsort(keys, count, sizeof(*keys), compare_keys);
        for (size_t i = 0; i < count; i++) {
                number += i > 0 && strcmp(keys[i - 1].text, keys[i].text) != 0;
                *keys[i].number = number;
        }
}

static size_t subject_of(const struct summary_row *row)
{
        size_t at = 0;

        while (policy_subjects[at].workload &&
               (strcmp(policy_subjects[at].workload, row->workload) != 0 ||
                !policy_listed(policy_subjects[at].ops, row->op)))
                at++;
        return at;
}

static void add_arm(struct policy_findings *findings, const struct policy_input *input, size_t row,
                    bool pmd)
{
        const struct policy_row *at = &input->rows[row];
        struct policy_arm *arm = &findings->arms[findings->arm_count];

        *arm = (struct policy_arm) {
                .at = at,
                .arm = pmd ? &at->row->pmd : &at->row->pte,
                .row = row,
                .pmd = pmd,
        };
        if (!arm->arm->trials || !arm->arm->log_time.count)
                return;
        arm->subject = subject_of(at->row);
        findings->arm_count++;
}

#define KEYS 3

/* With the op, without, and with all that names a mapping but the lever. */
static struct status name_arms(struct policy_findings *findings, struct key *keys)
{
        static const unsigned parts[KEYS] = { ROW_KEY_WORK | ROW_KEY_SIZE,
                                              ROW_KEY_WORK | ROW_KEY_SIZE,
                                              ROW_KEY_ALL & ~ROW_KEY_LEVER };

        for (size_t i = 0; i < findings->arm_count; i++) {
                struct policy_arm *arm = &findings->arms[i];
                size_t *const numbers[KEYS] = { &arm->work, &arm->base, &arm->whole };
                struct summary_row any_op = *arm->at->row;

                any_op.op[0] = '\0';
                for (size_t k = 0; k < KEYS; k++) {
                        keys[KEYS * i + k].number = numbers[k];
                        TRY(row_key_make(arm->at->summary, k == 1 ? &any_op : arm->at->row,
                                         parts[k], &keys[KEYS * i + k].text));
                }
        }
        number_keys(keys, KEYS * findings->arm_count);
        return status_ok();
}

static int compare_numbers(size_t left, size_t right)
{
        return (left > right) - (left < right);
}

static int compare_arms(const void *left, const void *right)
{
        const struct policy_arm *a = left, *b = right;
        int order = compare_numbers(a->base, b->base);

        if (!order)
                order = compare_numbers(a->at->run, b->at->run);
        if (!order)
                order = compare_numbers(a->whole, b->whole);
        if (!order)
                order = a->pmd - b->pmd;
        return order ? order : compare_numbers(a->row, b->row);
}

/* A PMD arm stands in a row for each lever of its PTE arms: once is enough. */
static void unite_arms(struct policy_findings *findings)
{
        size_t kept = 0;

        if (findings->arm_count)
                qsort(findings->arms, findings->arm_count, sizeof(*findings->arms), compare_arms);
        for (size_t i = 0; i < findings->arm_count; i++) {
                const struct policy_arm *arm = &findings->arms[i];
                const struct policy_arm *last = kept ? &findings->arms[kept - 1] : NULL;

                if (!last || !arm->pmd || !last->pmd || arm->at->run != last->at->run ||
                    arm->whole != last->whole)
                        findings->arms[kept++] = *arm;
        }
        findings->arm_count = kept;
}

static struct status make_arms(const struct policy_input *input, struct policy_findings *findings)
{
        struct status status;
        struct key *keys;

        findings->arms = calloc(2 * input->row_count + 1, sizeof(*findings->arms));
        if (!findings->arms)
                return no_memory();
        for (size_t i = 0; i < 2 * input->row_count; i++)
                add_arm(findings, input, i / 2, i % 2);
        keys = calloc(KEYS * findings->arm_count + 1, sizeof(*keys));
        if (!keys)
                return no_memory();
        status = name_arms(findings, keys);
        for (size_t i = 0; i < KEYS * findings->arm_count; i++)
                free(keys[i].text);
        free(keys);
        unite_arms(findings);
        return status;
}

bool policy_is_evidence(const struct policy_row *row)
{
        if (row->instructions)
                return !policy_subjects[subject_of(row->row)].access;
        return strcmp(row->evidence, "emulated") != 0;
}

static enum finding_outcome outcome_of(const struct gain *ratio, double least)
{
        if (!isfinite(ratio->lo) || !isfinite(ratio->hi))
                return FOUND_OPEN;
        if (ratio->lo > 1 && ratio->value >= least)
                return FOUND_MORE;
        if (ratio->hi < 1 && ratio->value <= 1 / least)
                return FOUND_LESS;
        return ratio->lo >= 1 / least && ratio->hi <= least ? FOUND_SAME : FOUND_OPEN;
}

static struct status add_finding(struct policy_findings *findings, const struct policy_rule *rule,
                                 const struct policy_arm *over, const struct policy_arm *under,
                                 struct gain ratio)
{
        if (findings->count == findings->room) {
                size_t room = 2 * findings->room + 64;
                void *list = reallocarray(findings->list, room, sizeof(*findings->list));

                if (!list)
                        return no_memory();
                findings->list = list;
                findings->room = room;
        }
        findings->list[findings->count++] = (struct policy_finding) {
                .rule = rule,
                .over = over,
                .under = under,
                .ratio = ratio,
                .outcome = outcome_of(&ratio, rule->least),
        };
        return status_ok();
}

/* The other arm of a PTE arm's row may stand elsewhere in the list; the row's gain is what counts.
 * So both sides are the PTE arm, whose row has both. */
static struct status find_pairs(const struct policy_rule *rule, struct policy_findings *findings)
{
        for (size_t i = 0; i < findings->arm_count; i++) {
                const struct policy_arm *arm = &findings->arms[i];
                const struct summary_row *row = arm->at->row;
                struct gain gain = { row->gain, row->gain_lo, row->gain_hi, row->pairs };

                if (!arm->pmd && row->gain > 0 && policy_is_evidence(arm->at) &&
                    rule->takes(arm, arm))
                        TRY(add_finding(findings, rule, arm, arm, gain));
        }
        return status_ok();
}

/* The same thing measured on the next kernel. */
static bool kernels_fit(const struct policy_input *input, const struct policy_arm *over,
                        const struct policy_arm *under)
{
        const struct policy_row *old = over->at, *new = under->at;

        return old->kernel + 1 == new->kernel &&strcmp(old->cell, new->cell) == 0 &&
               strcmp(old->variant, new->variant) == 0 && strcmp(old->memmap, new->memmap) == 0 &&
               strcmp(old->row->fs, new->row->fs) == 0 &&
               strcmp(old->row->dax, new->row->dax) == 0 &&
               strcmp(old->row->source, new->row->source) == 0 &&
               strcmp(input->kernels[old->kernel].machine, input->kernels[new->kernel].machine) ==
                       0;
}

static bool ops_fit(const struct policy_rule *rule, const struct policy_arm *over,
                    const struct policy_arm *under)
{
        return strcmp(over->at->row->workload, "populate") == 0 &&
               strcmp(over->at->row->op, rule->over_op) == 0 &&
               strcmp(under->at->row->op, rule->under_op) == 0;
}

static bool fits(const struct policy_input *input, const struct policy_rule *rule,
                 const struct policy_arm *over, const struct policy_arm *under)
{
        if (rule->across_ops ? !ops_fit(rule, over, under) : over->work != under->work)
                return false;
        if (rule->across_kernels && !kernels_fit(input, over, under))
                return false;
        return over->at->instructions == under->at->instructions && policy_is_evidence(over->at) &&
               policy_is_evidence(under->at) && rule->takes(over, under);
}

static struct status estimate_arm(struct policy_arm *arm)
{
        if (!arm->estimated)
                TRY(ratio_side_estimate(&arm->arm->log_time, &arm->log_time));
        arm->estimated = true;
        return status_ok();
}

static struct status find_apart(const struct policy_input *input, const struct policy_rule *rule,
                                struct policy_findings *findings)
{
        size_t first = 0, end = 0;

        for (size_t i = 0; i < findings->arm_count; i++) {
                struct policy_arm *over = &findings->arms[i];

                if (i == end) {
                        first = i;
                        while (end < findings->arm_count && findings->arms[end].base == over->base)
                                end++;
                }
                for (size_t k = first; k < end; k++) {
                        struct policy_arm *under = &findings->arms[k];

                        if (k == i || !fits(input, rule, over, under))
                                continue;
                        TRY(estimate_arm(over));
                        TRY(estimate_arm(under));
                        TRY(add_finding(findings, rule, over, under,
                                        ratio_of(&over->log_time, &under->log_time)));
                }
        }
        return status_ok();
}

/* Workloads that the list of subjects does not have are told apart by their names. */
static int compare_subjects(const struct policy_finding *a, const struct policy_finding *b)
{
        if (a->over->subject != b->over->subject)
                return a->over->subject < b->over->subject ? -1 : 1;
        return strcmp(a->over->at->row->workload, b->over->at->row->workload);
}

static int compare_findings(const void *left, const void *right)
{
        const struct policy_finding *a = left, *b = right;
        int order = a->rule < b->rule ? -1 : a->rule > b->rule;

        if (!order)
                order = compare_subjects(a, b);
        if (!order)
                order = a->over->at->instructions - b->over->at->instructions;
        if (!order)
                order = (int)a->outcome - (int)b->outcome;
        if (!order && a->over->at->kernel != b->over->at->kernel)
                order = a->over->at->kernel < b->over->at->kernel ? -1 : 1;
        if (!order && a->over->row != b->over->row)
                order = a->over->row < b->over->row ? -1 : 1;
        return order ? order : (a->under->row > b->under->row) - (a->under->row < b->under->row);
}

static bool has_interval(const struct policy_finding *finding)
{
        return isfinite(finding->ratio.lo) && isfinite(finding->ratio.hi);
}

/* Sorted, those of one rule and subject are neighbours. */
static bool has_better(const struct policy_findings *findings, size_t index)
{
        const struct policy_finding *list = findings->list, *own = &list[index];
        size_t first = index;

        while (first > 0 && list[first - 1].rule == own->rule &&
               compare_subjects(&list[first - 1], own) == 0)
                first--;
        for (size_t i = first; i < findings->count && list[i].rule == own->rule &&
                               compare_subjects(&list[i], own) == 0;
             i++)
                if (has_interval(&list[i]) && list[i].over->at->kernel == own->over->at->kernel &&
                    list[i].over->at->instructions == own->over->at->instructions)
                        return true;
        return false;
}

/* What too few blocks leave open adds nothing where others have an interval. */
static void drop_too_few(struct policy_findings *findings)
{
        size_t kept = 0;
        bool *drop = calloc(findings->count + 1, sizeof(*drop));

        for (size_t i = 0; drop && i < findings->count; i++)
                drop[i] = !has_interval(&findings->list[i]) && has_better(findings, i);
        for (size_t i = 0; drop && i < findings->count; i++)
                if (!drop[i])
                        findings->list[kept++] = findings->list[i];
        if (drop)
                findings->count = kept;
        free(drop);
}

static struct status find_all(const struct policy_input *input, struct policy_findings *findings)
{
        TRY(make_arms(input, findings));
        for (const struct policy_rule *rule = policy_rules; rule->takes; rule++)
                TRY(rule->paired ? find_pairs(rule, findings) : find_apart(input, rule, findings));
        if (findings->count)
                qsort(findings->list, findings->count, sizeof(*findings->list), compare_findings);
        drop_too_few(findings);
        return status_ok();
}

struct status policy_find(const struct policy_input *input, struct policy_findings *ret_findings)
{
        struct policy_findings findings = { 0 };
        struct status status = find_all(input, &findings);

        if (status_failed(&status))
                policy_findings_free(&findings);
        else
                *ret_findings = findings;
        return status;
}

void policy_findings_free(struct policy_findings *findings)
{
        free(findings->arms);
        free(findings->list);
        *findings = (struct policy_findings) { 0 };
}
