/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded trees of sysfs and procfs as text, unpacked into a folder for a test:
 *
 *      # a comment
 *      class/dmi/id                    a folder, relative to the root of the tree
 *       sys_vendor = QEMU              a file in it, one blank before its name; \n and \t work
 *       device -> ../../devices/x      a symbolic link
 */
#ifndef PMDGAIN_TESTS_TREE_H
#define PMDGAIN_TESTS_TREE_H

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TREE_DIR_MAX 64

static inline void tree_fail(const char *what)
{
        fprintf(stderr, "tree: %s: %s\n", what, strerror(errno));
        abort();
}

static inline void tree_folder(const char *path)
{
        char part[1200];

        snprintf(part, sizeof(part), "%s", path);
        for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                mkdir(part, 0755);
                *slash = '/';
        }
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
                tree_fail(part);
}

static inline void tree_file(const char *path, const char *content)
{
        FILE *file = fopen(path, "we");

        if (!file)
                tree_fail(path);
        for (; *content; content++) {
                char c = *content;

                if (c == '\\' && content[1]) {
                        content++;
                        c = *content == 'n' ? '\n' : *content == 't' ? '\t' : *content;
                }
                fputc(c, file);
        }
        fputc('\n', file);
        fclose(file);
}

static inline void tree_line(const char *dir, char *folder, size_t folder_size, const char *line)
{
        char path[4096];
        const char *value;
        int length;

        if (line[0] == '#' || !line[0])
                return;
        if (line[0] != ' ') {
                snprintf(folder, folder_size, "%s/%s", dir, line);
                tree_folder(folder);
                return;
        }
        value = strchr(line + 1, ' ');
        if (!value)
                tree_fail(line);
        length = (int)(value - line - 1);
        snprintf(path, sizeof(path), "%s/%.*s", folder, length, line + 1);
        if (strncmp(value, " -> ", 4) == 0) {
                if (symlink(value + 4, path) != 0)
                        tree_fail(path);
        } else {
                tree_file(path, value[2] ? value + 3 : "");
        }
}

/* Unpacks `text` into a new folder, whose name it puts into `dir` (TREE_DIR_MAX bytes). */
static inline void tree_unpack_text(const char *text, char *dir)
{
        char folder[1200] = "", line[1024];

        snprintf(dir, TREE_DIR_MAX, "/tmp/pmdgain-tree-XXXXXX");
        if (!mkdtemp(dir))
                tree_fail(dir);
        while (*text) {
                size_t length = strcspn(text, "\n");

                snprintf(line, sizeof(line), "%.*s", (int)length, text);
                tree_line(dir, folder, sizeof(folder), line);
                text += length + (text[length] == '\n');
        }
}

static inline void tree_unpack(const char *fixture, char *dir)
{
        FILE *file = fopen(fixture, "re");
        char *text = NULL;
        size_t size = 0;

        if (!file || getdelim(&text, &size, '\0', file) < 0)
                tree_fail(fixture);
        fclose(file);
        tree_unpack_text(text, dir);
        free(text);
}

static inline int tree_remove_one(const char *path, const struct stat *status, int type,
                                  struct FTW *where)
{
        (void)status, (void)type, (void)where;
        return remove(path);
}

static inline void tree_remove(const char *dir)
{
        nftw(dir, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
