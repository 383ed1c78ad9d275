/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare_populate [BYTES [PAIRS]]
 *
 * What the workload `populate` costs over the bare system call, or the bare loop of touches: both
 * on the same file, address and arm, in pairs. Since that cost is far below the scatter of the
 * calls, it is measured directly too, on one page that is present already: the difference of run()
 * and the bare call, in ns. Fails when a system call is surely more than 1 % slower; the touches may
 * be 5 %, as two equal loops differ by some per cent in where the compiler put them.
 */
#include "contest.h"
#include "stage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ /* Linux 5.14 */
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

#define CALL_MAX 1.01
#define LOOP_MAX 1.05
#define CALLS 2000 /* of the direct measurement, each time */

extern const struct workload workload_populate;

static int bare_map(const struct mapping *m)
{
        return mmap(m->address, m->bytes, m->prot, m->flags | MAP_FIXED | MAP_POPULATE, m->fd,
                    m->offset) == MAP_FAILED;
}

static int bare_madvise_read(const struct mapping *m)
{
        return madvise(m->address, m->bytes, MADV_POPULATE_READ);
}

static int bare_madvise_write(const struct mapping *m)
{
        return madvise(m->address, m->bytes, MADV_POPULATE_WRITE);
}

static int bare_touch_read(const struct mapping *m)
{
        const volatile char *at = m->address, *end = at + m->bytes;

        for (size_t step = m->page_bytes; at < end; at += step)
                (void)*at;
        return 0;
}

static int bare_touch_write(const struct mapping *m)
{
        volatile char *at = m->address, *end = at + m->bytes;

        for (size_t step = m->page_bytes; at < end; at += step)
                *at = 1;
        return 0;
}

static int bare_mlock(const struct mapping *m)
{
        return mlock(m->address, m->bytes);
}

static int bare_munmap(const struct mapping *m)
{
        return munmap(m->address, m->bytes);
}

static const struct {
        const char *op;
        int (*call)(const struct mapping *mapping);
        double most; /* of ours to theirs */
} rivals[] = {
        { "map_populate", bare_map, CALL_MAX },
        { "madvise_read", bare_madvise_read, CALL_MAX },
        { "madvise_write", bare_madvise_write, CALL_MAX },
        { "touch_read", bare_touch_read, LOOP_MAX },
        { "touch_write", bare_touch_write, LOOP_MAX },
        { "mlock", bare_mlock, CALL_MAX },
        { "munmap", bare_munmap, CALL_MAX },
};

#define RIVALS (sizeof(rivals) / sizeof(rivals[0]))

struct match {
        struct stage *stage;
        size_t rival;
        const struct workload_op *op;
};

/* The state in which the operation finds the mapping. */
static void make_ready(const struct match *match)
{
        struct stage *stage = match->stage;

        if (!(match->op->traits & OP_UNATTACHED))
                stage_attach(stage);
        if (match->op->phase == PHASE_UNMAP)
                stage_must(mapping_fault_in(&stage->mapping));
}

static double ours_measure(void *context)
{
        const struct match *match = context;
        struct stage *stage = match->stage;
        uint64_t ns;

        make_ready(match);
        if (!stage_prepare(stage, &workload_populate, match->op->name, NULL))
                exit(STAGE_SKIPPED);
        ns = stage_run(stage, stage->mapping.bytes);
        workload_populate.finish(&stage->trial); /* check() would warm caches for the rival */
        stage_detach(stage);
        return (double)ns;
}

static double theirs_measure(void *context)
{
        const struct match *match = context;
        struct mapping *mapping = &match->stage->mapping;
        bool alone = match->op->traits & OP_UNATTACHED && mapping->thp_disable;
        uint64_t start;

        make_ready(match);
        if (alone)
                prctl(PR_SET_THP_DISABLE, 1L, 0L, 0L, 0L);
        start = contest_cpu_ns();
        if (rivals[match->rival].call(mapping) != 0) {
                perror(match->op->name);
                exit(1);
        }
        start = contest_cpu_ns() - start;
        if (alone)
                prctl(PR_SET_THP_DISABLE, 0L, 0L, 0L, 0L);
        stage_detach(match->stage);
        return (double)start;
}

/* A mapping of one page, present: the call itself has next to nothing to do. */
static double page_ours(void *context)
{
        struct stage *stage = context;
        uint64_t start = contest_cpu_ns();

        for (int i = 0; i < CALLS; i++)
                workload_populate.run(&stage->trial, &stage->worker);
        return (double)(contest_cpu_ns() - start) / CALLS;
}

static double page_theirs(void *context)
{
        struct stage *stage = context;
        uint64_t start = contest_cpu_ns();

        for (int i = 0; i < CALLS; i++)
                bare_madvise_read(&stage->mapping);
        return (double)(contest_cpu_ns() - start) / CALLS;
}

static double cost_ns(struct stage *stage)
{
        struct contest contest;

        stage_lay_out(stage, "pte:nohuge");
        stage_attach(stage);
        stage_fault_in(stage);
        if (!stage_prepare(stage, &workload_populate, "madvise_read", NULL))
                exit(STAGE_SKIPPED);
        stage->mapping.bytes = stage->mapping.page_bytes;
        contest = contest_hold((struct contender) { "run()", page_ours, stage },
                               (struct contender) { "madvise()", page_theirs, stage }, 101, 1);
        workload_populate.finish(&stage->trial);
        stage_lay_out(stage, "pte:nohuge");
        stage_detach(stage);
        printf("run() costs %.1f ns over the bare madvise() (%.1f ns)\n",
               contest.ours - contest.theirs, contest.theirs);
        return fmax(contest.ours - contest.theirs, 0);
}

int main(int argc, char **argv)
{
        static const char *const arms[] = { "pmd", "pte:nohuge" };
        uint64_t bytes = 256 * MIB, pairs = 31;
        struct stage stage;
        int failed = 0;
        double cost;

        if (argc > 1)
                stage_must(size_parse(argv[1], &bytes));
        if (argc > 2)
                stage_must(count_parse(argv[2], &pairs));
        stage_open(&stage, bytes);
        cost = cost_ns(&stage);
        contest_print_header("ns");
        for (size_t a = 0; a < sizeof(arms) / sizeof(arms[0]); a++) {
                stage_lay_out(&stage, arms[a]);
                for (size_t r = 0; r < RIVALS; r++) {
                        struct match match = { &stage, r, &workload_populate.ops[r] };
                        struct contest contest;
                        char verdict[64];

                        contest =
                                contest_hold((struct contender) { "run()", ours_measure, &match },
                                             (struct contender) { "bare", theirs_measure, &match },
                                             (unsigned)pairs, 1);
                        failed |= contest.lo > rivals[r].most;
                        snprintf(verdict, sizeof(verdict), "%s; at cost %.4f %%",
                                 contest.lo > rivals[r].most ? "OVER" : "ok",
                                 100 * cost / contest.theirs);
                        contest_print(arms[a], rivals[r].op, "bare", &contest, verdict);
                }
        }
        stage_close(&stage);
        return failed;
}
