/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/open_sources.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool lives_in(const struct engine_source *source, const struct cell *cell)
{
        return cell_place(cell) == source->class &&
               strcmp(cell_place_target(cell), source->target) == 0;
}

struct engine_source *open_sources_find(const struct open_sources *sources,
                                        const struct cell *cell)
{
        for (size_t i = 0; i < sources->count; i++) {
                struct engine_source *each = &sources->list[i];

                if (lives_in(each, cell))
                        return each;
        }
        return NULL;
}

struct engine_source *open_sources_base(const struct open_sources *sources,
                                        const struct cell *cell)
{
        struct cell base = *cell;

        base.arm_source = NULL;
        return open_sources_find(sources, &base);
}

static struct status list_make(const struct plan *plan, struct open_sources *sources)
{
        for (size_t i = 0; i < plan->cell_count; i++) {
                const struct cell *cell = &plan->cells[i];
                struct engine_source *grown;

                if (open_sources_find(sources, cell))
                        continue;
                grown = realloc(sources->list, (sources->count + 1) * sizeof(*grown));
                if (!grown)
                        return status_make(STATUS_SYSTEM, NULL, "out of memory for sources");
                sources->list = grown;
                grown[sources->count++] = (struct engine_source){
                        .class = cell_place(cell),
                        .target = cell_place_target(cell),
                };
        }
        return status_ok();
}

/* The largest working set that is smaller than `below`; 0 when there is none. */
static uint64_t largest_bytes(const struct plan *plan, const struct engine_source *source,
                              uint64_t below)
{
        uint64_t largest = 0;

        for (size_t i = 0; i < plan->cell_count; i++) {
                const struct cell *cell = &plan->cells[i];

                if (lives_in(source, cell) && cell->bytes > largest && cell->bytes < below)
                        largest = cell->bytes;
        }
        return largest;
}

/* The files beside it that cells want; `shifts` has room for one a cell. */
static void twins_want(const struct plan *plan, const struct engine_source *source,
                       uint64_t *shifts, struct source_request *wanted)
{
        wanted->shifts = shifts;
        for (size_t i = 0; i < plan->cell_count; i++) {
                const struct cell *cell = &plan->cells[i];
                size_t at = 0;

                if (!lives_in(source, cell))
                        continue;
                wanted->blank |= cell->state != FILE_WRITTEN;
                while (at < wanted->shift_count && shifts[at] != cell->shift)
                        at++;
                if (cell->shift && at == wanted->shift_count)
                        shifts[wanted->shift_count++] = cell->shift;
        }
}

/* As large as it can be had: cells that want more are skipped, unless all do. */
static void largest_open(const struct engine_request *request, struct source_request *wanted,
                         struct engine_source *each)
{
        wanted->bytes = largest_bytes(request->plan, each, UINT64_MAX);
        each->status = source_open(each->class, wanted, &each->source);
        if (each->status.code == STATUS_USAGE)
                each->too_large = each->status;
        while (each->status.code == STATUS_USAGE) {
                wanted->bytes = largest_bytes(request->plan, each, wanted->bytes);
                if (!wanted->bytes) {
                        each->status = each->too_large;
                        return;
                }
                each->status = source_open(each->class, wanted, &each->source);
        }
        each->bytes_max = wanted->bytes;
}

static void one_open(const struct engine_request *request, struct engine_source *each)
{
        const struct plan_settings *settings = &request->plan->settings;
        struct source_request wanted = {
                .root = request->root,
                .target = each->target,
                .overwrite = settings->overwrite,
                .keep = settings->keep,
                .run = request->run_id,
                .seed = settings->seed,
        };
        uint64_t *shifts = calloc(request->plan->cell_count, sizeof(*shifts));

        if (!shifts) {
                each->status = status_errno(ENOMEM, NULL, "cannot keep what the cells want");
                return;
        }
        twins_want(request->plan, each, shifts, &wanted);
        largest_open(request, &wanted, each);
        free(shifts);
}

/* The embedded default: what stands in for a shmem that cannot be had, in this order. */
static void embedded_stand_in(const struct engine_request *request, struct engine_source *shmem)
{
        static const char *const names[] = { "hugetlb", "anon" };
        struct plan *plan = request->plan;
        char why[sizeof(shmem->source.how)];

        snprintf(why, sizeof(why), "shmem: %s", shmem->status.what);
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                struct engine_source other = {
                        .class = source_class_find(names[i]),
                        .target = shmem->target,
                };
                size_t used = strlen(why);

                for (size_t c = 0; c < plan->cell_count; c++)
                        if (plan->cells[c].source == shmem->class)
                                plan->cells[c].source = other.class;
                shmem->class = other.class;
                one_open(request, &other);
                if (!status_failed(&other.status)) {
                        char how[sizeof(why)];

                        snprintf(how, sizeof(how), "%s", other.source.how);
                        snprintf(other.source.how, sizeof(other.source.how), "%.250s; %.250s", how,
                                 why);
                        *shmem = other;
                        return;
                }
                shmem->status = other.status;
                snprintf(why + used, sizeof(why) - used, "; %s: %s", names[i], other.status.what);
        }
}

struct status open_sources_make(const struct engine_request *request,
                                struct open_sources *ret_sources)
{
        struct open_sources sources = { 0 };
        struct status status = list_make(request->plan, &sources);

        for (size_t i = 0; i < sources.count && !status_failed(&status); i++) {
                struct engine_source *each = &sources.list[i];

                one_open(request, each);
                if (each->status.code == STATUS_SKIP && request->plan->embedded &&
                    strcmp(each->class->name, "shmem") == 0)
                        embedded_stand_in(request, each);
                if (each->status.code == STATUS_USAGE)
                        status = each->status;
        }
        if (status_failed(&status))
                open_sources_free(&sources);
        else
                *ret_sources = sources;
        return status;
}

void open_sources_free(struct open_sources *sources)
{
        for (size_t i = 0; i < sources->count; i++)
                if (!status_failed(&sources->list[i].status) && sources->list[i].source.class)
                        source_close(&sources->list[i].source);
        free(sources->list);
        *sources = (struct open_sources){ 0 };
}
