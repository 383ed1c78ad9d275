/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run_folder.h"

#include "cli/run_json.h"

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

/* The preset: results/DATE-PLAN, the date in UTC. */
static void name_make(const struct plan *plan, char *name, size_t size)
{
        time_t now = time(NULL);
        struct tm parts;
        char date[32];

        gmtime_r(&now, &parts);
        strftime(date, sizeof(date), "%Y%m%d-%H%M%S", &parts);
        snprintf(name, size, "results/%s-%s", date, plan->name);
}

/* `ret_made`: it was not there. */
static struct status folder_make(const char *path, bool *ret_made)
{
        char part[512];

        for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
                if (mkdir(part, 0777) && errno != EEXIST)
                        return status_errno(errno, "name a folder you may write with -o",
                                            "cannot make folder %.200s", part);
        }
        *ret_made = mkdir(path, 0775) == 0;
        if (!*ret_made && errno != EEXIST)
                return status_errno(errno, "name a folder you may write with -o",
                                    "cannot make folder %.200s", path);
        return status_ok();
}

/* What text_write() left, when it was killed, is nothing. */
static bool is_nothing(const char *name)
{
        size_t length = strlen(name);

        return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
               (length > 5 && name[0] == '.' && strcmp(name + length - 4, ".new") == 0);
}

static bool folder_empty(int fd)
{
        DIR *dir = fdopendir(dup(fd));
        struct dirent *entry;
        bool empty = true;

        while (dir && empty && (entry = readdir(dir)))
                empty = is_nothing(entry->d_name);
        if (dir)
                closedir(dir);
        return empty;
}

static struct status folder_unlocked(const char *path, int error)
{
        if (error == EWOULDBLOCK)
                return status_make(STATUS_USAGE, "name another folder with -o",
                                   "another run writes into %.200s", path);
        return status_errno(error, "name a folder with -o where flock(2) works and is allowed",
                            "cannot lock folder %.200s", path);
}

/* Whoever else may write into it could plant links there, or a plan that overwrites files. */
static struct status folder_trust(const char *path, bool is_new, int fd)
{
        const char *todo = is_new ? "name a folder of your own with -o" :
                                    "run as that user, or chmod o-w the folder; once you know what "
                                    "is in it, go on all the same by --force-resume";
        struct stat about;

        if (fstat(fd, &about) != 0)
                return status_errno(errno, NULL, "cannot look at folder %.200s", path);
        if (about.st_uid != geteuid())
                return status_make(STATUS_USAGE, todo, "folder %.200s belongs to another user (%u)",
                                   path, (unsigned)about.st_uid);
        if (about.st_mode & S_IWOTH)
                return status_make(STATUS_USAGE, todo, "anybody may write into folder %.200s",
                                   path);
        return status_ok();
}

/* A new run wants it empty. The lock goes with the descriptor, so it cannot outlive the run. */
static struct status folder_claim(const char *path, bool is_new, bool trusted, int *ret_fd)
{
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct status status;

        if (fd < 0)
                return status_errno(errno, "name a folder you may write with -o",
                                    "cannot open folder %.200s", path);
        status = trusted ? status_ok() : folder_trust(path, is_new, fd);
        if (status_failed(&status)) {
                close(fd);
                return status;
        }
        if (flock(fd, LOCK_EX | LOCK_NB)) {
                int error = errno;

                close(fd);
                return folder_unlocked(path, error);
        }
        if (is_new && !folder_empty(fd)) {
                close(fd);
                return status_make(STATUS_USAGE, "name a new folder with -o",
                                   "folder %.200s is not empty, and results are never overwritten",
                                   path);
        }
        *ret_fd = fd;
        return status_ok();
}

/* Put in place as a whole, and on the disk itself: a loss of power leaves the old or the new. */
static struct status text_write(const struct run_folder *folder, const char *name,
                                const char *text)
{
        char temporary[80];
        size_t length = strlen(text);
        int fd, error = 0;

        snprintf(temporary, sizeof(temporary), ".%s.new", name);
        unlinkat(folder->fd, temporary, 0); /* of a run that was killed */
        fd = openat(folder->fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0)
                return status_errno(errno, DISK_ADVICE, "cannot write %.200s/%s", folder->path,
                                    name);
        if (write(fd, text, length) != (ssize_t)length)
                error = errno ? errno : ENOSPC;
        if (!error && fsync(fd) && errno != EINVAL)
                error = errno;
        if (close(fd) && !error)
                error = errno;
        if (!error && renameat(folder->fd, temporary, folder->fd, name))
                error = errno;
        if (!error && fsync(folder->fd) && errno != EINVAL)
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

/* machine.json comes first: it has the plan too, and a run can be gone on with from there on. */
static struct status files_make(const struct run_folder_request *request,
                                struct run_folder *folder)
{
        TRY(run_json_describe(request, &folder->machine));
        run_json_segment(folder->machine);
        TRY(machine_write(folder));
        TRY(text_write(folder, "plan.ini", request->plan->text));
        return samples_writer_open(folder->path, request->plan->cells, request->plan->cell_count,
                                   request->selection, &folder->writer);
}

/* Is this the machine that the run began on? */
static struct status machine_check(const struct run_folder_request *request,
                                   struct run_folder *folder)
{
        struct json_object *now = NULL;
        char *differences = folder->differences;

        TRY(run_json_describe(request, &now));
        run_resume_compare(folder->machine, now, differences, sizeof(folder->differences));
        json_object_put(now);
        if (!*differences)
                return status_ok();
        if (!request->force)
                return status_make(STATUS_USAGE, "begin a new run, or go on all the same by "
                                                 "--force-resume",
                                   "not what the run began on: %s", differences);
        run_json_warn(folder->machine, WARNING_RESUMED_ELSEWHERE, differences);
        return status_ok();
}

/* When the last sample was written, as far as the file tells. */
static time_t last_sample(const struct run_folder *folder)
{
        struct stat about;

        return fstatat(folder->fd, "samples.csv", &about, 0) == 0 ? about.st_mtime : 0;
}

static struct status files_resume(const struct run_folder_request *request,
                                  struct run_folder *folder)
{
        const struct plan *plan = request->plan;
        uint64_t whole_bytes = 0;

        TRY(run_resume_machine(folder->path, &folder->machine));
        TRY(machine_check(request, folder));
        folder->spent_ns = run_json_spent(folder->machine, last_sample(folder));
        TRY(samples_writer_continue(folder->path, plan->cells, plan->cell_count,
                                    request->selection, &folder->writer));
        TRY(run_resume_rows(folder->path, plan, folder->writer, &folder->past, &whole_bytes));
        TRY(samples_writer_cut(folder->writer, whole_bytes));
        TRY(text_write(folder, "plan.ini", plan->text));
        run_json_segment(folder->machine);
        return machine_write(folder);
}

struct status run_folder_open(const struct run_folder_request *request,
                              struct run_folder *ret_folder)
{
        struct run_folder folder = { .fd = -1, .force = request->force };
        bool trusted = request->force;
        struct status status;

        if (*request->path)
                snprintf(folder.path, sizeof(folder.path), "%s", request->path);
        else
                name_make(request->plan, folder.path, sizeof(folder.path));
        folder.is_new = !request->resume;
        folder.was_there = access(folder.path, F_OK) == 0;
        if (!request->resume)
                TRY(folder_make(folder.path, &trusted));
        TRY(folder_claim(folder.path, !request->resume, trusted, &folder.fd));
        status = request->resume ? files_resume(request, &folder) : files_make(request, &folder);
        if (status_failed(&status))
                run_folder_close(&folder);
        else
                *ret_folder = folder;
        return status;
}

struct status run_folder_sources(struct run_folder *folder, const struct engine_source *sources,
                                 size_t count)
{
        TRY(run_json_sources(folder->machine, sources, count, folder->force));
        return machine_write(folder);
}

struct status run_folder_finish(struct run_folder *folder, const struct engine_result *result)
{
        run_json_finish(folder->machine, result, folder->spent_ns);
        return machine_write(folder);
}

void run_folder_drop(const struct run_folder *folder)
{
        if (folder->fd < 0 || !folder->is_new)
                return;
        unlinkat(folder->fd, "samples.csv", 0);
        unlinkat(folder->fd, "plan.ini", 0);
        unlinkat(folder->fd, "machine.json", 0);
        if (!folder->was_there)
                rmdir(folder->path);
}

void run_folder_close(struct run_folder *folder)
{
        if (folder->writer)
                samples_writer_close(folder->writer);
        if (folder->machine)
                json_object_put(folder->machine);
        if (folder->fd >= 0)
                close(folder->fd);
        past_free(&folder->past);
        *folder = (struct run_folder){ .fd = -1 };
}
