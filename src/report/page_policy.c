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
