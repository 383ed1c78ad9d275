/* SPDX-License-Identifier: Apache-2.0 */
#include "source/layout.h"

static struct status layout_make(const struct source *source,
                                 const struct layout_request *request, struct mapping *ret_mapping)
{
        struct arm arm = request->arm;
        size_t page = source->page_bytes, bytes = request->bytes;
        bool private = request->map == MAP_MODE_PRIVATE, blank = request->state != FILE_WRITTEN;

        if (!bytes || bytes > source->bytes + source->pmd_bytes || bytes % source->pmd_bytes)
                return status_make(STATUS_USAGE, "use a multiple of the PMD size",
                                   "a mapping of %zu bytes does not fit source %s, opened for %llu",
                                   bytes, source->class->name, (unsigned long long)source->bytes);
        *ret_mapping = (struct mapping) {
                .fd = -1,
                .offset = source->start + (arm.lever == LEVER_OFFSET ? (off_t)page : 0),
                .address = source->window + (arm.lever == LEVER_VA ? page : 0),
                .anchor = source->window + source_window_bytes(source) - page,
                .bytes = bytes,
                .prot = PROT_READ | PROT_WRITE,
                .advice = arm.lever == LEVER_NOHUGE ? MADV_NOHUGEPAGE : 0,
                .thp_disable = arm.lever == LEVER_NOHUGE,
                .read_faults_suffice = source->traits & SOURCE_READ_FAULTS_SUFFICE && !private,
                .read_only = !request->writes && (private || blank),
                .blank = blank,
                .tables_first = arm.lever == LEVER_NOHUGE && source->traits & SOURCE_NOHUGE_IGNORED,
                .asked = arm,
                .proof = proof_none(),
                .page_bytes = page,
                .pmd_bytes = source->pmd_bytes,
        };
        return status_ok();
}

struct status layout_file(const struct source *source, int fd,
                          const struct layout_request *request, struct mapping *ret_mapping)
{
        static const int flags[] = {
                [MAP_MODE_SHARED] = MAP_SHARED,
                [MAP_MODE_PRIVATE] = MAP_PRIVATE,
                [MAP_MODE_SYNC] = MAP_SHARED_VALIDATE | MAP_SYNC,
        };

        TRY(layout_make(source, request, ret_mapping));
        ret_mapping->fd = fd;
        ret_mapping->flags = flags[request->map];
        return status_ok();
}

struct status layout_anonymous(const struct source *source, const struct layout_request *request,
                               struct mapping *ret_mapping)
{
        TRY(layout_make(source, request, ret_mapping));
        ret_mapping->flags = MAP_PRIVATE | MAP_ANONYMOUS;
        if (request->arm.grain == GRAIN_PMD)
                ret_mapping->advice = MADV_HUGEPAGE;
        return status_ok();
}

struct status layout_refusal(const struct source *source, struct arm arm, const char *why)
{
        char text[ARM_TEXT_MAX];

        return status_make(STATUS_SKIP, NULL, "%s has no arm %s: %s", source->class->name,
                           arm_format(arm, text, sizeof(text)), why);
}
