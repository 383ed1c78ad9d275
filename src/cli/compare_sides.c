/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/compare_sides.h"

#include "compare/compare.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has_samples(const char *dir)
{
        char path[PATH_MAX];

        return snprintf(path, sizeof(path), "%s/samples.csv", dir) < (int)sizeof(path) &&
               access(path, F_OK) == 0;
}

static struct status folder_add(struct folders *folders, const char *dir)
{
        char *real = realpath(dir, NULL), *copy;
        bool twice = false;
        void *list;

        for (size_t i = 0; real && i < folders->count; i++) {
                char *other = realpath(folders->list[i], NULL);

                twice |= other && strcmp(real, other) == 0;
                free(other);
        }
        free(real);
        if (twice)
                return status_make(STATUS_USAGE, "name each run once",
                                   "%.200s is named twice on one side", dir);
        if (folders->count == COMPARE_RUNS_MAX)
                return status_make(STATUS_USAGE, "name fewer", "more than %d runs on one side",
                                   COMPARE_RUNS_MAX);
        list = reallocarray(folders->list, folders->count + 1, sizeof(char *));
        if (list)
                folders->list = list;
        copy = strdup(dir);
        if (!list || !copy) {
                free(copy);
                return status_errno(ENOMEM, NULL, "cannot hold the names of the runs");
        }
        folders->list[folders->count++] = copy;
        return status_ok();
}

static struct status pattern_add(struct folders *folders, const char *pattern)
{
        size_t before = folders->count;
        struct status status = status_ok();
        glob_t found;
        int code = glob(pattern, 0, NULL, &found);

        if (code == GLOB_NOSPACE)
                return status_errno(ENOMEM, NULL, "cannot expand %.200s", pattern);
        for (size_t i = 0; code == 0 && i < found.gl_pathc && !status_failed(&status); i++)
                if (has_samples(found.gl_pathv[i]))
                        status = folder_add(folders, found.gl_pathv[i]);
        if (code == 0)
                globfree(&found);
        if (!status_failed(&status) && folders->count == before)
                return status_make(STATUS_USAGE, "name folders that pmdgain run has made",
                                   "%.200s matches no folder with a samples.csv", pattern);
        return status;
}

struct status folders_add(struct folders *folders, const char *word)
{
        if (access(word, F_OK) != 0 && strpbrk(word, "*?["))
                return pattern_add(folders, word);
        if (!has_samples(word))
                return status_make(STATUS_USAGE, "name the folder of a run",
                                   "%.200s holds no samples.csv", word);
        return folder_add(folders, word);
}

struct status compare_sides_take(int *argc, char **argv, struct compare_sides *sides)
{
        struct folders *to = NULL;
        int kept = 0;

        for (int i = 0; i < *argc; i++) {
                bool base = strcmp(argv[i], "--base") == 0, new = strcmp(argv[i], "--new") == 0;

                if (base || new) {
                        to = base ? &sides->base : &sides->new;
                        if (i + 1 == *argc || argv[i + 1][0] == '-')
                                return status_make(STATUS_USAGE,
                                                   "name the folders of runs after it",
                                                   "%s needs a value", argv[i]);
                } else if (to && argv[i][0] != '-') {
                        TRY(folders_add(to, argv[i]));
                } else {
                        to = NULL;
                        argv[kept++] = argv[i];
                }
        }
        argv[kept] = NULL;
        *argc = kept;
        return status_ok();
}

static void folders_free(struct folders *folders)
{
        for (size_t i = 0; i < folders->count; i++)
                free(folders->list[i]);
        free(folders->list);
        *folders = (struct folders) { 0 };
}

void compare_sides_free(struct compare_sides *sides)
{
        folders_free(&sides->base);
        folders_free(&sides->new);
}
