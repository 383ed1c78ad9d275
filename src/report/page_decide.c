/* SPDX-License-Identifier: Apache-2.0 */
/* The policy page of one run. */
#include "report/page.h"
#include "report/page_policy.h"

#include <errno.h>
#include <stdlib.h>

static void row_label(void *context, size_t row, char *text, size_t text_size)
{
        const struct page *page = context;

        view_label(page->view, &page->view->summary->rows[row], LABEL_ALL, " · ", text, text_size);
}

static void command(void *context, const struct policy_sentence *sentence, struct html *html)
{
        const struct page *page = context;

        page_command(html, page->machine);
}

struct status page_decide(const struct page *page)
{
        const struct summary *summary = page->view->summary;
        struct policy_row *rows = calloc(summary->row_count + 1, sizeof(*rows));
        char name[128];
        struct policy_kernel kernel = { .name = name, .machine = "" };
        struct policy_page policy = { .context = (void *)page,
                                      .row_label = row_label,
                                      .command = command };
        struct policy_input input = {
                .rows = rows, .row_count = summary->row_count, .kernels = &kernel, .kernel_count = 1
        };
        struct status status;

        if (!rows)
                return status_errno(ENOMEM, NULL, "cannot hold the rows of the policy page");
        facts_kernel(page->machine, name, sizeof(name));
        for (size_t i = 0; i < summary->row_count; i++)
                rows[i] = (struct policy_row) {
                        .summary = summary,
                        .row = &summary->rows[i],
                        .cell = "",
                        .memmap = summary->rows[i].memmap,
                        .variant = "",
                        .evidence = summary->evidence,
                        .instructions = summary->instructions,
                };
        policy.input = &input;
        status = page_policy(&policy, page->html);
        free(rows);
        return status;
}
