// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The devices that hold one digit. A mirrored device is stored as the code of its reflected
// position, so the level of every kind of cell is the plain sum of its devices' codes, in levels,
// divided by the number of devices where the cell stands for their mean:
//
//   encoding      devices    mirrored  level of                 moved by a step up   down
//   offset        1          -         the device               0                    0
//   differential  2          1         half the difference      0 and 1              0 and 1
//   vector        2, 4 or 8  -         the mean                 those of the policy  likewise
//   reference     2          1         the difference           0                    0
//   one_sided     2          1         the difference           0                    1
//
// Vector, reference and one-sided cells follow aihwkit's unit cells (Rasch et al., AICAS 2021):
// - vector: `all` moves every device by the digit's steps. `sequential` and `random` move one
//   device an example (delta drive: a batch), the same one in the whole layer, by the steps of all,
//   so that the mean moves by what was asked; aihwkit moves it by its own steps only and so divides
//   the learning rate by the number of devices.
// - reference: the second device stays at level 0, next to mid-window, and is never moved. A write
//   makes up for what it is off by. Where aihwkit sets it to the symmetry point, here the law's
//   window is placed so that the symmetry point is level 0: by subtract_symmetry_point of the laws
//   with a reference, by window_min and window_max of the others.
// - one_sided: growth alone carries information, as for phase change: a step up grows the first
//   device, a step down the second. Both at G_min read as level -1, since a window has one level
//   more below 0 than above; level L is L + 1 steps of the first device, or -(L + 1) of the second.
//   What both have grown in common is lost head-room until a write or a refresh (xbar/refresh.hpp)
//   resets the pair. Each device is converted against mid-window like any other: the converters of
//   nearly empty pairs see large sums.

#include <cstdint>
#include <string_view>

#include "devicemodels/core/fields.hpp"

namespace panther {

enum class Encoding : std::uint8_t { offset, differential, vector, reference, one_sided };
template <>
struct EnumNames<Encoding> {
  static constexpr std::array values{
      std::pair{Encoding::offset, std::string_view{"offset"}},
      std::pair{Encoding::differential, std::string_view{"differential"}},
      std::pair{Encoding::vector, std::string_view{"vector"}},
      std::pair{Encoding::reference, std::string_view{"reference"}},
      std::pair{Encoding::one_sided, std::string_view{"one_sided"}}};
};

/// Which devices of a vector cell an update moves.
enum class VectorPolicy : std::uint8_t { all, sequential, random };
template <>
struct EnumNames<VectorPolicy> {
  static constexpr std::array values{
      std::pair{VectorPolicy::all, std::string_view{"all"}},
      std::pair{VectorPolicy::sequential, std::string_view{"sequential"}},
      std::pair{VectorPolicy::random, std::string_view{"random"}}};
};

/// A set of a cell's devices: bit k stands for device k.
using DeviceMask = std::uint8_t;

/// Beyond the counters of SliceCounters: pairs of one-sided devices, per replica and slice.
struct PairCounters {
  std::uint64_t refreshes;  // pairs that a refresh reset and wrote anew
  std::uint64_t resets;     // pairs that a write had to reset: no room to grow, or to be cleared
};

}  // namespace panther
