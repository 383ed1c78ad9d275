/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a plan: refused in one line, or its text in force reads back to as many cells of the same targets. */
#include "plan/plan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct status make(const char *text, struct plan **ret_plan)
{
        struct plan_request request = { .name = "fuzz", .text = text, .origin = "fuzz.ini" };

        return plan_make(&request, ret_plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = strndup((const char *)data, size);
        struct plan *plan = NULL, *again = NULL;
        struct status status;

        if (!text)
                return 0;
        status = make(text, &plan);
        if (status_failed(&status)) {
                if (plan || !*status.what || strchr(status.what, '\n'))
                        abort();
        } else {
                status = make(plan->text, &again);
                if (status_failed(&status) || again->cell_count != plan->cell_count)
                        abort();
                for (size_t i = 0; i < plan->cell_count; i++)
                        if (strcmp(plan->cells[i].target, again->cells[i].target) != 0)
                                abort();
                plan_free(again);
                plan_free(plan);
        }
        free(text);
        return 0;
}
