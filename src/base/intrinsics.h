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
#endif
