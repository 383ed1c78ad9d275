/* SPDX-License-Identifier: Apache-2.0 */
#define VECTOR_BYTES 16
#define VECTOR_TARGET "sse2"
#define VECTOR_STREAM _mm_stream_si128
#define VECTOR_TYPE __m128i
#define VECTOR_LOOPS stream_sse2

#include "vector.h"
