/* SPDX-License-Identifier: Apache-2.0 */
/* What tools/lab leaves beside the runs of a kernel: cells.csv and namespace.csv. */
#include "collect/parts.h"

#include "csv/reader.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kernel of the runs below a folder; without any, one named like the folder. */
static struct status kernel_of(struct collection *collection, const char *dir, size_t *ret_kernel)
{
        const char *slash = strrchr(dir, '/');
        const char *name = slash ? slash + 1 : dir;
        struct collected_kernel kernel = { .evidence = "" };

        for (size_t i = 0; i < collection->run_count; i++) {
                if (collection->runs[i].kernel != NONE &&
                    path_is_below(collection->runs[i].path, dir)) {
                        *ret_kernel = collection->runs[i].kernel;
                        return status_ok();
                }
        }
        snprintf(kernel.name, sizeof(kernel.name), "%.90s", *name ? name : "this kernel");
        snprintf(kernel.release, sizeof(kernel.release), "%.90s", name);
        return kernel_column(collection, &kernel, ret_kernel);
}

static size_t run_of(const struct collection *collection, const struct collected_cell *cell)
{
        char path[PATH_MAX];

        snprintf(path, sizeof(path), "%s%s%s", cell->dir, *cell->dir ? "/" : "", cell->name);
        for (size_t i = 0; i < collection->run_count; i++)
                if (path_is_below(collection->runs[i].path, path))
                        return i;
        return NONE;
}

struct text_field {
        const char *name;
        char *to;
        size_t size;
};

static void take_texts(const struct csv_reader *reader, const struct text_field *fields,
                       size_t count)
{
        for (size_t i = 0; i < count; i++)
                snprintf(fields[i].to, fields[i].size, "%s",
                         csv_reader_field(reader, csv_reader_find(reader, fields[i].name)));
}

static struct status add_cell(const struct csv_reader *reader, const char *dir, size_t kernel,
                              struct collection *collection)
{
        struct collected_cell cell = { .kernel = kernel };
        const struct text_field fields[] = {
                { "cell", cell.name, sizeof(cell.name) },
                { "device", cell.device, sizeof(cell.device) },
                { "memmap", cell.memmap, sizeof(cell.memmap) },
                { "fs", cell.fs, sizeof(cell.fs) },
                { "align", cell.align, sizeof(cell.align) },
                { "tuned", cell.tuned, sizeof(cell.tuned) },
                { "partition", cell.partition, sizeof(cell.partition) },
                { "status", cell.status, sizeof(cell.status) },
                { "reason", cell.reason, sizeof(cell.reason) },
        };
        const char *slash = strrchr(dir, '/');

        take_texts(reader, fields, sizeof(fields) / sizeof(fields[0]));
        snprintf(cell.folder, sizeof(cell.folder), "%.90s", slash ? slash + 1 : dir);
        snprintf(cell.variant, sizeof(cell.variant), "%s %s %s %s", cell.device, cell.align,
                 cell.tuned, cell.partition);
        TRY(list_grow((void **)&collection->cells, collection->cell_count, sizeof(cell)));
        cell.dir = strdup(dir);
        if (!cell.dir)
                return status_errno(ENOMEM, NULL, "cannot hold the cells");
        cell.run = run_of(collection, &cell);
        if (cell.run != NONE)
                collection->runs[cell.run].cell = collection->cell_count;
        collection->cells[collection->cell_count++] = cell;
        return status_ok();
}

static struct status add_namespace(const struct csv_reader *reader, const char *dir, size_t kernel,
                                   struct collection *collection)
{
        struct policy_namespace namespace = { .kernel = kernel };
        const struct text_field texts[] = {
                { "mode", namespace.mode, sizeof(namespace.mode) },
                { "memmap", namespace.memmap, sizeof(namespace.memmap) },
        };
        const struct {
                const char *name;
                struct count *to;
        } counts[] = {
                { "align_bytes", &namespace.align_bytes },
                { "raw_bytes", &namespace.raw_bytes },
                { "usable_bytes", &namespace.usable_bytes },
                { "memmap_bytes", &namespace.memmap_bytes },
                { "up_ns", &namespace.up_ns },
                { "memavailable_before_bytes", &namespace.memavailable_before_bytes },
                { "memavailable_after_bytes", &namespace.memavailable_after_bytes },
        };

        take_texts(reader, texts, sizeof(texts) / sizeof(texts[0]));
        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
                TRY(csv_reader_count(reader, csv_reader_find(reader, counts[i].name),
                                     counts[i].to));
        TRY(list_grow((void **)&collection->namespaces, collection->namespace_count,
                      sizeof(namespace)));
        collection->namespaces[collection->namespace_count++] = namespace;
        return status_ok();
}

typedef struct status (*add_row)(const struct csv_reader *reader, const char *dir, size_t kernel,
                                 struct collection *collection);

static struct status read_file(const char *dir, const char *name, add_row add,
                               struct collection *collection)
{
        struct csv_reader *reader = NULL;
        struct status status;
        char path[PATH_MAX];
        bool more = true;
        size_t kernel;

        if (snprintf(path, sizeof(path), "%s/%s%s%s", collection->dir, dir, *dir ? "/" : "",
                     name) >= (int)sizeof(path))
                return status_make(STATUS_USAGE, "use a shorter path", "the path is too long");
        TRY(kernel_of(collection, dir, &kernel));
        TRY(csv_reader_open(path, &reader));
        status = csv_reader_next(reader, &more);
        while (!status_failed(&status) && more) {
                status = add(reader, dir, kernel, collection);
                if (!status_failed(&status))
                        status = csv_reader_next(reader, &more);
        }
        csv_reader_close(reader);
        return status;
}

struct status read_lab(const struct found *found, struct collection *collection)
{
        for (size_t i = 0; i < found->cell_count; i++)
                TRY(read_file(found->cells[i], "cells.csv", add_cell, collection));
        for (size_t i = 0; i < found->namespace_count; i++)
                TRY(read_file(found->namespaces[i], "namespace.csv", add_namespace, collection));
        return status_ok();
}
