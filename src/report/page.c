/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page.h"

#include "report/calibration.h"

#include <string.h>

/* Links to the sections that every page has. */
static void page_links(struct html *html)
{
        static const char *const links[][2] = {
                { "headline", "Headline" },
                { "gains", "Every comparison" },
                { "left-out", "Invalid and skipped" },
                { "method", "How it was measured" },
                { "reading", "How to read it" },
        };

        html_raw(html, "<nav>");
        for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
                fprintf(html->out, "<a href=\"#%s\">%s</a> ", links[i][0], links[i][1]);
        html_raw(html, "</nav>\n");
}

static struct status page_sections(const struct page *page)
{
        page_header(page);
        page_links(page->html);
        TRY(page_decide(page));
        page_headline(page);
        page_plots(page);
        page_calibration(page);
        page_gains(page);
        page_reach(page);
        page_tables(page);
        page_counters(page);
        page_left_out(page);
        page_machine(page);
        page_method(page);
        page_reading(page);
        return status_ok();
}

struct status page_make(const struct view *view, struct json_object *machine,
                        const struct plot_result *plots, const char *dir, const char *warning)
{
        bool emulated = strcmp(view->summary->evidence, "emulated") == 0;
        struct html_file file;
        struct status status;
        struct page page = {
                .view = view,
                .machine = machine,
                .plots = plots,
                .dir = dir,
                .warning = warning,
        };

        TRY(html_file_open(dir, "report.html", &file));
        page.html = &file.html;
        page_begin(&file.html, "pmdgain: PMD against PTE");
        html_open(&file.html, "main", emulated ? "emulated" : NULL);
        status = page_sections(&page);
        if (status_failed(&status)) {
                html_file_abandon(&file);
                return status;
        }
        html_close(&file.html, "main");
        page_end(&file.html);
        return html_file_close(&file);
}
