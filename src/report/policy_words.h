/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences: from findings, from what namespaces cost, and from what was mapped without a memmap.
 */
#ifndef PMDGAIN_REPORT_POLICY_WORDS_H
#define PMDGAIN_REPORT_POLICY_WORDS_H

#include "report/policy_find.h"

#include <stdio.h>

/* Each appends to `policy`, which stays valid on failure. */
struct status policy_add_findings(const struct policy_input *input,
                                  const struct policy_findings *findings, struct policy *policy);
struct status policy_add_namespaces(const struct policy_input *input, struct policy *policy);
struct status policy_add_mapped(const struct policy_input *input, struct policy *policy);

/* A sentence being written. Errors stick: sentence_end() reports them. */
struct sentence {
        struct policy_sentence made;
        FILE *text, *sure;
        size_t text_size, sure_size;
        bool failed;
};

void sentence_begin(struct sentence *sentence, enum policy_decision decision,
                    enum policy_outcome outcome);
void sentence_cite_row(struct sentence *sentence, size_t row);
void sentence_cite_namespace(struct sentence *sentence, size_t at);
/* The file systems and memmaps of its rows: ", ext4 xfs, memmap ram; ", into `sure`. */
void sentence_places(struct sentence *sentence, const struct policy_input *input);
/* What kind of evidence its rows are, into `sure`. */
void sentence_evidence(struct sentence *sentence, const struct policy_input *input);
/* Puts it into the policy. */
struct status sentence_end(struct sentence *sentence, struct policy *policy);

#endif
