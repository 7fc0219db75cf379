// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Outer-product update: a thread has one lane (up to four columns, one Philox block) of one row of
// one plane, and takes all examples in turn with the codes in registers.
//
// - A block of threads stays within one plane of one set of one replica: constants are uniform, and
//   counters are summed over the block before they touch memory. Its warps are half rows (or rows),
//   so a zero input costs a warp one load.
// - Memory: codes are read and written once for all examples; 16 lanes side by side touch whole
//   32-byte sectors, the four words of a lane the 128 bytes of a line. A lane whose
//   columns are all zero loads no code.
// - The streamed step count sum_t x_t u_(q - t) is the number of ones in x AND the reversed u,
// moved
//   by q: two population counts for a 2-bit digit instead of 16 conditional adds.
// - Random words and traits are made only for lanes with a device that moves.
// Bound: the law's arithmetic with noise (about 120 instructions a device), memory for the ideal
// device (4 bytes a device). Rejected: all planes of a column in one thread (64-bit packed counts):
// longer code, more registers, and the population counts leave nothing to share.

#include "kernels/cuda/block_kernel.hpp"
#include "kernels/xbar/update.hpp"

namespace panther::cuda {

inline constexpr int lane_words = 4;

/// Bits t of x for which bit q - t of u is set.
PANTHER_HD int meeting_bits(std::uint32_t x, std::uint32_t reversed_u, int q) {
  int const shift = 15 - q;
  if (shift >= 16 || shift <= -16) return 0;
  return ones(x & (shift >= 0 ? reversed_u >> shift : reversed_u << -shift));
}

/// streamed_steps() for |x| and |u| of at most 16 bits.
PANTHER_HD std::uint32_t streamed_steps_by_count(std::uint32_t x, std::uint32_t u, int drop,
                                                 int slice, int digit_bits) {
  std::uint32_t const reversed_u = reversed16(u);
  std::uint32_t steps = 0;
  for (int bit = 0; bit < digit_bits; ++bit) {
    int const q = digit_bits * slice + bit + drop;
    steps += static_cast<std::uint32_t>(meeting_bits(x, reversed_u, q)) << bit;
  }
  return steps;
}

template <class Law>
struct UpdateLanes {
  UpdateLane<Law> lane;
  int sets;  // updated

  static constexpr int max_threads = 128;
  static constexpr int resident_blocks = 5;

  struct Shared {
    std::uint64_t updates;
    std::uint64_t steps;
    std::uint64_t saturations;
    std::uint64_t overflows;
  };
  struct Private {
    std::uint64_t steps;
    std::uint32_t updates;
    std::uint32_t saturations;
    std::uint32_t overflows;
  };

  /// The lane of a thread.
  struct Place {
    int replica;
    int set;
    int plane;
    int row;
    int lane;
    bool inside;
    bool counts_overflows;
  };

  /// A lane's devices while its examples pass: four codes of 16 bits, the first lowest.
  struct Devices {
    std::uint64_t codes;
    bool loaded;
  };

  /// A lane's random words, made when the first device asks.
  struct Random {
    float normal[lane_words];
    std::uint32_t dithers;  // in 1/256, a byte each
    bool made;
  };

  PANTHER_HD int threads() const { return max_threads; }
  PANTHER_HD int steps() const { return 3; }
  PANTHER_HD std::int64_t plane_items() const {
    return static_cast<std::int64_t>(lane.args.shape.rows) * lanes_of_row(lane.args.shape.cols);
  }
  PANTHER_HD std::int64_t plane_blocks() const { return pieces_of(plane_items(), max_threads); }
  PANTHER_HD std::int64_t blocks() const {
    XbarShape const& shape = lane.args.shape;
    return static_cast<std::int64_t>(shape.replicas) * sets * shape.planes * plane_blocks();
  }

  PANTHER_HD Place place(std::int64_t block, int thread) const {
    XbarShape const& shape = lane.args.shape;
    int const lanes = lanes_of_row(shape.cols);
    std::int64_t const item = block % plane_blocks() * max_threads + thread;
    std::int64_t const rest = block / plane_blocks();
    int const plane = static_cast<int>(rest % shape.planes);
    int const nth = static_cast<int>(rest / shape.planes % sets);
    return {static_cast<int>(rest / shape.planes / sets),
            nth_set(nth),
            plane,
            static_cast<int>(item / lanes),
            static_cast<int>(item % lanes),
            item < plane_items(),
            plane == 0 && nth == 0 && lane.args.drive != UpdateDrive::delta};
  }

  PANTHER_HD int nth_set(int nth) const {
    int set = 0;
    for (;; ++set) {
      if (((lane.args.set_mask >> set) & 1U) != 0 && nth-- == 0) return set;
    }
  }

  PANTHER_HD void step(int index, std::int64_t block, int thread, Shared& shared,
                       Private& mine) const {
    if (index == 0) {
      if (thread == 0) shared = {0, 0, 0, 0};
      mine = {0, 0, 0, 0};
      Place const at = place(block, thread);
      if (at.inside) update(at, mine);
    } else if (index == 1) {
      count(shared.updates, warp_sum(mine.updates));
      count(shared.steps, warp_sum(mine.steps));
      count(shared.saturations, warp_sum(mine.saturations));
      count(shared.overflows, warp_sum(mine.overflows));
    } else if (thread == 0) {
      flush(place(block, 0), shared);
    }
  }

  PANTHER_HD void flush(Place const& at, Shared const& shared) const {
    UpdateArgs const& args = lane.args;
    int const slice = args.slicing.slice_of(at.plane);
    SliceCounters& counters = args.counters[at.replica * args.slicing.slices + slice];
    count(counters.updates, shared.updates);
    count(counters.steps, shared.steps);
    count(counters.saturations, shared.saturations);
    count(args.layer_counters[at.replica].update_overflows, shared.overflows);
  }

  PANTHER_HD void update(Place const& at, Private& mine) const {
    UpdateArgs const& args = lane.args;
    Devices devices{0, false};
    for (int example = 0; example < args.examples; ++example) {
      std::int64_t const vector = vector_of(at, example);
      std::int32_t const x =
          args.drive == UpdateDrive::delta ? 1 : args.x[vector * args.shape.rows + at.row];
      if (x != 0) update_example(at, example, x, devices, mine);
    }
    if (devices.loaded) store(at, devices.codes);
  }

  PANTHER_HD std::int64_t vector_of(Place const& at, int example) const {
    return static_cast<std::int64_t>(at.replica) * lane.args.batch + example;
  }

  PANTHER_HD void update_example(Place const& at, int example, std::int32_t x, Devices& devices,
                                 Private& mine) const {
    bool const delta_drive = lane.args.drive == UpdateDrive::delta;
    std::uint64_t const u = delta_drive ? 0 : columns(at, example);
    if (u == 0 && !delta_drive) return;
    int const drop = delta_drive ? 0 : lane.args.drop[vector_of(at, example)];
    if (at.counts_overflows) note_overflows(x, u, drop, mine);
    Directions const moves =
        directions_of(lane.args.slicing, at.plane, moving_devices(lane.args, at.replica, example));
    if (!moves.either()) return;
    if (!devices.loaded) load(at, devices);
    // One body for both fidelities: an aggregate move is the stream step "-1".
    bool const pulses = lane.args.fidelity == Fidelity::pulse;
    for (int t = pulses ? 0 : -1; t < (pulses ? 16 : 0); ++t) {
      if (pulses && ((magnitude_of(x) >> t) & 1U) == 0) continue;
      move_lane(at, example, x, u, drop, t, moves, devices, mine);
    }
  }

  /// U of the lane's columns, 16 bits each; 0 past the last column.
  PANTHER_HD std::uint64_t columns(Place const& at, int example) const {
    std::int16_t const* const u = lane.args.u + vector_of(at, example) * lane.args.shape.cols;
    std::uint64_t packed = 0;
    PANTHER_UNROLL
    for (int word = 0; word < lane_words; ++word) {
      int const col = lane_column(at.lane, word);
      if (col < lane.args.shape.cols) packed |= placed(u[col], word);
    }
    return packed;
  }

  PANTHER_HD static std::uint64_t placed(std::int16_t value, int word) {
    return static_cast<std::uint64_t>(static_cast<std::uint16_t>(value)) << (16 * word);
  }
  PANTHER_HD static std::int16_t taken(std::uint64_t packed, int word) {
    return static_cast<std::int16_t>(packed >> (16 * word));
  }

  PANTHER_HD void note_overflows(std::int32_t x, std::uint64_t u, int drop, Private& mine) const {
    PANTHER_ROLL
    for (int word = 0; word < lane_words; ++word) {
      bool const over = lane.overflowed(magnitude_of(x), magnitude_of(taken(u, word)), drop);
      mine.overflows += over ? 1U : 0U;
    }
  }

  /// Moves the lane's devices one after the other: a rolled loop needs half the registers.
  PANTHER_HD void move_lane(Place const& at, int example, std::int32_t x, std::uint64_t u, int drop,
                            int t, Directions moves, Devices& devices, Private& mine) const {
    Random random{{0, 0, 0, 0}, 0, false};
    PANTHER_ROLL
    for (int word = 0; word < lane_words; ++word) {
      int const col = lane_column(at.lane, word);
      if (col >= lane.args.shape.cols) break;
      std::int32_t const value = column_value(at, u, word, col);
      std::uint32_t const steps = steps_of(at, magnitude_of(x), magnitude_of(value), drop, t)
                                  << lane.args.slicing.gain_bits;
      bool const delta_drive = lane.args.drive == UpdateDrive::delta;
      bool const up = delta_drive ? value > 0 : ((x < 0) != (value < 0));
      if (steps == 0 || !moves.takes(up)) continue;
      if (!random.made) random = drawn(at, example, t + 1);
      move_device_of(at, example, t, word, steps, up, random, devices, mine);
    }
  }

  PANTHER_HD Random drawn(Place const& at, int example, int sub_step) const {
    typename UpdateLane<Law>::LaneRandom const values =
        lane.lane_random(at.replica, at.set, at.plane, at.row, at.lane, example, sub_step);
    Random random{{0, 0, 0, 0}, 0, true};
    PANTHER_UNROLL
    for (int word = 0; word < lane_words; ++word) {
      random.normal[word] = values.normal[word];
      random.dithers |= static_cast<std::uint32_t>(values.dither[word] * 256.0F) << (8 * word);
    }
    return random;
  }

  PANTHER_HD std::int32_t column_value(Place const& at, std::uint64_t u, int word, int col) const {
    UpdateArgs const& args = lane.args;
    if (args.drive != UpdateDrive::delta) return taken(u, word);
    std::int64_t const row = static_cast<std::int64_t>(at.replica) * args.shape.rows + at.row;
    return args.delta[row * args.shape.cols + col];
  }

  PANTHER_HD std::uint32_t steps_of(Place const& at, std::uint32_t x, std::uint32_t u, int drop,
                                    int t) const {
    UpdateArgs const& args = lane.args;
    int const slice = args.slicing.slice_of(at.plane);
    bool const by_count = t < 0 && args.drive == UpdateDrive::streamed;
    return by_count ? streamed_steps_by_count(x, u, drop, slice, args.slicing.digit_bits)
                    : lane.steps_of(x, u, drop, slice, t);
  }

  PANTHER_HD void move_device_of(Place const& at, int example, int t, int word, std::uint32_t steps,
                                 bool up, Random const& random, Devices& devices,
                                 Private& mine) const {
    UpdateArgs const& args = lane.args;
    int const col = lane_column(at.lane, word);
    int const slice = args.slicing.slice_of(at.plane);
    float const range = static_cast<float>(window_range(args.slicing.cell_bits[slice]));
    ++mine.updates;
    mine.steps += steps;
    std::int64_t const index = index_of(at, col);
    float taken_steps = args.taken(steps, index);
    if constexpr (CountingLaw<Law>) {
      DevicePlace const place{at.replica, at.set, at.plane, at.row, col, index};
      taken_steps = lane.reaching(place, example, t + 1, taken_steps, up);
    }
    if (taken_steps == 0.0F) return;
    std::uint64_t const item =
        device_item(static_cast<std::uint64_t>(args.layer), static_cast<std::uint64_t>(at.set),
                    static_cast<std::uint64_t>(at.plane), static_cast<std::uint64_t>(at.row),
                    static_cast<std::uint64_t>(col));
    Traits const traits = args.traits.load(args.devices[at.replica], range, index, item);
    std::int16_t code = taken(devices.codes, word);
    bool const saturated = DeviceMover<Law, UpdateArgs>{args, at.replica, at.plane}(
        code, traits, taken_steps, up, chosen(random.normal, word),
        dither_of(random.dithers >> (8 * word)));
    devices.codes = (devices.codes & ~placed(-1, word)) | placed(code, word);
    mine.saturations += saturated ? 1U : 0U;
  }

  /// An element by a run-time index, out of registers.
  PANTHER_HD static float chosen(float const (&values)[lane_words], int word) {
    float const low = (word & 1) != 0 ? values[1] : values[0];
    float const high = (word & 1) != 0 ? values[3] : values[2];
    return (word & 2) != 0 ? high : low;
  }

  PANTHER_HD std::int64_t index_of(Place const& at, int col) const {
    return lane.args.shape.index(at.replica, at.set, at.plane, at.row, col);
  }

  PANTHER_HD void load(Place const& at, Devices& devices) const {
    devices = {0, true};
    PANTHER_UNROLL
    for (int word = 0; word < lane_words; ++word) {
      int const col = lane_column(at.lane, word);
      if (col < lane.args.shape.cols) {
        devices.codes |= placed(lane.args.codes[index_of(at, col)], word);
      }
    }
  }

  PANTHER_HD void store(Place const& at, std::uint64_t codes) const {
    PANTHER_UNROLL
    for (int word = 0; word < lane_words; ++word) {
      int const col = lane_column(at.lane, word);
      if (col < lane.args.shape.cols) lane.args.codes[index_of(at, col)] = taken(codes, word);
    }
  }
};

template <class Law, class Launcher>
void launch_update(Launcher& launcher, UpdateArgs const& args) {
  int const sets = ones(args.set_mask & ((1U << args.shape.sets) - 1U));
  if (sets > 0) launcher.blocks(UpdateLanes<Law>{UpdateLane<Law>{args}, sets});
}

}  // namespace panther::cuda
