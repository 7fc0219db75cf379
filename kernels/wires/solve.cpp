// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/wires/solve.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "kernels/wires/ladder.hpp"

namespace panther {

namespace {

void check_line(std::string const& name, LineWires const& wires) {
  auto const refuse = [&](std::string const& what, double ohm, std::string const& allowed) {
    throw std::invalid_argument("wires: " + what + " of a " + name + " line is " +
                                std::to_string(ohm) + " ohm (must be " + allowed + ")");
  };
  if (!(wires.segment_ohm >= 0.0) || std::isinf(wires.segment_ohm)) {
    refuse("segment", wires.segment_ohm, "0 or more, and finite");
  }
  if (!(wires.near_ohm >= 0.0) || std::isinf(wires.near_ohm)) {
    refuse("terminal", wires.near_ohm, "0 or more, and finite");
  }
  if (!(wires.far_ohm > 0.0)) {
    refuse("second terminal", wires.far_ohm, "above 0: give it or the segment a resistance");
  }
}

}  // namespace

void check_ladders(WireCircuit const& circuit) {
  check_line("word", circuit.word);
  check_line("bit", circuit.bit);
}

void check_solvable(WireSolveArgs const& args) {
  check_ladders(args.circuit);
  if (!(args.tolerance > 0.0)) {
    throw std::invalid_argument("wires: tolerance = " + std::to_string(args.tolerance) +
                                " (must be above 0)");
  }
}

}  // namespace panther
