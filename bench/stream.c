/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sequential bandwidth. Each thread goes over its own contiguous slice of the working set, round
 * and round; a run takes up where the one before left off.
 *
 * GB/s are 10^9 bytes a second, counted as STREAM does (McCalpin, "Memory Bandwidth and Machine
 * Balance in Current High Performance Computers", 1995): bytes that the operation reads plus bytes
 * that it writes, so a copy counts both; lines that a CPU reads because it is about to overwrite
 * them are not counted.
 */
#include "stream/choose.h"

#include <errno.h>
#include <inttypes.h>
#include <pmdgain/random.h>
#include <pmdgain/workload.h>
#include <stdlib.h>

/* A pass over a large slice would make samples too long: a quantum is this much at the most. */
#define QUANTUM_MAX (16 * MIB)

#define PLACES_MAX 64 /* lines of each slice that check() looks at */
#define LINE_WORDS (LINE_BYTES / sizeof(uint64_t))

/* In the order of enum stream_op. */
static const struct workload_op stream_ops[] = {
        [STREAM_READ] = { .name = "read",
                          .summary = "loads of all bytes in order",
                          .unit = UNIT_GB_PER_S },
        [STREAM_WRITE] = { .name = "write",
                           .summary = "stores to all bytes in order",
                           .unit = UNIT_GB_PER_S,
                           .traits = OP_WRITES },
        [STREAM_NTWRITE] = { .name = "ntwrite",
                             .summary = "non-temporal stores, past the caches",
                             .unit = UNIT_GB_PER_S,
                             .traits = OP_WRITES },
        [STREAM_FLUSH] = { .name = "flush",
                           .summary = "stores, each line written back by clwb or clflushopt",
                           .unit = UNIT_GB_PER_S,
                           .traits = OP_WRITES },
        [STREAM_COPY] = { .name = "copy",
                          .summary = "the first half to the second; bytes read and written count",
                          .unit = UNIT_GB_PER_S,
                          .traits = OP_WRITES },
        { 0 },
};

static const char *const isa_choices[] = { "auto", "plain", "sse2", "avx2", "avx512", "rep", NULL };
static const char *const writeback_choices[] = { "auto", "clwb", "clflushopt", NULL };

static const struct option_row stream_options[] = {
        { .name = "isa",
          .type = OPTION_CHOICE,
          .preset = "auto",
          .choices = isa_choices,
          .help = "instructions; auto: the widest vectors, for large writes and copies rep" },
        { .name = "writeback",
          .type = OPTION_CHOICE,
          .preset = "auto",
          .choices = writeback_choices,
          .help = "what op flush writes lines back by; auto: clwb where the CPU has it" },
        { 0 },
};

struct stream_slice {
        _Alignas(2 * LINE_BYTES) char *to;
        char *from;
        uint64_t bytes;  /* of one pass; copy: of the half that is read */
        uint64_t cursor; /* where the next run begins */
        uint64_t passes; /* finished ones */
        uint64_t last_cursor, last_bytes, last_sum; /* of the latest run */
};

struct stream {
        stream_pass *pass;
        enum stream_op op;
        unsigned moves;               /* bytes counted for each byte of a pass: 2 for copy */
        struct stream_slice slices[]; /* one a thread */
};

static enum stream_op op_of(const struct cell *cell)
{
        return (enum stream_op)(cell->op - stream_ops);
}

static unsigned op_moves(enum stream_op op)
{
        return op == STREAM_COPY ? 2 : 1;
}

/* Lines of a pass of all threads together. */
static uint64_t cell_lines(const struct cell *cell)
{
        return cell->bytes / op_moves(op_of(cell)) / LINE_BYTES;
}

static struct status cell_choose(const struct cell *cell, stream_pass **ret_pass)
{
        struct stream_wish wish = {
                .op = op_of(cell),
                .isa = (enum stream_isa)cell_option(cell, "isa").count,
                .writeback = (enum stream_writeback)cell_option(cell, "writeback").count,
                .bytes = cell->bytes / cell->threads,
        };

        return stream_choose(&wish, ret_pass);
}

static struct status stream_accept(const struct cell *cell)
{
        stream_pass *pass;

        if (cell_lines(cell) < cell->threads)
                return status_make(STATUS_USAGE, "give it more bytes or fewer threads",
                                   "stream %s needs %u bytes for each of %u threads",
                                   cell->op->name, op_moves(op_of(cell)) * LINE_BYTES,
                                   (unsigned)cell->threads);
        return cell_choose(cell, &pass);
}

/* The bytes that pass number `pass` of a slice writes: never 0, other than the pass before. */
static uint64_t pass_word(uint64_t pass)
{
        return UINT64_C(0x0101010101010101) * (1 + pass % 255);
}

static uint64_t places(const struct stream_slice *slice)
{
        uint64_t lines = slice->bytes / LINE_BYTES;

        return lines < PLACES_MAX ? lines : PLACES_MAX;
}

/* Place number `k`: a line in the k-th part of the slice, in bytes from its start. */
static uint64_t place(const struct trial *trial, const struct stream_slice *slice, uint64_t k)
{
        uint64_t lines = slice->bytes / LINE_BYTES, count = places(slice);
        uint64_t first = k * lines / count, end = (k + 1) * lines / count;
        struct random random = random_seeded(trial->own_seed ^ k);

        return (first + random_below(&random, end - first)) * LINE_BYTES;
}

/* What copy finds at word `w` of a place; its complement waits where it is to be copied to. */
static uint64_t place_word(const struct trial *trial, uint64_t k, size_t w)
{
        return random_mix(trial->own_seed ^ (k * LINE_WORDS + w + 1));
}

static bool is_zero(const uint64_t *line)
{
        uint64_t any = 0;

        for (size_t w = 0; w < LINE_WORDS; w++)
                any |= line[w];
        return !any;
}

/*
 * Some CPUs write zeros faster than anything else (AMD Zen 5, from cache: rep movsb by a third,
 * rep stosb twice as fast). So a copy must not find the zeros that a new file holds.
 */
static void slice_fill_if_zero(const struct trial *trial, struct stream_slice *slice)
{
        bool zero = false;

        for (uint64_t k = 0; k < places(slice); k++) {
                char *line = slice->from + place(trial, slice, k);

                zero |= is_zero((const uint64_t *)(void *)line);
        }
        for (uint64_t i = 0; zero && i < slice->bytes / sizeof(uint64_t); i++)
                ((uint64_t *)(void *)slice->from)[i] = pass_word(i);
}

/* Puts at the places what the operations must change. */
static void slice_mark(const struct trial *trial, struct stream_slice *slice)
{
        const struct stream *stream = trial->state;

        for (uint64_t k = 0; stream->op != STREAM_READ && k < places(slice); k++) {
                uint64_t at = place(trial, slice, k);
                uint64_t *to = (uint64_t *)(void *)(slice->to + at);
                uint64_t *from = (uint64_t *)(void *)(slice->from + at);

                for (size_t w = 0; w < LINE_WORDS; w++) {
                        if (stream->op == STREAM_COPY)
                                from[w] = place_word(trial, k, w);
                        to[w] = stream->op == STREAM_COPY ? ~from[w] : 0;
                }
        }
}

static struct status stream_prepare(struct trial *trial)
{
        const struct cell *cell = trial->cell;
        uint64_t lines = cell_lines(cell);
        char *base = trial->mapping->address;
        struct stream *stream;
        stream_pass *pass;

        TRY(cell_choose(cell, &pass));
        if (cell->op->traits & OP_WRITES && !(trial->mapping->prot & PROT_WRITE))
                return status_make(STATUS_SKIP, "map it writable",
                                   "the mapping is read-only, so stream %s cannot run",
                                   cell->op->name);
        stream = aligned_alloc(_Alignof(struct stream),
                               sizeof(*stream) + trial->threads * sizeof(stream->slices[0]));
        if (!stream)
                return status_errno(ENOMEM, NULL, "cannot keep the state of %u threads",
                                    trial->threads);
        *stream = (struct stream){
                .pass = pass,
                .op = op_of(cell),
                .moves = op_moves(op_of(cell)),
        };
        trial->state = stream;
        for (unsigned i = 0; i < trial->threads; i++) {
                uint64_t first = i * lines / trial->threads;
                uint64_t end = (i + 1) * lines / trial->threads;
                char *from = base + first * LINE_BYTES;

                stream->slices[i] = (struct stream_slice){
                        .from = from,
                        .to = stream->op == STREAM_COPY ? from + lines * LINE_BYTES : from,
                        .bytes = (end - first) * LINE_BYTES,
                };
                if (stream->op == STREAM_COPY)
                        slice_fill_if_zero(trial, &stream->slices[i]);
                slice_mark(trial, &stream->slices[i]);
                trial->workers[i].state = &stream->slices[i];
        }
        return status_ok();
}

static void stream_run(struct trial *trial, struct worker *worker)
{
        const struct stream *stream = trial->state;
        struct stream_slice *slice = worker->state;
        struct stream_slice at = *slice;
        stream_pass *pass = stream->pass;
        uint64_t left = (worker->ops / stream->moves + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;

        at.last_cursor = at.cursor;
        at.last_bytes = left;
        at.last_sum = 0;
        while (left) {
                uint64_t bytes = at.bytes - at.cursor < left ? at.bytes - at.cursor : left;

                at.last_sum += pass(at.to + at.cursor, at.from + at.cursor, bytes,
                                    pass_word(at.passes));
                at.cursor += bytes;
                left -= bytes;
                if (at.cursor == at.bytes) {
                        at.cursor = 0;
                        at.passes++;
                }
        }
        *slice = at;
        worker->ops = at.last_bytes * stream->moves;
}

static uint64_t sum_words(const struct stream_slice *slice, uint64_t begin, uint64_t end)
{
        const uint64_t *words = (const uint64_t *)(const void *)slice->from;
        uint64_t sum = 0;

        for (uint64_t i = begin / sizeof(*words); i < end / sizeof(*words); i++)
                sum += words[i];
        return sum;
}

/* The latest run of one thread again, without its repetitions: it must have read the same sum. */
static struct status check_read(const struct trial *trial)
{
        const struct stream *stream = trial->state;
        const struct stream_slice *slice = &stream->slices[trial->own_seed % trial->threads];
        uint64_t whole = slice->last_bytes / slice->bytes;
        uint64_t end = slice->last_cursor + slice->last_bytes % slice->bytes;
        uint64_t sum = whole ? whole * sum_words(slice, 0, slice->bytes) : 0;

        if (end > slice->bytes) {
                sum += sum_words(slice, 0, end - slice->bytes);
                end = slice->bytes;
        }
        sum += sum_words(slice, slice->last_cursor, end);
        if (sum != slice->last_sum)
                return status_make(STATUS_INVALID, "see that nothing else writes to the target",
                                   "%" PRIu64 " bytes read again gave another sum",
                                   slice->last_bytes);
        return status_ok();
}

/* What word `w` at place `k` must be by now. */
static uint64_t word_due(const struct trial *trial, const struct stream_slice *slice, uint64_t k,
                         size_t w)
{
        const struct stream *stream = trial->state;
        bool now = place(trial, slice, k) < slice->cursor; /* in the pass under way */
        bool done = now || slice->passes;

        if (stream->op == STREAM_COPY)
                return done ? place_word(trial, k, w) : ~place_word(trial, k, w);
        return done ? pass_word(slice->passes - !now) : 0;
}

static struct status check_written(const struct trial *trial, const struct stream_slice *slice)
{
        for (uint64_t k = 0; k < places(slice); k++) {
                uint64_t at = place(trial, slice, k);
                const uint64_t *words = (const uint64_t *)(const void *)(slice->to + at);

                for (size_t w = 0; w < LINE_WORDS; w++)
                        if (words[w] != word_due(trial, slice, k, w))
                                return status_make(STATUS_INVALID,
                                                   "see that nothing else writes to the target",
                                                   "stream %s left a wrong word %" PRIu64
                                                   " bytes into a slice",
                                                   trial->cell->op->name, at + w * sizeof(*words));
        }
        return status_ok();
}

static struct status stream_check(struct trial *trial)
{
        const struct stream *stream = trial->state;

        if (stream->op == STREAM_READ)
                return check_read(trial);
        for (unsigned i = 0; i < trial->threads; i++)
                TRY(check_written(trial, &stream->slices[i]));
        return status_ok();
}

static void stream_finish(struct trial *trial)
{
        free(trial->state);
        trial->state = NULL;
}

/* A pass, or a part of it: runs go on where they stopped, so a part is as good as a whole. */
static uint64_t stream_quantum(const struct trial *trial)
{
        const struct stream *stream = trial->state;
        uint64_t bytes = stream->slices[0].bytes;

        return (bytes < QUANTUM_MAX ? bytes : QUANTUM_MAX) * stream->moves;
}

const struct workload workload_stream = {
        .name = "stream",
        .summary = "sequential bandwidth: read, write, non-temporal, written back, copy",
        .ops = stream_ops,
        .options = stream_options,
        .accept = stream_accept,
        .prepare = stream_prepare,
        .run = stream_run,
        .check = stream_check,
        .finish = stream_finish,
        .quantum = stream_quantum,
};
