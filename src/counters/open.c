/* SPDX-License-Identifier: Apache-2.0 */
#include "counters/open.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void set_open(const struct counter_resolved *resolved, const struct counter_backend *backend,
                     struct open_set *open)
{
        size_t refused = 0;
        int error = 0;

        if (!resolved->reason[0])
                error = -group_open(backend, resolved->events, resolved->columns, &open->group,
                                    &refused);
        if (error) {
                const struct counter_event *event = &resolved->events[refused];
                struct counter_place place = {
                        .backend = backend,
                        .cpu = counter_cpu_read(&backend->root),
                };

                reason_refused(&place, event->text, &event->attr, error, open->reason);
        } else {
                snprintf(open->reason, sizeof(open->reason), "%s", resolved->reason);
        }
}

struct status counters_open_on(const struct counter_selection *selection,
                               const struct counter_backend *backend,
                               struct counters **ret_counters)
{
        struct counters *counters = NULL;
        size_t count = counter_selection_sets(selection);

        if (count) {
                counters = calloc(1, sizeof(*counters));
                if (!counters)
                        return status_errno(ENOMEM, NULL, "counters");
                counters->count = count;
        }
        for (size_t i = 0; i < count; i++)
                set_open(&selection->sets[i], backend, &counters->sets[i]);
        *ret_counters = counters;
        return status_ok();
}

struct status counters_open(const struct counter_selection *selection,
                            struct counters **ret_counters)
{
        struct counter_backend backend = counter_backend_real();

        return counters_open_on(selection, &backend, ret_counters);
}

void counters_close(struct counters *counters)
{
        for (size_t i = 0; counters && i < counters->count; i++)
                group_close(&counters->sets[i].group);
        free(counters);
}

const char *counters_reason(const struct counters *counters, size_t index)
{
        return counters->sets[index].reason;
}
