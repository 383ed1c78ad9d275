/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules find among the rows: ratios of two arms. */
#ifndef PMDGAIN_REPORT_POLICY_FIND_H
#define PMDGAIN_REPORT_POLICY_FIND_H

#include "report/policy_rules.h"
#include "stats/gain.h"

enum finding_outcome { FOUND_MORE, FOUND_LESS, FOUND_SAME, FOUND_OPEN };

struct policy_finding {
        const struct policy_rule *rule;
        const struct policy_arm *over, *under;
        struct gain ratio; /* over / under */
        enum finding_outcome outcome;
};

struct policy_findings {
        struct policy_arm *arms;
        size_t arm_count;
        struct policy_finding *list; /* by rule, subject, unit of time, outcome, kernel */
        size_t count, room;
};

struct status policy_find(const struct policy_input *input, struct policy_findings *ret_findings);
void policy_findings_free(struct policy_findings *findings);

#endif
