/* SPDX-License-Identifier: Apache-2.0 */
#include "writeback.h"

#ifdef __x86_64__

#include <cpuid.h>
#include <immintrin.h>

#define LEAF7_EBX_CLFLUSHOPT (1U << 23)
#define LEAF7_EBX_CLWB (1U << 24)

struct writeback_features writeback_features_find(void)
{
        unsigned eax, ebx = 0, ecx, edx;

        if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
                ebx = 0;
        return (struct writeback_features) {
                .clwb = (ebx & LEAF7_EBX_CLWB) != 0,
                .clflushopt = (ebx & LEAF7_EBX_CLFLUSHOPT) != 0,
        };
}

__attribute__((target("clwb"))) static void lines_clwb(char *from, size_t bytes)
{
        for (const char *end = from + bytes; from < end; from += WRITEBACK_LINE)
                _mm_clwb(from);
}

__attribute__((target("clflushopt"))) static void lines_clflushopt(char *from, size_t bytes)
{
        for (const char *end = from + bytes; from < end; from += WRITEBACK_LINE)
                _mm_clflushopt(from);
}

static void lines_clflush(char *from, size_t bytes)
{
        for (const char *end = from + bytes; from < end; from += WRITEBACK_LINE)
                _mm_clflush(from);
}

writeback_lines *writeback_choose(const struct writeback_features *features)
{
        if (features->clwb)
                return lines_clwb;
        return features->clflushopt ? lines_clflushopt : lines_clflush;
}

void writeback_wait(void)
{
        _mm_sfence();
}

#else

struct writeback_features writeback_features_find(void)
{
        return (struct writeback_features) { 0 };
}

writeback_lines *writeback_choose(const struct writeback_features *features)
{
        (void)features;
        return NULL;
}

void writeback_wait(void)
{
}

#endif
