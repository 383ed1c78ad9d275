/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare_stream [BYTES [PAIRS]]
 *
 * The workload `stream` against memset, memcpy and plain loops on the same mapping, and against
 * fio's mmap engine on the same file, by PMD and by PTE, in pairs. GB/s of bytes read plus bytes
 * written of the mapping; by the thread's CPU time, against fio by wall time. Fails when stream is
 * surely more than 2 % slower than a rival. Then isa=auto against each instruction set, to see
 * whether it chooses well: no reason to fail, as from an L2 cache a loop's rate can jump by a
 * fifth from one run to the next.
 */
#include "contest.h"
#include "fio.h"
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RATIO_MIN 0.98
#define ROUND_BYTES GIB          /* of one measurement; at least a pass */
#define BUFFER_BYTES (64 * KIB)  /* what memcpy takes from and to, as fio does */
#define FIO_BYTES_MIN (64 * MIB) /* below, its own work for each block shows more */
#define FIO_MS 500

extern const struct workload workload_stream;

/* A rival's pass over `bytes`; what it returns must be used. */
typedef uint64_t rival_pass(char *at, size_t bytes, char *buffer);

static uint64_t read_sum(char *at, size_t bytes, char *buffer)
{
        const uint64_t *words = (const uint64_t *)(void *)at;
        uint64_t sum = 0;

        for (size_t i = 0; i < bytes / sizeof(*words); i++)
                sum += words[i];
        return sum;
}

static uint64_t read_memcpy(char *at, size_t bytes, char *buffer)
{
        for (size_t i = 0; i < bytes; i += BUFFER_BYTES)
                memcpy(buffer, at + i, bytes - i < BUFFER_BYTES ? bytes - i : BUFFER_BYTES);
        return (uint64_t)buffer[0];
}

/* Never 0: some CPUs write zeros faster than anything else. */
static char next_byte(char *buffer)
{
        return buffer[0] = (char)(buffer[0] % 100 + 1);
}

static uint64_t write_memset(char *at, size_t bytes, char *buffer)
{
        memset(at, next_byte(buffer), bytes);
        return 0;
}

static uint64_t write_loop(char *at, size_t bytes, char *buffer)
{
        uint64_t *words = (uint64_t *)(void *)at, word = (uint64_t)next_byte(buffer);

        for (size_t i = 0; i < bytes / sizeof(*words); i++)
                words[i] = word;
        return 0;
}

static uint64_t write_memcpy(char *at, size_t bytes, char *buffer)
{
        for (size_t i = 0; i < bytes; i += BUFFER_BYTES)
                memcpy(at + i, buffer, bytes - i < BUFFER_BYTES ? bytes - i : BUFFER_BYTES);
        return 0;
}

static uint64_t copy_memcpy(char *at, size_t bytes, char *buffer)
{
        memcpy(at + bytes / 2, at, bytes / 2);
        return 0;
}

static const struct rival {
        const char *op, *name;
        rival_pass *pass;
} rivals[] = {
        { "read", "sum of words", read_sum },
        { "read", "memcpy to a buffer", read_memcpy },
        { "write", "memset", write_memset },
        { "write", "store of words", write_loop },
        { "write", "memcpy from a buffer", write_memcpy },
        { "copy", "memcpy", copy_memcpy },
};

static const char *const isas[] = { "plain", "sse2", "avx2", "avx512", "rep" };

static volatile uint64_t sink;

/* One side of a contest: a prepared stage, or a rival's pass on the stage's mapping. */
struct side {
        struct stage *stage;
        rival_pass *pass;
        char *buffer;
};

static uint64_t passes(const struct stage *stage)
{
        return stage->bytes < ROUND_BYTES ? ROUND_BYTES / stage->bytes : 1;
}

static double ours_measure(void *context)
{
        struct side *side = context;
        uint64_t ops = passes(side->stage) * side->stage->bytes;

        return (double)ops / (double)stage_run(side->stage, ops);
}

static double rival_measure(void *context)
{
        struct side *side = context;
        uint64_t rounds = passes(side->stage), start = contest_cpu_ns();

        for (uint64_t i = 0; i < rounds; i++) {
                sink += side->pass(side->stage->mapping.address, side->stage->bytes, side->buffer);
                __asm__ volatile("" ::: "memory");
        }
        return (double)(rounds * side->stage->bytes) / (double)(contest_cpu_ns() - start);
}

/* Prints the row; 1 when surely slower. */
static int contest_judge(const char *arm, const char *op, const char *rival,
                         const struct contest *contest)
{
        int slower = contest->hi < RATIO_MIN;

        contest_print(arm, op, rival, contest,
                      slower            ? "SLOWER"
                      : contest->lo > 1 ? "faster"
                                        : "ok");
        return slower;
}

static int against_rivals(struct stage *stage, const char *arm, const char *op, char *buffer,
                          unsigned pairs)
{
        struct side ours = { .stage = stage };
        int failed = 0;

        for (size_t i = 0; i < sizeof(rivals) / sizeof(rivals[0]); i++) {
                struct side theirs = { stage, rivals[i].pass, buffer };
                struct contest contest;

                if (strcmp(rivals[i].op, op) != 0)
                        continue;
                if (!stage_prepare(stage, &workload_stream, op, NULL))
                        return 1;
                contest = contest_hold(
                        (struct contender) { "stream", ours_measure, &ours },
                        (struct contender) { rivals[i].name, rival_measure, &theirs }, pairs, 1);
                failed |= contest_judge(arm, op, rivals[i].name, &contest);
                workload_stream.finish(&stage->trial); /* rivals wrote there: no check */
        }
        return failed;
}

static void against_isas(struct stage *stage, const char *arm, const char *op, unsigned pairs)
{
        for (size_t i = 0; i < sizeof(isas) / sizeof(isas[0]); i++) {
                const char *const options[] = { isas[i], NULL };
                struct stage other = *stage;
                struct side ours = { .stage = stage }, theirs = { .stage = &other };
                struct contest contest;
                char name[32];

                if (!stage_prepare(&other, &workload_stream, op, options))
                        continue;
                if (!stage_prepare(stage, &workload_stream, op, NULL))
                        exit(1);
                snprintf(name, sizeof(name), "isa=%s", isas[i]);
                contest =
                        contest_hold((struct contender) { "auto", ours_measure, &ours },
                                     (struct contender) { name, ours_measure, &theirs }, pairs, 1);
                contest_judge(arm, op, name, &contest);
                workload_stream.finish(&other.trial);
                workload_stream.finish(&stage->trial);
        }
}

struct fio_side {
        struct fio_job job;
        bool failed;
};

static double fio_measure(void *context)
{
        struct fio_side *side = context;
        struct fio_result result = { .gb_per_s = 1e-9 };

        side->failed |= !fio_run(&side->job, &result);
        return result.gb_per_s;
}

static double ours_for_ms(struct side *side, uint64_t ms)
{
        uint64_t ops = side->stage->bytes, done = 0, start = contest_wall_ns(), ns = 0;

        for (; ns < ms * 1000000; ns = contest_wall_ns() - start) {
                stage_run(side->stage, ops);
                done += ops;
        }
        return (double)done / (double)ns;
}

/* As fio does it: by wall time, after as long a warm-up. */
static double ours_measure_long(void *context)
{
        ours_for_ms(context, FIO_MS);
        return ours_for_ms(context, FIO_MS);
}

/* The block size at which fio is fastest. False when it fails, or maps by another grain. */
static bool fio_best_block(struct fio_job *job)
{
        static const unsigned blocks[] = { 4, 16, 64, 256, 1024 };
        double best = 0;
        unsigned kib = 0;

        printf("fio %s:", job->direction);
        for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
                struct fio_result result;

                job->block_kib = blocks[i];
                if (!fio_run(job, &result))
                        return false;
                printf("%s %.4g GB/s by %uk", i ? "," : "", result.gb_per_s, blocks[i]);
                if (result.pmd_bytes != (job->huge ? job->bytes : 0)) {
                        printf("; but it had %llu bytes mapped by PMD\n",
                               (unsigned long long)result.pmd_bytes);
                        return false;
                }
                if (result.gb_per_s > best) {
                        best = result.gb_per_s;
                        kib = blocks[i];
                }
        }
        printf("\n");
        job->block_kib = kib;
        return true;
}

static int against_fio(struct stage *stage, const char *arm, const char *op, unsigned pairs)
{
        char path[64], name[64];
        struct side ours = { .stage = stage };
        struct fio_side theirs = { .job = { .path = path,
                                            .bytes = stage->bytes,
                                            .direction = op,
                                            .huge = stage->arm.grain == GRAIN_PMD,
                                            .ms = FIO_MS } };
        struct contest contest;

        snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), stage->mapping.fd);
        if (!fio_best_block(&theirs.job) || !stage_prepare(stage, &workload_stream, op, NULL))
                return 1;
        snprintf(name, sizeof(name), "fio mmap, %uk", theirs.job.block_kib);
        contest = contest_hold((struct contender) { "stream", ours_measure_long, &ours },
                               (struct contender) { name, fio_measure, &theirs }, pairs, 1);
        workload_stream.finish(&stage->trial);
        return contest_judge(arm, op, name, &contest) || theirs.failed;
}

static int compare_arm(struct stage *stage, const char *arm, char *buffer, unsigned pairs)
{
        static const char *const ops[] = { "read", "write", "copy" };
        bool fio = stage->bytes >= FIO_BYTES_MIN && fio_present();
        int failed = 0;

        stage_lay_out(stage, arm);
        stage_attach(stage);
        stage_fault_in(stage);
        memset(stage->mapping.address, 1, stage->bytes); /* no zeros to copy, see next_byte() */
        for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
                failed |= against_rivals(stage, arm, ops[i], buffer, pairs);
                if (fio && strcmp(ops[i], "copy") != 0)
                        failed |= against_fio(stage, arm, ops[i], pairs);
                against_isas(stage, arm, ops[i], pairs);
        }
        stage_detach(stage);
        return failed;
}

int main(int argc, char **argv)
{
        uint64_t bytes = GIB, pairs = 15;
        char *buffer = aligned_alloc(4096, BUFFER_BYTES);
        struct stage stage;
        int failed;

        if (argc > 1)
                stage_must(size_parse(argv[1], &bytes));
        if (argc > 2)
                stage_must(count_parse(argv[2], &pairs));
        if (!buffer)
                return 1;
        memset(buffer, 1, BUFFER_BYTES);
        stage_open(&stage, bytes);
        contest_print_header("GB/s");
        failed = compare_arm(&stage, "pmd", buffer, (unsigned)pairs);
        failed |= compare_arm(&stage, "pte:nohuge", buffer, (unsigned)pairs);
        stage_close(&stage);
        free(buffer);
        return failed;
}
