/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loops by vectors, written once. Each instruction set's file includes this after defining
 *   VECTOR_BYTES    16, 32 or 64
 *   VECTOR_TARGET   the instruction set, as the attribute `target` spells it
 *   VECTOR_STREAM   the intrinsic of its non-temporal store
 *   VECTOR_TYPE     the type that intrinsic takes
 *   VECTOR_LOOPS    the name of the table
 *
 * The main loops take four lines a turn, so that the loop itself does not bound what L1 gives.
 * Loads stay in address order: where a compiler swapped them, bandwidth from memory halved.
 */
#include "loops.h"

#include <immintrin.h>

typedef uint64_t vector __attribute__((vector_size(VECTOR_BYTES)));

#define IN_LINE (LINE_BYTES / VECTOR_BYTES)
#define TURN 4 /* lines */
#define TURN_BYTES (TURN * LINE_BYTES)

#define TARGET(more) __attribute__((target(VECTOR_TARGET more)))
#define INLINE(more) TARGET(more) __attribute__((always_inline)) static inline

/* Keeps memory accesses in order, and a copy from becoming a call of memcpy(). */
#define IN_ORDER() __asm__ volatile("" ::: "memory")

TARGET("") static uint64_t vector_read(char *to, const char *from, size_t bytes, uint64_t word)
{
        const vector *at = (const vector *)from;
        const vector *end = (const vector *)(from + bytes);
        vector a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
        uint64_t sum = 0;

        for (; end - at >= TURN * IN_LINE; at += TURN * IN_LINE) {
                for (size_t k = 0; k < TURN * IN_LINE; k += 4) {
                        a += at[k];
                        b += at[k + 1];
                        c += at[k + 2];
                        d += at[k + 3];
                        IN_ORDER();
                }
        }
        for (; at < end; at++)
                a += *at;
        a += b + c + d;
        for (size_t k = 0; k < VECTOR_BYTES / sizeof(sum); k++)
                sum += a[k];
        return sum;
}

INLINE("") void store_line(char *to, vector value)
{
        for (size_t k = 0; k < IN_LINE; k++)
                ((vector *)to)[k] = value;
}

INLINE("") void stream_line(char *to, vector value)
{
        for (size_t k = 0; k < IN_LINE; k++)
                VECTOR_STREAM((VECTOR_TYPE *)to + k, (VECTOR_TYPE)value);
}

INLINE("") void copy_line(char *to, const char *from)
{
        vector line[IN_LINE];

        for (size_t k = 0; k < IN_LINE; k++)
                line[k] = ((const vector *)from)[k];
        for (size_t k = 0; k < IN_LINE; k++)
                ((vector *)to)[k] = line[k];
}

TARGET("") static uint64_t vector_write(char *to, const char *from, size_t bytes, uint64_t word)
{
        vector value = (vector){ 0 } + word;
        char *end = to + bytes;

        for (; end - to >= TURN_BYTES; to += TURN_BYTES)
                for (size_t k = 0; k < TURN; k++)
                        store_line(to + k * LINE_BYTES, value);
        for (; to < end; to += LINE_BYTES)
                store_line(to, value);
        return 0;
}

TARGET("") static uint64_t vector_ntwrite(char *to, const char *from, size_t bytes, uint64_t word)
{
        vector value = (vector){ 0 } + word;
        char *end = to + bytes;

        for (; end - to >= TURN_BYTES; to += TURN_BYTES)
                for (size_t k = 0; k < TURN; k++)
                        stream_line(to + k * LINE_BYTES, value);
        for (; to < end; to += LINE_BYTES)
                stream_line(to, value);
        _mm_sfence();
        return 0;
}

TARGET(",clwb") static uint64_t vector_clwb(char *to, const char *from, size_t bytes, uint64_t word)
{
        vector value = (vector){ 0 } + word;

        for (char *end = to + bytes; to < end; to += LINE_BYTES) {
                store_line(to, value);
                _mm_clwb(to);
        }
        _mm_sfence();
        return 0;
}

TARGET(",clflushopt")
static uint64_t vector_clflushopt(char *to, const char *from, size_t bytes, uint64_t word)
{
        vector value = (vector){ 0 } + word;

        for (char *end = to + bytes; to < end; to += LINE_BYTES) {
                store_line(to, value);
                _mm_clflushopt(to);
        }
        _mm_sfence();
        return 0;
}

TARGET("") static uint64_t vector_copy(char *to, const char *from, size_t bytes, uint64_t word)
{
        char *end = to + bytes;

        for (; end - to >= TURN_BYTES; to += TURN_BYTES, from += TURN_BYTES) {
                for (size_t k = 0; k < TURN; k++) {
                        copy_line(to + k * LINE_BYTES, from + k * LINE_BYTES);
                        IN_ORDER();
                }
        }
        for (; to < end; to += LINE_BYTES, from += LINE_BYTES) {
                copy_line(to, from);
                IN_ORDER();
        }
        return 0;
}

const struct stream_loops VECTOR_LOOPS = {
        .pass = {
                [LOOP_READ] = vector_read,
                [LOOP_WRITE] = vector_write,
                [LOOP_NTWRITE] = vector_ntwrite,
                [LOOP_CLWB] = vector_clwb,
                [LOOP_CLFLUSHOPT] = vector_clflushopt,
                [LOOP_COPY] = vector_copy,
        },
};
