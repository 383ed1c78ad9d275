/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The textbook pointer chase, as in lmbench's lat_mem_rd and its many heirs: shuffle an index
 * array into one cycle (Sattolo: "An algorithm to generate a random cyclic permutation",
 * Inf. Process. Lett. 22(6), 1986), write pointers through it, and time p = *p. It shares no code
 * with pmdgain, so that the two can be held against each other.
 */
#ifndef REFERENCE_TEXTBOOK_H
#define REFERENCE_TEXTBOOK_H

#include <stdint.h>

#define TEXTBOOK_LINE 64

/*
 * Makes one random cycle through `lines` lines from `base` on. The pointers lie in 8-byte word
 * `word` of each line, so that two rings can share the lines. Returns 0, or -1 with errno when
 * there is no memory for the array (4 bytes a line).
 */
int textbook_write(char *base, uint32_t lines, unsigned word, uint64_t seed);

/* Where a walk may start. */
void **textbook_start(char *base, unsigned word);

/* `loads` dependent loads from `at` on; returns where they lead to. */
void **textbook_load(void **at, uint64_t loads);

/* CLOCK_MONOTONIC in ns. */
uint64_t textbook_now_ns(void);

#endif
