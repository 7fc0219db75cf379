// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Crossbars with resistive wires: the phases of kernels/wires/unit.hpp with as many lanes side by
// side as a vector of doubles holds.

#include "kernels/cpu/kernel_table.hpp"
#include "kernels/wires/unit.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

namespace {

constexpr int vector_lanes = PANTHER_ISA_LEVEL == 512 ? 8 : (PANTHER_ISA_LEVEL == 2 ? 4 : 2);
constexpr int parts = wire_lanes / vector_lanes;
constexpr int lines_together = 4;  // hides the latency of a line's chain of operations
// A vector may alias the doubles it is made of.
typedef double Vector __attribute__((vector_size(vector_lanes * sizeof(double))));
using Unit = WireUnit<Vector, parts>;

Vector const& vector_of(double const* lanes, int part) {
  return reinterpret_cast<Vector const*>(lanes)[part];
}

/// The lanes of a unit, a vector's each.
struct Parts {
  Unit part[parts];

  Parts(WireSolveArgs const& args, double* memory) {
    for (int i = 0; i < parts; ++i) part[i] = Unit(args, memory, i * vector_lanes);
  }
  Unit const& any() const { return part[0]; }
};

void start(WirePorts const& ports, Parts const& unit, WireLanes& lanes) {
  Unit const& any = unit.any();
  for (int lane = 0; lane < wire_lanes; ++lane) lanes.start(lane);
  int const stride = WireWorkspace(ports.args).stride;
  for (int row = 0; row < ports.args.rows; ++row) {
    for (int col = 0; col < ports.args.cols; ++col) {
      any.siemens[row * stride + col] = ports.siemens(row, col);
    }
  }
  for (int line = 0; line < any.driven.cells.lines; ++line) {
    any.driven.prepare(line, any.siemens);
    for (int lane = 0; lane < wire_lanes; ++lane) {
      any.source_of(line)[lane] = ports.volt(line, lane);
    }
  }
  for (int line = 0; line < any.sensed.cells.lines; ++line) {
    any.sensed.prepare(line, any.siemens);
    for (Unit const& part : unit.part) part.clear(line);
  }
}

/// Adds up what the lines of the phase left, in their order.
void take_sums(Unit const& any, WirePhase phase, double tolerance, WireLanes& lanes) {
  for (int lane = 0; lane < wire_lanes; ++lane) {
    double sums[2] = {0.0, 0.0};
    for (int line = 0; line < any.lines(phase); ++line) {
      if (Unit::sums(phase) > 0) sums[0] += any.first_of(line)[lane];
      if (Unit::sums(phase) > 1) sums[1] += any.second_of(line)[lane];
    }
    lanes.take(phase, lane, sums[0], sums[1], tolerance);
  }
}

void write_devices(WirePorts const& ports, Parts const& unit) {
  int const stride = WireWorkspace(ports.args).stride;
  for (int row = 0; row < ports.args.rows; ++row) {
    for (int col = 0; col < ports.args.cols; ++col) {
      for (int part = 0; part < parts; ++part) {
        Vector const currents = unit.part[part].device_current(row * stride + col);
        for (int i = 0; i < vector_lanes; ++i) {
          ports.write_device(row, col, part * vector_lanes + i, currents[i]);
        }
      }
    }
  }
}

void finish(WirePorts const& ports, Parts const& unit, WireLanes const& lanes) {
  for (int line = 0; line < unit.any().sensed.cells.lines; ++line) {
    for (int part = 0; part < parts; ++part) {
      Vector const currents = unit.part[part].sensed_current(line);
      for (int i = 0; i < vector_lanes; ++i) {
        ports.write_current(line, part * vector_lanes + i, currents[i]);
      }
    }
  }
  if (ports.args.device_amperes != nullptr) write_devices(ports, unit);
  for (int lane = 0; lane < wire_lanes; ++lane) ports.write_outcome(lane, lanes);
}

void run_phase(Parts const& unit, WirePhase phase, WireLanes const& lanes) {
  for (int part = 0; part < parts; ++part) {
    Unit const& mine = unit.part[part];
    Vector const& factor = vector_of(lanes.factors(phase), part);
    int const lines = mine.lines(phase);
    int line = 0;
    for (; line + lines_together <= lines; line += lines_together) {
      mine.run<lines_together>(phase, line, factor);
    }
    for (; line < lines; ++line) mine.run<1>(phase, line, factor);
  }
}

void solve_unit(WireSolveArgs const& args, std::int64_t index, double* memory) {
  WirePorts const ports{args, index};
  Parts const unit(args, memory);
  WireLanes lanes;
  start(ports, unit, lanes);
  WirePhase phase = WirePhase::evaluate_driven;
  while (phase != WirePhase::finished) {
    run_phase(unit, phase, lanes);
    take_sums(unit.any(), phase, args.tolerance, lanes);
    phase = lanes.after(phase, args.iterations);
  }
  finish(ports, unit, lanes);
}

}  // namespace

void solve_wires(WireSolveArgs const& args, double* memory, std::int64_t first, std::int64_t last) {
  for (std::int64_t unit = first; unit < last; ++unit) solve_unit(args, unit, memory);
}

}  // namespace panther::PANTHER_ISA_NAMESPACE
