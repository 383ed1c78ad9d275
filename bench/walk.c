/* SPDX-License-Identifier: Apache-2.0 */
#include "walk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define WALK_PASS_MAX 65536 /* nodes; a pass of more would make samples too long */

struct walker {
        _Alignas(LINE_BYTES) void *at[WALK_CHAINS_MAX];
        uint64_t start[WALK_CHAINS_MAX]; /* places on the cycle */
        uint64_t steps;                  /* of each chain, since the start */
};

struct walk {
        struct ring ring;
        unsigned chains;
        struct walker walkers[]; /* one a thread */
};

/*
 * The timed loops, one for each number of chains so that the chains stay in registers. x86-64 runs
 * out of them from 14 chains on: the last ones go over the stack, which hides behind the others.
 */
#define FOR_1(x) x(0)
#define FOR_2(x) FOR_1(x) x(1)
#define FOR_3(x) FOR_2(x) x(2)
#define FOR_4(x) FOR_3(x) x(3)
#define FOR_5(x) FOR_4(x) x(4)
#define FOR_6(x) FOR_5(x) x(5)
#define FOR_7(x) FOR_6(x) x(6)
#define FOR_8(x) FOR_7(x) x(7)
#define FOR_9(x) FOR_8(x) x(8)
#define FOR_10(x) FOR_9(x) x(9)
#define FOR_11(x) FOR_10(x) x(10)
#define FOR_12(x) FOR_11(x) x(11)
#define FOR_13(x) FOR_12(x) x(12)
#define FOR_14(x) FOR_13(x) x(13)
#define FOR_15(x) FOR_14(x) x(14)
#define FOR_16(x) FOR_15(x) x(15)

#define ENTER(chain) void *p##chain = at[chain];
#define LOAD(chain) p##chain = *(void **)p##chain;
#define LEAVE(chain) at[chain] = p##chain;
#define TIMES_4(x) x x x x

/* clang-format off */
#define WALK(chains)                                                        \
        static void walk_##chains(void **at, uint64_t rounds)               \
        {                                                                   \
                FOR_##chains(ENTER)                                         \
                for (; rounds; rounds--) {                                  \
                        TIMES_4(TIMES_4(FOR_##chains(LOAD)))                \
                }                                                           \
                FOR_##chains(LEAVE)                                         \
        }
/* clang-format on */

_Static_assert(WALK_STEPS == 4 * 4, "the loops unroll this many steps");

WALK(1)
WALK(2)
WALK(3)
WALK(4)
WALK(5)
WALK(6)
WALK(7)
WALK(8)
WALK(9)
WALK(10)
WALK(11)
WALK(12)
WALK(13)
WALK(14)
WALK(15)
WALK(16)

static void (*const walk_loops[WALK_CHAINS_MAX])(void **, uint64_t) = {
        walk_1, walk_2,  walk_3,  walk_4,  walk_5,  walk_6,  walk_7,  walk_8,
        walk_9, walk_10, walk_11, walk_12, walk_13, walk_14, walk_15, walk_16,
};

struct status walk_prepare(struct trial *trial, struct ring ring, unsigned chains)
{
        size_t size = sizeof(struct walk) + trial->threads * sizeof(struct walker);
        uint64_t all = (uint64_t)trial->threads * chains;
        struct walk *walk;

        TRY(ring_settle(&ring, trial));
        walk = aligned_alloc(_Alignof(struct walk), size);
        if (!walk)
                return status_errno(ENOMEM, NULL, "cannot keep the state of %u threads",
                                    trial->threads);
        walk->ring = ring;
        walk->chains = chains;
        for (unsigned i = 0; i < trial->threads; i++) {
                struct walker *walker = &walk->walkers[i];

                *walker = (struct walker) { 0 };
                for (unsigned chain = 0; chain < chains; chain++) {
                        uint64_t rank = (uint64_t)i * chains + chain;

                        walker->start[chain] =
                                (uint64_t)((unsigned __int128)ring.nodes * rank / all);
                        walker->at[chain] = ring_at(&ring, walker->start[chain]);
                }
                trial->workers[i].state = walker;
        }
        trial->state = walk;
        return status_ok();
}

void walk_run(struct trial *trial, struct worker *worker)
{
        const struct walk *walk = trial->state;
        struct walker *walker = worker->state;
        uint64_t round = (uint64_t)walk->chains * WALK_STEPS;
        uint64_t rounds = (worker->ops + round - 1) / round;

        walk_loops[walk->chains - 1](walker->at, rounds);
        walker->steps += rounds * WALK_STEPS;
        worker->ops = rounds * round;
}

struct status walk_check(struct trial *trial)
{
        const struct walk *walk = trial->state;

        TRY(ring_check(&walk->ring));
        for (unsigned i = 0; i < trial->threads; i++) {
                const struct walker *walker = &walk->walkers[i];

                for (unsigned chain = 0; chain < walk->chains; chain++)
                        if (walker->at[chain] !=
                            (void *)ring_at(&walk->ring, walker->start[chain] + walker->steps))
                                return status_make(STATUS_INVALID,
                                                   "see that nothing else writes to the target",
                                                   "chain %u of thread %u is not where %" PRIu64
                                                   " loads lead to",
                                                   chain, i, walker->steps);
        }
        return status_ok();
}

void walk_finish(struct trial *trial)
{
        free(trial->state);
        trial->state = NULL;
}

uint64_t walk_quantum(const struct trial *trial)
{
        const struct walk *walk = trial->state;
        uint64_t round = (uint64_t)walk->chains * WALK_STEPS;

        if (walk->ring.nodes > WALK_PASS_MAX)
                return round;
        return (walk->ring.nodes + round - 1) / round * round;
}
