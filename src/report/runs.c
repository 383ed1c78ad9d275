/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* strptime() */
#include "report/runs.h"

#include "report/facts.h"
#include "report/text.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MEMORY_MOST 0x1p60 /* bytes: what has more is no machine */

static struct status no_memory(void)
{
        return status_errno(ENOMEM, NULL, "cannot list the runs");
}

/* Room for one more; lists double. */
static bool grow(void *list_pointer, size_t count, size_t size)
{
        void **list = list_pointer, *larger;

        if (count & (count - 1))
                return true; /* not a power of two: there is room */
        larger = realloc(*list, (count ? 2 * count : 1) * size);
        if (larger)
                *list = larger;
        return larger != NULL;
}

static struct status add_fault(struct runs *runs, char *dir, const struct status *why)
{
        if (!grow(&runs->faults, runs->fault_count, sizeof(*runs->faults)))
                return no_memory();
        runs->faults[runs->fault_count++] = (struct run_fault){ dir, *why };
        return status_ok();
}

struct status runs_reject(struct runs *runs, size_t index, const struct status *why)
{
        TRY(add_fault(runs, runs->runs[index]->dir, why));
        free(runs->runs[index]);
        memmove(&runs->runs[index], &runs->runs[index + 1],
                (runs->count - index - 1) * sizeof(*runs->runs));
        runs->count--;
        return status_ok();
}

static void set_text(struct json_object *machine, const char *pointer, char *text, size_t size)
{
        text_line(fact_text(machine, pointer), size, text, size);
}

static struct status read_start(struct json_object *machine, int64_t *ret_started)
{
        struct tm tm = { 0 };
        const char *started = fact_text(machine, "/run/started");
        const char *end = strptime(started, "%Y-%m-%dT%H:%M:%SZ", &tm);

        if (!end || *end)
                return status_make(STATUS_USAGE, "restore the machine.json that the run wrote",
                                   "machine.json does not say when the run started");
        *ret_started = timegm(&tm);
        return status_ok();
}

struct status run_about_read(struct json_object *machine, struct run_about *ret_about)
{
        struct run_about about = { 0 };

        TRY(read_start(machine, &about.started));
        set_text(machine, "/kernel/release", about.kernel, sizeof(about.kernel));
        set_text(machine, "/kernel/arch", about.arch, sizeof(about.arch));
        set_text(machine, "/evidence", about.evidence, sizeof(about.evidence));
        set_text(machine, "/cpu/model_name", about.cpu, sizeof(about.cpu));
        set_text(machine, "/cpu/microcode", about.microcode, sizeof(about.microcode));
        text_line(facts_hypervisor(machine), sizeof(about.hypervisor), about.hypervisor,
                  sizeof(about.hypervisor));
        about.memory_bytes = fact_number(machine, "/memory/total_bytes");
        if (!(about.memory_bytes > 0 && about.memory_bytes < MEMORY_MOST))
                about.memory_bytes = NAN;
        about.instructions = strcmp(fact_text(machine, "/run/clock"), "instructions") == 0;
        *ret_about = about;
        return status_ok();
}

/* `dir` is the run's when this succeeds. */
static struct status read_about(char *dir, struct run_about **ret_about)
{
        struct run_about *about = calloc(1, sizeof(*about));
        struct json_object *machine = NULL;
        struct status status = about ? facts_read(dir, &machine) : no_memory();

        if (!status_failed(&status))
                status = run_about_read(machine, about);
        if (!status_failed(&status)) {
                about->dir = dir;
                *ret_about = about;
        } else {
                free(about);
        }
        json_object_put(machine);
        return status;
}

static bool is_known(const struct runs *runs, const char *dir)
{
        for (size_t i = 0; i < runs->count; i++)
                if (strcmp(runs->runs[i]->dir, dir) == 0)
                        return true;
        for (size_t i = 0; i < runs->fault_count; i++)
                if (strcmp(runs->faults[i].dir, dir) == 0)
                        return true;
        return false;
}

static struct status add_run(struct runs *runs, const char *path)
{
        char *dir = realpath(path, NULL);
        struct run_about *about = NULL;
        struct status status;

        if (!dir)
                return status_errno(errno, NULL, "cannot find %s", path);
        if (is_known(runs, dir)) {
                free(dir);
                return status_ok();
        }
        status = read_about(dir, &about);
        if (status_failed(&status)) {
                status = add_fault(runs, dir, &status);
        } else if (grow(&runs->runs, runs->count, sizeof(*runs->runs))) {
                runs->runs[runs->count++] = about;
                return status_ok();
        } else {
                status = no_memory();
        }
        if (status_failed(&status))
                free(dir);
        return status;
}

static bool holds(const char *dir, const char *name)
{
        char path[PATH_MAX];

        return snprintf(path, sizeof(path), "%s/%s", dir, name) < (int)sizeof(path) &&
               access(path, F_OK) == 0;
}

static bool is_folder(const char *path)
{
        struct stat about;

        return lstat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static struct status search(struct runs *runs, const char *dir, unsigned depth)
{
        struct status status = status_ok();
        struct dirent **names;
        int count;

        if (holds(dir, "summary.csv") || holds(dir, "samples.csv"))
                return add_run(runs, dir);
        if (depth == RUNS_DEPTH)
                return status_ok();
        count = scandir(dir, &names, NULL, alphasort);
        if (count < 0)
                return status_errno(errno, "name the folder of a run, or of several",
                                    "cannot read the folder %s", dir);
        for (int i = 0; i < count; i++) {
                char path[PATH_MAX];

                if (!status_failed(&status) && names[i]->d_name[0] != '.' &&
                    snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name) <
                            (int)sizeof(path) &&
                    is_folder(path))
                        status = search(runs, path, depth + 1);
                free(names[i]);
        }
        free(names);
        return status;
}

static int compare_runs(const void *left_run, const void *right_run)
{
        const struct run_about *left = *(struct run_about *const *)left_run;
        const struct run_about *right = *(struct run_about *const *)right_run;

        if (left->started != right->started)
                return left->started < right->started ? -1 : 1;
        return strcmp(left->dir, right->dir);
}

static struct status search_all(struct runs *runs, const char *const *dirs, size_t dir_count)
{
        for (size_t i = 0; i < dir_count; i++) {
                size_t before = runs->count + runs->fault_count;
                char *dir = realpath(dirs[i], NULL);
                bool known = dir && is_known(runs, dir);

                free(dir);
                TRY(search(runs, dirs[i], 0));
                if (before == runs->count + runs->fault_count && !known)
                        return status_make(STATUS_USAGE, "name the folder of a run, or of several",
                                           "there is no run in %s", dirs[i]);
        }
        if (runs->count)
                qsort(runs->runs, runs->count, sizeof(*runs->runs), compare_runs);
        return status_ok();
}

struct status runs_find(const char *const *dirs, size_t dir_count, struct runs *ret_runs)
{
        struct runs runs = { 0 };
        struct status status = search_all(&runs, dirs, dir_count);

        if (status_failed(&status))
                runs_free(&runs);
        else
                *ret_runs = runs;
        return status;
}

void runs_free(struct runs *runs)
{
        for (size_t i = 0; i < runs->count; i++) {
                free(runs->runs[i]->dir);
                free(runs->runs[i]);
        }
        for (size_t i = 0; i < runs->fault_count; i++)
                free(runs->faults[i].dir);
        free(runs->runs);
        free(runs->faults);
        *runs = (struct runs){ 0 };
}

static bool same_memory(double left, double right)
{
        if (isnan(left) || isnan(right))
                return isnan(left) && isnan(right);
        return fabs(left - right) <= fmax(left, right) / 16;
}

bool run_same_machine(const struct run_about *left, const struct run_about *right)
{
        return strcmp(left->cpu, right->cpu) == 0 &&
               strcmp(left->microcode, right->microcode) == 0 &&
               strcmp(left->hypervisor, right->hypervisor) == 0 &&
               strcmp(left->arch, right->arch) == 0 &&
               strcmp(left->evidence, right->evidence) == 0 &&
               left->instructions == right->instructions &&
               same_memory(left->memory_bytes, right->memory_bytes);
}

char *run_machine_name(const struct run_about *run, char *text, size_t text_size)
{
        char memory[UNITS_TEXT_MAX] = "";

        if (run->memory_bytes > 0) /* whole GiB: what is left over differs by kernel */
                size_format_human(run->memory_bytes < (double)GIB
                                          ? (uint64_t)run->memory_bytes
                                          : (uint64_t)round(run->memory_bytes / (double)GIB) * GIB,
                                  memory, sizeof(memory));
        snprintf(text, text_size, "%s%s%s%s%s%s%s%s%s%s", run->cpu[0] ? run->cpu : "unknown CPU",
                 run->cpu[0] || !run->arch[0] ? "" : " ", run->cpu[0] ? "" : run->arch,
                 run->microcode[0] ? ", microcode " : "", run->microcode,
                 run->hypervisor[0] ? ", " : "", run->hypervisor, memory[0] ? ", " : "", memory,
                 run->instructions ? ", by instructions" : "");
        return text;
}
