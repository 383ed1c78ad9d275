/* SPDX-License-Identifier: Apache-2.0 */
#include "textbook.h"

#include <stdlib.h>
#include <time.h>

/* xorshift64*: Vigna, ACM Trans. Math. Softw. 42(4), 2016. */
static uint64_t xorshift(uint64_t *state)
{
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        return *state * UINT64_C(0x2545f4914f6cdd1d);
}

void **textbook_start(char *base, unsigned word)
{
        return (void **)(void *)(base + word * sizeof(void *));
}

int textbook_write(char *base, uint32_t lines, unsigned word, uint64_t seed)
{
        uint32_t *next = malloc(lines * sizeof(*next));
        uint64_t state = seed | 1;

        if (!next)
                return -1;
        for (uint32_t i = 0; i < lines; i++)
                next[i] = i;
        for (uint32_t i = lines - 1; i > 0; i--) {
                uint32_t other = (uint32_t)((xorshift(&state) >> 32) % i);
                uint32_t swap = next[i];

                next[i] = next[other];
                next[other] = swap;
        }
        for (uint32_t i = 0; i < lines; i++)
                *textbook_start(base + (uint64_t)i * TEXTBOOK_LINE, word) =
                        textbook_start(base + (uint64_t)next[i] * TEXTBOOK_LINE, word);
        free(next);
        return 0;
}

void **textbook_load(void **at, uint64_t loads)
{
        while (loads--)
                at = *at;
        return at;
}

uint64_t textbook_now_ns(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}
