/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/show.h"

#include "cli/data_dir.h"
#include "collect/collect.h"
#include "report/report.h"
#include "report/summary.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static unsigned columns_of(FILE *out)
{
        struct winsize size;

        if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 40)
                return size.ws_col;
        return 100;
}

static struct status collection_show(const struct report_request *request, FILE *out)
{
        struct collection collection;
        char warning[320] = "";

        TRY(collect_make(request, warning, &collection));
        fprintf(out, "\n");
        collect_print(&collection, out);
        collection_free(&collection);
        if (*warning)
                fprintf(out, "warning: %s\n", warning);
        fprintf(out, "\nreport: %s/report.html\n", request->dir);
        return status_ok();
}

/* A run's folder holds samples; one without them may hold runs. */
static bool is_run(const char *dir)
{
        char path[1200];

        return snprintf(path, sizeof(path), "%s/samples.csv", dir) >= (int)sizeof(path) ||
               access(path, F_OK) == 0;
}

struct status report_show(const char *dir, bool png, FILE *out)
{
        char plots[1200], page[1024];
        char warning[320] = "";
        struct report_request request = { .dir = dir, .plots_dir = plots, .png = png };
        struct summary *summary = NULL;

        TRY(data_dir_find("plots", plots, sizeof(plots)));
        if (!is_run(dir))
                return collection_show(&request, out);
        TRY(report_make(&request, warning));
        TRY(summary_make(dir, &summary));
        fprintf(out, "\n");
        report_print_table(summary, out, columns_of(out));
        if (summary->cut_line)
                fprintf(out, "warning: line %llu of samples.csv was cut off, and is left out\n",
                        (unsigned long long)summary->cut_line);
        summary_free(summary);
        if (*warning)
                fprintf(out, "warning: %s\n", warning);
        snprintf(page, sizeof(page), "%s/report.html", dir);
        fprintf(out, "\nreport: %s\n", page);
        return status_ok();
}
