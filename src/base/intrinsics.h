// SPDX-License-Identifier: Apache-2.0
// The vector intrinsics of x86, for kernels. Functions that use them carry their own target attribute, or their file is compiled
// for the instruction set as a whole.
#pragma once
#if defined(__x86_64__)
// GCC 12 takes the undefined vectors inside its own intrinsics for mistakes.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop

// The attribute of a function for AVX-512: SOTTO_AVX512("avx512f,avx512bw"). _WIDE: 512 bits where the compiler itself makes vectors,
// too. Emulated, such functions are compiled for AVX2, and so are files that are compiled for AVX-512 as a whole.
#if defined(SOTTO_EMULATE_AVX512)
#include "base/emulated_avx512_names.h"
#define SOTTO_AVX512(features) __attribute__((target("avx2,fma")))
#define SOTTO_AVX512_WIDE(features) SOTTO_AVX512(features)
#else
#define SOTTO_AVX512(features) __attribute__((target(features)))
#if defined(__clang__)  // knows no preference of widths in the attribute
#define SOTTO_AVX512_WIDE(features) SOTTO_AVX512(features)
#else
#define SOTTO_AVX512_WIDE(features) SOTTO_AVX512(features ",prefer-vector-width=512")
#endif
#endif
#endif
