/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of made runs below a temporary one, for the tests of the trend. */
#ifndef PMDGAIN_TESTS_RUNS_TREE_H
#define PMDGAIN_TESTS_RUNS_TREE_H

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define RUNS_HEADER                                                                              \
        "workload,op,bytes,threads,source,fs,memmap,dax,pte_lever,pte_value,pmd_value,unit,gain," \
        "gain_lo,gain_hi,pairs,verdict,evidence,opt_chains,target,pte_reason,pmd_reason\n"

static char tree[PATH_MAX]; /* made by tree_make(), absolute and without links */

static inline int tree_make(void **state)
{
        char dir[] = "/tmp/test_trend_XXXXXX";

        return mkdtemp(dir) && realpath(dir, tree) ? 0 : -1;
}

static inline int tree_remove_one(const char *path, const struct stat *about, int type,
                                  struct FTW *place)
{
        return remove(path);
}

static inline int tree_remove(void **state)
{
        return nftw(tree, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *tree_path(const char *name)
{
        static char paths[4][PATH_MAX + 1024];
        static size_t at;
        char *path = paths[at++ % 4];

        snprintf(path, sizeof(paths[0]), "%s/%s", tree, name);
        return path;
}

static inline void tree_folder(const char *name)
{
        assert_int_equal(mkdir(tree_path(name), 0777), 0);
}

static inline void tree_file(const char *folder, const char *name, const char *text)
{
        char path[512];
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        file = fopen(tree_path(path), "we");
        assert_non_null(file);
        fputs(text, file);
        assert_int_equal(fclose(file), 0);
}

/* A run's folder: started on that day of 2026 (months have 28 days), on a kernel and a CPU, with the
 * rows of a summary. */
static inline void tree_run(const char *folder, unsigned day, const char *kernel, const char *cpu,
                            const char *rows)
{
        char text[1024], *summary;

        tree_folder(folder);
        snprintf(text, sizeof(text),
                 "{\"run\":{\"started\":\"2026-%02u-%02uT03:00:00Z\"},\"evidence\":\"virtual\","
                 "\"kernel\":{\"release\":\"%s\"},\"cpu\":{\"model_name\":\"%s\","
                 "\"microcode\":\"0x1\"},\"hypervisor\":{\"signature\":\"KVMKVMKVM\"},"
                 "\"memory\":{\"total_bytes\":%llu}}",
                 1 + (day - 1) / 28, 1 + (day - 1) % 28, kernel, cpu, (8ULL << 30) - day);
        tree_file(folder, "machine.json", text);
        assert_true(asprintf(&summary, "%s%s", RUNS_HEADER, rows) > 0);
        tree_file(folder, "summary.csv", summary);
        free(summary);
}

/* A row of a summary.csv: chase by 8 KiB with 4 chains, with a gain. */
static inline const char *tree_row(const char *workload, double gain)
{
        static char row[512];

        snprintf(row, sizeof(row),
                 "%s,read,8192,1,file,ext4,ram,yes,nohuge,%g,100,ns/op,%g,%g,%g,11,pmd_faster,"
                 "virtual,4,/mnt/a,,\n",
                 workload, 100 * gain, gain, 0.99 * gain, 1.01 * gain);
        return row;
}

static inline char *tree_text(const char *name)
{
        FILE *file = fopen(tree_path(name), "re");
        char *text = NULL;
        size_t size = 0;

        if (!file)
                return NULL;
        if (getdelim(&text, &size, '\0', file) < 0)
                text = NULL;
        fclose(file);
        return text;
}

#endif
