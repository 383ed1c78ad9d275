/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A collection: the runs below one folder at any depth, side by side. A run is a folder with a
 * samples.csv; what tools/lab leaves beside runs (cells.csv, namespace.csv) is read where it is.
 * Made from these files alone.
 */
#ifndef PMDGAIN_COLLECT_COLLECTION_H
#define PMDGAIN_COLLECT_COLLECTION_H

#include "report/facts.h"
#include "report/policy.h"
#include "report/view.h"

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>

#define NONE SIZE_MAX /* no such row, run or kernel */

/* One column of the report: a kernel on a machine by a clock. */
struct collected_kernel {
        char name[192]; /* "Linux 6.12"; with all that tells two apart */
        char release[96], machine[128], evidence[16];
        bool instructions;
};

struct collected_run {
        char *path;           /* relative to the collection's folder */
        struct status status; /* why it could not be read: then it has nothing else */
        struct summary *summary;
        struct view view;
        struct json_object *machine; /* machine.json; may be NULL */
        size_t kernel;
        size_t cell;      /* of the matrix, or NONE */
        size_t first_row; /* its rows in the collection follow each other */
};

/* A row of the lab's cells.csv: what was set up and how it went. */
struct collected_cell {
        char name[64], device[16], memmap[16], fs[16], align[16], tuned[16], partition[16];
        char status[16], reason[480];
        char variant[80];   /* all but memmap and file system, as one text */
        char folder[96];    /* of its kernel: what tools/lab calls it */
        char *dir;          /* where cells.csv is, relative; "" for the collection's folder */
        size_t kernel, run; /* NONE when nothing was measured */
};

/* One comparison on every kernel that has it. */
struct collected_line {
        char *key;    /* its cell and its row_key */
        size_t *rows; /* [kernel]: index of the row, or NONE */
        size_t first; /* row that stands for it */
        double worst; /* the smallest gain that is resolved below 1; NaN when none is */
};

struct collection {
        const char *dir;
        struct collected_run *runs; /* by path */
        size_t run_count;
        struct collected_kernel *kernels; /* by machine and version */
        size_t kernel_count;
        struct collected_cell *cells;
        size_t cell_count;
        struct policy_namespace *namespaces;
        size_t namespace_count;
        struct policy_row *rows; /* of all runs */
        size_t row_count;
        struct collected_line *lines; /* in the order of their first rows */
        size_t line_count;
        struct policy_kernel *names; /* of the kernels, for the policy page */
};

/* Reads all below `dir`. STATUS_USAGE when there is no run in it. Free with collection_free(). */
struct status collection_read(const char *dir, struct collection *ret_collection);
void collection_free(struct collection *collection);

/* "populate madvise_read · 64 MiB · pte:nohuge", without the cell. */
char *collection_label(const struct collection *collection, size_t row, char *text,
                       size_t text_size);

/* What the rows were measured on: the cell's name, else "ext4, memmap ram". */
char *collection_place(const struct collection *collection, size_t row, char *text,
                       size_t text_size);

/* Room for one more of `size` bytes in a list of `count`; the list stays as it is on failure. */
struct status list_grow(void **list, size_t count, size_t size);

#endif
