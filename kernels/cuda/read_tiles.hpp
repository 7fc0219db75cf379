// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// First half of a read: every block of threads sums one block of driven lines (at most 128) of one
// plane at 32 sensed lines, for all examples of the launch.
//
// - The tile of codes goes through shared memory once (read_tile_load.hpp); MTVM is transposed by
// the
//   way it is stored.
// - A worker is a warp: one sensed line a lane, four stream steps (one Philox block's worth of
//   conversions) or the two byte steps. Sums take two lines an instruction (dp2a), 16 conversions
//   of a bit-serial read need 8 dp2a a line pair: that instruction's rate is the bound (64 a cycle
//   and multiprocessor), memory for collapsed reads of few examples.
// - Noise power needs lines in ascending order: a worker adds all lines of its steps itself. The
//   squared conductances are computed once a block, their weights once an example.
// - Rejected: atomics on the outputs (i128 has none, and float noise power is ordered); lines split
//   over workers (noise power is ordered).

#include "kernels/cuda/dot_product.hpp"
#include "kernels/cuda/read_tile_load.hpp"

namespace panther::cuda {

template <bool Noisy, bool Bytes>
struct ReadTiles {
  ReadLine line;
  ReadPlan plan;
  ReadParts parts;

  static constexpr int max_threads = tile_lanes * tile_workers;
  static constexpr int resident_blocks = Noisy ? 6 : 8;
  static constexpr int own_steps = Bytes ? 2 : steps_of_block;
  static constexpr int own_words = own_steps / 2;
  static constexpr int pair_unroll = 4;
  static constexpr std::size_t step_slots = own_steps;
  static constexpr std::size_t word_slots = own_words;

  struct Shared {
    alignas(16) std::uint32_t digits[tile_workers][tile_pairs * word_slots];
    alignas(16) float weights[Noisy ? tile_workers : 1][Noisy ? max_block_lines : 1][step_slots];
    ReadTile<Noisy> tile;
    std::uint64_t clips;
    std::int32_t peak;
  };

  struct Private {
    std::uint64_t clips;
    std::int32_t peak;
  };

  PANTHER_HD int workers() const { return plan.step_groups * plan.slots; }
  PANTHER_HD int threads() const { return workers() * tile_lanes; }
  PANTHER_HD int rounds() const { return static_cast<int>(pieces_of(plan.examples, plan.slots)); }
  PANTHER_HD int steps() const { return 2 * rounds() + 2; }
  PANTHER_HD std::int64_t blocks() const {
    XbarShape const& shape = line.args.shape;
    return static_cast<std::int64_t>(shape.replicas) * shape.planes * plan.line_blocks * plan.tiles;
  }

  PANTHER_HD ReadPlace place(std::int64_t block) const {
    ReadArgs const& args = line.args;
    int const tile = static_cast<int>(block % plan.tiles);
    std::int64_t rest = block / plan.tiles;
    int const line_block = static_cast<int>(rest % plan.line_blocks);
    rest /= plan.line_blocks;
    int const first = line_block * args.block_lines;
    return {static_cast<int>(rest / args.shape.planes),
            static_cast<int>(rest % args.shape.planes),
            line_block,
            first,
            smaller(args.block_lines, args.driven_lines() - first),
            tile * tile_lanes};
  }

  PANTHER_HD void step(int index, std::int64_t block, int thread, Shared& shared,
                       Private& mine) const {
    ReadPlace const at = place(block);
    if (index == steps() - 1) {
      if (thread == 0) flush(at, shared);
    } else if (index == steps() - 2) {
      count_in_block(shared, mine);
    } else if (index % 2 == 1) {
      sum_round(index / 2, at, thread, shared, mine);
    } else {
      if (index == 0) begin(at, thread, shared, mine);
      prepare_round(index / 2, at, thread, shared);
    }
  }

  PANTHER_HD void begin(ReadPlace const& at, int thread, Shared& shared, Private& mine) const {
    mine.clips = 0;
    mine.peak = 0;
    if (thread == 0) {
      shared.clips = 0;
      shared.peak = 0;
    }
    TileLoader<Noisy>{line.args, at, threads()}.load(thread, shared.tile);
  }

  /// Line pairs with digits, rounded up to whole turns of the sum's loop.
  PANTHER_HD static int padded_pairs(ReadPlace const& at) {
    return ((at.lines + 1) / 2 + pair_unroll - 1) / pair_unroll * pair_unroll;
  }

  /// Example of the launch that a worker has in a round; may lie past the last.
  PANTHER_HD int example_of(int round, int worker) const {
    return round * plan.slots + worker / plan.step_groups;
  }
  PANTHER_HD int first_step(int worker) const {
    return Bytes ? 0 : worker % plan.step_groups * own_steps;
  }

  PANTHER_HD std::int16_t const* inputs(ReadPlace const& at, int example) const {
    ReadArgs const& args = line.args;
    std::int64_t const vector =
        static_cast<std::int64_t>(at.replica) * args.examples + plan.first_example + example;
    return args.inputs + vector * args.driven_lines() + at.first;
  }

  /// Digits, and noise weights, of the round's inputs.
  PANTHER_HD void prepare_round(int round, ReadPlace const& at, int thread, Shared& shared) const {
    int const padded = padded_pairs(at);
    for (int item = thread; item < workers() * padded; item += threads()) {
      int const worker = item / padded;
      int const pair = item % padded;
      int const example = example_of(round, worker);
      if (example >= plan.examples) continue;
      std::int16_t const* const input = inputs(at, example);
      std::int16_t const low = 2 * pair < at.lines ? input[2 * pair] : std::int16_t{0};
      std::int16_t const high = 2 * pair + 1 < at.lines ? input[2 * pair + 1] : std::int16_t{0};
      PANTHER_UNROLL
      for (int k = 0; k < own_words; ++k) {
        int const first = first_step(worker) + 2 * k;
        shared.digits[worker][pair * own_words + k] = byte(low, first) | (byte(high, first) << 8) |
                                                      (byte(low, first + 1) << 16) |
                                                      (byte(high, first + 1) << 24);
      }
      if constexpr (Noisy) {
        weigh(worker, 2 * pair, low, shared);
        weigh(worker, 2 * pair + 1, high, shared);
      }
    }
  }

  PANTHER_HD std::uint32_t byte(std::int16_t input, int step) const {
    return static_cast<std::uint32_t>(stream_digit(input, step, line.args.step_bits())) & 255U;
  }

  PANTHER_HD void weigh(int worker, int at_line, std::int16_t input, Shared& shared) const {
    PANTHER_UNROLL
    for (int k = 0; k < own_steps; ++k) {
      int const step = first_step(worker) + k;
      shared.weights[worker][at_line][k] =
          line.noise_weight(input, step, stream_digit(input, step, line.args.step_bits()));
    }
  }

  struct Sums {
    std::int32_t sum[step_slots];
    float power[step_slots];
  };

  PANTHER_HD void sum_round(int round, ReadPlace const& at, int thread, Shared const& shared,
                            Private& mine) const {
    int const worker = thread / tile_lanes;
    int const lane = thread % tile_lanes;
    int const example = example_of(round, worker);
    int const sensed = at.sensed + lane;
    if (example >= plan.examples || sensed >= line.args.sensed_lines()) return;
    Sums sums;
    PANTHER_UNROLL
    for (int k = 0; k < own_steps; ++k) {
      sums.sum[k] = 0;
      sums.power[k] = 0.0F;
    }
    add_codes(at, worker, lane, shared, sums);
    if constexpr (Noisy) add_power(at, worker, lane, shared, sums);
    finish(at, example, worker, sensed, sums, mine);
  }

  PANTHER_HD void add_codes(ReadPlace const& at, int worker, int lane, Shared const& shared,
                            Sums& sums) const {
    int const padded = padded_pairs(at);
    std::uint32_t const* const digits = shared.digits[worker];
    for (int first = 0; first < padded; first += pair_unroll) {
      PANTHER_UNROLL
      for (int pair = first; pair < first + pair_unroll; ++pair) {
        std::uint32_t const codes = shared.tile.codes[pair][lane];
        PANTHER_UNROLL
        for (int k = 0; k < own_words; ++k) {
          std::uint32_t const word = digits[pair * own_words + k];
          sums.sum[2 * k] = Bytes ? dot_first_unsigned(codes, word, sums.sum[2 * k])
                                  : dot_first(codes, word, sums.sum[2 * k]);
          sums.sum[2 * k + 1] = dot_second(codes, word, sums.sum[2 * k + 1]);
        }
      }
    }
  }

  PANTHER_HD void add_power(ReadPlace const& at, int worker, int lane, Shared const& shared,
                            Sums& sums) const {
    for (int i = 0; i < at.lines; ++i) {
      float const g2 = shared.tile.squares[i][lane];
      PANTHER_UNROLL
      for (int k = 0; k < own_steps; ++k) {
        sums.power[k] = fused(shared.weights[worker][i][k], g2, sums.power[k]);
      }
    }
  }

  PANTHER_HD void finish(ReadPlace const& at, int example, int worker, int sensed, Sums const& sums,
                         Private& mine) const {
    int const group = worker % plan.step_groups;
    int const entry = (at.plane * plan.line_blocks + at.line_block) * plan.step_groups + group;
    std::int64_t const part = plan.part(line.args, at.replica, example, entry, sensed);
    if (line.args.mode == ReadMode::bit_serial) {
      parts.sums[part] = digitise(at, example, worker, sensed, sums, mine);
      return;
    }
    BlockSums whole;
    whole.sum[0] = sums.sum[0];
    whole.sum[1] = sums.sum[1];
    parts.sums[part] = line.shifted_sum(whole);
    if constexpr (Noisy && Bytes) {
      int const slice = line.args.slicing.slice_of(at.plane);
      double const unit = static_cast<double>(std::int64_t{1} << line.args.slicing.shift_of(slice));
      whole.power[0] = sums.power[0];
      whole.power[1] = sums.power[1];
      parts.powers[part] = unit * unit * line.collapsed_power(at.replica, slice, whole);
    }
  }

  /// The conversions of a worker's steps, shifted and added.
  PANTHER_HD std::int64_t digitise(ReadPlace const& at, int example, int worker, int sensed,
                                   Sums const& sums, Private& mine) const {
    ReadArgs const& args = line.args;
    int const slice = args.slicing.slice_of(at.plane);
    int const first = first_step(worker);
    float normal[steps_of_block] = {0.0F, 0.0F, 0.0F, 0.0F};
    if constexpr (Noisy) draw_normals(at, example, first / steps_of_block, sensed, normal);
    std::int64_t total = 0;
    PANTHER_UNROLL
    for (int k = 0; k < own_steps; ++k) {
      mine.peak = larger(mine.peak, sums.sum[k] < 0 ? -sums.sum[k] : sums.sum[k]);
      Conversion const c = line.digitised(at.replica, slice, sums.sum[k], sums.power[k], normal[k]);
      total +=
          static_cast<std::int64_t>(c.value) * (std::int64_t{1} << ((first + k) * args.dac_bits));
      mine.clips += c.clipped ? 1U : 0U;
    }
    return total;
  }

  PANTHER_HD void draw_normals(ReadPlace const& at, int example, int block, int sensed,
                               float (&normal)[steps_of_block]) const {
    ReadArgs const& args = line.args;
    auto const offset = static_cast<std::uint64_t>(plan.first_example + example);
    PhiloxWords const words =
        read_words(args.devices[at.replica].seed, line.noise_item(at.plane, at.line_block, sensed),
                   args.first_read + offset, block);
    NormalPair const low = normal_pair(words.w[0], words.w[1]);
    NormalPair const high = normal_pair(words.w[2], words.w[3]);
    normal[0] = low.first;
    normal[1] = low.second;
    normal[2] = high.first;
    normal[3] = high.second;
  }

  PANTHER_HD void count_in_block(Shared& shared, Private const& mine) const {
    if (plan.conversions == 0) return;
    count(shared.clips, warp_sum(mine.clips));
    raise(shared.peak, warp_max(mine.peak));
  }

  PANTHER_HD void flush(ReadPlace const& at, Shared const& shared) const {
    ReadArgs const& args = line.args;
    if (plan.conversions == 0) return;
    int const slice = args.slicing.slice_of(at.plane);
    int const lanes = smaller(tile_lanes, args.sensed_lines() - at.sensed);
    SliceCounters& counters = args.counters[at.replica * args.slicing.slices + slice];
    count(counters.conversions, static_cast<std::uint64_t>(lanes) *
                                    static_cast<std::uint64_t>(plan.conversions) *
                                    static_cast<std::uint64_t>(plan.examples));
    count(counters.clips, shared.clips);
    if (args.observed_peak != nullptr) {
      raise(args.observed_peak[at.replica * args.slicing.slices + slice], shared.peak);
    }
  }
};

}  // namespace panther::cuda
