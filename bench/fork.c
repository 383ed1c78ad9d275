/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork() with the mapping in place, _exit() of the child and wait for it. The kernel copies no page
 * tables of shared file mappings: the child faults anew what it touches, which is what op
 * fork_touch adds. Those of private memory are copied, by PTE entry by entry.
 */
#include <errno.h>
#include <pmdgain/workload.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum fork_op { FORK, FORK_TOUCH };

static const struct workload_op fork_ops[] = {
        [FORK] = { .name = "fork",
                   .summary = "fork, exit of the child, wait",
                   .unit = UNIT_NS_PER_OP,
                   .traits = OP_ONE_THREAD },
        [FORK_TOUCH] = { .name = "fork_touch",
                         .summary = "the same, the child loading from each base page first",
                         .unit = UNIT_NS_PER_OP,
                         .traits = OP_ONE_THREAD },
        { 0 },
};

static bool touches(const struct trial *trial)
{
        return trial->cell->op == &fork_ops[FORK_TOUCH];
}

/* The child's faults must give the arm's grain too. */
static struct status fork_prepare(struct trial *trial)
{
        return touches(trial) ? mapping_faults_alone(trial->mapping) : status_ok();
}

static void touch(const struct mapping *mapping)
{
        for (size_t at = 0; at < mapping->bytes; at += mapping->page_bytes)
                (void)*(const volatile char *)(mapping->address + at);
}

static struct status fork_once(const struct trial *trial)
{
        pid_t child = fork();
        int end;

        if (child < 0)
                return status_errno(errno, "raise ulimit -u, or free memory", "fork failed");
        if (child == 0) {
                if (touches(trial))
                        touch(trial->mapping);
                _exit(0);
        }
        while (waitpid(child, &end, 0) < 0)
                if (errno != EINTR)
                        return status_errno(errno, NULL, "cannot wait for a child");
        if (WIFSIGNALED(end))
                return status_make(STATUS_SYSTEM, NULL, "a forked child was killed: %s",
                                   strsignal(WTERMSIG(end)));
        if (end != 0)
                return status_make(STATUS_SYSTEM, NULL, "a forked child ended with %d",
                                   WEXITSTATUS(end));
        return status_ok();
}

static void fork_run(struct trial *trial, struct worker *worker)
{
        for (uint64_t i = 0; i < worker->ops && !status_failed(&worker->status); i++)
                worker->status = fork_once(trial);
}

const struct workload workload_fork = {
        .name = "fork",
        .summary = "fork and exit with the mapping in place",
        .ops = fork_ops,
        .prepare = fork_prepare,
        .run = fork_run,
};
