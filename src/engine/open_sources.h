/* SPDX-License-Identifier: Apache-2.0 */
/* Opens each source of a plan once, as large as its largest cell. */
#ifndef PMDGAIN_ENGINE_OPEN_SOURCES_H
#define PMDGAIN_ENGINE_OPEN_SOURCES_H

#include "engine/engine.h"

struct open_sources {
        struct engine_source *list;
        size_t count;
};

/*
 * Fails only for what the user named wrongly (STATUS_USAGE); a source that cannot be had here
 * keeps its status, and its cells become rows with it. Where the plan names no source, hugetlb
 * and anon stand in for a shmem that cannot be had, and the cells are changed so.
 */
struct status open_sources_make(const struct engine_request *request,
                                struct open_sources *ret_sources);
void open_sources_free(struct open_sources *sources);

/* The one a cell lives in: of its arm's own place. */
struct engine_source *open_sources_find(const struct open_sources *sources,
                                        const struct cell *cell);

/* The one of the other arms; NULL when none of them is measured. */
struct engine_source *open_sources_base(const struct open_sources *sources,
                                        const struct cell *cell);

#endif
