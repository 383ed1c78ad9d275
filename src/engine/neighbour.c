/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/neighbour.h"

#include <errno.h>
#include <math.h>
#include <pmdgain/clock.h>
#include <pmdgain/random.h>
#include <pmdgain/units.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COPY_BYTES (64 * MIB) /* more than caches hold */
#define CHUNK_BYTES MIB       /* between looks at the clock */

static uint64_t interval(struct random *random)
{
        return (uint64_t)(-log(1 - random_unit(random)) * NEIGHBOUR_MEAN_NS);
}

static void copy_for(char *to, const char *from, uint64_t ns)
{
        struct clock clock = clock_monotonic();
        uint64_t end = clock_now(&clock) + ns;

        for (size_t at = 0; clock_now(&clock) < end; at = (at + CHUNK_BYTES) % COPY_BYTES)
                memcpy(to + at, from + at, CHUNK_BYTES);
}

static _Noreturn void neighbour_main(uint64_t seed, pid_t parent)
{
        struct random random = random_seeded(seed ^ UINT64_C(0x6e65696768));
        char *from = malloc(COPY_BYTES), *to = malloc(COPY_BYTES);

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent || !from || !to)
                _exit(1);
        memset(from, 1, COPY_BYTES); /* unwritten memory is one and the same page of zeros */
        for (;;) {
                uint64_t idle = interval(&random);
                struct timespec rest = { .tv_sec = (time_t)(idle / 1000000000),
                                         .tv_nsec = (long)(idle % 1000000000) };

                nanosleep(&rest, NULL);
                copy_for(to, from, interval(&random));
        }
}

struct status neighbour_start(uint64_t seed, pid_t *ret_process)
{
        pid_t parent = getpid(), process = fork();

        if (process < 0)
                return status_errno(errno, "end some processes", "cannot start the neighbour");
        if (process == 0)
                neighbour_main(seed, parent);
        *ret_process = process;
        return status_ok();
}

void neighbour_stop(pid_t process)
{
        if (process <= 0)
                return;
        kill(process, SIGKILL);
        while (waitpid(process, NULL, 0) < 0 && errno == EINTR)
                ;
}
