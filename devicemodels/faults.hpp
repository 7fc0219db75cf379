// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Faulty cells: stuck at an end of the window, dead somewhere within it, on a broken line; alone or
// in clusters. Whether a device is faulty is a function of (seed, device), like its spread.
//
// A dead cell (aihwkit's corrupt device) stays at a frozen level, uniform in [dead_low, dead_high]
// of the window, a whole code. aihwkit's range is about w = 0, where the law's window has it, and
// within the device's own bounds; here it is of the nominal window.
//
// map = "uniform": every device is faulty with the stated shares, independently. "clustered":
// blocks of cluster x cluster devices are bad with probability q = (low + high + dead) /
// cluster_density; the devices of bad blocks are faulty with the probability cluster_density, split
// in the proportions of the shares, those of good blocks never. So each share is the stated one,
// and two devices of one block fail together with probability q cluster_density^2.
//
// A broken word or bit line takes all its devices of one crossbar (line_devices long) with it: no
// current flows through them. They stand at G_min, the least that a cell of the window can show;
// what they are besides does not count.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <stdexcept>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/normal.hpp"
#include "devicemodels/core/philox.hpp"
#include "devicemodels/core/stated.hpp"

namespace panther {

enum class FaultMap : std::uint8_t { uniform, clustered };
template <>
struct EnumNames<FaultMap> {
  static constexpr std::array values{std::pair{FaultMap::uniform, std::string_view{"uniform"}},
                                     std::pair{FaultMap::clustered, std::string_view{"clustered"}}};
};

struct StuckCells {
  double low = 0.0;
  double high = 0.0;
  double dead = 0.0;
  double dead_low = 0.0;
  double dead_high = 1.0;
  FaultMap map = FaultMap::uniform;
  int cluster = 8;
  double cluster_density = 0.5;
  double word_lines = 0.0;
  double bit_lines = 0.0;
  int line_devices = 128;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    share_fields(self, visit);
    map_fields(self, visit);
  }

  double cells() const { return low + high + dead; }
  bool clustered() const { return map == FaultMap::clustered && cells() > 0.0; }
  bool any() const { return cells() > 0.0 || word_lines > 0.0 || bit_lines > 0.0; }

 private:
  template <class Self, class Visitor>
  static void share_fields(Self& self, Visitor& visit) {
    visit("low", self.low,
          Field{.unit = "1", .doc = "share of devices stuck at G_min", .lo = 0, .hi = 1});
    visit("high", self.high,
          Field{.unit = "1", .doc = "share of devices stuck at G_max", .lo = 0, .hi = 1});
    visit("dead", self.dead,
          Field{.unit = "1",
                .doc = "share of devices stuck at a level of their own within the window",
                .lo = 0,
                .hi = 1});
    visit("dead_low", self.dead_low,
          Field{.unit = "window", .doc = "lowest level of dead devices", .lo = 0, .hi = 1});
    visit("dead_high", self.dead_high,
          Field{.unit = "window", .doc = "highest level of dead devices", .lo = 0, .hi = 1});
  }

  template <class Self, class Visitor>
  static void map_fields(Self& self, Visitor& visit) {
    visit("map", self.map,
          Field{.doc = "whether faulty devices are scattered or come in clusters"});
    visit("cluster", self.cluster,
          Field{.unit = "lines", .doc = "edge of a cluster", .lo = 1, .hi = 1024});
    visit("cluster_density", self.cluster_density,
          Field{.unit = "1",
                .doc = "share of faulty devices within a cluster, at least that of all devices",
                .lo = 1e-3,
                .hi = 1});
    visit("word_lines", self.word_lines,
          Field{.unit = "1", .doc = "share of broken word lines (rows)", .lo = 0, .hi = 1});
    visit("bit_lines", self.bit_lines,
          Field{.unit = "1", .doc = "share of broken bit lines (columns)", .lo = 0, .hi = 1});
    visit("line_devices", self.line_devices,
          Field{.unit = "devices",
                .doc = "devices of a line: the edge of a crossbar",
                .lo = 1,
                .hi = 4096});
  }
};

/// Faults as kernels see them. A share is compared with a 32-bit uniform word.
struct FaultConstants {
  std::uint32_t low_below = 0;
  std::uint32_t high_below = 0;  // >= low_below
  std::uint32_t dead_below = 0;  // >= high_below
  std::uint32_t clusters_below = 0;
  std::int32_t cluster = 0;  // edge; 0: not clustered
  std::uint32_t word_lines_below = 0;
  std::uint32_t bit_lines_below = 0;
  std::int32_t line_devices = 0;  // 0: no line is broken
  float dead_low = 0.0F;
  float dead_width = 0.0F;
};

/// Throws std::invalid_argument for contradicting keys, naming them.
inline void check_faults(StuckCells const& stuck) {
  double const cells = stuck.cells();
  if (cells > 1.0) {
    throw std::invalid_argument(stated("stuck.low", stuck.low) + ", " +
                                stated("stuck.high", stuck.high) + " and " +
                                stated("stuck.dead", stuck.dead) + " (must not exceed 1 together)");
  }
  if (stuck.dead_low > stuck.dead_high) {
    throw std::invalid_argument(stated("stuck.dead_low", stuck.dead_low) + " (must not exceed " +
                                stated("stuck.dead_high", stuck.dead_high) + ")");
  }
  if (stuck.clustered() && stuck.cluster_density < cells) {
    throw std::invalid_argument(stated("stuck.cluster_density", stuck.cluster_density) +
                                " (must be at least " +
                                stated("stuck.low + stuck.high + stuck.dead", cells) + ")");
  }
}

/// Throws std::invalid_argument for contradicting keys, naming them.
inline FaultConstants fault_constants(StuckCells const& stuck) {
  double const cells = stuck.cells();
  check_faults(stuck);
  auto const below = [](double share) {
    return static_cast<std::uint32_t>(std::min(std::floor(share * 4294967296.0), 4294967295.0));
  };
  double const bad = stuck.clustered() ? cells / stuck.cluster_density : 1.0;
  bool const lines = stuck.word_lines > 0.0 || stuck.bit_lines > 0.0;
  return {.low_below = below(stuck.low / bad),
          .high_below = below((stuck.low + stuck.high) / bad),
          .dead_below = below(cells / bad),
          .clusters_below = stuck.clustered() ? below(bad) : 0,
          .cluster = stuck.clustered() ? stuck.cluster : 0,
          .word_lines_below = below(stuck.word_lines),
          .bit_lines_below = below(stuck.bit_lines),
          .line_devices = lines ? stuck.line_devices : 0,
          .dead_low = static_cast<float>(stuck.dead_low),
          .dead_width = static_cast<float>(stuck.dead_high - stuck.dead_low)};
}

/// What a device shares with its neighbours.
struct Surroundings {
  bool cut;  // a line of it is broken
  bool bad;  // cells are faulty here with the shares of FaultConstants
};

/// Random words of the surroundings: of Stream::fault_line, sub-step 0 a word line, 1 a bit line,
/// and Stream::fault_cluster.
PANTHER_HD bool is_broken_word_line(FaultConstants const& k, std::uint32_t word) {
  return word < k.word_lines_below;
}
PANTHER_HD bool is_broken_bit_line(FaultConstants const& k, std::uint32_t word) {
  return word < k.bit_lines_below;
}
PANTHER_HD bool is_bad_cluster(FaultConstants const& k, std::uint32_t word) {
  return word < k.clusters_below;
}

/// Items of those words: the place of the line or block among its kind.
PANTHER_HD std::uint64_t word_line_item(FaultConstants const& k, std::uint64_t device) {
  return in_plane_of(device, row_of_item(device),
                     column_of_item(device) / static_cast<std::uint32_t>(k.line_devices));
}
PANTHER_HD std::uint64_t bit_line_item(FaultConstants const& k, std::uint64_t device) {
  return in_plane_of(device, row_of_item(device) / static_cast<std::uint32_t>(k.line_devices),
                     column_of_item(device));
}
PANTHER_HD std::uint64_t cluster_item(FaultConstants const& k, std::uint64_t device) {
  auto const edge = static_cast<std::uint32_t>(k.cluster);
  return in_plane_of(device, row_of_item(device) / edge, column_of_item(device) / edge);
}

PANTHER_HD Surroundings surroundings_of(FaultConstants const& k, std::uint64_t seed,
                                        std::uint64_t device) {
  Surroundings around{false, true};
  if (k.cluster != 0) {
    PhiloxWords const words = draw(seed, Stream::fault_cluster, cluster_item(k, device), 0);
    around.bad = is_bad_cluster(k, words.w[0]);
  }
  if (k.line_devices == 0) return around;
  PhiloxWords const word_line = draw(seed, Stream::fault_line, word_line_item(k, device), 0, 0);
  around.cut = is_broken_word_line(k, word_line.w[0]);
  PhiloxWords const bit_line = draw(seed, Stream::fault_line, bit_line_item(k, device), 0, 1);
  around.cut |= is_broken_bit_line(k, bit_line.w[0]);
  return around;
}

}  // namespace panther
