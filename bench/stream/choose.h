/* SPDX-License-Identifier: Apache-2.0 */
/* Which loop does an operation, on this CPU. */
#ifndef BENCH_STREAM_CHOOSE_H
#define BENCH_STREAM_CHOOSE_H

#include "loops.h"

#include <pmdgain/status.h>

enum stream_op { STREAM_READ, STREAM_WRITE, STREAM_NTWRITE, STREAM_FLUSH, STREAM_COPY };

/* The choices of the option `isa`. */
enum stream_isa {
        ISA_AUTO,
        ISA_PLAIN,
        ISA_SSE2,
        ISA_AVX2,
        ISA_AVX512,
        ISA_REP,
        ISA_COUNT,
};

/* The choices of the option `writeback`. */
enum stream_writeback { WRITEBACK_AUTO, WRITEBACK_CLWB, WRITEBACK_CLFLUSHOPT };

struct stream_wish {
        enum stream_op op;
        enum stream_isa isa;
        enum stream_writeback writeback; /* STREAM_FLUSH only */
        uint64_t bytes; /* that one thread goes through; STREAM_COPY: of both halves */
};

/* STATUS_SKIP when this CPU, or the instruction set asked for, cannot do it. */
struct status stream_choose(const struct stream_wish *wish, stream_pass **ret_pass);

#endif
