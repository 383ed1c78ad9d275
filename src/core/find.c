/* SPDX-License-Identifier: Apache-2.0 */
/* Looking things up by name in the tables that Meson makes. */
#include <pmdgain/counters.h>
#include <pmdgain/source.h>
#include <pmdgain/workload.h>
#include <stdio.h>
#include <string.h>

const struct workload *workload_find(const char *name)
{
        for (const struct workload *const *each = workloads(); *each; each++)
                if (strcmp((*each)->name, name) == 0)
                        return *each;
        return NULL;
}

const struct workload_op *workload_op_find(const struct workload *workload, const char *name)
{
        for (const struct workload_op *op = workload->ops; op->name; op++)
                if (strcmp(op->name, name) == 0)
                        return op;
        return NULL;
}

const struct source_class *source_class_find(const char *name)
{
        for (const struct source_class *const *each = source_classes(); *each; each++)
                if (strcmp((*each)->name, name) == 0)
                        return *each;
        return NULL;
}

const struct counter_set *counter_set_find(const char *name)
{
        for (const struct counter_set *const *each = counter_sets(); *each; each++)
                if (strcmp((*each)->name, name) == 0)
                        return *each;
        return NULL;
}

struct status source_spec_parse(const char *spec, const struct source_class **ret_class,
                                char *target, size_t target_size)
{
        const char *colon = strchr(spec, ':');
        size_t length = colon ? (size_t)(colon - spec) : strlen(spec);
        const struct source_class *class = NULL;
        char all[200] = "write one of";
        size_t used = strlen(all);

        for (const struct source_class *const *each = source_classes(); *each; each++) {
                const char *name = (*each)->name;

                if (strlen(name) == length && strncmp(spec, name, length) == 0)
                        class = *each;
                if (used < sizeof(all))
                        used += (size_t)snprintf(
                                all + used, sizeof(all) - used, " %s%s", name,
                                (*each)->traits & SOURCE_NEEDS_TARGET ? ":TARGET" : "");
        }
        if (!class)
                return status_make(STATUS_USAGE, all, "'%s' is not a source", spec);
        if (class->traits & SOURCE_NEEDS_TARGET ? !colon || !colon[1] : colon != NULL)
                return status_make(STATUS_USAGE, all, "source '%s' %s", spec,
                                   class->traits & SOURCE_NEEDS_TARGET ? "needs a target" :
                                                                          "takes no target");
        if (colon && strlen(colon + 1) >= target_size)
                return status_make(STATUS_USAGE, "use a shorter path",
                                   "the target of '%.60s...' is too long", spec);
        snprintf(target, target_size, "%s", colon ? colon + 1 : "");
        *ret_class = class;
        return status_ok();
}
