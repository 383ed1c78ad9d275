/* SPDX-License-Identifier: Apache-2.0 */
/* Writing cache lines back to memory from user space, by what this CPU has (x86 only). */
#ifndef PMDGAIN_BENCH_WRITEBACK_H
#define PMDGAIN_BENCH_WRITEBACK_H

#include <stdbool.h>
#include <stddef.h>

#define WRITEBACK_LINE 64

/* What CPUID leaf 7 says (Intel SDM volume 2A, CPUID; AMD APM volume 3, appendix E); clflush is
 * older than x86-64. */
struct writeback_features {
        bool clwb, clflushopt;
};

struct writeback_features writeback_features_find(void);

/* Starts to write back each line of the range; writeback_wait() waits until all have arrived. */
typedef void writeback_lines(char *from, size_t bytes);

/* The cheapest there is: clwb keeps the line in the cache, clflushopt evicts it, clflush also waits
 * for the one before. NULL where there is none. */
writeback_lines *writeback_choose(const struct writeback_features *features);
void writeback_wait(void);

#endif
