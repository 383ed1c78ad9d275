/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"

#include "report/page.h"

#include <stdio.h>
#include <string.h>

#define WARNING_SIZE 320

static struct status report_write(const struct report_request *request,
                                  const struct summary *summary, struct json_object *machine,
                                  char *ret_warning)
{
        struct plot_result plots[PLOT_COUNT] = { 0 };
        struct status status, drawn;
        struct view view;
        char warning[WARNING_SIZE] = "";

        TRY(view_make(summary, &view));
        status = plots_write(&(struct plot_input) { &view, machine, request->dir }, plots);
        if (!status_failed(&status)) {
                drawn = plots_draw(request->dir, request->plots_dir, request->png, plots);
                if (status_failed(&drawn))
                        snprintf(warning, sizeof(warning), "%.200s%s%.100s", drawn.what,
                                 drawn.todo[0] ? "; " : "", drawn.todo);
                status = page_make(&view, machine, plots, request->dir, warning);
        }
        view_free(&view);
        if (!status_failed(&status))
                memcpy(ret_warning, warning, sizeof(warning));
        return status;
}

struct status report_make(const struct report_request *request, char *ret_warning)
{
        struct json_object *machine = NULL;
        struct summary *summary;
        struct status status;

        TRY(summary_make(request->dir, &summary));
        status = summary_write(summary, request->dir);
        if (!status_failed(&status))
                status = facts_read(request->dir, &machine);
        if (!status_failed(&status))
                status = report_write(request, summary, machine, ret_warning);
        json_object_put(machine);
        summary_free(summary);
        return status;
}
