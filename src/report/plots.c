/* SPDX-License-Identifier: Apache-2.0 */
#include "report/plots.h"

#include "csv/file.h"

#include "report/facts.h"
#include "report/text.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct plot_kind plot_kinds[PLOT_COUNT] = {
        { "gain",
          "The gain of every comparison with its 95 % interval, on a logarithmic axis. Hollow and "
          "grey: the interval contains 1, or there is none, or the PMD arm was to hold no PMD.",
          plot_write_gain },
        { "latency",
          "Median time of an operation against the working set; bands are the quartiles over "
          "trials, dotted lines the sizes of the caches.",
          plot_write_panels },
        { "reach",
          "The same cache lines visited by PTE and by PMD: caches cost both alike, so what lies "
          "between the curves is the TLB. Solid lines are the fitted capacities with their "
          "intervals, dotted ones what CPUID tells.",
          plot_write_panels },
        { "populate",
          "Median cost of making each MiB of the largest mapping present, or of taking it away; "
          "whiskers are the quartiles over trials.",
          plot_write_bars },
        { "bandwidth",
          "Median bandwidth on the largest mapping, all threads together; whiskers are the "
          "quartiles over trials.",
          plot_write_bars },
        { "mixed",
          "What partial alignment is worth: medians against the part of the PMD-sized chunks that a "
          "PMD maps, proven for each; bands are the quartiles over trials. The PTE arm has none.",
          plot_write_panels },
        { "threads", "Medians against the number of threads; bands are the quartiles over trials.",
          plot_write_panels },
};

static bool plot_path(const char *dir, const char *name, const char *ending, char *path,
                      size_t path_size)
{
        return snprintf(path, path_size, "%s/plots/%s%s", dir, name, ending) < (int)path_size;
}

struct status plot_file_open(const struct plot_input *input, const char *name, FILE **ret_file)
{
        char path[4096];
        FILE *file;

        if (!plot_path(input->dir, name, ".csv", path, sizeof(path)))
                return status_make(STATUS_USAGE, "use a shorter path", "the path of %s is too long",
                                   name);
        file = file_anew(path);
        if (!file)
                return status_errno(errno, "check that the folder can be written",
                                    "cannot write %s", path);
        *ret_file = file;
        return status_ok();
}

struct status plot_file_close(const struct plot_input *input, const char *name, FILE *file)
{
        bool failed = ferror(file) != 0;
        int error = EIO;

        if (fclose(file) != 0 && !failed) {
                failed = true;
                error = errno;
        }
        if (failed)
                return status_errno(error, "make room on the disk", "cannot write %s/plots/%s.csv",
                                    input->dir, name);
        return status_ok();
}

void plot_text(FILE *file, const char *text, const char *end)
{
        char label[512];

        fprintf(file, "\"%s\"%s", text_label(text, 90, label, sizeof(label)), end);
}

void plot_number(FILE *file, double value, const char *end)
{
        if (isfinite(value))
                fprintf(file, "%.9g", value);
        fputs(end, file);
}

/* What every picture names: the machine and the kind of evidence. */
static struct status run_write(const struct plot_input *input)
{
        const char *evidence = input->view->summary->evidence;
        const char *model = fact_text(input->machine, "/cpu/model_name");
        const char *kernel = fact_text(input->machine, "/kernel/release");
        char text[256];
        FILE *file;

        TRY(plot_file_open(input, "run", &file));
        fprintf(file, "evidence,emulated,ns,machine\n");
        plot_text(file, facts_evidence(input->machine, evidence, text, sizeof(text)), ",");
        fprintf(file, "%d,%s,", strcmp(evidence, "emulated") == 0,
                input->view->summary->instructions ? "instructions" : "ns");
        snprintf(text, sizeof(text), "%.100s%s%s%.60s", model, model[0] && kernel[0] ? " · " : "",
                 kernel[0] ? "Linux " : "", kernel);
        plot_text(file, text, "\n");
        return plot_file_close(input, "run", file);
}

/* Made where it is not there. */
struct status plots_folder(const char *dir)
{
        struct stat about;
        char path[4096];

        if (!plot_path(dir, "", "", path, sizeof(path)))
                return status_make(STATUS_USAGE, "use a shorter path",
                                   "the path of %.80s... is too long", dir);
        path[strlen(path) - 1] = '\0'; /* a slash at the end would follow a link */
        if (mkdir(path, 0777) == 0)
                return status_ok();
        if (errno != EEXIST)
                return status_errno(errno, "check that the folder can be written", "cannot make %s",
                                    path);
        if (lstat(path, &about) != 0 || !S_ISDIR(about.st_mode))
                return status_make(STATUS_USAGE, "remove it: plots are made again",
                                   "%s is a link, or no folder", path);
        return status_ok();
}

static void stale_remove(const char *dir, const char *name)
{
        static const char *const endings[] = { ".csv", "_marks.csv", ".svg", ".png" };
        char path[4096];

        for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
                if (plot_path(dir, name, endings[i], path, sizeof(path)))
                        unlink(path);
}

struct status plots_write(const struct plot_input *input, struct plot_result *results)
{
        TRY(plots_folder(input->dir));
        TRY(run_write(input));
        for (size_t i = 0; i < PLOT_COUNT; i++) {
                results[i] = (struct plot_result) { 0 };
                stale_remove(input->dir, plot_kinds[i].name);
                TRY(plot_kinds[i].write(input, plot_kinds[i].name, &results[i]));
        }
        return status_ok();
}
