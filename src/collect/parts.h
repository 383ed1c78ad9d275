/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of collection_read(). */
#ifndef PMDGAIN_COLLECT_PARTS_H
#define PMDGAIN_COLLECT_PARTS_H

#include "collect/collection.h"

/* Paths relative to the collection's folder, in order of the alphabet; each is the caller's. */
struct found {
        char **runs, **cells, **namespaces; /* folders that hold such a file */
        size_t run_count, cell_count, namespace_count;
};

struct status find_all(const char *dir, struct found *ret_found);
void found_free(struct found *found);

/* Reads each run; one that cannot be read keeps its status. Fills runs and kernels. */
struct status read_runs(struct found *found, struct collection *collection);

/* Reads the files of the lab: cells and namespaces, and what cells say of their runs. */
struct status read_lab(const struct found *found, struct collection *collection);

/* The column of a kernel, made when it is new. */
struct status kernel_column(struct collection *collection, const struct collected_kernel *kernel,
                            size_t *ret_column);

/* Puts kernels into order and names them so that no two are alike. */
struct status kernels_close(struct collection *collection);

/* Rows of all runs, and the lines that hold them side by side. */
struct status make_rows(struct collection *collection);
struct status make_lines(struct collection *collection);

/* Is `path` in the folder `dir` or below? "" is the collection's own folder. */
bool path_is_below(const char *path, const char *dir);

#endif
