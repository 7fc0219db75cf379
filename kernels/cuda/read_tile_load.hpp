// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The codes of one block of lines at 32 sensed lines, brought into shared memory once: 16 bytes a
// load, along the columns in both directions. Two lines' codes of one lane share a word; a row of
// 33 words keeps the stores of both directions and the reads free of bank conflicts.

#include "kernels/cuda/dot_product.hpp"
#include "kernels/cuda/read_plan.hpp"

namespace panther::cuda {

inline constexpr std::size_t tile_pairs = max_block_lines / 2;

/// What one block of threads sums.
struct ReadPlace {
  int replica;
  int plane;
  int line_block;
  int first;  // driven line
  int lines;
  int sensed;  // first sensed line
};

/// In shared memory.
template <bool Noisy>
struct ReadTile {
  std::uint32_t codes[tile_pairs][tile_lanes + 1];
  float squares[Noisy ? max_block_lines : 1][tile_lanes + 1];  // conductance^2
};

template <bool Noisy>
struct TileLoader {
  ReadArgs const& args;
  ReadPlace at;
  int threads;

  PANTHER_HD void load(int thread, ReadTile<Noisy>& tile) const {
    if (args.driven == Driven::rows) {
      load_rows(thread, tile);
    } else if (at.first % 8 == 0) {
      load_columns(thread, tile);
    } else {
      load_ragged_columns(thread, tile);
    }
  }

  PANTHER_HD std::int16_t const* codes_at(int row, int col) const {
    return args.codes + args.shape.index(at.replica, args.set, at.plane, row, col);
  }

  /// MVM: a thread takes eight columns of two rows.
  PANTHER_HD void load_rows(int thread, ReadTile<Noisy>& tile) const {
    int const all = (at.lines + 1) / 2 * 4;
    for (int item = thread; item < all; item += threads) {
      int const pair = item / 4;
      int const lane = item % 4 * 8;
      int const row = at.first + 2 * pair;
      bool const both = 2 * pair + 1 < at.lines;
      Words4 const low = load_words4(codes_at(row, at.sensed + lane));
      Words4 const high =
          both ? load_words4(codes_at(row + 1, at.sensed + lane)) : Words4{{0, 0, 0, 0}};
      PANTHER_UNROLL
      for (int k = 0; k < 4; ++k) {
        store(tile, pair, lane + 2 * k, (low.w[k] & 0xFFFFU) | (high.w[k] << 16));
        store(tile, pair, lane + 2 * k + 1, (low.w[k] >> 16) | (high.w[k] & 0xFFFF0000U));
      }
    }
  }

  /// MTVM: a thread takes eight columns (lines) of one row (lane); eight threads a row's 128 bytes.
  /// Columns past the block get no digits, so their codes do not matter.
  PANTHER_HD void load_columns(int thread, ReadTile<Noisy>& tile) const {
    int const eights = (at.lines + 7) / 8;
    int const all = (eights + 7) / 8 * 8 * tile_lanes;
    for (int item = thread; item < all; item += threads) {
      int const eight = item / (8 * tile_lanes) * 8 + item % 8;
      int const lane = item / 8 % tile_lanes;
      if (eight >= eights) continue;
      Words4 const words = at.sensed + lane < args.shape.rows
                               ? load_words4(codes_at(at.sensed + lane, at.first + eight * 8))
                               : Words4{{0, 0, 0, 0}};
      PANTHER_UNROLL
      for (int k = 0; k < 4; ++k) store(tile, eight * 4 + k, lane, words.w[k]);
    }
  }

  /// MTVM where blocks of lines start anywhere.
  PANTHER_HD void load_ragged_columns(int thread, ReadTile<Noisy>& tile) const {
    int const half = (at.lines + 1) / 2;
    for (int item = thread; item < half * tile_lanes; item += threads) {
      int const pair = item % half;
      int const lane = item / half;
      std::uint32_t word = 0;
      if (at.sensed + lane < args.shape.rows) {
        std::int16_t const* const code = codes_at(at.sensed + lane, at.first + 2 * pair);
        word = static_cast<std::uint16_t>(code[0]);
        if (2 * pair + 1 < at.lines) {
          word |= static_cast<std::uint32_t>(static_cast<std::uint16_t>(code[1])) << 16;
        }
      }
      store(tile, pair, lane, word);
    }
  }

  PANTHER_HD void store(ReadTile<Noisy>& tile, int pair, int lane, std::uint32_t word) const {
    tile.codes[pair][lane] = word;
    if constexpr (Noisy) {
      tile.squares[2 * pair][lane] = square(static_cast<std::int16_t>(word));
      tile.squares[2 * pair + 1][lane] = square(static_cast<std::int16_t>(word >> 16));
    }
  }

  PANTHER_HD float square(std::int16_t code) const {
    float const range =
        static_cast<float>(window_range(args.slicing.cell_bits[args.slicing.slice_of(at.plane)]));
    // Slicing::mirrored without a division, for its registers: cells have 1, 2, 4 or 8 devices.
    int const device = at.plane & (args.slicing.planes_per_slice - 1);
    bool const mirrored = ((args.slicing.mirrored_devices >> device) & 1) != 0;
    float const g =
        conductance_codes(args.devices[at.replica].g_min_in_windows, range, code, mirrored);
    return g * g;
  }
};

}  // namespace panther::cuda
