// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The wires of a crossbar and what stands at their ends.
//
// Word line i has a terminal left of column 0, bit line j one below the last row; with `both`, also
// at the other end. A terminal drives or senses, whichever direction the read has: so a read that
// drives the columns sees the same wires from the other side. A sense holds its line at 0 V behind
// sense_ohm; a driver holds it at the input's voltage behind driver_ohm.
//
// Conventions of other programs: badcrossbar (Joksas and Mehonic, SoftwareX 12, 2020) and CrossSim
// have a whole segment between a terminal and its first cell (CrossSim with a resistance of the
// terminal besides); MemTorch has a source resistance there and no segment.

#include <cstdint>
#include <limits>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/hd.hpp"

namespace panther {

enum class LineEnds : std::uint8_t { one, both };
template <>
struct EnumNames<LineEnds> {
  static constexpr std::array values{std::pair{LineEnds::one, std::string_view{"one"}},
                                     std::pair{LineEnds::both, std::string_view{"both"}}};
};

/// What lies between a terminal and the cell next to it, besides the terminal's own resistance.
enum class EndSegment : std::uint8_t { whole, none };
template <>
struct EnumNames<EndSegment> {
  static constexpr std::array values{std::pair{EndSegment::whole, std::string_view{"whole"}},
                                     std::pair{EndSegment::none, std::string_view{"none"}}};
};

struct WireParams {
  // aihwkit's default for IR drop, ir_drop_g_ratio = 1 / (0.35 ohm x 5 uS).
  double word_ohm = 0.35;
  double bit_ohm = 0.35;
  double driver_ohm = 0.0;
  double sense_ohm = 0.0;
  LineEnds drivers = LineEnds::one;
  LineEnds senses = LineEnds::one;
  EndSegment end_segment = EndSegment::whole;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("word_ohm", self.word_ohm,
          Field{.unit = "ohm",
                .doc = "resistance of a word line from one cell to the next",
                .lo = 0,
                .hi = 1e12});
    visit("bit_ohm", self.bit_ohm,
          Field{.unit = "ohm",
                .doc = "resistance of a bit line from one cell to the next",
                .lo = 0,
                .hi = 1e12});
    visit("driver_ohm", self.driver_ohm,
          Field{.unit = "ohm", .doc = "output resistance of a line's driver", .lo = 0, .hi = 1e12});
    visit("sense_ohm", self.sense_ohm,
          Field{.unit = "ohm", .doc = "input resistance of a line's sense", .lo = 0, .hi = 1e12});
    visit("drivers", self.drivers, Field{.doc = "ends of a driven line that have a driver"});
    visit("senses", self.senses, Field{.doc = "ends of a sensed line that have a sense"});
    visit("end_segment", self.end_segment,
          Field{.doc = "line between a terminal and the cell next to it: a whole segment or none"});
  }
};

/// Which lines of a crossbar an operation drives; it senses the others.
enum class Driven : std::uint8_t { rows, columns };

/// All lines of one kind, with both ends' resistance up to the voltage that a terminal holds.
struct LineWires {
  double segment_ohm;
  double near_ohm;  // at the first column of a word line, at the last row of a bit line
  double far_ohm;   // infinite: the end is open
};

/// The wires of a crossbar as one direction of reads sees them.
struct WireCircuit {
  LineWires word;
  LineWires bit;
  Driven driven;

  PANTHER_HD LineWires const& driven_wires() const { return driven == Driven::rows ? word : bit; }
  PANTHER_HD LineWires const& sensed_wires() const { return driven == Driven::rows ? bit : word; }
};

inline WireCircuit circuit_of(WireParams const& params, Driven driven) {
  auto const line = [&](double segment_ohm, bool drives) {
    double const end = (drives ? params.driver_ohm : params.sense_ohm) +
                       (params.end_segment == EndSegment::whole ? segment_ohm : 0.0);
    LineEnds const ends = drives ? params.drivers : params.senses;
    return LineWires{segment_ohm, end,
                     ends == LineEnds::both ? end : std::numeric_limits<double>::infinity()};
  };
  bool const rows = driven == Driven::rows;
  return {line(params.word_ohm, rows), line(params.bit_ohm, !rows), driven};
}

}  // namespace panther
