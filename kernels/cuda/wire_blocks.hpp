// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Crossbars with resistive wires: a block of threads has a unit of kernels/wires/unit.hpp, eight
// neighbouring threads the lanes of one line, so that what a step reads and writes of a cell is one
// sector of 64 bytes. How many steps a unit takes, its numbers decide: whoever runs the steps loops
// until the phase is `finished`. Bound: memory, or the latency of a line where lines are few.
//
// The steps of a unit, with a barrier after each: start, prepare, then work, take, decide until
// finished, then finish. Within a step no thread reads what another one writes.

#include "kernels/cuda/block_kernel.hpp"
#include "kernels/wires/unit.hpp"

namespace panther::cuda {

struct WireBlocks {
  WireSolveArgs args;

  static constexpr int threads = 128;
  static constexpr int lines_together = threads / wire_lanes;
  using Unit = WireUnit<double, wire_lanes>;

  struct Shared {
    WireLanes lanes;
    WirePhase phase;
  };

  PANTHER_HD static int lane_of(int thread) { return thread % wire_lanes; }
  PANTHER_HD static int line_of(int thread) { return thread / wire_lanes; }

  PANTHER_HD void start(std::int64_t index, int thread, double* memory, Shared& shared) const {
    Unit const unit(args, memory, lane_of(thread));
    WirePorts const ports{args, index};
    int const stride = WireWorkspace(args).stride;
    for (int row = 0; row < args.rows; ++row) {
      for (int col = thread; col < args.cols; col += threads) {
        unit.siemens[row * stride + col] = ports.siemens(row, col);
      }
    }
    for (int line = line_of(thread); line < args.driven_lines(); line += lines_together) {
      *unit.source_of(line) = ports.volt(line, lane_of(thread));
    }
    if (thread < wire_lanes) shared.lanes.start(thread);
    if (thread == 0) shared.phase = WirePhase::evaluate_driven;
  }

  PANTHER_HD void prepare(int thread, double* memory) const {
    Unit const unit(args, memory, lane_of(thread));
    for (int line = thread; line < args.driven_lines(); line += threads) {
      unit.driven.prepare(line, unit.siemens);
    }
    for (int line = thread; line < args.sensed_lines(); line += threads) {
      unit.sensed.prepare(line, unit.siemens);
    }
    for (int line = line_of(thread); line < args.sensed_lines(); line += lines_together) {
      unit.clear(line);
    }
  }

  PANTHER_HD void work(int thread, double* memory, Shared const& shared) const {
    int const lane = lane_of(thread);
    Unit const unit(args, memory, lane);
    for (int line = line_of(thread); line < unit.lines(shared.phase); line += lines_together) {
      unit.run<1>(shared.phase, line, shared.lanes.factors(shared.phase)[lane]);
    }
  }

  /// Adds up what the lines of the phase left, in their order.
  PANTHER_HD void take(int thread, double* memory, Shared& shared) const {
    if (thread >= wire_lanes) return;
    Unit const unit(args, memory, thread);
    double first = 0.0;
    double second = 0.0;
    for (int line = 0; line < unit.lines(shared.phase); ++line) {
      if (Unit::sums(shared.phase) > 0) first += *unit.first_of(line);
      if (Unit::sums(shared.phase) > 1) second += *unit.second_of(line);
    }
    shared.lanes.take(shared.phase, thread, first, second, args.tolerance);
  }

  PANTHER_HD void decide(int thread, Shared& shared) const {
    if (thread == 0) shared.phase = shared.lanes.after(shared.phase, args.iterations);
  }

  PANTHER_HD void finish(std::int64_t index, int thread, double* memory,
                         Shared const& shared) const {
    int const lane = lane_of(thread);
    Unit const unit(args, memory, lane);
    WirePorts const ports{args, index};
    for (int line = line_of(thread); line < args.sensed_lines(); line += lines_together) {
      ports.write_current(line, lane, unit.sensed_current(line));
    }
    if (args.device_amperes != nullptr) write_devices(ports, unit, thread);
    if (thread < wire_lanes) ports.write_outcome(thread, shared.lanes);
  }

  PANTHER_HD void write_devices(WirePorts const& ports, Unit const& unit, int thread) const {
    int const stride = WireWorkspace(args).stride;
    for (int row = 0; row < args.rows; ++row) {
      for (int col = line_of(thread); col < args.cols; col += lines_together) {
        ports.write_device(row, col, lane_of(thread), unit.device_current(row * stride + col));
      }
    }
  }
};

}  // namespace panther::cuda
