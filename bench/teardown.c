/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking a present mapping away in other ways than munmap(), which is an op of `populate`: the
 * file is truncated under it, or the process that has it exits.
 *
 * truncate frees the file's pages or blocks too, by either grain alike. It is for files that the
 * run made itself; the file is written again after each sample. A trial that is killed in between
 * leaves it short, and the trials after it say so.
 *
 * exit is that of a child which maps the bytes and proves them like the trial itself; the rest of
 * the child, some hundred pages, goes with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pmdgain/workload.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE /* Linux 5.14 */
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_COLLAPSE /* Linux 6.1 */
#define MADV_COLLAPSE 25
#endif

enum teardown_op { TEARDOWN_TRUNCATE, TEARDOWN_EXIT };

static const struct workload_op teardown_ops[] = {
        [TEARDOWN_TRUNCATE] = { .name = "truncate",
                                .summary = "ftruncate() of the file to nothing",
                                .unit = UNIT_NS_PER_MIB,
                                .phase = PHASE_UNMAP,
                                .traits = OP_WRITES | OP_ONE_THREAD },
        [TEARDOWN_EXIT] = { .name = "exit",
                            .summary = "exit of a process that has it mapped, and wait",
                            .unit = UNIT_NS_PER_MIB,
                            .phase = PHASE_UNMAP,
                            .traits = OP_ONE_THREAD },
        { 0 },
};

struct teardown {
        enum teardown_op op;
        off_t file_bytes; /* before; truncate */
        bool short_now;   /* the file is to be written again */
        pid_t child;      /* exit; 0 for none */
        int gate;         /* the child exits when this is closed; -1 */
};

static struct status truncate_possible(const struct trial *trial, off_t *ret_bytes)
{
        const struct mapping *mapping = trial->mapping;
        const struct source *source = trial->source;
        struct stat about;

        if (mapping->fd < 0 || fstat(mapping->fd, &about) != 0 || !S_ISREG(about.st_mode))
                return status_make(STATUS_SKIP, "use a source that is a file",
                                   "there is no file to truncate");
        if (*source->target && !source->made)
                return status_make(STATUS_SKIP, "name a new file, which the run makes",
                                   "%.200s was there before: it is not truncated", source->target);
        *ret_bytes = about.st_size;
        return status_ok();
}

/* The child's whole life: maps, says how that went, waits for the gate to close. */
static void child_live(const struct trial *trial, int gate)
{
        struct mapping mapping = *trial->mapping;
        struct status status = mapping_make(&mapping, trial->source->traits);
        char nothing;

        if (write(gate, &status, sizeof(status)) == sizeof(status))
                while (read(gate, &nothing, 1) < 0 && errno == EINTR)
                        ;
        _exit(status_failed(&status));
}

static struct status child_make(const struct trial *trial, struct teardown *teardown)
{
        struct status status;
        int ends[2];

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
                return status_errno(errno, NULL, "cannot make a socket");
        teardown->gate = ends[0];
        teardown->child = fork();
        if (teardown->child == 0) {
                close(ends[0]);
                child_live(trial, ends[1]);
        }
        close(ends[1]);
        if (teardown->child < 0) {
                teardown->child = 0;
                return status_errno(errno, "raise ulimit -u, or free memory", "fork failed");
        }
        if (read(teardown->gate, &status, sizeof(status)) != sizeof(status))
                return status_make(STATUS_SYSTEM, NULL, "the child ended before it had mapped");
        return status;
}

static struct status teardown_prepare(struct trial *trial)
{
        struct teardown *teardown = calloc(1, sizeof(*teardown));

        if (!teardown)
                return status_errno(ENOMEM, NULL, "cannot keep the state of teardown");
        trial->state = teardown;
        teardown->op = (enum teardown_op)(trial->cell->op - teardown_ops);
        teardown->gate = -1;
        if (teardown->op == TEARDOWN_TRUNCATE)
                return truncate_possible(trial, &teardown->file_bytes);
        return child_make(trial, teardown);
}

/* Lets the child go and waits; its exit status as waitpid() gives it, or -1. */
static int child_end(struct teardown *teardown)
{
        int end = -1;

        close(teardown->gate);
        teardown->gate = -1;
        while (waitpid(teardown->child, &end, 0) < 0 && errno == EINTR)
                ;
        teardown->child = 0;
        return end;
}

static void teardown_run(struct trial *trial, struct worker *worker)
{
        struct teardown *teardown = trial->state;
        int end;

        if (teardown->op == TEARDOWN_EXIT) {
                end = child_end(teardown);
                if (end != 0)
                        worker->status = status_make(STATUS_SYSTEM, NULL,
                                                     "the child ended with state %d", end);
                return;
        }
        teardown->short_now = true;
        if (ftruncate(trial->mapping->fd, 0) != 0)
                worker->status = status_errno(errno, NULL, "cannot truncate the file");
}

/* Space in steps of a PMD, which file systems align better than all at once. */
static void space_take(const struct mapping *mapping, off_t bytes)
{
        off_t step = (off_t)mapping->pmd_bytes;

        for (off_t at = 0; at < bytes; at += step)
                if (fallocate(mapping->fd, 0, at, bytes - at < step ? bytes - at : step) != 0)
                        return; /* not every file system can; faults take it too */
}

/*
 * The file as long as it was, and by PMD where it can be, whichever arm is to come: a DAX file
 * remembers the grain of its first fault. The file is the size of the source's largest mapping
 * and more, so this needs addresses of its own.
 */
static struct status file_write_again(const struct trial *trial, off_t bytes)
{
        const struct mapping *mapping = trial->mapping;
        size_t pmd = mapping->pmd_bytes, length = (size_t)bytes, past;
        bool plain = mapping->fd == trial->source->twin_fd;
        struct status status = status_ok();
        char *room, *address;

        if (ftruncate(mapping->fd, bytes) != 0)
                return status_errno(errno, NULL, "cannot make the file as long as it was");
        space_take(mapping, bytes);
        room = mmap(NULL, length + pmd, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
                    0);
        if (room == MAP_FAILED)
                return status_errno(errno, NULL, "cannot reserve %zu bytes of addresses", length);
        past = (pmd - (uintptr_t)room % pmd) % pmd;
        address = mmap(room + past, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
                       mapping->fd, 0);
        if (address != MAP_FAILED)
                madvise(address, length, plain ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
        if (address == MAP_FAILED || madvise(address, length, MADV_POPULATE_WRITE) != 0)
                status = status_errno(errno, "use Linux 5.14 or newer, and see that there is room",
                                      "cannot write the file again");
        else if (!plain)
                madvise(address, length, MADV_COLLAPSE);
        munmap(room, length + pmd);
        return status;
}

static struct status check_truncated(const struct trial *trial)
{
        struct stat about;

        if (fstat(trial->mapping->fd, &about) != 0)
                return status_errno(errno, NULL, "cannot look at the file");
        if (about.st_size != 0 || about.st_blocks > 64)
                return status_make(STATUS_INVALID, NULL, "truncate left %lld blocks",
                                   (long long)about.st_blocks);
        return status_ok();
}

static struct status teardown_check(struct trial *trial)
{
        struct teardown *teardown = trial->state;

        if (teardown->op == TEARDOWN_EXIT)
                return status_ok();
        TRY(check_truncated(trial));
        TRY(mapping_detach(trial->mapping));
        teardown->short_now = false;
        return file_write_again(trial, teardown->file_bytes);
}

static void teardown_finish(struct trial *trial)
{
        struct teardown *teardown = trial->state;
        struct status status;

        if (!teardown)
                return;
        if (teardown->child)
                child_end(teardown);
        if (teardown->gate >= 0)
                close(teardown->gate);
        if (teardown->short_now) {
                status = file_write_again(trial, teardown->file_bytes);
                (void)status; /* the trial failed already, and the next one's faults tell */
        }
        free(teardown);
        trial->state = NULL;
}

static uint64_t teardown_quantum(const struct trial *trial)
{
        return trial->mapping->bytes;
}

const struct workload workload_teardown = {
        .name = "teardown",
        .summary = "truncate of the file under a mapping, and exit of a process that has it",
        .ops = teardown_ops,
        .prepare = teardown_prepare,
        .run = teardown_run,
        .check = teardown_check,
        .finish = teardown_finish,
        .quantum = teardown_quantum,
};
