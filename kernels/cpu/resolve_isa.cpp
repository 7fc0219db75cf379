// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Carry resolution of a row, compiled once per instruction set; what for, resolve_limits.hpp says.
// The search takes 16-bit lanes for slices of one device, carries 32-bit lanes.

#include <algorithm>
#include <cstdint>

#include "kernels/cpu/kernel_table.hpp"
#include "kernels/cpu/trait_words.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

constexpr int panel_columns = 256;

/// Columns of one row, and which of them are not certainly as resolution leaves them.
struct ScreenPanel {
  ResolveArgs const& args;
  int replica;
  int row;
  int first;
  int width;
  alignas(64) std::int16_t flagged[panel_columns];  // 0 or not

  std::int16_t const* codes(int set, int plane) const {
    return args.codes + args.shape.index(replica, set, plane, row, first);
  }
};

void flag_single(ScreenPanel& panel, std::int16_t const* codes, std::int32_t low,
                 std::int32_t high) {
  auto const least = static_cast<std::int16_t>(clamped(low, -32768, 32767));
  auto const most = static_cast<std::int16_t>(clamped(high, -32768, 32767));
  for (int c = 0; c < panel.width; ++c) {
    auto const held = static_cast<std::int16_t>(std::clamp(codes[c], least, most));
    panel.flagged[c] = static_cast<std::int16_t>(panel.flagged[c] | (held ^ codes[c]));
  }
}

void flag_cells(ScreenPanel& panel, int set, int slice, std::int32_t low, std::int32_t high) {
  int const planes = panel.args.slicing.planes_per_slice;
  alignas(64) std::int32_t sum[panel_columns];
  std::int16_t const* const first = panel.codes(set, slice * planes);
  std::int16_t const* const second = panel.codes(set, slice * planes + 1);
  for (int c = 0; c < panel.width; ++c) sum[c] = first[c] + second[c];
  for (int k = 2; k < planes; ++k) {
    std::int16_t const* const codes = panel.codes(set, slice * planes + k);
    for (int c = 0; c < panel.width; ++c) sum[c] += codes[c];
  }
  for (int c = 0; c < panel.width; ++c) {
    auto const outside = static_cast<std::int16_t>(sum[c] < low || sum[c] > high);
    panel.flagged[c] = static_cast<std::int16_t>(panel.flagged[c] | outside);
  }
}

void flag_slice(ScreenPanel& panel, int set, int slice, std::int32_t low, std::int32_t high) {
  if (low > high) {
    std::fill_n(panel.flagged, panel.width, std::int16_t{1});
  } else if (panel.args.slicing.planes_per_slice == 1) {
    flag_single(panel, panel.codes(set, slice), low, high);
  } else {
    flag_cells(panel, set, slice, low, high);
  }
}

/// A set that is written must hold what the source holds, a set that is cleared level 0: certain if
/// the codes are the same. Of one-sided pairs many codes are level 0: none is certain.
void flag_other_sets(ScreenPanel& panel, int slice) {
  ResolveArgs const& args = panel.args;
  for (int set = 0; set < args.shape.sets; ++set) {
    bool const written = ((args.target_mask >> set) & 1U) != 0;
    bool const cleared = !written && ((args.clear_mask >> set) & 1U) != 0;
    if (!cleared && (!written || set == args.source_set)) continue;
    if (args.noisy_read || (cleared && args.slicing.one_sided()))
      std::fill_n(panel.flagged, panel.width, std::int16_t{1});
    for (int k = 0; k < args.slicing.planes_per_slice; ++k) {
      int const plane = slice * args.slicing.planes_per_slice + k;
      std::int16_t const* const there = panel.codes(set, plane);
      std::int16_t const* const here = panel.codes(args.source_set, plane);
      for (int c = 0; c < panel.width; ++c) {
        int const wanted = cleared ? 0 : here[c];
        panel.flagged[c] = static_cast<std::int16_t>(panel.flagged[c] | (there[c] ^ wanted));
      }
    }
  }
}

/// nearest_level of a slice of one device, without branches.
class LevelReader {
 public:
  LevelReader(Slicing const& slicing, int slice)
      : shift_(16 - slicing.cell_bits[slice]),
        below_half_(shift_ > 0 ? (1 << shift_ >> 1) - 1 : 0),
        odd_(shift_ > 0 ? 1 : 0),
        low_(lowest_level(slicing.cell_bits[slice])),
        high_(highest_level(slicing.cell_bits[slice])) {}

  std::int32_t operator()(std::int32_t code) const {
    std::int32_t const level = (code + below_half_ + ((code >> shift_) & odd_)) >> shift_;
    return std::min(std::max(level, low_), high_);
  }

 private:
  std::int32_t shift_;
  std::int32_t below_half_;
  std::int32_t odd_;
  std::int32_t low_;
  std::int32_t high_;
};

/// Carries of the columns of a panel, and the digits that they leave.
class CarryPanel {
 public:
  CarryPanel(ResolveArgs const& args, int replica, int row, int first, int width)
      : args_(args), replica_(replica), row_(row), first_(first), width_(width) {}

  /// Fills `left` with 1 where the weight may saturate, which the definition knows how to count.
  void propagate(ResolveLimits const& limits, std::int16_t* left) {
    alignas(64) std::int32_t carry[panel_columns];
    int const width = width_;
    int const top = args_.slicing.slices - 1;
    int const p = args_.slicing.digit_bits;
    std::int32_t const mask = (1 << p) - 1;
    std::int32_t const bias = args_.slicing.digits == DigitSet::balanced ? 1 << (p - 1) : 0;
    for (int c = 0; c < width; ++c) carry[c] = 0;
    for (int slice = 0; slice < top; ++slice) {
      std::int16_t const* const codes = codes_of(slice);
      std::int16_t* const digits = digits_[slice];
      std::int16_t* const changes = changes_[slice];
      LevelReader const level_of(args_.slicing, slice);
      for (int c = 0; c < width; ++c) {
        std::int32_t const level = level_of(codes[c]);
        std::int32_t const sum = level + carry[c];
        std::int32_t const digit = ((sum + bias) & mask) - bias;
        digits[c] = static_cast<std::int16_t>(digit);
        changes[c] = static_cast<std::int16_t>(level ^ digit);
        carry[c] = (sum - digit) >> p;
      }
    }
    std::int16_t const* const codes = codes_of(top);
    LevelReader const level_of(args_.slicing, top);
    std::int32_t const low = limits.top_low;
    std::int32_t const high = limits.top_high;
    for (int c = 0; c < width; ++c) {
      std::int32_t const level = level_of(codes[c]);
      std::int32_t const digit = level + carry[c];
      digits_[top][c] = static_cast<std::int16_t>(digit);
      changes_[top][c] = static_cast<std::int16_t>(level ^ digit);
      left[c] = static_cast<std::int16_t>((digit < low) | (digit > high));
    }
  }

  /// Writes the cells of one slice whose level is not the digit, except in `left` columns.
  void write(int slice, std::int16_t const* left, SliceCounters& counters) {
    std::int16_t* const codes = codes_of(slice);
    std::int16_t const* const digits = digits_[slice];
    std::int16_t const* const changes = changes_[slice];
    int const shift = 16 - args_.slicing.cell_bits[slice];
    int const width = width_;
    std::int32_t cells = 0;
    std::int32_t steps = 0;
    for (int c = 0; c < width; ++c) {
      std::int32_t const code = codes[c];
      std::int32_t const wanted = digits[c] * (1 << shift);
      std::int32_t const distance = wanted < code ? code - wanted : wanted - code;
      std::int32_t const written = is_written(changes[c], left[c]);
      cells += written;
      steps += written * (distance >> shift);
      codes[c] = static_cast<std::int16_t>(written != 0 ? wanted : code);
    }
    count(counters.cells_written, static_cast<std::uint64_t>(cells));
    count(counters.write_steps, static_cast<std::uint64_t>(steps));
  }

  /// The same for devices with bounds of their own, which keep some from their digit.
  void write_within_bounds(int slice, std::int16_t const* left, SliceCounters& counters) {
    std::int16_t* const codes = codes_of(slice);
    std::int16_t const* const digits = digits_[slice];
    std::int16_t const* const changes = changes_[slice];
    int const shift = 16 - args_.slicing.cell_bits[slice];
    int const width = width_;
    std::int32_t cells = 0;
    std::int32_t steps = 0;
    for (int c = 0; c < width; ++c) cells += is_written(changes[c], left[c]);
    if (cells == 0) return;
    load_bounds(slice);
    for (int c = 0; c < width; ++c) {
      std::int32_t const code = codes[c];
      std::int32_t const wanted = digits[c] * (1 << shift);
      std::int32_t const distance = wanted < code ? code - wanted : wanted - code;
      std::int32_t const written = is_written(changes[c], left[c]);
      steps += written * (distance >> shift);
      float const position = clamped(static_cast<float>(wanted - code_of_g_min), low_[c], high_[c]);
      codes[c] = static_cast<std::int16_t>(written != 0 ? code_of_position(position, 0.5F) : code);
    }
    count(counters.cells_written, static_cast<std::uint64_t>(cells));
    count(counters.write_steps, static_cast<std::uint64_t>(steps));
  }

 private:
  std::int16_t* codes_of(int slice) const {
    return args_.codes + args_.shape.index(replica_, args_.source_set, slice, row_, first_);
  }

  /// 1 if a cell is to be written, 0 if not.
  static std::int32_t is_written(std::int16_t change, std::int16_t left) {
    return static_cast<std::int32_t>(change != 0) & static_cast<std::int32_t>(left == 0);
  }

  /// Reachable positions of the slice's devices.
  void load_bounds(int slice) {
    DeviceConstants const k = args_.devices[replica_];
    auto const range = static_cast<float>(window_range(args_.slicing.cell_bits[slice]));
    alignas(64) std::int8_t low_draw[panel_columns];
    alignas(64) std::int8_t high_draw[panel_columns];
    alignas(64) std::int8_t level_draw[panel_columns] = {};
    TraitSource const& traits = args_.traits;
    std::int8_t const* low = low_draw;
    std::int8_t const* high = high_draw;
    std::int8_t const* level = level_draw;
    if (traits.stored != nullptr) {
      std::int8_t const* const stored =
          traits.stored + args_.shape.index(replica_, args_.source_set, slice, row_, first_);
      low = stored + traits.bounds_offset();
      high = low + traits.devices;
      if (traits.variation.dead) level = stored + traits.levels_offset();
    } else {
      regenerate_bounds(k, slice, low_draw, high_draw, level_draw);
    }
    for (int c = 0; c < width_; ++c) {
      Bounds const bounds = bounds_of(k, range, low[c], high[c], level[c]);
      low_[c] = bounds.low;
      high_[c] = bounds.high;
    }
  }

  void regenerate_bounds(DeviceConstants const& k, int slice, std::int8_t* low, std::int8_t* high,
                         std::int8_t* level) const {
    std::uint64_t const item =
        device_item(static_cast<std::uint64_t>(args_.layer),
                    static_cast<std::uint64_t>(args_.source_set), static_cast<std::uint64_t>(slice),
                    static_cast<std::uint64_t>(row_), static_cast<std::uint64_t>(first_));
    Variation const& variation = args_.traits.variation;
    for (int c = 0; c < width_; c += philox_lanes) {
      TraitBlocks words;
      PhiloxCounter const counter =
          draw_counter(Stream::device_variation, item + static_cast<std::uint64_t>(c), 0, 0);
      draw_trait_words(k, {.placed = variation.placed}, PhiloxCounters::consecutive(counter),
                       words);
      for (int l = 0; l < philox_lanes; ++l) {
        Surroundings const around = variation.placed ? words.around(l) : Surroundings{false, true};
        BoundDraws const draws = bound_draws(k, words.own.word[2][l], words.own.word[3][l], around);
        low[c + l] = static_cast<std::int8_t>(draws.low);
        high[c + l] = static_cast<std::int8_t>(draws.high);
        level[c + l] = static_cast<std::int8_t>(draws.level);
      }
    }
  }

  ResolveArgs const& args_;
  int replica_;
  int row_;
  int first_;
  int width_;
  alignas(64) std::int16_t digits_[max_slices][panel_columns];
  alignas(64) std::int16_t changes_[max_slices][panel_columns];  // level xor digit
  alignas(64) float low_[panel_columns];
  alignas(64) float high_[panel_columns];
};

/// Resolves the columns of a panel with exact reads and ideal writes; leaves the flags of those
/// that may saturate. Counts into `counters` [slice].
void carry_exactly(ScreenPanel& panel, ResolveLimits const& limits, SliceCounters* counters) {
  ResolveArgs const& args = panel.args;
  CarryPanel carries(args, panel.replica, panel.row, panel.first, panel.width);
  carries.propagate(limits, panel.flagged);
  for (int slice = 0; slice < args.slicing.slices; ++slice) {
    if (args.traits.variation.bounds) {
      carries.write_within_bounds(slice, panel.flagged, counters[slice]);
    } else {
      carries.write(slice, panel.flagged, counters[slice]);
    }
  }
}

bool any_flag(ScreenPanel const& panel) {
  int any = 0;
  for (int c = 0; c < panel.width; ++c) any |= panel.flagged[c];
  return any != 0;
}

}  // namespace

int resolve_row(ResolveArgs const& args, ResolveLimits const& limits, int replica, int row,
                SliceCounters* counters, std::int32_t* columns) {
  int found = 0;
  for (int first = 0; first < args.shape.cols; first += panel_columns) {
    int const width = std::min(args.shape.cols - first, panel_columns);
    ScreenPanel panel{args, replica, row, first, width, {}};
    for (int slice = 0; slice < args.slicing.slices; ++slice) {
      flag_slice(panel, args.source_set, slice, limits.low[slice], limits.high[slice]);
      flag_other_sets(panel, slice);
    }
    if (!any_flag(panel)) continue;
    if (has_exact_writes(args)) {
      carry_exactly(panel, limits, counters);
      if (!any_flag(panel)) continue;
    }
    for (int c = 0; c < width; ++c) {
      columns[found] = first + c;
      found += panel.flagged[c] != 0 ? 1 : 0;
    }
  }
  return found;
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
