/* SPDX-License-Identifier: Apache-2.0 */
/* Where the runs are. Links are not followed, hidden folders are passed over. */
#include "collect/parts.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

struct status list_grow(void **list, size_t count, size_t size)
{
        void *larger = reallocarray(*list, count + 1, size);

        if (!larger)
                return status_errno(ENOMEM, NULL, "cannot hold the runs");
        *list = larger;
        return status_ok();
}

bool path_is_below(const char *path, const char *dir)
{
        size_t length = strlen(dir);

        return !length ||
               (strncmp(path, dir, length) == 0 && (path[length] == '/' || path[length] == '\0'));
}

static int by_name(const FTSENT **left, const FTSENT **right)
{
        return strverscmp((*left)->fts_name, (*right)->fts_name);
}

static struct status add(char ***list, size_t *count, const char *path, size_t length)
{
        TRY(list_grow((void **)list, *count, sizeof(char *)));
        (*list)[*count] = strndup(path, length);
        if (!(*list)[*count])
                return status_errno(ENOMEM, NULL, "cannot hold the runs");
        ++*count;
        return status_ok();
}

/* `path` is of a file, relative to the collection's folder. */
static struct status add_file(struct found *found, const char *path)
{
        const char *slash = strrchr(path, '/');
        const char *name = slash ? slash + 1 : path;
        size_t length = slash ? (size_t)(slash - path) : 0;

        if (strcmp(name, "samples.csv") == 0)
                return add(&found->runs, &found->run_count, path, length);
        if (strcmp(name, "cells.csv") == 0)
                return add(&found->cells, &found->cell_count, path, length);
        if (strcmp(name, "namespace.csv") == 0)
                return add(&found->namespaces, &found->namespace_count, path, length);
        return status_ok();
}

static struct status walk(FTS *tree, size_t skip, struct found *found)
{
        FTSENT *entry;

        for (errno = 0; (entry = fts_read(tree)); errno = 0) {
                if (entry->fts_info == FTS_D && entry->fts_level > 0 && entry->fts_name[0] == '.')
                        fts_set(tree, entry, FTS_SKIP);
                if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
                        return status_errno(entry->fts_errno, "check its permissions",
                                            "cannot read %.200s", entry->fts_path);
                if (entry->fts_info == FTS_F && entry->fts_level > 0)
                        TRY(add_file(found, entry->fts_path + skip));
        }
        if (errno)
                return status_errno(errno, NULL, "cannot look for runs");
        return status_ok();
}

struct status find_all(const char *dir, struct found *ret_found)
{
        char *path = strdup(dir), *const paths[] = { path, NULL };
        struct found found = { 0 };
        struct status status;
        size_t length;
        FTS *tree;

        if (!path)
                return status_errno(ENOMEM, NULL, "cannot look for runs");
        for (length = strlen(path); length > 1 && path[length - 1] == '/';)
                path[--length] = '\0';
        tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
        if (!tree) {
                free(path);
                return status_errno(errno, NULL, "cannot look for runs in %.200s", dir);
        }
        status = walk(tree, length + (path[length - 1] != '/'), &found);
        fts_close(tree);
        free(path);
        if (status_failed(&status))
                found_free(&found);
        else
                *ret_found = found;
        return status;
}

static void free_list(char **list, size_t count)
{
        for (size_t i = 0; i < count; i++)
                free(list[i]);
        free(list);
}

void found_free(struct found *found)
{
        free_list(found->runs, found->run_count);
        free_list(found->cells, found->cell_count);
        free_list(found->namespaces, found->namespace_count);
        *found = (struct found) { 0 };
}
