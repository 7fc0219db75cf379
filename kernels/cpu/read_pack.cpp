// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Packing a panel: 32-bit lanes are sensed lines, the two int16 of a lane two driven lines.

#include "kernels/cpu/read_job.hpp"
#include "kernels/cpu/read_simd.hpp"

#if PANTHER_ISA_LEVEL > 0
namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

/// Rows driven. Unpacking permutes columns within a vector: see lane_column in read_lanes.cpp.
void pack_rows(std::int16_t const* codes, BlockInput const& block, std::int32_t* packed) {
  constexpr int vectors = panel_lines / (2 * Simd::lanes);
  for (int pair = 0; pair < block.pairs; ++pair) {
    std::int16_t const* const even = codes + block.ahead[2 * pair];
    std::int16_t const* const odd = codes + block.ahead[2 * pair + 1];
    std::int32_t* const to = packed + pair * panel_lines;
    for (int v = 0; v < vectors; ++v) {
      Simd::Int const a = Simd::load(even + v * 2 * Simd::lanes);
      Simd::Int const b = Simd::load(odd + v * 2 * Simd::lanes);
      Simd::store(to + v * 2 * Simd::lanes, Simd::unpack_low(a, b));
      Simd::store(to + v * 2 * Simd::lanes + Simd::lanes, Simd::unpack_high(a, b));
    }
  }
}

#if PANTHER_ISA_LEVEL == 512
constexpr int parts_at_once = 4;  // 16-byte parts of a row whose transposition fits the registers

/// The 16 bytes at `from` of four rows, `distance` codes apart.
PANTHER_HD __m512i gather_part(std::int16_t const* from, std::int64_t distance) {
  auto const at = [&](int j) {
    return _mm_loadu_si128(reinterpret_cast<__m128i const*>(from + j * distance));
  };
  __m512i v = _mm512_castsi128_si512(at(0));
  v = _mm512_mask_broadcast_i32x4(v, 0x00F0, at(1));
  v = _mm512_mask_broadcast_i32x4(v, 0x0F00, at(2));
  return _mm512_mask_broadcast_i32x4(v, 0xF000, at(3));
}
PANTHER_HD __m512i low32(__m512i a, __m512i b) { return _mm512_unpacklo_epi32(a, b); }
PANTHER_HD __m512i high32(__m512i a, __m512i b) { return _mm512_unpackhi_epi32(a, b); }
PANTHER_HD __m512i low64(__m512i a, __m512i b) { return _mm512_unpacklo_epi64(a, b); }
PANTHER_HD __m512i high64(__m512i a, __m512i b) { return _mm512_unpackhi_epi64(a, b); }
#else
constexpr int parts_at_once = 2;

PANTHER_HD __m256i gather_part(std::int16_t const* from, std::int64_t distance) {
  __m128i const low = _mm_loadu_si128(reinterpret_cast<__m128i const*>(from));
  __m128i const high = _mm_loadu_si128(reinterpret_cast<__m128i const*>(from + distance));
  return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}
PANTHER_HD __m256i low32(__m256i a, __m256i b) { return _mm256_unpacklo_epi32(a, b); }
PANTHER_HD __m256i high32(__m256i a, __m256i b) { return _mm256_unpackhi_epi32(a, b); }
PANTHER_HD __m256i low64(__m256i a, __m256i b) { return _mm256_unpacklo_epi64(a, b); }
PANTHER_HD __m256i high64(__m256i a, __m256i b) { return _mm256_unpackhi_epi64(a, b); }
#endif

/// Transposes the dwords of parts_at_once parts of one vector of rows: four rows apart are gathered
/// from memory into the 128-bit parts of a vector, then 4 x 4 dwords turn within those.
void transpose_parts(std::int16_t const* codes, std::int64_t stride, std::int32_t* to) {
  constexpr int part_codes = 8;
  Simd::Int v[4][parts_at_once];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
#pragma GCC unroll 4
    for (int q = 0; q < parts_at_once; ++q) {
      v[i][q] = gather_part(codes + i * stride + q * part_codes, 4 * stride);
    }
  }
#pragma GCC unroll 4
  for (int q = 0; q < parts_at_once; ++q) {
    std::int32_t* const out = to + 4 * q * panel_lines;
    Simd::Int const a = low32(v[0][q], v[1][q]);
    Simd::Int const b = high32(v[0][q], v[1][q]);
    Simd::Int const c = low32(v[2][q], v[3][q]);
    Simd::Int const d = high32(v[2][q], v[3][q]);
    Simd::store(out, low64(a, c));
    Simd::store(out + panel_lines, high64(a, c));
    Simd::store(out + 2 * panel_lines, low64(b, d));
    Simd::store(out + 3 * panel_lines, high64(b, d));
  }
}

void transpose_chunk(std::int16_t const* codes, std::int64_t stride, std::int32_t* to) {
  constexpr int part_pairs = 4;
  for (int part = 0; part < chunk_pairs / part_pairs; part += parts_at_once) {
    transpose_parts(codes + 2 * part * part_pairs, stride, to + part * part_pairs * panel_lines);
  }
}

/// Columns driven. Rows beyond the array are not read.
void pack_columns(std::int16_t const* codes, XbarShape const& shape, int first_row,
                  BlockInput const& block, std::int32_t* packed) {
  constexpr int chunk_columns = 2 * chunk_pairs;
  for (int group = 0; group < panel_lines; group += Simd::lanes) {
    int const rows = smaller(Simd::lanes, shape.rows - first_row - group);
    std::int16_t const* const from = codes + static_cast<std::int64_t>(group) * shape.stride;
    for (int chunk = 0; chunk < block.chunks; ++chunk) {
      std::int32_t* const to = packed + chunk * chunk_pairs * panel_lines + group;
      if (rows == Simd::lanes) {
        transpose_chunk(from + block.chunk[chunk], shape.stride, to);
        continue;
      }
      alignas(64) std::int16_t copy[Simd::lanes * chunk_columns] = {};
      for (int row = 0; row < rows; ++row) {
        std::int16_t const* const line = from + row * shape.stride + block.chunk[chunk];
        for (int i = 0; i < chunk_columns; ++i) copy[row * chunk_columns + i] = line[i];
      }
      transpose_chunk(copy, chunk_columns, to);
    }
  }
}

}  // namespace

void pack_panel(Job const& job, BlockInput const& block, int plane, int panel,
                std::int32_t* packed) {
  std::int16_t const* const codes = job.panel_codes(plane, panel);
  if (job.rows_driven()) {
    pack_rows(codes, block, packed);
  } else {
    pack_columns(codes, job.args->shape, panel * panel_lines, block, packed);
  }
}

void square_conductances(Job const& job, BlockInput const& block, int plane,
                         std::int32_t const* packed, float* squares) {
  Slicing const& slicing = job.args->slicing;
  auto const range = static_cast<float>(window_range(slicing.cell_bits[slicing.slice_of(plane)]));
  bool const mirrored = slicing.mirrored(plane);
  Simd::Float const full = Simd::broadcast_float(range);
  Simd::Float const least = Simd::broadcast_float(job.args->devices[job.replica].g_min_in_windows);
  Simd::Int const offset = Simd::broadcast(-code_of_g_min);
  auto const square = [&](Simd::Int code) {
    Simd::Float position = Simd::to_float(Simd::add(code, offset));
    if (mirrored) position = Simd::subtract(full, position);
    Simd::Float const g = Simd::fused(least, full, position);
    return Simd::multiply(g, g);
  };
  for (int pair = 0; pair < block.pairs; ++pair) {
    std::int32_t const* const from = packed + pair * panel_lines;
    float* const to = squares + 2 * pair * panel_lines;
    for (int lane = 0; lane < panel_lines; lane += Simd::lanes) {
      Simd::Int const codes = Simd::load(from + lane);
      Simd::store_float(to + lane, square(Simd::low_half(codes)));
      Simd::store_float(to + panel_lines + lane, square(Simd::high_half(codes)));
    }
  }
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
#endif
