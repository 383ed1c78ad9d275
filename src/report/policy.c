/* SPDX-License-Identifier: Apache-2.0 */
#include "report/policy.h"

#include "report/policy_words.h"

#include <stdlib.h>

static int compare_sentences(const void *left, const void *right)
{
        const struct policy_sentence *a = left, *b = right;

        if (a->decision != b->decision)
                return a->decision < b->decision ? -1 : 1;
        return a->order < b->order ? -1 : a->order > b->order;
}

struct status policy_make(const struct policy_input *input, struct policy *ret_policy)
{
        struct policy_findings findings = { 0 };
        struct policy policy = { 0 };
        struct status status = policy_add_namespaces(input, &policy);

        if (!status_failed(&status))
                status = policy_add_mapped(input, &policy);
        if (!status_failed(&status))
                status = policy_find(input, &findings);
        if (!status_failed(&status))
                status = policy_add_findings(input, &findings, &policy);
        policy_findings_free(&findings);
        if (status_failed(&status)) {
                policy_free(&policy);
                return status;
        }
        for (size_t i = 0; i < policy.count; i++)
                policy.sentences[i].order = i;
        if (policy.count)
                qsort(policy.sentences, policy.count, sizeof(*policy.sentences), compare_sentences);
        *ret_policy = policy;
        return status_ok();
}

void policy_free(struct policy *policy)
{
        for (size_t i = 0; i < policy->count; i++) {
                free(policy->sentences[i].text);
                free(policy->sentences[i].sure);
                free(policy->sentences[i].rows);
                free(policy->sentences[i].namespaces);
        }
        free(policy->sentences);
        *policy = (struct policy) { 0 };
}
