// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parts of a running simulation; private to host/sim.

#include <vector>

#include "host/sim/lowered_program.hpp"
#include "host/sim/network.hpp"
#include "host/sim/simulator.hpp"
#include "host/sim/tile_run.hpp"

namespace panther::machine {

class Simulator::Impl {
 public:
  Impl(Machine machine, Image const& image, RunOptions options);

  RunResult run();
  TileRun const& tile(TileId id) const;
  CoreRun* find_core(TileId tile, CoreId core);

  Machine machine;
  std::vector<TileRun> tile_runs;

 private:
  void check_breakpoints();
  void load(TileImage const& image, TileRun& tile);
  std::vector<CoreRun> load_cores(TileImage const& image, std::size_t tile);
  Outcome loop();
  void step(Cycle cycle);
  void schedule(TileRun& tile);
  void deliver(Cycle cycle);

  RunResult collect(Outcome outcome) const;
  void collect_counts(RunResult& result) const;
  void collect_programs(RunResult& result) const;
  void collect_tile(TileRun const& tile, bool counted, RunResult& result) const;
  void collect_energy(RunResult& result) const;

  RunOptions options_;
  RunContext context_;
  ProgramCache programs_;
  Network network_;
  EventWheel wheel_;
  std::vector<std::uint32_t> ids_;
  std::vector<TileId> senders_;
  Network::Effects effects_;
  std::size_t running_tiles_;
  bool started_ = false;
  Cycle now_ = 0;
};

}  // namespace panther::machine
