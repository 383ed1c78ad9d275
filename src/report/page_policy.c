/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page_policy.h"

#define LABEL_SIZE 512

static const char *const classes[] = {
        [POLICY_GAIN] = "gains", [POLICY_COST] = "costs",      [POLICY_SAME] = "same",
        [POLICY_FACT] = "same",  [POLICY_OPEN] = "unresolved",
};

static void links_write(const struct policy_page *page, const struct policy_sentence *sentence,
                        struct html *html)
{
        char text[LABEL_SIZE];

        for (size_t i = 0; i < sentence->row_count; i++) {
                page->row_label(page->context, sentence->rows[i], text, sizeof(text));
                fprintf(html->out, "%s<a href=\"#r%zu\">", i ? "; " : "", sentence->rows[i]);
                html_text(html, text);
                html_raw(html, "</a>");
        }
        for (size_t i = 0; i < sentence->namespace_count; i++) {
                const struct policy_namespace *namespace =
                        &page->input->namespaces[sentence->namespaces[i]];

                fprintf(html->out, "%s<a href=\"#n%zu\">", i ? "; " : "", sentence->namespaces[i]);
                html_textf(html, "%s, memmap %s, %s", namespace->mode, namespace->memmap,
                           page->input->kernels[namespace->kernel].name);
                html_raw(html, "</a>");
        }
}

static void sentence_write(const struct policy_page *page, const struct policy_sentence *sentence,
                           struct html *html)
{
        size_t count = sentence->row_count + sentence->namespace_count;

        html_open(html, "li", classes[sentence->outcome]);
        html_text(html, sentence->text);
        html_raw(html, "<details><summary>");
        html_textf(html, "%s; %zu row%s", sentence->sure, count, count == 1 ? "" : "s");
        html_raw(html, "</summary><p class=\"rows\">");
        links_write(page, sentence, html);
        html_raw(html, "</p><pre>");
        page->command(page->context, sentence, html);
        html_raw(html, "</pre></details>");
        html_close(html, "li");
}

/* How a decision's sentences are counted; none where they are for several things. */
static const struct {
        const char *gain, *cost;
        bool yes_no; /* the question is one for yes or no */
} sides[POLICY_DECISIONS] = {
        [POLICY_ALIGN] = { "for PMDs", "against them", true },
        [POLICY_POPULATE] = { "for MADV_POPULATE", "against it", false },
        [POLICY_KERNEL] = { "for the newer kernel", "against it", false },
};

static const char *answer(const size_t *counts)
{
        if (counts[POLICY_GAIN] && counts[POLICY_COST])
                return "it depends on what is done";
        if (counts[POLICY_GAIN])
                return "yes";
        return counts[POLICY_COST] ? "no" : "nothing speaks for either";
}

/* The short answer above the sentences, which have the intervals. */
static void answer_write(const struct policy *policy, enum policy_decision decision,
                         struct html *html)
{
        size_t counts[POLICY_OPEN + 1] = { 0 }, total = 0;

        if (!sides[decision].gain)
                return;
        for (size_t i = 0; i < policy->count; i++) {
                if (policy->sentences[i].decision != decision)
                        continue;
                counts[policy->sentences[i].outcome]++;
                total++;
        }
        html_open(html, "p", "note");
        if (sides[decision].yes_no)
                html_textf(html, "In short, for what was measured here: %s. ", answer(counts));
        html_textf(html,
                   "Of %zu sentence%s: %zu %s (blue), %zu %s (orange), %zu without a difference, "
                   "%zu not resolved.",
                   total, total == 1 ? "" : "s", counts[POLICY_GAIN], sides[decision].gain,
                   counts[POLICY_COST], sides[decision].cost,
                   counts[POLICY_SAME] + counts[POLICY_FACT], counts[POLICY_OPEN]);
        html_close(html, "p");
}

/* What is not resolved stands last. */
static void decision_write(const struct policy_page *page, const struct policy *policy,
                           enum policy_decision decision, struct html *html)
{
        bool any = false;

        for (unsigned pass = 0; pass < 2; pass++) {
                for (size_t i = 0; i < policy->count; i++) {
                        const struct policy_sentence *sentence = &policy->sentences[i];

                        if (sentence->decision != decision ||
                            (sentence->outcome == POLICY_OPEN) != (pass == 1))
                                continue;
                        if (!any) {
                                html_element(html, "h3", NULL, policy_questions[decision]);
                                answer_write(policy, decision, html);
                                html_raw(html, "<ul class=\"policy\">\n");
                        }
                        sentence_write(page, sentence, html);
                        any = true;
                }
        }
        if (any)
                html_raw(html, "</ul>\n");
}

struct status page_policy(const struct policy_page *page, struct html *html)
{
        struct policy policy;

        TRY(policy_make(page->input, &policy));
        if (policy.count) {
                html_section_begin(
                        html, "policy", "What it means for a policy",
                        "Each sentence is made from the rows it names. Factors are the "
                        "smallest and the largest found, brackets hold all their 95 % "
                        "intervals. Where the data carry no sentence, none stands here.");
                for (enum policy_decision i = 0; i < POLICY_DECISIONS; i++)
                        decision_write(page, &policy, i, html);
                html_section_end(html);
        }
        policy_free(&policy);
        return status_ok();
}
