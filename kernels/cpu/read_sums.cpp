// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The multiply-add loops of a read.

#include "kernels/cpu/read_job.hpp"
#include "kernels/cpu/read_simd.hpp"

#if PANTHER_ISA_LEVEL > 0
namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

using Int = Simd::Int;
using Float = Simd::Float;
constexpr int tile = 2 * Simd::lanes;  // sensed lines of two vectors

/// S streams by two vectors of sensed lines.
template <int S, bool fetching>
void tile_products(std::int32_t const* packed, int pairs, std::int32_t const* digits,
                   NextPanel const& next, std::int32_t* sums) {
  Int sum[S][2];
#pragma GCC unroll 8
  for (int s = 0; s < S; ++s) sum[s][0] = sum[s][1] = Simd::zero();
  for (int pair = 0; pair < pairs; ++pair) {
    if constexpr (fetching) {
      __builtin_prefetch(next.codes + next.ahead[2 * pair]);
      __builtin_prefetch(next.codes + next.ahead[2 * pair + 1]);
    }
    Int const low = Simd::load(packed + pair * panel_lines);
    Int const high = Simd::load(packed + pair * panel_lines + Simd::lanes);
#pragma GCC unroll 8
    for (int s = 0; s < S; ++s) {
      Int const digit = Simd::broadcast(digits[s * max_pairs + pair]);
      sum[s][0] = Simd::dot(sum[s][0], low, digit);
      sum[s][1] = Simd::dot(sum[s][1], high, digit);
    }
  }
#pragma GCC unroll 8
  for (int s = 0; s < S; ++s) {
    Simd::store(sums + s * panel_lines, sum[s][0]);
    Simd::store(sums + s * panel_lines + Simd::lanes, sum[s][1]);
  }
}

template <int S>
void tile_powers(float const* squares, int lines, float const* weights, float* power) {
  Float sum[S][2];
#pragma GCC unroll 8
  for (int s = 0; s < S; ++s) sum[s][0] = sum[s][1] = Simd::zero_float();
  for (int line = 0; line < lines; ++line) {
    Float const low = Simd::load_float(squares + line * panel_lines);
    Float const high = Simd::load_float(squares + line * panel_lines + Simd::lanes);
#pragma GCC unroll 8
    for (int s = 0; s < S; ++s) {
      Float const weight = Simd::broadcast_float(weights[s * 2 * max_pairs + line]);
      sum[s][0] = Simd::fused(weight, low, sum[s][0]);
      sum[s][1] = Simd::fused(weight, high, sum[s][1]);
    }
  }
#pragma GCC unroll 8
  for (int s = 0; s < S; ++s) {
    Simd::store_float(power + s * panel_lines, sum[s][0]);
    Simd::store_float(power + s * panel_lines + Simd::lanes, sum[s][1]);
  }
}

/// T neighbouring tiles by S streams from the rows themselves; lanes beyond two tiles a panel lie
/// in the next panel's sums.
template <int T, int S>
void rows_direct(std::int16_t const* codes, BlockInput const& block, int streams,
                 std::int32_t* sums) {
  Int sum[T][S][2];
#pragma GCC unroll 4
  for (int t = 0; t < T; ++t) {
#pragma GCC unroll 4
    for (int s = 0; s < S; ++s) sum[t][s][0] = sum[t][s][1] = Simd::zero();
  }
  for (int pair = 0; pair < block.pairs; ++pair) {
    std::int16_t const* const even = codes + block.ahead[2 * pair];
    std::int16_t const* const odd = codes + block.ahead[2 * pair + 1];
#pragma GCC unroll 4
    for (int t = 0; t < T; ++t) {
      Int const a = Simd::load(even + t * tile);
      Int const b = Simd::load(odd + t * tile);
      Int const low = Simd::unpack_low(a, b);
      Int const high = Simd::unpack_high(a, b);
#pragma GCC unroll 4
      for (int s = 0; s < S; ++s) {
        Int const digit = Simd::broadcast(block.digits[s * max_pairs + pair]);
        sum[t][s][0] = Simd::dot(sum[t][s][0], low, digit);
        sum[t][s][1] = Simd::dot(sum[t][s][1], high, digit);
      }
    }
  }
#pragma GCC unroll 4
  for (int t = 0; t < T; ++t) {
    std::int32_t* const to =
        sums + t * tile / panel_lines * streams * panel_lines + t * tile % panel_lines;
#pragma GCC unroll 4
    for (int s = 0; s < S; ++s) {
      Simd::store(to + s * panel_lines, sum[t][s][0]);
      Simd::store(to + s * panel_lines + Simd::lanes, sum[t][s][1]);
    }
  }
}

#if PANTHER_ISA_LEVEL == 512
constexpr int direct_rows = 8;

/// The four 128-bit parts' sums of a, b, c, d, in this order within each part.
PANTHER_HD Int part_sums(Int a, Int b, Int c, Int d) {
  Int const ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
  Int const cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
  return _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
}

/// Adds neighbouring 128-bit parts: a0+a1, a2+a3, b0+b1, b2+b3.
PANTHER_HD Int folded(Int a, Int b) {
  return _mm512_add_epi32(_mm512_shuffle_i32x4(a, b, 0x88), _mm512_shuffle_i32x4(a, b, 0xDD));
}

/// Lane i of the result is the sum of all lanes of v[i].
PANTHER_HD Int lane_sums(Int const (&v)[16]) {
  Int const a = part_sums(v[0], v[1], v[2], v[3]);
  Int const b = part_sums(v[4], v[5], v[6], v[7]);
  Int const c = part_sums(v[8], v[9], v[10], v[11]);
  Int const d = part_sums(v[12], v[13], v[14], v[15]);
  return folded(folded(a, b), folded(c, d));
}
#else
constexpr int direct_rows = 4;

PANTHER_HD Int lane_sums(Int const (&v)[8]) {
  Int const a = _mm256_hadd_epi32(_mm256_hadd_epi32(v[0], v[1]), _mm256_hadd_epi32(v[2], v[3]));
  Int const b = _mm256_hadd_epi32(_mm256_hadd_epi32(v[4], v[5]), _mm256_hadd_epi32(v[6], v[7]));
  return _mm256_add_epi32(_mm256_permute2x128_si256(a, b, 0x20),
                          _mm256_permute2x128_si256(a, b, 0x31));
}
#endif

/// Two streams of direct_rows sensed rows, which begin distance(i) behind `codes`: products along
/// the rows, the lanes added at their end.
template <class Distance>
void columns_direct(std::int16_t const* codes, Distance const& distance, BlockInput const& block,
                    std::int32_t const* digits, std::int32_t* sums) {
  Int sum[2 * direct_rows];
#pragma GCC unroll 16
  for (int i = 0; i < 2 * direct_rows; ++i) sum[i] = Simd::zero();
  for (int chunk = 0; chunk < block.chunks; ++chunk) {
#pragma GCC unroll 2
    for (int part = 0; part < chunk_pairs; part += Simd::lanes) {
      std::int32_t const* const at = digits + chunk * chunk_pairs + part;
      std::int16_t const* const column = codes + block.chunk[chunk] + 2 * part;
      Int const first = Simd::load(at);
      Int const second = Simd::load(at + max_pairs);
#pragma GCC unroll 8
      for (int i = 0; i < direct_rows; ++i) {
        Int const of_row = Simd::load(column + distance(i));
        sum[i] = Simd::dot(sum[i], of_row, first);
        sum[direct_rows + i] = Simd::dot(sum[direct_rows + i], of_row, second);
      }
    }
  }
  Simd::store_halves(sums, sums + panel_lines, lane_sums(sum));
}

/// Rows of a list.
void add_listed_rows(Job const& job, BlockInput const& block, int plane, PanelLanes const& lanes,
                     std::int32_t* sums) {
  std::int64_t distances[panel_lines];
  for (int lane = 0; lane < panel_lines; ++lane) {
    distances[lane] = lanes.line[smaller(lane, lanes.lines - 1)] * job.args->shape.stride;
  }
  for (int s = 0; s < job.streams; s += 2) {
    std::int32_t const* const digits = block.digits + s * max_pairs;
    std::int32_t* const to = sums + s * panel_lines;
    int lane = 0;
    for (; lane < lanes.lines; lane += direct_rows) {
      auto const distance = [&](int i) { return distances[lane + i]; };
      columns_direct(job.plane_codes(plane), distance, block, digits, to + lane);
    }
    for (; lane < panel_lines; ++lane) to[lane] = to[panel_lines + lane] = 0;
  }
}

/// A panel of neighbouring rows.
void add_panel_rows(Job const& job, BlockInput const& block, int plane, int panel,
                    std::int32_t* sums) {
  std::int64_t const stride = job.args->shape.stride;
  std::int16_t const* const codes = job.panel_codes(plane, panel);
  int const rows = smaller(panel_lines, job.args->shape.rows - panel * panel_lines);
  auto const next = [stride](int i) { return i * stride; };
  for (int s = 0; s < job.streams; s += 2) {
    std::int32_t const* const digits = block.digits + s * max_pairs;
    std::int32_t* const to = sums + s * panel_lines;
    int row = 0;
    for (; row + direct_rows <= rows; row += direct_rows) {
      columns_direct(codes + row * stride, next, block, digits, to + row);
    }
    for (; row < panel_lines; ++row) {
      alignas(64) std::int32_t of_row[2 * panel_lines] = {};
      if (row < rows) {
        columns_direct(
            codes + row * stride, [](int) { return 0; }, block, digits, of_row);
      }
      to[row] = of_row[0];
      to[panel_lines + row] = of_row[panel_lines];
    }
  }
}

}  // namespace

void add_products(Job const& job, BlockInput const& block, std::int32_t const* packed,
                  NextPanel const& next, std::int32_t* sums) {
  constexpr int S = Simd::streams;
  bool fetching = next.codes != nullptr;
  for (int part = 0; part < panel_lines; part += tile) {
    for (int s = 0; s < job.streams;) {
      std::int32_t const* const digits = block.digits + s * max_pairs;
      std::int32_t* const to = sums + s * panel_lines + part;
      int const streams = s + S <= job.streams ? S : 2;
      if (streams == S && fetching) {
        tile_products<S, true>(packed + part, block.pairs, digits, next, to);
      } else if (streams == S) {
        tile_products<S, false>(packed + part, block.pairs, digits, next, to);
      } else if (fetching) {
        tile_products<2, true>(packed + part, block.pairs, digits, next, to);
      } else {
        tile_products<2, false>(packed + part, block.pairs, digits, next, to);
      }
      fetching = false;
      s += streams;
    }
  }
}

void add_powers(Job const& job, BlockInput const& block, float const* squares, float* power) {
  constexpr int S = Simd::streams;
  for (int part = 0; part < panel_lines; part += tile) {
    int s = 0;
    for (; s + S <= job.streams; s += S) {
      tile_powers<S>(squares + part, 2 * block.pairs, block.weights + s * 2 * max_pairs,
                     power + s * panel_lines + part);
    }
    for (; s < job.streams; s += 2) {
      tile_powers<2>(squares + part, 2 * block.pairs, block.weights + s * 2 * max_pairs,
                     power + s * panel_lines + part);
    }
  }
}

int direct_panels(Job const& job) {
  int const tiles = Simd::direct_tiles * 2 / job.streams;
  return job.rows_driven() ? larger(1, tiles * tile / panel_lines) : 1;
}

void add_direct(Job const& job, BlockInput const& block, int plane, PanelLanes const& lanes,
                int panels, std::int32_t* sums) {
  if (!job.rows_driven()) {
    if (lanes.panel == no_panel) return add_listed_rows(job, block, plane, lanes, sums);
    return add_panel_rows(job, block, plane, lanes.panel, sums);
  }
  constexpr int T = Simd::direct_tiles;
  std::int16_t const* const codes = job.panel_codes(plane, lanes.panel);
  int const width = panels * panel_lines;
  int const step = width / tile;
  if (job.streams == 2 && step == T) {
    rows_direct<T, 2>(codes, block, 2, sums);
  } else if (job.streams == 4 && step == T / 2) {
    rows_direct<T / 2, 4>(codes, block, 4, sums);
  } else {
    for (int at = 0; at < width; at += tile) {
      std::int32_t* const to =
          sums + at / panel_lines * job.streams * panel_lines + at % panel_lines;
      if (job.streams == 2) {
        rows_direct<1, 2>(codes + at, block, 2, to);
      } else {
        rows_direct<1, 4>(codes + at, block, 4, to);
      }
    }
  }
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
#endif
