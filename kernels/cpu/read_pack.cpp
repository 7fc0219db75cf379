// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Packing a panel: 32-bit lanes are sensed lines, the two int16 of a lane two driven lines.

#include "kernels/cpu/read_job.hpp"
#include "kernels/cpu/read_simd.hpp"

#if PANTHER_ISA_LEVEL > 0
namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

/// Rows driven. Unpacking permutes columns within a vector: see lane_column in read_isa.cpp.
void pack_rows(std::int16_t const* codes, int stride, BlockInput const& block,
               std::int32_t* packed) {
  constexpr int vectors = panel_lines / (2 * Simd::lanes);
  for (int pair = 0; pair < block.pairs; ++pair) {
    std::int16_t const* const even =
        codes + static_cast<std::int64_t>(block.line[2 * pair]) * stride;
    std::int16_t const* const odd =
        codes + static_cast<std::int64_t>(block.line[2 * pair + 1]) * stride;
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
/// Four vectors of dword columns q, q+1, q+2, q+3 from quarter vectors: lane 4 j + i of rows[i]
/// holds row i + 4 j, so that an in-lane 4 x 4 transposition finishes.
void transpose_quarter(std::int16_t const* const* row, int quarter, std::int32_t* to) {
  __m512i part[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    auto const at = [&](int j) {
      return _mm_loadu_si128(reinterpret_cast<__m128i const*>(row[i + 4 * j]) + quarter);
    };
    __m512i v = _mm512_castsi128_si512(at(0));
    v = _mm512_mask_broadcast_i32x4(v, 0x00F0, at(1));
    v = _mm512_mask_broadcast_i32x4(v, 0x0F00, at(2));
    part[i] = _mm512_mask_broadcast_i32x4(v, 0xF000, at(3));
  }
  __m512i const a = _mm512_unpacklo_epi32(part[0], part[1]);
  __m512i const b = _mm512_unpackhi_epi32(part[0], part[1]);
  __m512i const c = _mm512_unpacklo_epi32(part[2], part[3]);
  __m512i const d = _mm512_unpackhi_epi32(part[2], part[3]);
  _mm512_storeu_si512(to, _mm512_unpacklo_epi64(a, c));
  _mm512_storeu_si512(to + panel_lines, _mm512_unpackhi_epi64(a, c));
  _mm512_storeu_si512(to + 2 * panel_lines, _mm512_unpacklo_epi64(b, d));
  _mm512_storeu_si512(to + 3 * panel_lines, _mm512_unpackhi_epi64(b, d));
}

constexpr int quarter_dwords = 4;
#else
/// The same for eight rows: lane 4 j + i of part i holds row i + 4 j.
void transpose_quarter(std::int16_t const* const* row, int quarter, std::int32_t* to) {
  __m256i part[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    auto const at = [&](int j) {
      return _mm_loadu_si128(reinterpret_cast<__m128i const*>(row[i + 4 * j]) + quarter);
    };
    part[i] = _mm256_inserti128_si256(_mm256_castsi128_si256(at(0)), at(1), 1);
  }
  __m256i const a = _mm256_unpacklo_epi32(part[0], part[1]);
  __m256i const b = _mm256_unpackhi_epi32(part[0], part[1]);
  __m256i const c = _mm256_unpacklo_epi32(part[2], part[3]);
  __m256i const d = _mm256_unpackhi_epi32(part[2], part[3]);
  Simd::store(to, _mm256_unpacklo_epi64(a, c));
  Simd::store(to + panel_lines, _mm256_unpackhi_epi64(a, c));
  Simd::store(to + 2 * panel_lines, _mm256_unpacklo_epi64(b, d));
  Simd::store(to + 3 * panel_lines, _mm256_unpackhi_epi64(b, d));
}

constexpr int quarter_dwords = 4;
#endif

/// Columns driven: sensed rows beyond the array repeat the last one.
void pack_columns(std::int16_t const* codes, XbarShape const& shape, int panel,
                  BlockInput const& block, std::int32_t* packed) {
  for (int group = 0; group < panel_lines; group += Simd::lanes) {
    std::int16_t const* row[Simd::lanes];
    for (int chunk = 0; chunk < block.chunks; ++chunk) {
      for (int i = 0; i < Simd::lanes; ++i) {
        int const line = smaller(panel * panel_lines + group + i, shape.rows - 1);
        row[i] = codes + static_cast<std::int64_t>(line) * shape.stride + block.chunk[chunk];
      }
      std::int32_t* const to = packed + chunk * chunk_pairs * panel_lines + group;
      for (int quarter = 0; quarter < chunk_pairs / quarter_dwords; ++quarter) {
        transpose_quarter(row, quarter, to + quarter * quarter_dwords * panel_lines);
      }
    }
  }
}

}  // namespace

void pack_panel(Job const& job, BlockInput const& block, int plane, int panel,
                std::int32_t* packed) {
  std::int16_t const* const codes = job.plane_codes(plane);
  if (job.rows_driven()) {
    pack_rows(codes + panel * panel_lines, job.args->shape.stride, block, packed);
  } else {
    pack_columns(codes, job.args->shape, panel, block, packed);
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
