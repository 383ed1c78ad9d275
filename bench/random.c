/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Independent accesses of one 8-byte word at uniformly random lines: how fast a core gets lines
 * when it may have as many in flight as it can, and what translation costs then.
 *
 * The line is the high half of x * lines, x from a 64-bit linear congruential generator (Knuth's
 * MMIX multiplier: "The Art of Computer Programming", vol. 2, 3.3.4), whose high bits are good and
 * which is cheap: what is spent on addresses is taken from the loads that the reorder buffer could
 * hold. (SplitMix64, 18 instructions an access against 8, halved the rate of loads from memory.)
 * It runs in four lanes, each four steps at once, so that no multiply waits for the one before;
 * nothing waits for what is loaded.
 *
 * The generator is part of the loop. Its cost is the floor: what an operation takes on a set that
 * fits in L1 (bytes=16k). On an AMD Zen 5 at about 4.2 GHz that is 0.4 ns for read and write and
 * 0.5 ns for rmw, where a line from memory takes 4 ns and more. Stores come out faster than loads:
 * they leave the reorder buffer before their line arrives.
 */
#include <errno.h>
#include <inttypes.h>
#include <pmdgain/random.h>
#include <pmdgain/workload.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 64     /* as in ring.h */
#define CHECKED_MAX 65536 /* lines looked at after a trial that wrote */

static const struct workload_op random_ops[] = {
        { .name = "read", .summary = "independent loads of random lines", .unit = UNIT_NS_PER_OP },
        { .name = "write",
          .summary = "independent stores to random lines",
          .unit = UNIT_NS_PER_OP,
          .traits = OP_WRITES },
        { .name = "rmw",
          .summary = "independent increments (load, add, store) at random lines",
          .unit = UNIT_NS_PER_OP,
          .traits = OP_WRITES },
        { 0 },
};

/* x = x * STEP + 1, in lanes: each of the four is that many steps ahead of the one before. */
#define STEP UINT64_C(6364136223846793005)
#define STEP_2 (STEP * STEP)
#define LEAP (STEP_2 * STEP_2)
#define LEAP_ADD (STEP_2 * STEP + STEP_2 + STEP + 1)
#define LANES 4 /* operations a round */

struct words {
        uint64_t lanes[LANES]; /* the next words, in this order */
};

/* One thread's state; `last_` is about its latest sample. */
struct random_worker {
        _Alignas(LINE_BYTES) struct words words;
        uint64_t last_word; /* the first one */
        uint64_t last_ops;
        uint64_t last_sum; /* of what was loaded; op read */
        uint64_t ops;      /* of all samples */
};

struct random_trial {
        /* Returns the sum of what it loaded; moves `words` on. */
        uint64_t (*loop)(struct words *words, char *base, uint64_t lines, uint64_t rounds);
        struct status (*check)(const struct trial *trial);
        uint64_t lines;
        struct random_worker workers[]; /* one a thread */
};

static struct words words_from(uint64_t word)
{
        struct words words;

        for (int i = 0; i < LANES; i++) {
                words.lanes[i] = word;
                word = word * STEP + 1;
        }
        return words;
}

/* The line that a random word stands for: uniform in 0 .. lines - 1. */
static inline uint64_t word_line(uint64_t word, uint64_t lines)
{
        return (uint64_t)(((unsigned __int128)word * lines) >> 64);
}

static inline uint64_t *line_word(char *base, uint64_t line)
{
        return (uint64_t *)(void *)(base + line * LINE_BYTES);
}

enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_RMW };

/*
 * The operation, on the line's first word. The offset is line_word()'s, rounded down instead of
 * scaled up. Relaxed atomics cost nothing and make it no fault that threads meet at a line.
 */
static inline __attribute__((always_inline)) uint64_t touch(char *base, uint64_t lines,
                                                            uint64_t word, enum access access)
{
        uint64_t offset = word_line(word, lines * LINE_BYTES) & -(uint64_t)LINE_BYTES;
        uint64_t *at = (uint64_t *)(void *)(base + offset);

        if (access == ACCESS_READ)
                return __atomic_load_n(at, __ATOMIC_RELAXED);
        if (access == ACCESS_RMW)
                word = __atomic_load_n(at, __ATOMIC_RELAXED) + 1;
        __atomic_store_n(at, word, __ATOMIC_RELAXED);
        return 0;
}

/* The timed loop, made into one function for each access; the lanes stay in registers. */
static inline __attribute__((always_inline)) uint64_t
loop(struct words *words, char *base, uint64_t lines, uint64_t rounds, enum access access)
{
        uint64_t a = words->lanes[0], b = words->lanes[1];
        uint64_t c = words->lanes[2], d = words->lanes[3];
        uint64_t sum = 0;

        for (; rounds; rounds--) {
                sum += touch(base, lines, a, access);
                a = a * LEAP + LEAP_ADD;
                sum += touch(base, lines, b, access);
                b = b * LEAP + LEAP_ADD;
                sum += touch(base, lines, c, access);
                c = c * LEAP + LEAP_ADD;
                sum += touch(base, lines, d, access);
                d = d * LEAP + LEAP_ADD;
        }
        *words = (struct words) { { a, b, c, d } };
        return sum;
}

static uint64_t loop_read(struct words *words, char *base, uint64_t lines, uint64_t rounds)
{
        return loop(words, base, lines, rounds, ACCESS_READ);
}

static uint64_t loop_write(struct words *words, char *base, uint64_t lines, uint64_t rounds)
{
        return loop(words, base, lines, rounds, ACCESS_WRITE);
}

static uint64_t loop_rmw(struct words *words, char *base, uint64_t lines, uint64_t rounds)
{
        return loop(words, base, lines, rounds, ACCESS_RMW);
}

/* The first thread's latest sample again: it must load the same sum. */
static struct status check_read(const struct trial *trial)
{
        const struct random_trial *state = trial->state;
        const struct random_worker *worker = &state->workers[0];
        uint64_t word = worker->last_word, sum = 0;

        for (uint64_t i = 0; i < worker->last_ops; i++, word = word * STEP + 1)
                sum += *line_word(trial->mapping->address, word_line(word, state->lines));
        if (sum != worker->last_sum)
                return status_make(STATUS_INVALID, "see that nothing else writes to the target",
                                   "the same %" PRIu64 " loads gave another sum", worker->last_ops);
        return status_ok();
}

/* Each word stored stands for the line it was stored to, whichever thread stored last. */
static struct status check_write(const struct trial *trial)
{
        const struct random_trial *state = trial->state;
        const struct random_worker *worker = &state->workers[0];
        uint64_t word = worker->last_word;

        for (uint64_t i = 0; i < worker->last_ops && i < CHECKED_MAX; i++) {
                uint64_t line = word_line(word, state->lines);

                if (word_line(*line_word(trial->mapping->address, line), state->lines) != line)
                        return status_make(
                                STATUS_INVALID, "see that nothing else writes to the target",
                                "line %" PRIu64 " holds a word that was not stored there", line);
                word = word * STEP + 1;
        }
        return status_ok();
}

static uint64_t lines_watched(const struct random_trial *state)
{
        return state->lines < CHECKED_MAX ? state->lines : CHECKED_MAX;
}

/*
 * The lines set to 0 beforehand must have got their share of the increments: all of them if they
 * are all the lines, else within 8 standard deviations. Threads that meet lose increments, so with
 * several of them only too many, or none at all, are wrong.
 */
static struct status check_rmw(const struct trial *trial)
{
        const struct random_trial *state = trial->state;
        double share = (double)lines_watched(state) / (double)state->lines;
        uint64_t ops = 0, seen = 0;
        double expected, apart;

        for (unsigned i = 0; i < trial->threads; i++)
                ops += state->workers[i].ops;
        for (uint64_t line = 0; line < lines_watched(state); line++)
                seen += *line_word(trial->mapping->address, line);
        expected = (double)ops * share;
        apart = (double)seen - expected;
        if (trial->threads > 1 && apart < 0 && seen > 0)
                return status_ok();
        if (apart * apart > 64 * (expected * (1 - share)))
                return status_make(STATUS_INVALID, "see that nothing else writes to the target",
                                   "%" PRIu64 " increments left %" PRIu64
                                   " in lines that should have got %.0f",
                                   ops, seen, expected);
        return status_ok();
}

static struct status random_accept(const struct cell *cell)
{
        if (cell->bytes < LINE_BYTES)
                return status_make(STATUS_USAGE, "give it more bytes",
                                   "random needs at least one line of %d bytes", LINE_BYTES);
        return status_ok();
}

static void random_choose(struct random_trial *state, const char *op)
{
        if (strcmp(op, "read") == 0) {
                state->loop = loop_read;
                state->check = check_read;
        } else if (strcmp(op, "write") == 0) {
                state->loop = loop_write;
                state->check = check_write;
        } else {
                state->loop = loop_rmw;
                state->check = check_rmw;
        }
}

static struct status random_prepare(struct trial *trial)
{
        size_t size = sizeof(struct random_trial) + trial->threads * sizeof(struct random_worker);
        const struct workload_op *op = trial->cell->op;
        struct random_trial *state;

        if (op->traits & OP_WRITES && !(trial->mapping->prot & PROT_WRITE))
                return status_make(STATUS_SKIP, "map it writable",
                                   "the mapping is read-only, so random %s cannot run", op->name);
        state = aligned_alloc(_Alignof(struct random_trial), size);
        if (!state)
                return status_errno(ENOMEM, NULL, "cannot keep the state of %u threads",
                                    trial->threads);
        state->lines = trial->cell->bytes / LINE_BYTES;
        random_choose(state, op->name);
        for (unsigned i = 0; i < trial->threads; i++) {
                state->workers[i] = (struct random_worker) {
                        .words = words_from(random_mix(trial->seed ^ random_mix(i + 1))),
                };
                trial->workers[i].state = &state->workers[i];
        }
        if (state->loop == loop_rmw)
                for (uint64_t line = 0; line < lines_watched(state); line++)
                        *line_word(trial->mapping->address, line) = 0;
        trial->state = state;
        return status_ok();
}

static void random_run(struct trial *trial, struct worker *worker)
{
        const struct random_trial *state = trial->state;
        struct random_worker *own = worker->state;
        uint64_t rounds = (worker->ops + LANES - 1) / LANES;

        own->last_word = own->words.lanes[0];
        own->last_sum = state->loop(&own->words, trial->mapping->address, state->lines, rounds);
        own->last_ops = rounds * LANES;
        own->ops += own->last_ops;
        worker->ops = own->last_ops;
}

static struct status random_check(struct trial *trial)
{
        const struct random_trial *state = trial->state;

        return state->check(trial);
}

static void random_finish(struct trial *trial)
{
        free(trial->state);
        trial->state = NULL;
}

static uint64_t random_quantum(const struct trial *trial)
{
        return LANES;
}

const struct workload workload_random = {
        .name = "random",
        .summary = "independent loads, stores or increments of uniformly random lines",
        .ops = random_ops,
        .accept = random_accept,
        .prepare = random_prepare,
        .run = random_run,
        .check = random_check,
        .finish = random_finish,
        .quantum = random_quantum,
};
