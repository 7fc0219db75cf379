// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Currents of many crossbars with resistive wires, for many inputs each, by iteration.
//
// Given the voltages of the sensed lines, every driven line is a ladder of its own (ladder.hpp),
// and the reverse. Solving all driven, then all sensed lines is a plain step; it converges slowly
// where devices conduct as well as a line's wires. So steps are the preconditioner of conjugate
// gradients on the sensed lines' voltages x: with B the nodal matrix of the sensed lines, A v the
// currents into them that voltages v on them cause through devices and driven lines, (B - A) x = b.
// Only A and the inverse of B are ever applied, and both have numbers for lines of no resistance;
// B p comes from the recurrence. The stray currents f on such a line, which is one node, are put
// together on its first cell.
//
// Start of a round, also the first: w = the driven lines' voltages for x, x' = the sensed lines'
// for w. The pair (w, x') meets Kirchhoff's law everywhere but at the driven nodes, where currents
// g (x' - x) are left over. A stray current ends at the terminals, so the error of all sensed
// currents together is at most sum |g (x' - x)|. An input has converged when that is at most
// `tolerance` times the sum of all device currents' magnitudes. If not, x' becomes x, with stray
// currents f = A (x' - x) on the sensed lines, and conjugate gradients make them small. An input
// that has not converged after `iterations` says so in its outcome, with what it reached.
//
// Unit of work: a pack of wire_lanes inputs of one crossbar, side by side in memory ([cell][lane]),
// so that vector lanes and neighbouring threads have an input each. A lane's numbers do not depend
// on the others. Sums run over the cells of a line, then over lines, in their order. Bit-identical
// on every backend. Bound: memory, 14 passes over [cell][lane] of doubles an iteration.

#include <cstdint>

#include "kernels/wires/params.hpp"

namespace panther {

inline constexpr int wire_lanes = 8;

/// How one input ended.
struct WireOutcome {
  double mismatch;          // stray currents, relative to the sum of device currents
  std::int32_t iterations;  // passes over all lines, until it had converged or in all
  std::int32_t converged;   // 1 or 0
};

struct WireSolveArgs {
  WireCircuit circuit;
  double const* siemens;  // [crossbar][row][column], finite
  double const* volts;    // [crossbar][input][driven line]; null: input k drives line k with 1 V
  double* amperes;        // [crossbar][input][sensed line]
  WireOutcome* outcomes;  // [crossbar][input]
  double* device_amperes =
      nullptr;  // [crossbar][input][row][column], out of the driven line; if wanted
  std::int64_t crossbars;
  int rows;
  int cols;
  int inputs;
  double tolerance;
  int iterations;

  PANTHER_HD int driven_lines() const { return circuit.driven == Driven::rows ? rows : cols; }
  PANTHER_HD int sensed_lines() const { return circuit.driven == Driven::rows ? cols : rows; }
  PANTHER_HD int packs() const { return (inputs + wire_lanes - 1) / wire_lanes; }
  PANTHER_HD std::int64_t units() const { return crossbars * packs(); }
};

/// Throws std::invalid_argument for circuits that the ladder has no numbers for.
void check_solvable(WireSolveArgs const& args);

enum class WirePhase : std::int32_t {
  evaluate_driven,  // w of x
  evaluate_sensed,  // x' of w, which becomes x; sums: stray currents, device currents
  begin,            // f = A (x' - x)
  advance,          // x and f along the direction p; z, what f is worth; sums: f z, |f|
  answer,           // the next p, and A p; sum: p (B - A) p
  finished
};

/// The numbers of a pack's inputs that decide how its iteration goes on.
struct alignas(64) WireLanes {
  double taken[wire_lanes];   // part of a plain step that a new round takes: 0 or 1
  double along[wire_lanes];   // step along the direction
  double kept[wire_lanes];    // part of the old direction in the new one
  double power[wire_lanes];   // f z
  double enough[wire_lanes];  // stray current at which a round ends
  double mismatch[wire_lanes];
  std::int32_t iterations[wire_lanes];
  bool converged[wire_lanes];
  bool resting[wire_lanes];  // waits for the others, then is evaluated
  bool started[wire_lanes];  // has a direction
  std::int32_t used;         // iterations of the pack

  PANTHER_HD void start(int lane) {
    taken[lane] = 1.0;
    along[lane] = 0.0;
    kept[lane] = 0.0;
    power[lane] = 0.0;
    iterations[lane] = 0;
    converged[lane] = false;
    resting[lane] = false;
    started[lane] = false;
    if (lane == 0) used = 0;
  }

  /// What the lines of a phase multiply by.
  PANTHER_HD double const* factors(WirePhase phase) const {
    if (phase == WirePhase::advance) return along;
    return phase == WirePhase::answer ? kept : taken;
  }

  /// What a lane makes of the sums of the phase that ended.
  PANTHER_HD void take(WirePhase ended, int lane, double first, double second, double tolerance) {
    if (ended == WirePhase::evaluate_sensed) evaluate(lane, first, second, tolerance);
    if (ended == WirePhase::advance) {
      if (!resting[lane]) ++iterations[lane];
      kept[lane] = started[lane] && power[lane] > 0.0 ? first / power[lane] : 0.0;
      power[lane] = first;
      started[lane] = true;
      resting[lane] = resting[lane] || second <= enough[lane] || !(first > 0.0);
    }
    if (ended == WirePhase::answer) {
      resting[lane] = resting[lane] || !(first > 0.0);
      along[lane] = resting[lane] ? 0.0 : power[lane] / first;
    }
  }

  PANTHER_HD void evaluate(int lane, double stray, double current, double tolerance) {
    converged[lane] = stray <= tolerance * current;
    mismatch[lane] = current > 0.0 ? stray / current : stray;
    resting[lane] = converged[lane];
    taken[lane] = converged[lane] ? 0.0 : 1.0;
    along[lane] = 0.0;
    started[lane] = false;
    // Half: the two measures of what strays differ.
    enough[lane] = 0.5 * tolerance * current;
  }

  /// The phase that follows, once all lanes have taken their sums.
  PANTHER_HD WirePhase after(WirePhase ended, int most_iterations) {
    bool all_converged = true;
    bool all_resting = true;
    for (int lane = 0; lane < wire_lanes; ++lane) {
      all_converged = all_converged && converged[lane];
      all_resting = all_resting && resting[lane];
    }
    switch (ended) {
      case WirePhase::evaluate_driven:
        return WirePhase::evaluate_sensed;
      case WirePhase::evaluate_sensed:
        return all_converged || used >= most_iterations ? WirePhase::finished : WirePhase::begin;
      case WirePhase::advance:
        ++used;
        return all_resting || used >= most_iterations ? WirePhase::evaluate_driven
                                                      : WirePhase::answer;
      default:
        return WirePhase::advance;
    }
  }
};

}  // namespace panther
