/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inner loops of `stream`: one pass over some lines. One table for each instruction set.
 */
#ifndef BENCH_STREAM_LOOPS_H
#define BENCH_STREAM_LOOPS_H

#include <stddef.h>
#include <stdint.h>

#define LINE_BYTES 64

enum stream_loop {
        LOOP_READ,
        LOOP_WRITE,
        LOOP_NTWRITE,    /* ends with sfence */
        LOOP_CLWB,       /* each line is stored, then written back; ends with sfence */
        LOOP_CLFLUSHOPT, /* each line is stored, then flushed; ends with sfence */
        LOOP_COPY,
        LOOP_COUNT,
};

/*
 * `bytes` is a multiple of LINE_BYTES, `to` and `from` are aligned to it and do not overlap.
 * LOOP_READ sums the words at `from` and returns the sum; LOOP_COPY copies `from` to `to`; the
 * others fill `to` with `word`, whose eight bytes are equal. All but LOOP_READ return 0.
 */
typedef uint64_t stream_pass(char *to, const char *from, size_t bytes, uint64_t word);

struct stream_loops {
        stream_pass *pass[LOOP_COUNT]; /* NULL where the instruction set has no such thing */
};

extern const struct stream_loops stream_plain;

#ifdef __x86_64__
extern const struct stream_loops stream_sse2, stream_avx2, stream_avx512, stream_rep;
#endif

#endif
