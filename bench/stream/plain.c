/* SPDX-License-Identifier: Apache-2.0 */
/* Plain C, eight words a line: whatever the compiler makes of it for the base instruction set. */
#include "loops.h"

#define WORDS (LINE_BYTES / sizeof(uint64_t))

static uint64_t plain_read(char *to, const char *from, size_t bytes, uint64_t word)
{
        const uint64_t *at = (const uint64_t *)from;
        uint64_t sums[WORDS] = { 0 };
        uint64_t sum = 0;

        for (size_t i = 0; i < bytes / sizeof(*at); i += WORDS)
                for (size_t k = 0; k < WORDS; k++)
                        sums[k] += at[i + k];
        for (size_t k = 0; k < WORDS; k++)
                sum += sums[k];
        return sum;
}

static uint64_t plain_write(char *to, const char *from, size_t bytes, uint64_t word)
{
        uint64_t *at = (uint64_t *)to;

        for (size_t i = 0; i < bytes / sizeof(*at); i += WORDS)
                for (size_t k = 0; k < WORDS; k++)
                        at[i + k] = word;
        return 0;
}

static uint64_t plain_copy(char *to, const char *from, size_t bytes, uint64_t word)
{
        const uint64_t *source = (const uint64_t *)from;
        uint64_t *at = (uint64_t *)to;

        for (size_t i = 0; i < bytes / sizeof(*at); i += WORDS) {
                uint64_t line[WORDS];

                for (size_t k = 0; k < WORDS; k++)
                        line[k] = source[i + k];
                for (size_t k = 0; k < WORDS; k++)
                        at[i + k] = line[k];
                __asm__ volatile("" ::: "memory"); /* or the loop becomes a call of memcpy() */
        }
        return 0;
}

const struct stream_loops stream_plain = {
        .pass = { [LOOP_READ] = plain_read, [LOOP_WRITE] = plain_write, [LOOP_COPY] = plain_copy },
};
