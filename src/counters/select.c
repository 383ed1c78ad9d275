/* SPDX-License-Identifier: Apache-2.0 */
#include "counters/select.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct wanted {
        size_t count;
        const struct counter_set *sets[COUNTER_SETS_MAX];
};

static struct status wanted_add(struct wanted *wanted, const struct counter_set *set)
{
        for (size_t i = 0; i < wanted->count; i++)
                if (wanted->sets[i] == set)
                        return status_ok();
        if (wanted->count == COUNTER_SETS_MAX)
                return status_make(STATUS_USAGE, "select fewer", "more than %d counter sets",
                                   COUNTER_SETS_MAX);
        wanted->sets[wanted->count++] = set;
        return status_ok();
}

static struct status unknown_set(const char *name)
{
        char all[200] = "write one of all";
        size_t used = strlen(all);

        for (const struct counter_set *const *set = counter_sets(); *set; set++)
                if (used < sizeof(all))
                        used += (size_t)snprintf(all + used, sizeof(all) - used, ", %s",
                                                 (*set)->name);
        return status_make(STATUS_USAGE, all, "'%s' is not a counter set", name);
}

static struct status wanted_parse(const char *names, struct wanted *ret_wanted)
{
        struct wanted wanted = { 0 };
        char name[64];

        while (list_next(&names, name, sizeof(name))) {
                const struct counter_set *set = counter_set_find(name);

                if (strcmp(name, "all") == 0) {
                        for (const struct counter_set *const *s = counter_sets(); *s; s++)
                                TRY(wanted_add(&wanted, *s));
                } else if (set) {
                        TRY(wanted_add(&wanted, set));
                } else {
                        return unknown_set(name);
                }
        }
        *ret_wanted = wanted;
        return status_ok();
}

/*
 * May this process count at all, and the kernel too? Asked with a software event, so that the
 * answer does not depend on a PMU. False with the reason when it may not.
 */
static bool permission_probe(struct counter_place *place, char *reason)
{
        const struct counter_backend *backend = place->backend;
        struct perf_event_attr attr = {
                .type = PERF_TYPE_SOFTWARE,
                .size = sizeof(attr),
                .config = PERF_COUNT_SW_DUMMY,
                .disabled = 1,
                .exclude_hv = 1,
        };
        int fd = backend->open(backend->context, &attr, -1);

        place->scope = SCOPE_USER_KERNEL;
        if (fd == -EACCES || fd == -EPERM) {
                place->scope = SCOPE_USER;
                attr.exclude_kernel = 1;
                fd = backend->open(backend->context, &attr, -1);
        }
        if (fd < 0) {
                reason_refused(place, "perf_event_open", &attr, -fd, reason);
                return false;
        }
        close(fd);
        return true;
}

/* No set can be counted, all for the same reason. */
static void all_refused(struct counter_selection *selection, const struct wanted *wanted,
                        const char *reason)
{
        for (size_t i = 0; i < wanted->count; i++) {
                struct counter_resolved *resolved = &selection->sets[i];

                resolved->set = wanted->sets[i];
                resolved->columns = counter_set_columns(resolved->set);
                snprintf(resolved->reason, sizeof(resolved->reason), "%s", reason);
                for (size_t c = 0; c < resolved->columns; c++)
                        snprintf(resolved->events[c].reason, sizeof(resolved->events[c].reason),
                                 "%s", reason);
        }
}

static void selection_fill(struct counter_selection *selection, const struct wanted *wanted,
                           const struct counter_backend *backend)
{
        struct counter_place place = {
                .backend = backend,
                .cpu = counter_cpu_read(&backend->root),
        };
        struct status status = encode_ready();
        char reason[REASON_MAX];

        selection->count = wanted->count;
        if (status_failed(&status)) {
                snprintf(reason, sizeof(reason), "%s", status.what);
                all_refused(selection, wanted, reason);
        } else if (!permission_probe(&place, reason)) {
                all_refused(selection, wanted, reason);
        } else {
                if (place.scope == SCOPE_USER)
                        reason_user_only(&place, selection->note);
                for (size_t i = 0; i < wanted->count; i++)
                        set_resolve(&place, wanted->sets[i], &selection->sets[i]);
        }
}

struct status counter_selection_make_on(const char *names, const struct counter_backend *backend,
                                        struct counter_selection **ret_selection)
{
        struct counter_selection *selection;
        struct wanted wanted = { 0 };

        TRY(wanted_parse(names, &wanted));
        selection = calloc(1, sizeof(*selection));
        if (!selection)
                return status_errno(ENOMEM, NULL, "counter sets");
        if (wanted.count)
                selection_fill(selection, &wanted, backend);
        *ret_selection = selection;
        return status_ok();
}

struct status counter_selection_make(const char *names, struct counter_selection **ret_selection)
{
        struct counter_backend backend = counter_backend_real();

        return counter_selection_make_on(names, &backend, ret_selection);
}

void counter_selection_free(struct counter_selection *selection)
{
        free(selection);
}

size_t counter_selection_sets(const struct counter_selection *selection)
{
        return selection ? selection->count : 0;
}

const struct counter_set *counter_selection_set(const struct counter_selection *selection,
                                                size_t index)
{
        return selection->sets[index].set;
}

const char *counter_selection_reason(const struct counter_selection *selection, size_t index)
{
        return selection->sets[index].reason;
}

const char *counter_selection_event(const struct counter_selection *selection, size_t index,
                                    size_t column)
{
        return selection->sets[index].events[column].text;
}

const char *counter_selection_missing(const struct counter_selection *selection, size_t index,
                                      size_t column)
{
        return selection->sets[index].events[column].reason;
}

const char *counter_selection_note(const struct counter_selection *selection)
{
        return selection->note;
}
