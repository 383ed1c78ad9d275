/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The string instructions. CPUs with ERMS move whole lines by them and, over large ranges, need
 * not read a line before they overwrite it (Intel 64 and IA-32 Architectures Optimization
 * Reference Manual, "Enhanced REP MOVSB and STOSB Operation").
 */
#include "loops.h"

static uint64_t rep_write(char *to, const char *from, size_t bytes, uint64_t word)
{
        __asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(word) : "memory");
        return 0;
}

static uint64_t rep_copy(char *to, const char *from, size_t bytes, uint64_t word)
{
        __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
        return 0;
}

const struct stream_loops stream_rep = {
        .pass = { [LOOP_WRITE] = rep_write, [LOOP_COPY] = rep_copy },
};
