/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct sample) <= 4096, "a sample crosses the pipe in one piece");

static bool pipe_take(void *context, const struct sample *sample)
{
        const int *fd = context;
        ssize_t written;

        do
                written = write(*fd, sample, sizeof(*sample));
        while (written < 0 && errno == EINTR);
        return written == (ssize_t)sizeof(*sample);
}

static _Noreturn void child_main(const struct supervise_request *request, int fd, pid_t parent)
{
        struct trial_sink sink = { .context = &fd, .take = pipe_take };
        sigset_t none;

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
                _exit(1);
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        signal(SIGINT, SIG_IGN); /* the parent decides what an interruption ends */
        request->perform(request->context, &sink);
        _exit(0);
}

static struct status cause_of_signal(int signal_number)
{
        switch (signal_number) {
        case SIGBUS:
                return status_make(STATUS_SYSTEM,
                                   "leave the target alone while it is measured, and check it for "
                                   "bad blocks",
                                   "SIGBUS: the target was truncated or taken away while mapped, "
                                   "its medium is poisoned, it cannot be mapped by the page size "
                                   "asked for (devdax), or memory ran out");
        case SIGKILL:
                return status_make(STATUS_SYSTEM, "use smaller --bytes, or end what uses the memory",
                                   "the trial was killed: for want of memory most likely, or by a "
                                   "fault of the kernel, which its log shows");
        default:
                return status_make(STATUS_SYSTEM, NULL, "the trial died of signal %d (%s)",
                                   signal_number, strsignal(signal_number));
        }
}

#define NOT_ENDED (-1) /* in place of a wait status */

static struct status cause_of(int wait_status, bool late, uint64_t limit_ns, bool gave_any)
{
        if (wait_status == NOT_ENDED)
                return status_make(STATUS_SYSTEM,
                                   "see the kernel's log, and restart the machine: the process "
                                   "still has the mapping",
                                   "the trial was still running after %.0f s and could not be "
                                   "killed: it hangs in the kernel",
                                   (double)limit_ns / 1e9);
        if (late)
                return status_make(STATUS_SYSTEM, "raise trial_limit if this is no hang",
                                   "the trial was still running after %.0f s",
                                   (double)limit_ns / 1e9);
        if (WIFSIGNALED(wait_status))
                return cause_of_signal(WTERMSIG(wait_status));
        if (WEXITSTATUS(wait_status) || !gave_any)
                return status_make(STATUS_SYSTEM, NULL,
                                   "the trial ended with exit code %d and %s result",
                                   WEXITSTATUS(wait_status), gave_any ? "a" : "no");
        return status_ok();
}

/* Fills the record from the pipe: 1 whole, 0 at its end, -1 for an error or a cut one. */
static int sample_read(int fd, struct sample *sample)
{
        size_t have = 0;

        while (have < sizeof(*sample)) {
                ssize_t got = read(fd, (char *)sample + have, sizeof(*sample) - have);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got <= 0)
                        return got == 0 && have == 0 ? 0 : -1;
                have += (size_t)got;
        }
        return 1;
}

static int64_t monotonic_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What ended the wait for a child. */
struct watch {
        bool late, interrupted, gave_any;
        struct status taken; /* of request->take */
};

static void child_watch(const struct supervise_request *request, int fd, struct watch *watch)
{
        int64_t end = monotonic_ms() + (int64_t)(request->limit_ns / 1000000);
        struct pollfd fds[2] = { { .fd = fd, .events = POLLIN },
                                 { .fd = request->interrupt_fd, .events = POLLIN } };
        struct sample sample;

        for (;;) {
                int64_t left = end - monotonic_ms();
                int ready = poll(fds, 2, left > 0 ? (int)(left < 3600000 ? left : 3600000) : 0);

                if (ready < 0 && errno == EINTR)
                        continue;
                watch->interrupted = ready > 0 && fds[1].revents;
                watch->late = !ready && monotonic_ms() >= end;
                if (watch->interrupted || watch->late)
                        return;
                if (ready > 0 && fds[0].revents) {
                        if (sample_read(fd, &sample) <= 0)
                                return;
                        watch->gave_any = true;
                        watch->taken = request->take(request->take_context, &sample);
                        if (status_failed(&watch->taken))
                                return;
                }
        }
}

/* The wait status of a child; NOT_ENDED when it was killed, and that took no effect. */
static int child_end(pid_t child, bool killed, uint64_t grace_ns)
{
        int64_t end = monotonic_ms() + (int64_t)(grace_ns / 1000000);
        struct timespec moment = { .tv_nsec = 1000000 };
        int wait_status = 0;

        for (;;) {
                pid_t ended = waitpid(child, &wait_status, killed ? WNOHANG : 0);

                if (ended == child || (ended < 0 && errno != EINTR))
                        return wait_status;
                if (ended == 0 && monotonic_ms() >= end)
                        return NOT_ENDED;
                if (ended == 0)
                        nanosleep(&moment, NULL);
        }
}

struct status supervise(const struct supervise_request *request, enum supervise_end *ret_end,
                        struct status *ret_cause)
{
        struct watch watch = { 0 };
        pid_t parent = getpid(), child;
        int fds[2], wait_status;
        bool killed;

        if (pipe2(fds, 0))
                return status_errno(errno, "close some files, or raise ulimit -n",
                                    "cannot make a pipe");
        child = fork();
        if (child < 0) {
                int error = errno;

                close(fds[0]);
                close(fds[1]);
                return status_errno(error, "end some processes", "cannot start a trial");
        }
        if (child == 0) {
                close(fds[0]);
                child_main(request, fds[1], parent);
        }
        close(fds[1]);
        child_watch(request, fds[0], &watch);
        killed = watch.late || watch.interrupted || status_failed(&watch.taken);
        if (killed)
                kill(child, SIGKILL);
        wait_status = child_end(child, killed, request->grace_ns);
        close(fds[0]);
        TRY(watch.taken);
        *ret_end = SUPERVISE_DONE;
        if (watch.interrupted) {
                *ret_end = SUPERVISE_INTERRUPTED;
                return status_ok();
        }
        *ret_cause = cause_of(wait_status, watch.late, request->limit_ns, watch.gave_any);
        if (status_failed(ret_cause))
                *ret_end = SUPERVISE_DIED;
        return status_ok();
}
