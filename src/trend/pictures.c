/* SPDX-License-Identifier: Apache-2.0 */
#include "trend/pictures.h"

#include "report/plots.h"
#include "trend/panel.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct status pictures_begin(struct pictures *ret_pictures)
{
        const char *where = getenv("TMPDIR");
        struct pictures pictures;

        if (snprintf(pictures.dir, sizeof(pictures.dir), "%s/pmdgain-trend.XXXXXX",
                     where && where[0] ? where : "/tmp") >= (int)sizeof(pictures.dir))
                return status_make(STATUS_USAGE, "set TMPDIR to a shorter path",
                                   "the path of the temporary folder is too long");
        if (!mkdtemp(pictures.dir))
                return status_errno(errno, "set TMPDIR to a folder that can be written",
                                    "cannot make a temporary folder");
        *ret_pictures = pictures;
        return status_ok();
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *place)
{
        return remove(path);
}

void pictures_remove(struct pictures *pictures)
{
        nftw(pictures->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        pictures->dir[0] = '\0';
}

static bool machine_dir(const struct pictures *pictures, size_t machine, char *dir, size_t dir_size)
{
        return snprintf(dir, dir_size, "%s/%zu", pictures->dir, machine) < (int)dir_size;
}

/* What plots/common.gp wants to know. */
static struct status run_write(const struct trend_machine *machine, const char *dir)
{
        const struct plot_input input = { .dir = dir };
        FILE *file;

        TRY(plot_file_open(&input, "run", &file));
        fprintf(file, "evidence,emulated,ns,machine\n,%d,%s,\n", machine->emulated,
                machine->runs[0]->instructions ? "instructions" : "ns");
        return plot_file_close(&input, "run", file);
}

static struct status data_write(const struct trend_machine *machine, const char *dir,
                                size_t *ret_panels)
{
        char plots[PATH_MAX];
        size_t panels = 0;

        if (snprintf(plots, sizeof(plots), "%s/plots", dir) >= (int)sizeof(plots))
                return status_make(STATUS_USAGE, "set TMPDIR to a shorter path",
                                   "the path of the temporary folder is too long");
        if (mkdir(dir, 0777) != 0 || mkdir(plots, 0777) != 0)
                return status_errno(errno, NULL, "cannot make %s", plots);
        TRY(run_write(machine, dir));
        for (size_t i = 0; i < machine->series_count; i++)
                if (machine->order[i]->headline)
                        TRY(panel_write(machine, machine->order[i], dir, ++panels));
        *ret_panels = panels;
        return status_ok();
}

struct status pictures_draw(const struct pictures *pictures, const struct trend *trend,
                            size_t machine, const char *plots_dir)
{
        char *scripts = realpath(plots_dir, NULL);
        char dir[PATH_MAX], settings[64];
        size_t panels = 0;
        struct status status = status_ok();

        if (!scripts)
                return status_errno(errno, "install pmdgain again", "no pictures: cannot find %s",
                                    plots_dir);
        if (!machine_dir(pictures, machine, dir, sizeof(dir)))
                status = status_make(STATUS_USAGE, "set TMPDIR to a shorter path",
                                     "the path of the temporary folder is too long");
        if (!status_failed(&status))
                status = data_write(&trend->machines[machine], dir, &panels);
        if (!status_failed(&status) && panels) {
                snprintf(settings, sizeof(settings), "panels=%zu", panels);
                status = plot_draw_with(dir, scripts, "trend", settings);
                if (status_failed(&status)) /* a picture may be half drawn */
                        nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        }
        free(scripts);
        return status;
}

bool pictures_path(const struct pictures *pictures, size_t machine, size_t number, char *path,
                   size_t path_size)
{
        return snprintf(path, path_size, "%s/%zu/plots/panel-%zu.svg", pictures->dir, machine,
                        number) < (int)path_size &&
               access(path, R_OK) == 0;
}
