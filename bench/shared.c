/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several processes with the same bytes mapped. PTE tables belong to a process, so n processes
 * have them n times; PMDs need none. The trial is the last of the processes: the others ("peers")
 * have their mappings in place, each proven by itself, when it makes its own present, which is what
 * is timed. They sleep meanwhile, so no more CPUs are needed.
 *
 * page_table_bytes and minflt are those of all processes together.
 */
#include "slice.h"

#include <errno.h>
#include <fcntl.h>
#include <pmdgain/random.h>
#include <pmdgain/workload.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ /* Linux 5.14; older headers lack the name */
#define MADV_POPULATE_READ 22
#endif

#define PROCESSES_MAX 4096

enum shared_op { SHARED_POPULATE, SHARED_FIRST_TOUCH };

static const struct workload_op shared_ops[] = {
        [SHARED_POPULATE] = { .name = "populate",
                              .summary = "madvise(MADV_POPULATE_READ) in the last process",
                              .unit = UNIT_NS_PER_MIB,
                              .phase = PHASE_FAULT,
                              .traits = OP_ONE_THREAD },
        [SHARED_FIRST_TOUCH] = { .name = "first_touch",
                                 .summary = "one store to each base page, threads sharing the range",
                                 .unit = UNIT_NS_PER_MIB,
                                 .phase = PHASE_FAULT,
                                 .traits = OP_WRITES },
        { 0 },
};

static const struct option_row shared_options[] = {
        { .name = "processes",
          .type = OPTION_COUNT,
          .preset = "1",
          .min = 1,
          .max = PROCESSES_MAX,
          .help = "that have the bytes mapped, the timed one included" },
        { 0 },
};

/* What a peer says of its mapping; in memory shared with the trial. */
struct peer {
        struct status status;
        struct proof proof;
};

struct shared {
        size_t peers;    /* processes but the trial's own */
        size_t started;
        size_t bytes;    /* of `said` */
        struct peer *said;
        pid_t *pids;
        char byte;       /* what first_touch stores */
};

static struct status shared_accept(const struct cell *cell)
{
        if (cell->source->traits & SOURCE_FRESH_BYTES && cell_option(cell, "processes").count > 1)
                return status_make(STATUS_SKIP, "use a source with a file",
                                   "source %s gives each process bytes of its own",
                                   cell->source->name);
        return status_ok();
}

/* Maps and says so, then waits to be killed; also when the trial dies. */
static _Noreturn void peer_main(const struct trial *trial, struct peer *said, int ready)
{
        struct mapping mapping = *trial->mapping;
        char done = 1;

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        said->status = mapping_make(&mapping, trial->source->traits);
        said->proof = mapping.proof;
        if (write(ready, &done, 1) == 1)
                for (;;)
                        pause();
        _exit(1);
}

static struct status peers_start(const struct trial *trial, struct shared *shared, int ready[2])
{
        for (; shared->started < shared->peers; shared->started++) {
                pid_t child = fork();

                if (child < 0)
                        return status_errno(errno, "raise ulimit -u, or use fewer processes",
                                            "cannot start process %zu", shared->started + 2);
                if (child == 0) {
                        close(ready[0]);
                        peer_main(trial, &shared->said[shared->started], ready[1]);
                }
                shared->pids[shared->started] = child;
        }
        return status_ok();
}

/* One byte from each; the end of the pipe when one died. */
static struct status peers_await(const struct shared *shared, int fd)
{
        for (size_t have = 0; have < shared->peers;) {
                char bytes[64];
                ssize_t got = read(fd, bytes, sizeof(bytes));

                if (got < 0 && errno == EINTR)
                        continue;
                if (got <= 0)
                        return status_make(STATUS_SYSTEM, "use fewer processes, or a smaller --bytes",
                                           "a process died while it mapped the bytes");
                have += (size_t)got;
        }
        for (size_t i = 0; i < shared->peers; i++)
                TRY(shared->said[i].status);
        return status_ok();
}

static struct status peers_make(const struct trial *trial, struct shared *shared)
{
        struct status status;
        int ready[2];

        if (pipe2(ready, O_CLOEXEC) != 0)
                return status_errno(errno, "raise ulimit -n", "cannot make a pipe");
        status = peers_start(trial, shared, ready);
        close(ready[1]);
        if (!status_failed(&status))
                status = peers_await(shared, ready[0]);
        close(ready[0]);
        return status;
}

static struct status shared_prepare(struct trial *trial)
{
        size_t peers = (size_t)cell_option(trial->cell, "processes").count - 1;
        struct shared *shared = calloc(1, sizeof(*shared));
        void *said;

        if (!shared)
                return status_errno(ENOMEM, NULL, "cannot keep the state of shared");
        trial->state = shared;
        shared->byte = (char)(1 + random_mix(trial->own_seed ^ clock_now(trial->clock)) % 127);
        if (!peers)
                return status_ok();
        shared->pids = calloc(peers, sizeof(*shared->pids));
        said = mmap(NULL, peers * sizeof(*shared->said), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (!shared->pids || said == MAP_FAILED)
                return status_errno(ENOMEM, NULL, "cannot keep the state of %zu processes", peers);
        shared->said = said;
        shared->bytes = peers * sizeof(*shared->said);
        shared->peers = peers;
        return peers_make(trial, shared);
}

/* A sanitizer's shadow of what is touched is memory too, and would count as page tables. */
__attribute__((no_sanitize("address"))) static void touch(const struct trial *trial,
                                                          struct worker *worker)
{
        const struct shared *shared = trial->state;
        size_t step = trial->mapping->page_bytes;
        char *begin, *end, byte = shared->byte;

        slice_of(trial, worker->index, &begin, &end);
        for (volatile char *at = begin; at < end; at += step)
                *at = byte;
        worker->ops = (uint64_t)(end - begin);
}

static void shared_run(struct trial *trial, struct worker *worker)
{
        struct mapping *mapping = trial->mapping;

        worker->ops = mapping->bytes;
        if (trial->cell->op == &shared_ops[SHARED_FIRST_TOUCH])
                touch(trial, worker);
        else if (madvise(mapping->address, mapping->bytes, MADV_POPULATE_READ) != 0)
                worker->status = errno == EINVAL ? status_make(STATUS_SKIP, "use Linux 5.14 or newer",
                                                               "this kernel has no "
                                                               "MADV_POPULATE_READ for this mapping")
                                                 : status_errno(errno, NULL,
                                                                "MADV_POPULATE_READ of %zu bytes "
                                                                "failed",
                                                                mapping->bytes);
}

static void count_add(struct count *sum, struct count part)
{
        sum->known = sum->known && part.known;
        sum->value += part.value;
}

static struct status check_touched(const struct trial *trial)
{
        const struct shared *shared = trial->state;
        const struct mapping *mapping = trial->mapping;

        for (size_t at = 0; at < mapping->bytes; at += mapping->page_bytes)
                if (mapping->address[at] != shared->byte)
                        return status_make(STATUS_INVALID,
                                           "see that nothing else writes to the target",
                                           "first_touch did not write the page %zu bytes in", at);
        return status_ok();
}

/* The peers are still there: what their mappings cost is added. */
static struct status shared_check(struct trial *trial)
{
        const struct shared *shared = trial->state;
        struct proof *proof = &trial->mapping->proof;

        for (size_t i = 0; i < shared->peers; i++) {
                siginfo_t ended = { 0 };

                if (waitid(P_PID, (id_t)shared->pids[i], &ended, WEXITED | WNOHANG | WNOWAIT) ||
                    ended.si_pid)
                        return status_make(STATUS_INVALID, NULL,
                                           "a process that had the bytes mapped is gone");
                count_add(&proof->minflt, shared->said[i].proof.minflt);
                count_add(&proof->page_table_bytes, shared->said[i].proof.page_table_bytes);
        }
        if (trial->cell->op == &shared_ops[SHARED_FIRST_TOUCH])
                return check_touched(trial);
        return status_ok();
}

static void shared_finish(struct trial *trial)
{
        struct shared *shared = trial->state;

        if (!shared)
                return;
        for (size_t i = 0; i < shared->started; i++)
                kill(shared->pids[i], SIGKILL);
        for (size_t i = 0; i < shared->started; i++)
                waitpid(shared->pids[i], NULL, 0);
        if (shared->said)
                munmap(shared->said, shared->bytes);
        free(shared->pids);
        free(shared);
        trial->state = NULL;
}

static uint64_t shared_quantum(const struct trial *trial)
{
        return trial->mapping->bytes / trial->threads;
}

const struct workload workload_shared = {
        .name = "shared",
        .summary = "one more process, and more threads, making present what others have mapped",
        .ops = shared_ops,
        .options = shared_options,
        .accept = shared_accept,
        .prepare = shared_prepare,
        .run = shared_run,
        .check = shared_check,
        .finish = shared_finish,
        .quantum = shared_quantum,
};
