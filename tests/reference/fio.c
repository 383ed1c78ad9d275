/* SPDX-License-Identifier: Apache-2.0 */
#include "fio.h"

#include <json-c/json.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS 24
#define ARGUMENT_MAX 256

struct arguments {
        char texts[ARGUMENTS][ARGUMENT_MAX];
        char *list[ARGUMENTS + 1];
        int count;
};

__attribute__((format(printf, 2, 3))) static void add(struct arguments *arguments,
                                                      const char *format, ...)
{
        char *text = arguments->texts[arguments->count];
        va_list values;

        va_start(values, format);
        vsnprintf(text, ARGUMENT_MAX, format, values);
        va_end(values);
        arguments->list[arguments->count++] = text;
        arguments->list[arguments->count] = NULL;
}

/* What lets fio do its best: no clock around each block, no scrambling of what it writes. */
static void arguments_make(struct arguments *arguments, const struct fio_job *job)
{
        arguments->count = 0;
        add(arguments, "fio");
        add(arguments, "--name=compare");
        add(arguments, "--ioengine=mmap");
        add(arguments, "--thread");
        add(arguments, "--filename=%s", job->path);
        add(arguments, "--size=%llu", (unsigned long long)job->bytes);
        add(arguments, "--rw=%s", job->direction);
        add(arguments, "--bs=%uk", job->block_kib);
        add(arguments, "--time_based");
        add(arguments, "--runtime=%ums", job->ms);
        add(arguments, "--ramp_time=%ums", job->ms);
        add(arguments, "--iomem_align=4096");
        add(arguments, "--gtod_reduce=1");
        add(arguments, "--scramble_buffers=0");
        add(arguments, "--invalidate=0");
        add(arguments, "--output-format=json");
}

static void child(const struct fio_job *job, struct arguments *arguments, int out)
{
        if (!job->huge)
                prctl(PR_SET_THP_DISABLE, 1L, 0L, 0L, 0L); /* survives execve() */
        if (dup2(out, STDOUT_FILENO) >= 0)
                execvp("fio", arguments->list);
        _exit(127);
}

/* What a process has of shared memory mapped by PMD; 0 when it cannot be read. */
static uint64_t pmd_bytes_of(pid_t pid)
{
        char path[64], line[128];
        unsigned long long kib = 0;
        FILE *file;

        snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
        file = fopen(path, "r");
        if (!file)
                return 0;
        while (fgets(line, sizeof(line), file))
                if (sscanf(line, "ShmemPmdMapped: %llu", &kib) == 1)
                        break;
        fclose(file);
        return kib * 1024;
}

/* Reads until the other end is closed, and looks at the process meanwhile, some times a second. */
static void output_read(pid_t pid, int fd, char *text, size_t room, uint64_t *ret_pmd_bytes)
{
        struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
        uint64_t most = 0;
        size_t used = 0;

        for (;;) {
                if (poll(&poll_fd, 1, 200) > 0) {
                        ssize_t got = read(fd, text + used, room - used - 1);

                        if (got <= 0)
                                break;
                        used += (size_t)got;
                } else {
                        uint64_t now = pmd_bytes_of(pid);

                        most = now > most ? now : most;
                }
        }
        text[used] = '\0';
        *ret_pmd_bytes = most;
}

/* All that fio prints, or NULL. The caller frees it. */
static char *fio_output(const struct fio_job *job, uint64_t *ret_pmd_bytes)
{
        struct arguments arguments;
        size_t room = 1 << 18;
        char *text = malloc(room);
        int ends[2], result = -1;
        pid_t pid;

        if (!text || pipe(ends) != 0)
                abort();
        fflush(stdout);
        arguments_make(&arguments, job);
        pid = fork();
        if (pid == 0)
                child(job, &arguments, ends[1]);
        close(ends[1]);
        output_read(pid, ends[0], text, room, ret_pmd_bytes);
        close(ends[0]);
        if (pid < 0 || waitpid(pid, &result, 0) != pid || result != 0) {
                free(text);
                return NULL;
        }
        return text;
}

static struct json_object *job_of(struct json_object *all)
{
        struct json_object *jobs = NULL;

        if (!json_object_object_get_ex(all, "jobs", &jobs))
                return NULL;
        return json_object_array_get_idx(jobs, 0);
}

bool fio_run(const struct fio_job *job, struct fio_result *ret_result)
{
        uint64_t pmd_bytes = 0;
        char *text = fio_output(job, &pmd_bytes);
        char *start = text ? strchr(text, '{') : NULL; /* notes may come first */
        struct json_object *all = start ? json_tokener_parse(start) : NULL;
        struct json_object *one = all ? job_of(all) : NULL;
        struct json_object *direction = NULL, *rate = NULL;
        bool ok = one && json_object_object_get_ex(one, job->direction, &direction) &&
                  json_object_object_get_ex(direction, "bw_bytes", &rate);

        if (ok)
                *ret_result = (struct fio_result) {
                        .gb_per_s = (double)json_object_get_int64(rate) / 1e9,
                        .pmd_bytes = pmd_bytes,
                };
        else
                printf("fio --rw=%s --bs=%uk on %s failed: %.200s\n", job->direction,
                       job->block_kib, job->path, text ? text : "no output");
        json_object_put(all);
        free(text);
        return ok;
}

bool fio_present(void)
{
        const char *path = getenv("PATH");
        char copy[4096], *save = NULL;

        snprintf(copy, sizeof(copy), "%s", path ? path : "/usr/bin");
        for (char *dir = strtok_r(copy, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
                char name[4200];

                snprintf(name, sizeof(name), "%s/fio", dir);
                if (access(name, X_OK) == 0)
                        return true;
        }
        return false;
}
