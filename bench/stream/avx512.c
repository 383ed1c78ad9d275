/* SPDX-License-Identifier: Apache-2.0 */
#define VECTOR_BYTES 64
#define VECTOR_TARGET "avx512f"
#define VECTOR_STREAM _mm512_stream_si512
#define VECTOR_TYPE __m512i
#define VECTOR_LOOPS stream_avx512

#include "vector.h"
