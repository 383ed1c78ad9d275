/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPUID leaves recorded on real CPUs: the dumps kept with libcpuid (tests/) and Bochs
 * (cpu/cpudb/intel/), and two virtual machines'. Only the leaves that are decoded.
 */
#ifndef PMDGAIN_TESTS_CPUID_ROWS_H
#define PMDGAIN_TESTS_CPUID_ROWS_H

#include "sys/cpuid.h"

#define INTEL_ZERO(last) { 0, 0, last, 0x756e6547, 0x6c65746e, 0x49656e69 }
#define AMD_ZERO(last) { 0, 0, last, 0x68747541, 0x444d4163, 0x69746e65 }

/* Xeon Platinum 8269C (Cascade Lake, as Skylake-SP) */
static const struct cpuid_table cascade_lake = {
        .count = 7,
        .rows = {
                INTEL_ZERO(0x16),
                { 1, 0, 0x00050656, 0x56400800, 0x7ffefbff, 0xbfebfbff },
                { 2, 0, 0x76036301, 0x00f0b5ff, 0x00000000, 0x00c30000 },
                { 0x80000000, 0, 0x80000008, 0, 0, 0 },
                { 0x80000002, 0, 0x65746e49, 0x2952286c, 0x6f655820, 0x2952286e },
                { 0x80000003, 0, 0x616c5020, 0x756e6974, 0x3238206d, 0x20433936 },
                { 0x80000004, 0, 0x20555043, 0x2e322040, 0x48473035, 0x0000007a },
        },
};

/* Core i5-1135G7 (Tiger Lake, as Ice Lake): leaf 2 refers to leaf 0x18 by its descriptor 0xfe */
static const struct cpuid_table tiger_lake = {
        .count = 12,
        .rows = {
                INTEL_ZERO(0x1b),
                { 1, 0, 0x000806c1, 0x00100800, 0x7ffafbbf, 0xbfebfbff },
                { 2, 0, 0x00feff01, 0x000000f0, 0x00000000, 0x00000000 },
                { 0x18, 0, 0x00000008, 0x00000000, 0x00000000, 0x00000000 },
                { 0x18, 1, 0x00000000, 0x00080001, 0x00000010, 0x00004022 },
                { 0x18, 2, 0x00000000, 0x00080006, 0x00000002, 0x00004022 },
                { 0x18, 3, 0x00000000, 0x0010000f, 0x00000001, 0x00004125 },
                { 0x18, 4, 0x00000000, 0x00040001, 0x00000010, 0x00004024 },
                { 0x18, 5, 0x00000000, 0x00040006, 0x00000008, 0x00004024 },
                { 0x18, 6, 0x00000000, 0x00080008, 0x00000001, 0x00004124 },
                { 0x18, 7, 0x00000000, 0x00080007, 0x00000080, 0x00004043 },
                { 0x18, 8, 0x00000000, 0x00080009, 0x00000080, 0x00004043 },
        },
};

/* Core Ultra 5 245K, one of its small cores (Skymont) */
static const struct cpuid_table skymont = {
        .count = 8,
        .rows = {
                INTEL_ZERO(0x23),
                { 1, 0, 0x000c0662, 0x10800800, 0x7ffafbff, 0xbfebfbff },
                { 2, 0, 0x00feff01, 0x000000f0, 0x00000000, 0x00000000 },
                { 0x18, 0, 0x00000004, 0x00000000, 0x00000000, 0x00000000 },
                { 0x18, 1, 0x00000000, 0x00300003, 0x00000001, 0x00000121 },
                { 0x18, 2, 0x00000000, 0x00040003, 0x00000400, 0x00000043 },
                { 0x18, 3, 0x00000000, 0x00800001, 0x00000001, 0x00000122 },
                { 0x18, 4, 0x00000000, 0x00080008, 0x00000001, 0x00000143 },
        },
};

/* EPYC 7702 (Zen 2) */
static const struct cpuid_table rome = {
        .count = 5,
        .rows = {
                AMD_ZERO(0x10),
                { 1, 0, 0x00830f10, 0x00800800, 0x7ef8320b, 0x178bfbff },
                { 0x80000005, 0, 0xff40ff40, 0xff40ff40, 0x20080140, 0x20080140 },
                { 0x80000006, 0, 0x48006400, 0x68006400, 0x02006140, 0x08009140 },
                { 0x80000019, 0, 0xf040f040, 0x00000000, 0x00000000, 0x00000000 },
        },
};

/* EPYC 9124 (Zen 4) */
static const struct cpuid_table genoa = {
        .count = 6,
        .rows = {
                AMD_ZERO(0x10),
                { 1, 0, 0x00a10f11, 0x00200800, 0x7efa320b, 0x178bfbff },
                { 0x80000005, 0, 0xff48ff40, 0xff48ff40, 0x20080140, 0x20080140 },
                { 0x80000006, 0, 0x5c002200, 0x6c004200, 0x04006140, 0x02009140 },
                { 0x80000019, 0, 0xf048f040, 0xf0400000, 0x00000000, 0x00000000 },
                { 0x80000021, 0, 0x00062fcf, 0x0000015c, 0x00000000, 0x00000000 },
        },
};

/* Ryzen 9 9950X (Zen 5): sizes of the second level in units of 32 */
static const struct cpuid_table granite_ridge = {
        .count = 6,
        .rows = {
                AMD_ZERO(0x10),
                { 1, 0, 0x00b40f40, 0x00200800, 0x7ed8320b, 0x178bfbff },
                { 0x80000005, 0, 0xff60ff40, 0xff60ff40, 0x300c0140, 0x20080140 },
                { 0x80000006, 0, 0x40802040, 0x60804040, 0x04008140, 0x02009140 },
                { 0x80000019, 0, 0xf060f040, 0x40200000, 0x00000000, 0x00000000 },
                { 0x80000021, 0, 0x593fffcf, 0x00080382, 0x00000000, 0x00000000 },
        },
};

/* EPYC of the Zen 5 family under KVM: the same sizes, but the flag for their unit is hidden */
static const struct cpuid_table turin_guest = {
        .count = 7,
        .rows = {
                AMD_ZERO(0x1c),
                { 1, 0, 0x00b00f21, 0x00020800, 0xfffa3203, 0x178bfbff },
                { 0x40000000, 0, 0x40000001, 0x4b4d564b, 0x564b4d56, 0x0000004d },
                { 0x80000005, 0, 0xff60ff40, 0xff60ff40, 0x300c0140, 0x20080140 },
                { 0x80000006, 0, 0x40802040, 0x60804040, 0x04008140, 0x0c009140 },
                { 0x80000019, 0, 0x00000000, 0x00000000, 0x00000000, 0x00000000 },
                { 0x80000021, 0, 0x00000204, 0x00000000, 0x00000086, 0x00000000 },
        },
};

/* qemu-system-x86_64 7.2 -cpu max -accel tcg */
static const struct cpuid_table qemu_tcg = {
        .count = 8,
        .rows = {
                AMD_ZERO(0x0d),
                { 1, 0, 0x00060fb1, 0x01020800, 0xfed8320b, 0x1fcbfbfd },
                { 0x40000000, 0, 0x40000001, 0x54474354, 0x43544743, 0x47435447 },
                { 0x80000002, 0, 0x554d4551, 0x47435420, 0x55504320, 0x72657620 },
                { 0x80000003, 0, 0x6e6f6973, 0x352e3220, 0x0000002b, 0x00000000 },
                { 0x80000004, 0, 0x00000000, 0x00000000, 0x00000000, 0x00000000 },
                { 0x80000005, 0, 0x01ff01ff, 0x01ff01ff, 0x40020140, 0x40020140 },
                { 0x80000006, 0, 0x00000000, 0x42004200, 0x02008140, 0x00808140 },
        },
};

#endif
