/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run_folder.h"

#include "sys/machine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pmdgain/mapping.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DISK_ADVICE "free some space, or name another folder with -o"

/* Now, in UTC: "2026-01-31T23:59:59Z" or, for a folder's name, "20260131-235959". */
static void time_text(char *text, size_t size, bool for_name)
{
        time_t now = time(NULL);
        struct tm parts;

        gmtime_r(&now, &parts);
        if (for_name)
                strftime(text, size, "%Y%m%d-%H%M%S", &parts);
        else
                strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static struct status folder_make(const char *path)
{
        char part[512];

        for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
                if (mkdir(part, 0777) && errno != EEXIST)
                        return status_errno(errno, "name a folder you may write with -o",
                                            "cannot make folder %.200s", part);
        }
        if (mkdir(path, 0777) && errno != EEXIST)
                return status_errno(errno, "name a folder you may write with -o",
                                    "cannot make folder %.200s", path);
        return status_ok();
}

static bool folder_empty(int fd)
{
        DIR *dir = fdopendir(dup(fd));
        struct dirent *entry;
        bool empty = true;

        while (dir && empty && (entry = readdir(dir)))
                empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        if (dir)
                closedir(dir);
        return empty;
}

static struct status folder_claim(const char *path, int *ret_fd)
{
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                return status_errno(errno, "name a folder you may write with -o",
                                    "cannot open folder %.200s", path);
        if (flock(fd, LOCK_EX | LOCK_NB)) {
                close(fd);
                return status_make(STATUS_USAGE, "name another folder with -o",
                                   "another run writes into %.200s", path);
        }
        if (!folder_empty(fd)) {
                close(fd);
                return status_make(STATUS_USAGE, "name a new folder with -o",
                                   "folder %.200s is not empty, and results are never overwritten",
                                   path);
        }
        *ret_fd = fd;
        return status_ok();
}

static struct status text_write(const struct run_folder *folder, const char *name,
                                const char *text)
{
        char temporary[80];
        size_t length = strlen(text);
        int fd, error = 0;

        snprintf(temporary, sizeof(temporary), ".%s.new", name);
        fd = openat(folder->fd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (fd < 0)
                return status_errno(errno, DISK_ADVICE, "cannot write %.200s/%s", folder->path,
                                    name);
        if (write(fd, text, length) != (ssize_t)length)
                error = errno ? errno : ENOSPC;
        if (close(fd) && !error)
                error = errno;
        if (!error && renameat(folder->fd, temporary, folder->fd, name))
                error = errno;
        if (error) {
                unlinkat(folder->fd, temporary, 0);
                return status_errno(error, DISK_ADVICE, "cannot write %.200s/%s", folder->path,
                                    name);
        }
        return status_ok();
}

static struct status machine_write(const struct run_folder *folder)
{
        return text_write(folder, "machine.json",
                          json_object_to_json_string_ext(folder->machine,
                                                         JSON_C_TO_STRING_PRETTY |
                                                                 JSON_C_TO_STRING_NOSLASHESCAPE));
}

static void add_text(struct json_object *object, const char *key, const char *text)
{
        json_object_object_add(object, key, json_object_new_string(text));
}

static struct json_object *events_describe(const struct counter_selection *selection, size_t set)
{
        struct json_object *events = json_object_new_array();
        const struct counter_column *columns = counter_selection_set(selection, set)->columns;

        for (size_t i = 0; columns[i].name; i++) {
                struct json_object *event = json_object_new_object();

                add_text(event, "column", columns[i].name);
                add_text(event, "event", counter_selection_event(selection, set, i));
                add_text(event, "missing", counter_selection_missing(selection, set, i));
                json_object_array_add(events, event);
        }
        return events;
}

struct json_object *counters_describe(const struct counter_selection *selection)
{
        struct json_object *list = json_object_new_array();

        for (size_t i = 0; i < counter_selection_sets(selection); i++) {
                struct json_object *set = json_object_new_object();
                const char *reason = counter_selection_reason(selection, i);

                add_text(set, "set", counter_selection_set(selection, i)->name);
                add_text(set, "summary", counter_selection_set(selection, i)->summary);
                json_object_object_add(set, "usable", json_object_new_boolean(!*reason));
                add_text(set, "reason", reason);
                json_object_object_add(set, "events", events_describe(selection, i));
                json_object_array_add(list, set);
        }
        return list;
}

static struct json_object *run_describe(const struct run_folder_request *request)
{
        struct json_object *run = json_object_new_object();
        struct json_object *argv = json_object_new_array();
        const struct plan_settings *settings = &request->plan->settings;
        char now[64];

        for (int i = 0; i < request->argc; i++)
                json_object_array_add(argv, json_object_new_string(request->argv[i]));
        time_text(now, sizeof(now), false);
        add_text(run, "plan", request->plan->name);
        add_text(run, "plan_text", request->plan->text);
        json_object_object_add(run, "argv", argv);
        json_object_object_add(run, "seed", json_object_new_uint64(settings->seed));
        json_object_object_add(run, "budget_ns", json_object_new_uint64(settings->budget_ns));
        add_text(run, "clock", request->clock);
        json_object_object_add(run, "precision", json_object_new_double(settings->precision));
        add_text(run, "started", now);
        add_text(run, "cpus", settings->cpus);
        add_text(run, "mem_node", settings->mem_node);
        add_text(run, "placement", request->placement->how);
        json_object_object_add(run, "counters", counters_describe(request->selection));
        return run;
}

static struct status machine_make(const struct run_folder_request *request,
                                  struct run_folder *folder)
{
        struct json_object *program = json_object_new_object();

        TRY(machine_describe(request->root, &folder->machine));
        add_text(program, "version", PMDGAIN_VERSION);
        json_object_object_add(folder->machine, "pmdgain", program);
        json_object_object_add(folder->machine, "run", run_describe(request));
        return machine_write(folder);
}

static struct status files_make(const struct run_folder_request *request,
                                struct run_folder *folder)
{
        TRY(text_write(folder, "plan.ini", request->plan->text));
        TRY(machine_make(request, folder));
        return samples_writer_open(folder->path, request->plan->cells, request->plan->cell_count,
                                   request->selection, &folder->writer);
}

struct status run_folder_open(const struct run_folder_request *request,
                              struct run_folder *ret_folder)
{
        struct run_folder folder = { .fd = -1 };
        struct status status;
        char now[64];

        time_text(now, sizeof(now), true);
        if (*request->path)
                snprintf(folder.path, sizeof(folder.path), "%s", request->path);
        else
                snprintf(folder.path, sizeof(folder.path), "results/%s-%s", now,
                         request->plan->name);
        TRY(folder_make(folder.path));
        TRY(folder_claim(folder.path, &folder.fd));
        status = files_make(request, &folder);
        if (status_failed(&status))
                run_folder_close(&folder);
        else
                *ret_folder = folder;
        return status;
}

struct status run_folder_sources(struct run_folder *folder, const struct engine_source *sources,
                                 size_t count)
{
        struct json_object *list = json_object_new_array();
        struct json_object *run = json_object_object_get(folder->machine, "run");

        for (size_t i = 0; i < count; i++) {
                struct json_object *one = json_object_new_object();
                bool failed = status_failed(&sources[i].status);

                add_text(one, "source", sources[i].class->name);
                add_text(one, "target", sources[i].target);
                add_text(one, "how", failed ? sources[i].status.what : sources[i].source.how);
                add_text(one, "status", status_code_name(sources[i].status.code));
                json_object_array_add(list, one);
        }
        json_object_object_add(run, "sources", list);
        return machine_write(folder);
}

static struct json_object *warning_describe(const struct warning *warning)
{
        struct json_object *object = json_object_new_object();

        add_text(object, "code", warning_code_name(warning->code));
        add_text(object, "text", warning->text);
        return object;
}

struct status run_folder_finish(struct run_folder *folder, const struct engine_result *result)
{
        struct json_object *run = json_object_object_get(folder->machine, "run");
        struct json_object *warnings = json_object_new_array();
        char now[64];

        for (size_t i = 0; i < result->warnings.count; i++)
                json_object_array_add(warnings, warning_describe(&result->warnings.list[i]));
        time_text(now, sizeof(now), false);
        add_text(run, "finished", now);
        json_object_object_add(run, "elapsed_ns", json_object_new_uint64(result->elapsed_ns));
        json_object_object_add(run, "blocks", json_object_new_int((int)result->blocks));
        json_object_object_add(run, "interrupted", json_object_new_boolean(result->interrupted));
        json_object_object_add(run, "warnings", warnings);
        return machine_write(folder);
}

void run_folder_close(struct run_folder *folder)
{
        if (folder->writer)
                samples_writer_close(folder->writer);
        if (folder->machine)
                json_object_put(folder->machine);
        if (folder->fd >= 0)
                close(folder->fd);
        *folder = (struct run_folder){ .fd = -1 };
}
