// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Resistive wires in the reads and in the updates of a network, as configured.

#include "kernels/wires/params.hpp"
#include "kernels/wires/seen.hpp"

namespace panther {

enum class WireModel : std::uint8_t { off, first_order, fixed_point, exact };
template <>
struct EnumNames<WireModel> {
  static constexpr std::array values{
      std::pair{WireModel::off, std::string_view{"off"}},
      std::pair{WireModel::first_order, std::string_view{"first_order"}},
      std::pair{WireModel::fixed_point, std::string_view{"fixed_point"}},
      std::pair{WireModel::exact, std::string_view{"exact"}}};
};

/// How drops are computed, in reads and in updates.
struct WireDropConfig : WireParams {
  WireModel model = WireModel::off;
  int refresh_every = 1;
  double tolerance = 1e-6;
  int iterations = 2000;

  template <class Self, class Visitor>
  static void circuit_fields(Self& self, Visitor& visit) {
    visit(
        "model", self.model,
        Field{.doc = "IR drop: off; first_order: a pass over the devices; fixed_point, exact: the "
                     "network of resistors, 1e2 to 1e4 times slower"});
    WireParams::fields(self, visit);
  }

  template <class Self, class Visitor>
  static void solution_fields(Self& self, Visitor& visit) {
    visit("refresh_every", self.refresh_every,
          Field{.unit = "examples",
                .doc = "drops are those of up to so many examples ago, carry resolution brings "
                       "them up to date; in between devices move behind the drops that they had",
                .lo = 1,
                .hi = 1e9});
    visit("tolerance", self.tolerance,
          Field{.unit = "1",
                .doc = "fixed_point: stray current accepted, of the devices' current",
                .lo = 1e-12,
                .hi = 0.1});
    visit("iterations", self.iterations,
          Field{.doc = "fixed_point: at most; a run that needs more ends", .lo = 1, .hi = 1e6});
  }
};

struct WiresConfig : WireDropConfig {
  WireReference reference = WireReference::matched;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    circuit_fields(self, visit);
    visit("reference", self.reference,
          Field{.doc = "current of level 0 is removed by a reference that loses what the device "
                       "loses (matched) or nothing (ideal); offset encoding only"});
    solution_fields(self, visit);
  }
};

/// Rows are held by their drivers, columns by what the other keys call senses.
struct UpdateWiresConfig : WireDropConfig {
  // CrossSim: a dead zone of 0.1333 V of a drive of 1.1333 V (kernels/wires/shares.hpp).
  double threshold = 0.1176;
  double active = 1.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    circuit_fields(self, visit);
    visit("threshold", self.threshold,
          Field{.unit = "1",
                .doc = "part of the programming voltage (beyond a selector's) that moves nothing: "
                       "the less is left above it, the fewer steps a device takes",
                .lo = 0,
                .hi = 0.99});
    visit("active", self.active,
          Field{.unit = "1",
                .doc = "part of the devices of a line that conduct at a time: polarity phases, "
                       "bits and digits drive few of them; 1 is the worst case",
                .lo = 0.001,
                .hi = 1});
    solution_fields(self, visit);
  }
};

}  // namespace panther
