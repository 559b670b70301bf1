// SPDX-License-Identifier: Apache-2.0
// From here on the names of AVX-512 mean their emulation. To be included by base/intrinsics.h only, under SOTTO_EMULATE_AVX512.
#pragma once
#include "base/emulated_avx512.h"

#undef _mm512_loadu_si512
#define _mm512_loadu_si512 ::sotto::emulated_avx512::load
#undef _mm512_load_si512
#define _mm512_load_si512 ::sotto::emulated_avx512::load
#undef _mm512_storeu_si512
#define _mm512_storeu_si512 ::sotto::emulated_avx512::store
#undef _mm512_store_si512
#define _mm512_store_si512 ::sotto::emulated_avx512::store
#undef _mm512_setzero_si512
#define _mm512_setzero_si512 ::sotto::emulated_avx512::setzero
#undef _mm512_set1_epi64
#define _mm512_set1_epi64 ::sotto::emulated_avx512::set1_64
#undef _mm512_set1_epi32
#define _mm512_set1_epi32 ::sotto::emulated_avx512::set1_32
#undef _mm512_set_epi64
#define _mm512_set_epi64 ::sotto::emulated_avx512::set_64
#undef _mm512_setr_epi64
#define _mm512_setr_epi64 ::sotto::emulated_avx512::setr_64
#undef _mm512_i64gather_epi64
#define _mm512_i64gather_epi64 ::sotto::emulated_avx512::gather_64
#undef _mm512_add_epi64
#define _mm512_add_epi64 ::sotto::emulated_avx512::add_64
#undef _mm512_sub_epi64
#define _mm512_sub_epi64 ::sotto::emulated_avx512::sub_64
#undef _mm512_add_epi32
#define _mm512_add_epi32 ::sotto::emulated_avx512::add_32
#undef _mm512_mullo_epi32
#define _mm512_mullo_epi32 ::sotto::emulated_avx512::mullo_32
#undef _mm512_mul_epu32
#define _mm512_mul_epu32 ::sotto::emulated_avx512::mul_unsigned_32
#undef _mm512_mul_epi32
#define _mm512_mul_epi32 ::sotto::emulated_avx512::mul_signed_32
#undef _mm512_madd52lo_epu64
#define _mm512_madd52lo_epu64 ::sotto::emulated_avx512::madd52_low
#undef _mm512_madd52hi_epu64
#define _mm512_madd52hi_epu64 ::sotto::emulated_avx512::madd52_high
#undef _mm512_dpwssd_epi32
#define _mm512_dpwssd_epi32 ::sotto::emulated_avx512::dot_pairs_16
#undef _mm512_reduce_add_epi64
#define _mm512_reduce_add_epi64 ::sotto::emulated_avx512::reduce_add_64
#undef _mm512_and_si512
#define _mm512_and_si512 ::sotto::emulated_avx512::and_bits
#undef _mm512_or_si512
#define _mm512_or_si512 ::sotto::emulated_avx512::or_bits
#undef _mm512_xor_si512
#define _mm512_xor_si512 ::sotto::emulated_avx512::xor_bits
#undef _mm512_srli_epi64
#define _mm512_srli_epi64 ::sotto::emulated_avx512::shift_right_64
#undef _mm512_slli_epi64
#define _mm512_slli_epi64 ::sotto::emulated_avx512::shift_left_64
#undef _mm512_srai_epi64
#define _mm512_srai_epi64 ::sotto::emulated_avx512::shift_signed_right_64
#undef _mm512_cmpgt_epi64_mask
#define _mm512_cmpgt_epi64_mask ::sotto::emulated_avx512::greater_signed_64
#undef _mm512_movepi64_mask
#define _mm512_movepi64_mask ::sotto::emulated_avx512::sign_mask_64
#undef _mm512_testn_epi64_mask
#define _mm512_testn_epi64_mask ::sotto::emulated_avx512::no_common_bit_64
#undef _mm512_mask_mov_epi64
#define _mm512_mask_mov_epi64 ::sotto::emulated_avx512::choose_64
#undef _mm512_mask_sub_epi64
#define _mm512_mask_sub_epi64 ::sotto::emulated_avx512::sub_where_64
#undef _mm512_unpacklo_epi64
#define _mm512_unpacklo_epi64 ::sotto::emulated_avx512::unpack_low_64
#undef _mm512_unpackhi_epi64
#define _mm512_unpackhi_epi64 ::sotto::emulated_avx512::unpack_high_64
#undef _mm512_shuffle_i64x2
#define _mm512_shuffle_i64x2 ::sotto::emulated_avx512::shuffle_quarters
#undef _mm512_permutex2var_epi64
#define _mm512_permutex2var_epi64 ::sotto::emulated_avx512::permute_two_64
#undef _mm512_inserti64x4
#define _mm512_inserti64x4 ::sotto::emulated_avx512::insert_half
#undef _mm512_castsi256_si512
#define _mm512_castsi256_si512 ::sotto::emulated_avx512::widen
#undef _mm512_castsi512_si256
#define _mm512_castsi512_si256 ::sotto::emulated_avx512::low_half
#undef _mm512_cvtepu32_epi64
#define _mm512_cvtepu32_epi64 ::sotto::emulated_avx512::widen_unsigned_32
