/* SPDX-License-Identifier: Apache-2.0 */
#include "counters/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool candidate_applies(const struct counter_place *place,
                              const struct counter_candidate *candidate)
{
        const struct counter_backend *backend = place->backend;

        if (candidate->vendor && strcmp(candidate->vendor, place->cpu.vendor) != 0)
                return false;
        return encode_pmu_known(candidate->pmu) &&
               (strcmp(candidate->pmu, "perf") == 0 ||
                backend->pmu_present(backend->context, candidate->pmu) ||
                counter_cpu_counts_like(&place->cpu, candidate->pmu));
}

/* An Arm PMU opens any raw event, and those that it does not have read 0. */
static bool would_read_nothing(const struct counter_place *place,
                               const struct perf_event_attr *attr)
{
        return strcmp(place->cpu.vendor, VENDOR_ARM) == 0 && attr->type == PERF_TYPE_RAW &&
               cpu_pmu_exists(&place->backend->root) &&
               !arm_pmu_implements(&place->backend->root, attr->config);
}

/* Fills `event` when the candidate can be counted, its reason else. */
static void candidate_try(const struct counter_place *place,
                          const struct counter_candidate *candidate, struct counter_event *event)
{
        const struct counter_backend *backend = place->backend;
        struct perf_event_attr attr;
        struct status status;
        char text[EVENT_TEXT_MAX];
        int fd;

        status = encode_event(candidate, place->scope, text, &attr);
        if (status_failed(&status)) {
                snprintf(event->reason, sizeof(event->reason), "%s", status.what);
                return;
        }
        if (would_read_nothing(place, &attr)) {
                snprintf(event->reason, sizeof(event->reason),
                         "%.150s: this PMU does not implement it, by its events folder in sysfs",
                         text);
                return;
        }
        fd = backend->open(backend->context, &attr, -1);
        if (fd < 0) {
                reason_refused(place, text, &attr, -fd, event->reason);
                return;
        }
        close(fd);
        event->usable = true;
        event->attr = attr;
        event->reason[0] = '\0';
        memcpy(event->text, text, sizeof(event->text));
}

/* Takes the first candidate that counts. Returns whether any was for this CPU; the reason is that
 * of the first that was. */
static bool column_resolve(const struct counter_place *place, const struct counter_column *column,
                           struct counter_event *event)
{
        const struct counter_candidate *candidate = column->candidates;
        bool any = false;

        for (; candidate->event && !event->usable; candidate++) {
                struct counter_event tried = { 0 };

                if (!candidate_applies(place, candidate))
                        continue;
                candidate_try(place, candidate, &tried);
                if (tried.usable || !any)
                        *event = tried;
                any = true;
        }
        if (!any)
                reason_unknown(place, event->reason);
        return any;
}

static void event_drop(struct counter_event *event)
{
        event->usable = false;
        event->text[0] = '\0';
}

/* Leaves out, from the last column on, what does not count beside the others. */
static void events_fit(const struct counter_place *place, struct counter_event *events,
                       size_t columns)
{
        for (;;) {
                struct counter_group group = { 0 };
                size_t refused = 0;
                int error = -group_open(place->backend, events, columns, &group, &refused);

                if (!error) {
                        bool runs = !group.count ||
                                    place->backend->runs(place->backend->context, group.fds[0]);

                        if (group.count)
                                refused = group.columns[group.count - 1];
                        group_close(&group);
                        if (runs)
                                return;
                }
                if (!error || error == EINVAL || error == ENOSPC)
                        reason_no_room(place, events[refused].text, events[refused].reason);
                else
                        reason_refused(place, events[refused].text, &events[refused].attr, error,
                                       events[refused].reason);
                event_drop(&events[refused]);
        }
}

void set_resolve(const struct counter_place *place, const struct counter_set *set,
                 struct counter_resolved *ret_resolved)
{
        struct counter_resolved resolved = { .set = set, .columns = counter_set_columns(set) };
        const char *reason = resolved.events[0].reason;
        bool known = false, usable = false;

        for (size_t i = 0; i < resolved.columns; i++) {
                bool any = column_resolve(place, &set->columns[i], &resolved.events[i]);

                /* What a candidate ran into says more than that there is none. */
                if (any && !known)
                        reason = resolved.events[i].reason;
                known |= any;
        }
        events_fit(place, resolved.events, resolved.columns);
        for (size_t i = 0; i < resolved.columns; i++)
                usable |= resolved.events[i].usable;
        if (!usable)
                snprintf(resolved.reason, sizeof(resolved.reason), "%s", reason);
        *ret_resolved = resolved;
}
