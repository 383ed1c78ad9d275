/* SPDX-License-Identifier: Apache-2.0 */
/* The policy page as HTML, for a run and for a collection of runs. */
#ifndef PMDGAIN_REPORT_PAGE_POLICY_H
#define PMDGAIN_REPORT_PAGE_POLICY_H

#include "report/html.h"
#include "report/policy.h"

/* The page that the sentences stand on: a row's line has the id "rN", N being its index in the
 * input, a namespace's "nN". */
struct policy_page {
        const struct policy_input *input;
        void *context;
        /* What a link to a row says. */
        void (*row_label)(void *context, size_t row, char *text, size_t text_size);
        /* Writes the command that measures again what the sentence is made of. */
        void (*command)(void *context, const struct policy_sentence *sentence, struct html *html);
};

/* The section; nothing when there is no sentence. */
struct status page_policy(const struct policy_page *page, struct html *html);

#endif
