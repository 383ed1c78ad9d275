/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/accept.h"

#include <pmdgain/workload.h>

static struct status threads_accept(const struct engine_request *request, const struct cell *cell)
{
        if (cell->op->traits & OP_ONE_THREAD && cell->threads > 1)
                return status_make(STATUS_SKIP, NULL, "one call does all of %s %s: no %u threads",
                                   cell->workload->name, cell->op->name, cell->threads);
        if (cell->threads > request->placement->count)
                return status_make(STATUS_SKIP, "name more --cpus",
                                   "%u threads on %u CPUs would measure the scheduler",
                                   cell->threads, request->placement->count);
        return status_ok();
}

static struct status map_accept(const struct cell *cell)
{
        if (cell->map == MAP_MODE_SHARED)
                return status_ok();
        if (cell->source->traits & SOURCE_NO_MODES)
                return status_make(STATUS_SKIP, "use map=shared",
                                   "source %s has no file to map %s", cell->source->name,
                                   map_mode_name(cell->map));
        if (cell->map == MAP_MODE_PRIVATE && cell->op->traits & OP_OWN_BYTES)
                return status_make(STATUS_SKIP, "use map=shared, or the workload random",
                                   "%s %s writes its bytes first, which copies all of a private "
                                   "mapping",
                                   cell->workload->name, cell->op->name);
        return status_ok();
}

/* What is timed must still find the file as the cell says. */
static struct status state_accept(const struct cell *cell)
{
        if (cell->state == FILE_WRITTEN)
                return status_ok();
        if (!(cell->source->traits & SOURCE_STATES))
                return status_make(STATUS_SKIP, "use source file",
                                   "source %s has no %s bytes", cell->source->name,
                                   file_state_name(cell->state));
        if (cell->op->phase == PHASE_ACCESS && cell->op->traits & (OP_WRITES | OP_OWN_BYTES))
                return status_make(STATUS_SKIP, "use populate, which times the first writes",
                                   "%s %s writes before it is timed, so the file would no longer "
                                   "be %s",
                                   cell->workload->name, cell->op->name,
                                   file_state_name(cell->state));
        return status_ok();
}

struct status cell_accept(const struct engine_request *request, const struct open_sources *sources,
                          const struct cell *cell)
{
        const struct engine_source *source = open_sources_find(sources, cell);
        bool no_memory = cell->source->traits & SOURCE_NO_MEMORY;

        TRY(source->status);
        if (cell->bytes > source->bytes_max)
                return status_make(STATUS_SKIP, source->too_large.todo, "%s",
                                   source->too_large.what);
        if (no_memory != ((cell->op->traits & OP_NO_MEMORY) != 0))
                return status_make(STATUS_SKIP, NULL, "source %s has %s memory, and %s %s %s",
                                   cell->source->name, no_memory ? "no" : "real",
                                   cell->workload->name, cell->op->name,
                                   no_memory ? "needs it" : "works on none");
        if (no_memory && cell->arm.grain == GRAIN_AUTO)
                return status_make(STATUS_SKIP, "name pmd and a pte arm",
                                   "source %s maps nothing whose grain could be seen",
                                   cell->source->name);
        TRY(threads_accept(request, cell));
        TRY(map_accept(cell));
        TRY(state_accept(cell));
        return cell->workload->accept ? cell->workload->accept(cell) : status_ok();
}
