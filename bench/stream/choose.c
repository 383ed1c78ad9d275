/* SPDX-License-Identifier: Apache-2.0 */
#include "choose.h"

#include "writeback.h"

#include <pmdgain/units.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __x86_64__
#include <cpuid.h>
#endif

/*
 * From these sizes on the string instructions are the fastest writes and copies: they need not
 * read the lines they overwrite. Measured on AMD Zen 5 against AVX-512 and AVX2 loops, memset and
 * memcpy; below the first the vectors gain up to 60 %, from memory the string instructions 30 %.
 */
#define REP_WRITE_BYTES MIB
#define REP_COPY_BYTES (64 * KIB)

static const char *const op_names[] = {
        [STREAM_READ] = "read",   [STREAM_WRITE] = "write", [STREAM_NTWRITE] = "ntwrite",
        [STREAM_FLUSH] = "flush", [STREAM_COPY] = "copy",
};

static const enum stream_loop op_loops[] = {
        [STREAM_READ] = LOOP_READ,  [STREAM_WRITE] = LOOP_WRITE, [STREAM_NTWRITE] = LOOP_NTWRITE,
        [STREAM_FLUSH] = LOOP_CLWB, [STREAM_COPY] = LOOP_COPY,
};

/* What the CPU, and the system for its registers, supports. */
struct features {
        bool isa[ISA_COUNT];
        struct writeback_features lines;
};

#ifdef __x86_64__

static const struct stream_loops *const loops[ISA_COUNT] = {
        [ISA_PLAIN] = &stream_plain,   [ISA_SSE2] = &stream_sse2, [ISA_AVX2] = &stream_avx2,
        [ISA_AVX512] = &stream_avx512, [ISA_REP] = &stream_rep,
};

/* CPUID leaf 7 (Intel SDM volume 2A, CPUID; AMD APM volume 3, appendix E). */
#define LEAF7_EBX_ERMS (1U << 9)

static struct features features_find(void)
{
        unsigned eax, ebx = 0, ecx, edx;

        if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
                ebx = 0;
        return (struct features){
                .isa = { [ISA_PLAIN] = true,
                         [ISA_SSE2] = true, /* every x86-64 has it */
                         [ISA_AVX2] = __builtin_cpu_supports("avx2") != 0,
                         [ISA_AVX512] = __builtin_cpu_supports("avx512f") != 0,
                         [ISA_REP] = (ebx & LEAF7_EBX_ERMS) != 0 },
                .lines = writeback_features_find(),
        };
}

#else

static const struct stream_loops *const loops[ISA_COUNT] = { [ISA_PLAIN] = &stream_plain };

static struct features features_find(void)
{
        return (struct features){ .isa = { [ISA_PLAIN] = true } };
}

#endif

static struct status writeback_loop(enum stream_writeback writeback,
                                    const struct features *features, enum stream_loop *ret_loop)
{
        if (writeback == WRITEBACK_AUTO && !features->lines.clwb && !features->lines.clflushopt)
                return status_make(STATUS_SKIP, "leave op flush out",
                                   "this CPU has neither clwb nor clflushopt");
        if (writeback == WRITEBACK_AUTO)
                writeback = features->lines.clwb ? WRITEBACK_CLWB : WRITEBACK_CLFLUSHOPT;
        if (writeback == WRITEBACK_CLWB ? !features->lines.clwb : !features->lines.clflushopt)
                return status_make(STATUS_SKIP, "use writeback=auto", "this CPU has no %s",
                                   writeback == WRITEBACK_CLWB ? "clwb" : "clflushopt");
        *ret_loop = writeback == WRITEBACK_CLWB ? LOOP_CLWB : LOOP_CLFLUSHOPT;
        return status_ok();
}

static bool can(const struct features *features, enum stream_isa isa, enum stream_loop loop)
{
        return features->isa[isa] && loops[isa] && loops[isa]->pass[loop];
}

static enum stream_isa isa_best(const struct stream_wish *wish, const struct features *features,
                                enum stream_loop loop)
{
        uint64_t rep_bytes = loop == LOOP_COPY ? REP_COPY_BYTES : REP_WRITE_BYTES;

        if (wish->bytes >= rep_bytes && can(features, ISA_REP, loop))
                return ISA_REP;
        if (can(features, ISA_AVX512, loop))
                return ISA_AVX512;
        if (can(features, ISA_AVX2, loop))
                return ISA_AVX2;
        return can(features, ISA_SSE2, loop) ? ISA_SSE2 : ISA_PLAIN;
}

struct status stream_choose(const struct stream_wish *wish, stream_pass **ret_pass)
{
        static const char *const isa_names[] = {
                [ISA_PLAIN] = "plain C",      [ISA_SSE2] = "SSE2",       [ISA_AVX2] = "AVX2",
                [ISA_AVX512] = "AVX-512 (F)", [ISA_REP] = "ERMS (rep movsb, rep stosb)",
        };
        struct features features = features_find();
        enum stream_isa isa = wish->isa;
        enum stream_loop loop = op_loops[wish->op];

        if (wish->op == STREAM_FLUSH)
                TRY(writeback_loop(wish->writeback, &features, &loop));
        if (isa == ISA_AUTO)
                isa = isa_best(wish, &features, loop);
        if (!features.isa[isa])
                return status_make(STATUS_SKIP, "use isa=auto", "this CPU has no %s",
                                   isa_names[isa]);
        if (!can(&features, isa, loop))
                return status_make(STATUS_SKIP, "leave it out, or use another isa",
                                   "%s has no instructions for stream %s", isa_names[isa],
                                   op_names[wish->op]);
        *ret_pass = loops[isa]->pass[loop];
        return status_ok();
}
