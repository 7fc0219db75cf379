// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Wear. Every device counts its writes; beyond onset_writes its window closes with the logarithm of
// their number n, as cycling curves are usually drawn,
//   G_max(n) = G_max - top_per_decade log10(n / onset_writes)      and G_min(n) likewise upwards,
// until the ends meet in their middle; or its ends are those of a measured curve, linear in log n
// between nodes and constant beyond. And it may fail: after a number of writes that is log-normal
// over devices (median failure_writes) it is stuck at failed_level from its next write on.
// A device is held within its worn window when it, or for an update its row, is written; wear comes
// before the device's own bounds and faults.

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/node_curve.hpp"
#include "devicemodels/core/stated.hpp"

namespace panther {

enum class WriteCount : std::uint8_t { off, updates, steps };
template <>
struct EnumNames<WriteCount> {
  static constexpr std::array values{std::pair{WriteCount::off, std::string_view{"off"}},
                                     std::pair{WriteCount::updates, std::string_view{"updates"}},
                                     std::pair{WriteCount::steps, std::string_view{"steps"}}};
};

/// [device.endurance]
struct Endurance {
  WriteCount count = WriteCount::off;
  double onset_writes = 1e6;
  double top_per_decade = 0.0;
  double bottom_per_decade = 0.0;
  double failure_writes = 0.0;
  double failure_spread = 0.0;
  double failed_level = 1.0;
  std::vector<double> curve_writes;
  std::vector<double> curve_top;
  std::vector<double> curve_bottom;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("count", self.count,
          Field{.doc = "what counts as a write of a device: a move by an update or a carry "
                       "resolution, or every level step of it"});
    visit("onset_writes", self.onset_writes,
          Field{.unit = "writes", .doc = "writes without wear", .lo = 1, .hi = 1e9});
    visit("top_per_decade", self.top_per_decade,
          Field{.unit = "window",
                .doc = "fall of the highest conductance for every tenfold of writes beyond",
                .lo = 0,
                .hi = 1});
    visit("bottom_per_decade", self.bottom_per_decade,
          Field{.unit = "window",
                .doc = "rise of the lowest conductance for every tenfold of writes beyond",
                .lo = 0,
                .hi = 1});
    visit("failure_writes", self.failure_writes,
          Field{.unit = "writes",
                .doc = "median number of writes after which a device fails; 0: none does",
                .lo = 0,
                .hi = 4e9});
    visit("failure_spread", self.failure_spread,
          Field{.unit = "decades",
                .doc = "std over devices of the logarithm of that number",
                .lo = 0,
                .hi = 3});
    visit("failed_level", self.failed_level,
          Field{.unit = "window", .doc = "where failed devices are stuck", .lo = 0, .hi = 1});
    visit("curve_writes", self.curve_writes,
          Field{.unit = "writes",
                .doc = "ascending numbers of writes, 1 to 8, at which the ends of the window are "
                       "given, instead of onset_writes and what it begins",
                .lo = 1,
                .hi = 4e9});
    visit("curve_top", self.curve_top,
          Field{.unit = "window", .doc = "highest conductance at each", .lo = 0, .hi = 1});
    visit("curve_bottom", self.curve_bottom,
          Field{.unit = "window", .doc = "lowest conductance at each", .lo = 0, .hi = 1});
  }

  bool by_curve() const {
    return !curve_writes.empty() || !curve_top.empty() || !curve_bottom.empty();
  }
};

/// Throws std::invalid_argument, naming the key, for a curve that is none.
inline void check_endurance(Endurance const& endurance) {
  if (!endurance.by_curve()) return;
  check_nodes(endurance.curve_writes, "endurance.curve_writes");
  check_values(endurance.curve_top, endurance.curve_writes, "endurance.curve_top");
  check_values(endurance.curve_bottom, endurance.curve_writes, "endurance.curve_bottom");
  for (std::size_t i = 0; i < endurance.curve_writes.size(); ++i) {
    if (endurance.curve_bottom[i] <= endurance.curve_top[i]) continue;
    throw std::invalid_argument("endurance.curve_bottom: value " + std::to_string(i) + ", " +
                                shortest(endurance.curve_bottom[i]) + ", lies above curve_top, " +
                                shortest(endurance.curve_top[i]));
  }
  if (endurance.top_per_decade > 0.0 || endurance.bottom_per_decade > 0.0) {
    throw std::invalid_argument(
        "endurance.curve_writes: given beside top_per_decade or bottom_per_decade (give one)");
  }
}

}  // namespace panther
