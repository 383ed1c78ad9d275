/* SPDX-License-Identifier: Apache-2.0 */
#define VECTOR_BYTES 32
#define VECTOR_TARGET "avx2"
#define VECTOR_STREAM _mm256_stream_si256
#define VECTOR_TYPE __m256i
#define VECTOR_LOOPS stream_avx2

#include "vector.h"
