// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writing a pair of one-sided devices. The device whose growth brings the pair to the wanted level
// grows; where it has no room left, both are reset to their lowest conductance first, which loses
// nothing but what they had in common. A reset is exact: aihwkit's spread of the reset value (1 %
// of w for its PCM preset) is not emulated.
//
// Ideal: the pair reads the level exactly, if the device's own bounds allow. Open loop: one noisy
// move of the steps that an ideal device would need. Write-verify: read both, correct the pair's
// error. The controller judges room by the nominal window and what it reads.
//
// Random words are per device, write event and attempt, of one stream: word 0-1 write and read
// normal, word 2 dither.

#include <cstdint>

#include "kernels/xbar/digits.hpp"
#include "kernels/xbar/update.hpp"

namespace panther {

/// What a pair reads as whose devices are both at their lowest conductance.
inline constexpr std::int32_t empty_pair_level = -1;

/// `Writer` writes single devices: ResolveWeight.
template <class Writer>
struct PairWriter {
  Writer const& writer;
  Stream stream;  // of its writes and the reads between them
  int replica;
  int set;
  int slice;
  int row;
  int col;

  /// What the controller sees of the pair, with the draws of one attempt.
  struct View {
    float code[2];
    float write_number[2];
    float read_normal[2];
    std::uint32_t dither_word[2];
  };

  PANTHER_HD int plane(int device) const { return 2 * slice + device; }
  PANTHER_HD int cell_bits() const { return writer.args.slicing.cell_bits[slice]; }
  PANTHER_HD std::int32_t unit() const { return codes_per_level(cell_bits()); }
  PANTHER_HD float range() const { return static_cast<float>(window_range(cell_bits())); }
  PANTHER_HD std::int64_t index(int device) const {
    return writer.args.shape.index(replica, set, plane(device), row, col);
  }
  PANTHER_HD std::int16_t& code(int device) const { return writer.args.codes[index(device)]; }
  PANTHER_HD std::uint64_t item(int device) const {
    return writer.device_of(set, plane(device), row, col);
  }
  PANTHER_HD_RARE Traits traits(int device) const {
    return writer.args.traits.load(writer.args.devices[replica], range(), index(device),
                                   item(device));
  }

  PANTHER_HD_RARE void reset() const {
    for (int device = 0; device < 2; ++device) {
      code(device) = writer.placed(traits(device), plane(device), range(),
                                   writer.args.slicing.rest_code(plane(device)));
    }
  }

  /// Brings the pair to `level`.
  PANTHER_HD_RARE void write(std::int32_t level, SliceCounters& counters) const {
    count(counters.cells_written, 1);
    if (writer.writes_ideally()) {
      if (grow_to(level, false, counters)) return;
      make_room(counters);
      grow_to(level, true, counters);
    } else {
      approach(level, counters);
    }
  }

  /// A reset for lack of room writes the other device, too.
  PANTHER_HD_RARE void make_room(SliceCounters& counters) const {
    reset();
    count(counters.cells_written, 1);
    if (PairCounters* const pairs = writer.args.pair_counters) {
      count(pairs[replica * writer.args.slicing.slices + slice].resets, 1);
    }
  }

  /// False, with nothing changed, if the device to grow has no room; `forced`: as far as it goes.
  PANTHER_HD_RARE bool grow_to(std::int32_t level, bool forced, SliceCounters& counters) const {
    std::int32_t const missing = level * unit() - code(0) - code(1);
    if (missing == 0) return true;
    int const device = missing > 0 ? 0 : 1;
    std::int32_t const wanted = code(device) + missing;
    std::int16_t const reached = writer.placed(traits(device), plane(device), range(), wanted);
    if (reached != wanted && !forced) return false;
    count(counters.write_steps, magnitude_of(missing / unit()));
    code(device) = reached;
    return true;
  }

  PANTHER_HD_RARE void approach(std::int32_t level, SliceCounters& counters) const {
    bool const verify = writer.verifies();
    int const moves = verify ? writer.args.attempts : 1;
    for (int attempt = 0; attempt < moves || verify; ++attempt) {
      View view = drawn(attempt);
      look(view);
      float error = error_of(view, level);
      if (verify && (error < 0 ? -error : error) <= writer.args.tolerance) return;
      if (attempt == moves) {
        count(counters.write_failures, 1);
        return;
      }
      std::uint32_t steps = larger(steps_of(error), 1U);
      if (!has_room(view, error > 0 ? 0 : 1, steps)) {
        make_room(counters);
        look(view);
        error = error_of(view, level);
        steps = steps_of(error);
        if (steps == 0) continue;
      }
      grow(error > 0 ? 0 : 1, steps, view);
      count(counters.write_steps, steps);
    }
  }

  PANTHER_HD_RARE View drawn(int attempt) const {
    View view{};
    for (int device = 0; device < 2; ++device) {
      PhiloxWords const words = draw(writer.args.devices[replica].seed, stream, item(device),
                                     writer.args.event, static_cast<std::uint32_t>(attempt));
      NormalPair const normals = normal_pair(words.w[0], words.w[1]);
      view.write_number[device] = writer.moves.number(words, normals);
      view.read_normal[device] = normals.second;
      view.dither_word[device] = words.w[2];
    }
    return view;
  }

  PANTHER_HD void look(View& view) const {
    for (int device = 0; device < 2; ++device) {
      view.code[device] = static_cast<float>(code(device));
      if (!writer.args.noisy_read) continue;
      view.code[device] = fused(writer.read_deviation(replica, slice, code(device), device == 1),
                                view.read_normal[device], view.code[device]);
    }
  }

  /// In levels.
  PANTHER_HD float error_of(View const& view, std::int32_t level) const {
    auto const wanted = static_cast<float>(level * unit());
    return (wanted - (view.code[0] + view.code[1])) / static_cast<float>(unit());
  }
  PANTHER_HD static std::uint32_t steps_of(float error) {
    return magnitude_of(static_cast<std::int32_t>(nearest(error)));
  }

  PANTHER_HD bool has_room(View const& view, int device, std::uint32_t steps) const {
    float const stored = view.code[device] - static_cast<float>(code_of_g_min);
    float const grown = device == 1 ? range() - stored : stored;
    return fused(static_cast<float>(steps), static_cast<float>(unit()), grown) <= range();
  }

  /// Steps up of the level grow the first device, steps down the second.
  PANTHER_HD_RARE void grow(int device, std::uint32_t steps, View const& view) const {
    writer.move(replica, plane(device), index(device), traits(device),
                static_cast<float>(static_cast<std::int32_t>(steps)), device == 0,
                view.write_number[device], view.dither_word[device]);
  }
};

}  // namespace panther
