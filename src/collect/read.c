/* SPDX-License-Identifier: Apache-2.0 */
/* Runs, and the kernels they were measured on. */
#include "collect/parts.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct status read_run(const char *dir, struct collected_run *run)
{
        char path[PATH_MAX];

        if (snprintf(path, sizeof(path), "%s/%s", dir, run->path) >= (int)sizeof(path))
                return status_make(STATUS_USAGE, "use a shorter path", "the path is too long");
        TRY(summary_make(path, &run->summary));
        TRY(facts_read(path, &run->machine));
        return view_make(run->summary, &run->view);
}

static void run_forget(struct collected_run *run)
{
        view_free(&run->view);
        summary_free(run->summary);
        json_object_put(run->machine);
        run->summary = NULL;
        run->machine = NULL;
}

struct status kernel_column(struct collection *collection, const struct collected_kernel *kernel,
                            size_t *ret_column)
{
        for (size_t i = 0; i < collection->kernel_count; i++) {
                const struct collected_kernel *known = &collection->kernels[i];

                if (strcmp(known->release, kernel->release) == 0 &&
                    strcmp(known->machine, kernel->machine) == 0 &&
                    strcmp(known->evidence, kernel->evidence) == 0 &&
                    known->instructions == kernel->instructions) {
                        *ret_column = i;
                        return status_ok();
                }
        }
        TRY(list_grow((void **)&collection->kernels, collection->kernel_count, sizeof(*kernel)));
        collection->kernels[collection->kernel_count] = *kernel;
        *ret_column = collection->kernel_count++;
        return status_ok();
}

static struct status find_kernel(struct collection *collection, struct collected_run *run)
{
        struct collected_kernel kernel = { .instructions = run->summary->instructions };

        snprintf(kernel.release, sizeof(kernel.release), "%s",
                 fact_text(run->machine, "/kernel/release"));
        snprintf(kernel.machine, sizeof(kernel.machine), "%s",
                 fact_text(run->machine, "/cpu/model_name"));
        snprintf(kernel.evidence, sizeof(kernel.evidence), "%s", run->summary->evidence);
        facts_kernel(run->machine, kernel.name, sizeof(kernel.name));
        return kernel_column(collection, &kernel, &run->kernel);
}

struct status read_runs(struct found *found, struct collection *collection)
{
        collection->runs = calloc(found->run_count + 1, sizeof(*collection->runs));
        if (!collection->runs)
                return status_errno(ENOMEM, NULL, "cannot hold the runs");
        for (size_t i = 0; i < found->run_count; i++) {
                struct collected_run *run = &collection->runs[collection->run_count++];

                *run = (struct collected_run) { .kernel = NONE, .cell = NONE };
                run->path = found->runs[i];
                found->runs[i] = NULL;
                run->status = read_run(collection->dir, run);
                if (status_failed(&run->status))
                        run_forget(run);
                else
                        TRY(find_kernel(collection, run));
        }
        return status_ok();
}

static int compare_kernels(const void *left, const void *right, void *kernels)
{
        const struct collected_kernel *a =
                (const struct collected_kernel *)kernels + *(const size_t *)left;
        const struct collected_kernel *b =
                (const struct collected_kernel *)kernels + *(const size_t *)right;
        int order = strcmp(a->machine, b->machine);

        if (!order)
                order = strverscmp(a->release, b->release);
        if (!order)
                order = strcmp(a->evidence, b->evidence);
        return order ? order : a->instructions - b->instructions;
}

/* By kind, and of a kind by kernel. */
static int compare_namespaces(const void *left, const void *right)
{
        const struct policy_namespace *a = left, *b = right;
        int order = strcmp(a->mode, b->mode);

        if (!order)
                order = -strcmp(a->memmap, b->memmap); /* ram before pmem */
        if (!order && a->align_bytes.value != b->align_bytes.value)
                order = a->align_bytes.value < b->align_bytes.value ? -1 : 1;
        return order ? order : (a->kernel > b->kernel) - (a->kernel < b->kernel);
}

/* What two kernels of the same name differ by goes into the names of both. */
static void tell_apart(struct collection *collection)
{
        size_t count = collection->kernel_count;
        bool machines = false;

        for (size_t i = 1; i < count; i++)
                machines |=
                        strcmp(collection->kernels[i].machine, collection->kernels[0].machine) != 0;
        for (size_t i = 0; i < count; i++) {
                struct collected_kernel *kernel = &collection->kernels[i];
                bool builds = false, clocks = false;
                size_t used;

                for (size_t k = 0; k < count; k++) {
                        const struct collected_kernel *other = &collection->kernels[k];

                        if (k == i || strcmp(other->machine, kernel->machine) != 0)
                                continue;
                        clocks |= strcmp(other->release, kernel->release) == 0;
                        builds |= strcmp(other->release, kernel->release) != 0 &&
                                  strncmp(other->name, kernel->name, strlen(kernel->name)) == 0 &&
                                  (other->name[strlen(kernel->name)] == '\0' ||
                                   other->name[strlen(kernel->name)] == '.');
                }
                if (builds)
                        snprintf(kernel->name, sizeof(kernel->name), "Linux %s", kernel->release);
                used = strlen(kernel->name);
                snprintf(kernel->name + used, sizeof(kernel->name) - used, "%s%.100s%s%s",
                         machines && kernel->machine[0] ? ", " : "",
                         machines ? kernel->machine : "", clocks ? ", " : "",
                         !clocks                ? ""
                         : kernel->instructions ? "instructions"
                         : kernel->evidence[0]  ? kernel->evidence
                                                : "unknown");
        }
}

struct status kernels_close(struct collection *collection)
{
        size_t count = collection->kernel_count;
        struct collected_kernel *sorted = calloc(count + 1, sizeof(*sorted));
        size_t *order = calloc(2 * count + 1, sizeof(*order));

        if (!sorted || !order) {
                free(sorted);
                free(order);
                return status_errno(ENOMEM, NULL, "cannot hold the kernels");
        }
        for (size_t i = 0; i < count; i++)
                order[i] = i;
        qsort_r(order, count, sizeof(*order), compare_kernels, collection->kernels);
        for (size_t i = 0; i < count; i++) {
                sorted[i] = collection->kernels[order[i]];
                order[count + order[i]] = i;
        }
        for (size_t i = 0; i < collection->run_count; i++)
                if (collection->runs[i].kernel != NONE)
                        collection->runs[i].kernel = order[count + collection->runs[i].kernel];
        for (size_t i = 0; i < collection->cell_count; i++)
                collection->cells[i].kernel = order[count + collection->cells[i].kernel];
        for (size_t i = 0; i < collection->namespace_count; i++)
                collection->namespaces[i].kernel = order[count + collection->namespaces[i].kernel];
        if (collection->namespace_count)
                qsort(collection->namespaces, collection->namespace_count,
                      sizeof(*collection->namespaces), compare_namespaces);
        free(collection->kernels);
        free(order);
        collection->kernels = sorted;
        tell_apart(collection);
        return status_ok();
}

void collection_free(struct collection *collection)
{
        for (size_t i = 0; i < collection->run_count; i++) {
                run_forget(&collection->runs[i]);
                free(collection->runs[i].path);
        }
        for (size_t i = 0; i < collection->cell_count; i++)
                free(collection->cells[i].dir);
        for (size_t i = 0; i < collection->line_count; i++) {
                free(collection->lines[i].key);
                free(collection->lines[i].rows);
        }
        free(collection->runs);
        free(collection->kernels);
        free(collection->cells);
        free(collection->namespaces);
        free(collection->rows);
        free(collection->lines);
        free(collection->names);
        *collection = (struct collection) { 0 };
}
