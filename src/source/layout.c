/* SPDX-License-Identifier: Apache-2.0 */
#include "source/layout.h"

#include <math.h>

static struct status layout_make(const struct source *source, struct arm arm, size_t bytes,
                                 struct mapping *ret_mapping)
{
        size_t page = source->page_bytes;

        if (!bytes || bytes > source->bytes + source->pmd_bytes || bytes % source->pmd_bytes)
                return status_make(STATUS_USAGE, "use a multiple of the PMD size",
                                   "a mapping of %zu bytes does not fit source %s, opened for %llu",
                                   bytes, source->class->name, (unsigned long long)source->bytes);
        *ret_mapping = (struct mapping) {
                .fd = -1,
                .offset = arm.lever == LEVER_OFFSET ? (off_t)page : 0,
                .address = source->window + (arm.lever == LEVER_VA ? page : 0),
                .bytes = bytes,
                .prot = PROT_READ | PROT_WRITE,
                .advice = arm.lever == LEVER_NOHUGE ? MADV_NOHUGEPAGE : 0,
                .thp_disable = arm.lever == LEVER_NOHUGE,
                .read_faults_suffice = source->traits & SOURCE_READ_FAULTS_SUFFICE,
                .tables_first = arm.lever == LEVER_NOHUGE && source->traits & SOURCE_NOHUGE_IGNORED,
                .asked = arm,
                .proof = { .pmd_fraction = (double)NAN },
                .page_bytes = page,
                .pmd_bytes = source->pmd_bytes,
        };
        return status_ok();
}

struct status layout_file(const struct source *source, int fd, struct arm arm, size_t bytes,
                          struct mapping *ret_mapping)
{
        TRY(layout_make(source, arm, bytes, ret_mapping));
        ret_mapping->fd = fd;
        ret_mapping->flags = MAP_SHARED;
        return status_ok();
}

struct status layout_anonymous(const struct source *source, struct arm arm, size_t bytes,
                               struct mapping *ret_mapping)
{
        TRY(layout_make(source, arm, bytes, ret_mapping));
        ret_mapping->flags = MAP_PRIVATE | MAP_ANONYMOUS;
        if (arm.grain == GRAIN_PMD)
                ret_mapping->advice = MADV_HUGEPAGE;
        return status_ok();
}

struct status layout_refusal(const struct source *source, struct arm arm, const char *why)
{
        char text[ARM_TEXT_MAX];

        return status_make(STATUS_SKIP, NULL, "%s has no arm %s: %s", source->class->name,
                           arm_format(arm, text, sizeof(text)), why);
}
