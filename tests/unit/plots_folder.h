/* SPDX-License-Identifier: Apache-2.0 */
/* Plots of a made summary through gnuplot itself, in a folder with a name that no shell and no
 * script survives. */
#ifndef PMDGAIN_TESTS_PLOTS_FOLDER_H
#define PMDGAIN_TESTS_PLOTS_FOLDER_H

#include "made_summary.h"
#include "report/plots.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_SKIP 77
#define SCRIPTS FIXTURES "/../../plots"

static struct made made;
static char top[64], dir[256];
static struct plot_result results[PLOT_COUNT];

static inline bool has_gnuplot(void)
{
        int result;
        pid_t child = fork();

        if (child == 0) {
                execlp("gnuplot", "gnuplot", "--version", (char *)NULL);
                _exit(127);
        }
        return child > 0 && waitpid(child, &result, 0) == child && result == 0;
}

static inline int dir_make(void **state)
{
        snprintf(top, sizeof(top), "/tmp/test_plots_XXXXXX");
        if (!mkdtemp(top))
                return -1;
        snprintf(dir, sizeof(dir), "%s/a 'b\" $(touch x) `touch x` ;touch x\n%%s\\", top);
        return mkdir(dir, 0700);
}

static inline int entry_remove(const char *path, const struct stat *about, int type,
                               struct FTW *place)
{
        return remove(path);
}

static inline int dir_remove(void **state)
{
        return nftw(top, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static inline char *picture_text(const char *name, const char *ending)
{
        char path[512];
        struct stat about;
        FILE *file;
        char *text;

        snprintf(path, sizeof(path), "%s/plots/%s%s", dir, name, ending);
        file = fopen(path, "re");
        if (!file)
                return NULL;
        assert_int_equal(fstat(fileno(file), &about), 0);
        text = calloc(1, (size_t)about.st_size + 1);
        assert_non_null(text);
        assert_int_equal(fread(text, 1, (size_t)about.st_size, file), about.st_size);
        fclose(file);
        return text;
}

static inline void assert_has(const char *text, const char *part)
{
        if (!strstr(text, part))
                fail_msg("not in the picture: \"%s\"", part);
}

/* Writes the data of `made` and draws it. */
static inline void draw(struct json_object *machine, bool png)
{
        struct status status;
        struct view view;

        assert_int_equal(view_make(&made.summary, &view).code, STATUS_OK);
        status = plots_write(&(struct plot_input) { &view, machine, dir }, results);
        view_free(&view);
        assert_string_equal(status.what, "");
        status = plots_draw(dir, SCRIPTS, png, results);
        assert_string_equal(status.what, "");
}

static inline void assert_picture(const char *name, const char *const *texts)
{
        char *svg = picture_text(name, ".svg");

        assert_non_null(svg);
        assert_has(svg, "</svg>");
        for (; *texts; texts++)
                assert_has(svg, *texts);
        free(svg);
}

static inline bool exists(const char *path)
{
        return access(path, F_OK) == 0;
}

#endif
