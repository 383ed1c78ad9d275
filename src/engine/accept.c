/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/accept.h"

#include "sys/memavail.h"

#include <pmdgain/workload.h>
#include <stdio.h>
#include <string.h>

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

static char *facts_format(const struct source *source, char *text, size_t size)
{
        snprintf(text, size, "%s%smemmap %s, %s, node %d", source->fs, *source->fs ? ", " : "",
                 source->memmap ? memmap_name(source->memmap) : "unknown",
                 source->dax == 1 ? "DAX" : "no DAX", source->node);
        return text;
}

/* An arm elsewhere may differ in its layout and in nothing else. */
static struct status place_accept(const struct open_sources *sources, const struct cell *cell)
{
        const struct engine_source *base = open_sources_base(sources, cell);
        const struct source *one, *other = &open_sources_find(sources, cell)->source;
        char first[120], second[120];

        if (!cell->arm_source || !base || status_failed(&base->status))
                return status_ok();
        one = &base->source;
        if (strcmp(one->fs, other->fs) == 0 && one->memmap == other->memmap &&
            one->dax == other->dax && one->node == other->node)
                return status_ok();
        return status_make(STATUS_USAGE, "name a target that differs by its layout only, or measure "
                                         "it in a run of its own",
                           "%s: %s; but %s: %s", base->target,
                           facts_format(one, first, sizeof(first)), cell->arm_target,
                           facts_format(other, second, sizeof(second)));
}

/* Private pages that are written are copied into memory; some ops of populate do. */
static struct status copies_accept(const struct engine_request *request, const struct cell *cell)
{
        struct status status = memavail_check(request->root, cell->bytes);

        if (status.code == STATUS_USAGE)
                status.code = STATUS_SKIP;
        return status;
}

static struct status map_accept(const struct engine_request *request, const struct cell *cell)
{
        unsigned traits = cell_place(cell)->traits;

        if (cell->map == MAP_MODE_SHARED)
                return status_ok();
        if (traits & SOURCE_NO_MODES)
                return status_make(STATUS_SKIP, "use map=shared",
                                   "source %s has no file to map %s", cell_place(cell)->name,
                                   map_mode_name(cell->map));
        if (cell->map == MAP_MODE_PRIVATE && cell->op->traits & OP_OWN_BYTES)
                return status_make(STATUS_SKIP, "use map=shared, or the workload random",
                                   "%s %s writes its bytes first, which copies all of a private "
                                   "mapping",
                                   cell->workload->name, cell->op->name);
        return cell->map == MAP_MODE_PRIVATE ? copies_accept(request, cell) : status_ok();
}

/* What is timed must still find the file as the cell says. */
static struct status state_accept(const struct cell *cell)
{
        if (cell->state == FILE_WRITTEN)
                return status_ok();
        if (!(cell_place(cell)->traits & SOURCE_TWINS))
                return status_make(STATUS_SKIP, "use source file",
                                   "source %s has no %s bytes", cell_place(cell)->name,
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
        bool no_memory = cell_place(cell)->traits & SOURCE_NO_MEMORY;

        TRY(source->status);
        if (cell->bytes > source->bytes_max)
                return status_make(STATUS_SKIP, source->too_large.todo, "%s",
                                   source->too_large.what);
        if (no_memory != ((cell->op->traits & OP_NO_MEMORY) != 0))
                return status_make(STATUS_SKIP, NULL, "source %s has %s memory, and %s %s %s",
                                   cell_place(cell)->name, no_memory ? "no" : "real",
                                   cell->workload->name, cell->op->name,
                                   no_memory ? "needs it" : "works on none");
        if (no_memory && cell->arm.grain == GRAIN_AUTO)
                return status_make(STATUS_SKIP, "name pmd and a pte arm",
                                   "source %s maps nothing whose grain could be seen",
                                   cell_place(cell)->name);
        TRY(threads_accept(request, cell));
        TRY(place_accept(sources, cell));
        TRY(map_accept(request, cell));
        TRY(state_accept(cell));
        return cell->workload->accept ? cell->workload->accept(cell) : status_ok();
}
