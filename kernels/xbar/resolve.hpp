// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writing weights: programming (weights given), carry resolution (weights read from the devices and
// recoded to canonical digits) and the merge of variant V3 (weights of one set plus the updates
// collected in another). Only cells whose nearest level differs from the wanted digit are written.
//
// A write is ideal (the digit exactly), open-loop (the steps that an ideal device would need, in
// one noisy move) or write-verify (read, correct by the rounded error, at least one step, until
// within the tolerance or out of attempts). Stuck cells and window bounds limit all three;
// programming finds every device of its sets within its bounds, stuck ones where they are stuck,
// even where no write is needed. Pairs of one-sided devices are written as xbar/one_sided.hpp says;
// programming resets them first.
//
// Where devices hide their state (devicemodels/apparent.hpp), all that is read is the apparent one;
// moves act on the persistent one, and each draws a new apparent one. So write-verify ends when
// what reads see is right. Programming draws one for every device of its sets first.
//
// Where a law counts pulses (xbar/progress.hpp), moves go through its progress; ideal writes leave
// it as it is.
//
// One item is one weight of one replica: all its slices, so the recoding needs no second pass.
// Random words are per device, write event and attempt: word 0-1 write and read normal, word 2
// dither.

#include <cstdint>

#include "devicemodels/apparent.hpp"
#include "kernels/xbar/digits.hpp"
#include "kernels/xbar/law_moves.hpp"
#include "kernels/xbar/one_sided.hpp"
#include "kernels/xbar/update.hpp"

namespace panther {

enum class WriteMode : std::uint8_t { ideal, open_loop, write_verify };
template <>
struct EnumNames<WriteMode> {
  static constexpr std::array values{
      std::pair{WriteMode::ideal, std::string_view{"ideal"}},
      std::pair{WriteMode::open_loop, std::string_view{"open_loop"}},
      std::pair{WriteMode::write_verify, std::string_view{"write_verify"}}};
};

inline constexpr int max_write_attempts = 250;
/// Attempt number under which the read that precedes a write draws its noise.
inline constexpr std::uint32_t resolve_read_attempt = 255;
/// Under which the devices of a programming event draw their first apparent state.
inline constexpr std::uint32_t first_appearance = 255;

struct ResolveArgs {
  XbarShape shape;
  Slicing slicing;
  std::int16_t* codes;
  std::int16_t* apparent;  // as codes, which are the persistent ones; null: devices hide nothing
  std::int16_t* progress;  // as codes, of a law that counts pulses; else null
  TraitSource traits;
  DeviceConstants const* devices;  // [replica]
  void const* law;                 // Law::Constants [replica][slice]
  SliceCounters* counters;         // [replica][slice]
  LayerCounters* layer_counters;   // [replica]
  PairCounters* pair_counters;     // [replica][slice] one-sided pairs; null: not counted
  std::int32_t const* weights;  // programming: [replica][row][column]; null: read from source_set
  std::uint8_t const* active;   // [replica] 0: the replica is left alone; null: all are written
  std::uint64_t event;          // index of this write event: every event draws fresh noise
  int layer;
  int source_set;        // set whose devices hold the weights (weights == null)
  int addend_set;        // set whose levels are added, or no_set
  unsigned target_mask;  // sets that are written
  unsigned clear_mask;   // sets whose devices are written to level 0 afterwards
  WriteMode mode;
  int attempts;     // write-verify: limit, <= max_write_attempts
  float tolerance;  // write-verify: levels
  int adc_bits;     // converter that reads single devices; 0: ideal
  bool noisy_read;
  WriteNoiseKind noise;
  CodeRounding rounding;
};

inline constexpr int no_set = -1;

/// Whether cells are pairs of one-sided devices, or devices hide their state.
inline bool is_special(ResolveArgs const& args) {
  return args.slicing.one_sided() || args.apparent != nullptr;
}

/// `Moves` is LawMoves or like it. `special`: false where is_special() is, whose code costs
/// registers.
template <class Moves, bool special = true>
struct ResolveWeight {
  ResolveArgs args;
  Moves moves{};

  PANTHER_HD std::int64_t items() const {
    return static_cast<std::int64_t>(args.shape.replicas) * args.shape.rows * args.shape.cols;
  }

  PANTHER_HD void operator()(std::int64_t item) const {
    auto const replica = static_cast<int>(item / args.shape.cols / args.shape.rows);
    resolve(item, args.counters + replica * args.slicing.slices, args.layer_counters[replica]);
  }

  /// Counts into `counters` [slice] and `layer`, those of the item's replica.
  PANTHER_HD void resolve(std::int64_t item, SliceCounters* counters, LayerCounters& layer) const {
    int const col = static_cast<int>(item % args.shape.cols);
    int const row = static_cast<int>(item / args.shape.cols % args.shape.rows);
    int const replica = static_cast<int>(item / args.shape.cols / args.shape.rows);
    if (args.active != nullptr && args.active[replica] == 0) return;
    std::int64_t const weight =
        args.weights != nullptr ? args.weights[item] : read_weight(replica, row, col);
    Digits const digits = digits_of(args.slicing, weight);
    if (digits.saturated) count(layer.weights_saturated, 1);
    for (int set = 0; set < args.shape.sets; ++set) {
      for (int slice = 0; slice < args.slicing.slices; ++slice) {
        if (((args.target_mask >> set) & 1U) != 0) {
          write_slice(replica, set, slice, row, col, digits.level[slice], false, counters[slice]);
        } else if (((args.clear_mask >> set) & 1U) != 0) {
          write_slice(replica, set, slice, row, col, 0, true, counters[slice]);
        }
      }
    }
  }

  /// Adds what resolve() counted elsewhere to the counters of a replica.
  PANTHER_HD void add_counts(int replica, int slice, SliceCounters const& counted) const {
    SliceCounters& total = args.counters[replica * args.slicing.slices + slice];
    count(total.cells_written, counted.cells_written);
    count(total.write_steps, counted.write_steps);
    count(total.write_failures, counted.write_failures);
  }
  PANTHER_HD void add_counts(int replica, LayerCounters const& counted) const {
    count(args.layer_counters[replica].weights_saturated, counted.weights_saturated);
  }

  PANTHER_HD std::int64_t read_weight(int replica, int row, int col) const {
    std::int64_t weight = 0;
    for (int slice = 0; slice < args.slicing.slices; ++slice) {
      std::int64_t level = read_level(replica, args.source_set, slice, row, col);
      if (args.addend_set != no_set) level += read_level(replica, args.addend_set, slice, row, col);
      weight += level * (static_cast<std::int64_t>(1) << (args.slicing.digit_bits * slice));
    }
    return weight;
  }

  PANTHER_HD std::uint64_t device_of(int set, int plane, int row, int col) const {
    return device_item(static_cast<std::uint64_t>(args.layer), static_cast<std::uint64_t>(set),
                       static_cast<std::uint64_t>(plane), static_cast<std::uint64_t>(row),
                       static_cast<std::uint64_t>(col));
  }

  /// A slice's state as a whole level: read noise of each device, converter, rounding.
  PANTHER_HD std::int32_t read_level(int replica, int set, int slice, int row, int col) const {
    std::int32_t code_sum = 0;
    for (int k = 0; k < args.slicing.planes_per_slice; ++k) {
      int const plane = slice * args.slicing.planes_per_slice + k;
      std::int16_t const code = seen_code(args.shape.index(replica, set, plane, row, col));
      code_sum += code;
      if (!args.noisy_read) continue;
      PhiloxWords const words =
          draw(args.devices[replica].seed, Stream::write_read_noise,
               device_of(set, plane, row, col), args.event, resolve_read_attempt);
      float const deviation = read_deviation(replica, slice, code, args.slicing.mirrored(plane));
      code_sum +=
          static_cast<std::int32_t>(nearest(deviation * normal_pair(words.w[0], words.w[1]).first));
    }
    return nearest_level(args.slicing, slice, converted_codes(slice, code_sum));
  }

  /// What a read without noise sees of a device.
  PANTHER_HD std::int16_t seen_code(std::int64_t index) const {
    if constexpr (special) {
      if (args.apparent != nullptr) return args.apparent[index];
    }
    return args.codes[index];
  }

  /// A write touched the device.
  PANTHER_HD void touch(int replica, int set, int plane, int row, int col, std::int64_t index,
                        Traits const& traits, std::uint32_t attempt) const {
    if constexpr (special) {
      if (args.apparent == nullptr) return;
      PhiloxWords const words = draw(args.devices[replica].seed, Stream::apparent_write,
                                     device_of(set, plane, row, col), args.event, attempt);
      auto const range =
          static_cast<float>(window_range(args.slicing.cell_bits[args.slicing.slice_of(plane)]));
      float const deviation =
          apparent_deviation(args.devices[replica], traits.low, traits.high, range);
      args.apparent[index] = apparent_code(deviation, range, args.codes[index],
                                           normal_pair(words.w[0], words.w[1]).first);
    }
  }

  /// Standard deviation, in codes, of one read of one device.
  PANTHER_HD float read_deviation(int replica, int slice, std::int16_t code, bool mirrored) const {
    DeviceConstants const& k = args.devices[replica];
    int const bits = args.slicing.cell_bits[slice];
    float const g = conductance_codes(k.g_min_in_windows, static_cast<float>(window_range(bits)),
                                      code, mirrored);
    float const relative = k.read_relative * g;
    float const line = k.read_line * static_cast<float>(codes_per_level(bits));
    return root(fused(relative, relative, line * line));
  }

  /// A converter of fewer bits than the cell sees multiples of its own step.
  PANTHER_HD std::int32_t converted_codes(int slice, std::int32_t code_sum) const {
    int const bits = args.slicing.cell_bits[slice];
    if (args.adc_bits == 0 || args.adc_bits >= bits) return code_sum;
    int const shift = 16 - args.adc_bits + args.slicing.average_bits;
    return round_shift(code_sum, shift) * (1 << shift);
  }

  PANTHER_HD void write_slice(int replica, int set, int slice, int row, int col, std::int32_t level,
                              bool clears, SliceCounters& counters) const {
    if constexpr (special) {
      if (args.slicing.one_sided()) {
        write_pair(replica, set, slice, row, col, level, clears, counters);
        return;
      }
    }
    if (args.weights != nullptr && (args.traits.variation.bounds || hides())) {
      settle(replica, set, slice, row, col);
    }
    if (read_level(replica, set, slice, row, col) == level) return;
    std::int32_t wanted = level * codes_per_level(args.slicing.cell_bits[slice]);
    if (args.slicing.encoding == Encoding::reference) {
      int const reference = slice * args.slicing.planes_per_slice + 1;
      wanted -= seen_code(args.shape.index(replica, set, reference, row, col));
    }
    for (int k = 0; k < args.slicing.planes_per_slice; ++k) {
      if (((args.slicing.up_devices >> k) & 1) == 0) continue;
      write_device(replica, set, slice * args.slicing.planes_per_slice + k, row, col, wanted,
                   counters);
    }
  }

  /// A pair of one-sided devices. Clearing it resets it first, so that it does not fill up.
  PANTHER_HD_RARE void write_pair(int replica, int set, int slice, int row, int col,
                                  std::int32_t level, bool clears, SliceCounters& counters) const {
    PairWriter<ResolveWeight> const pair{*this, Stream::write_noise, replica, set, slice, row, col};
    if (args.weights != nullptr) pair.reset();
    if (read_level(replica, set, slice, row, col) == level) return;
    if (clears && args.weights == nullptr) pair.make_room(counters);
    pair.write(level, counters);
  }

  PANTHER_HD bool hides() const { return special && args.apparent != nullptr; }
  PANTHER_HD bool writes_ideally() const { return args.mode == WriteMode::ideal; }
  PANTHER_HD bool verifies() const { return args.mode == WriteMode::write_verify; }

  /// Fresh memory holds level 0 in every device; puts those of a slice within their bounds. They
  /// appear for the first time.
  PANTHER_HD void settle(int replica, int set, int slice, int row, int col) const {
    float const range = static_cast<float>(window_range(args.slicing.cell_bits[slice]));
    for (int k = 0; k < args.slicing.planes_per_slice; ++k) {
      int const plane = slice * args.slicing.planes_per_slice + k;
      std::int64_t const index = args.shape.index(replica, set, plane, row, col);
      Traits const traits = args.traits.load_called(args.devices[replica], range, index,
                                                    device_of(set, plane, row, col));
      args.codes[index] = placed(traits, plane, range, args.codes[index]);
      touch(replica, set, plane, row, col, index, traits, first_appearance);
    }
  }

  PANTHER_HD void write_device(int replica, int set, int plane, int row, int col,
                               std::int32_t wanted, SliceCounters& counters) const {
    int const bits = args.slicing.cell_bits[args.slicing.slice_of(plane)];
    float const range = static_cast<float>(window_range(bits));
    std::int64_t const index = args.shape.index(replica, set, plane, row, col);
    Traits const traits = args.traits.load_called(args.devices[replica], range, index,
                                                  device_of(set, plane, row, col));
    count(counters.cells_written, 1);
    if (writes_ideally()) {
      count(counters.write_steps,
            magnitude_of((wanted - seen_code(index)) / codes_per_level(bits)));
      args.codes[index] = placed(traits, plane, range, wanted);
      touch(replica, set, plane, row, col, index, traits, 0);
    } else {
      approach(replica, set, plane, row, col, index, traits, wanted, counters);
    }
  }

  /// The wanted code within the device's bounds.
  PANTHER_HD std::int16_t placed(Traits const& traits, int plane, float range,
                                 std::int32_t wanted) const {
    bool const mirrored = args.slicing.mirrored(plane);
    float const stored = static_cast<float>(wanted - code_of_g_min);
    float const physical = clamped(mirrored ? range - stored : stored, traits.low, traits.high);
    return code_of_position(mirrored ? range - physical : physical, 0.5F);
  }

  /// Open loop: one move. Write-verify: moves until the device reads within the tolerance.
  PANTHER_HD void approach(int replica, int set, int plane, int row, int col, std::int64_t index,
                           Traits const& traits, std::int32_t wanted,
                           SliceCounters& counters) const {
    int const slice = args.slicing.slice_of(plane);
    auto const unit = static_cast<float>(codes_per_level(args.slicing.cell_bits[slice]));
    bool const verify = verifies();
    int const attempts = verify ? args.attempts : 1;
    for (int attempt = 0; attempt < attempts || verify; ++attempt) {
      PhiloxWords const words =
          draw(args.devices[replica].seed, Stream::write_noise, device_of(set, plane, row, col),
               args.event, static_cast<std::uint32_t>(attempt));
      NormalPair const normals = normal_pair(words.w[0], words.w[1]);
      std::int16_t const code = seen_code(index);
      auto seen = static_cast<float>(code);
      if (args.noisy_read) {
        seen = fused(read_deviation(replica, slice, code, args.slicing.mirrored(plane)),
                     normals.second, seen);
      }
      float const error = (static_cast<float>(wanted) - seen) / unit;  // levels
      if (verify && (error < 0 ? -error : error) <= args.tolerance) return;
      if (attempt == attempts) {
        count(counters.write_failures, 1);
        return;
      }
      auto const whole = static_cast<std::int32_t>(nearest(error));
      std::uint32_t const steps = larger(magnitude_of(whole), 1U);
      DevicePlace const at{replica, set, plane, row, col, index};
      float const taken =
          moves.reaching(args, at, static_cast<float>(static_cast<std::int32_t>(steps)), error > 0,
                         static_cast<std::uint32_t>(attempt));
      move(replica, plane, index, traits, taken, error > 0, moves.number(words, normals),
           words.w[2]);
      touch(replica, set, plane, row, col, index, traits, static_cast<std::uint32_t>(attempt));
      count(counters.write_steps, steps);
    }
  }

  PANTHER_HD void move(int replica, int plane, std::int64_t index, Traits const& traits,
                       float steps, bool up, float normal, std::uint32_t dither_word) const {
    float const dither = args.rounding == CodeRounding::stochastic ? dither_of(dither_word) : 0.5F;
    moves.move(args, replica, plane, args.codes[index], traits, steps, up, normal, dither);
  }
};

}  // namespace panther
