// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One tile in time: its control unit, its cores and its memory, cycle by cycle where something
// happens.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "host/arch/tile_memory.hpp"
#include "host/sim/core_run.hpp"
#include "host/sim/memory_controller.hpp"
#include "host/sim/network.hpp"

namespace panther::machine {

struct TileCounts {
  std::uint64_t memory_accesses = 0;
  std::uint64_t receives = 0;
  std::uint64_t fetches = 0;
};

class TileRun {
 public:
  /// Bound of organisation.cores_per_tile.
  static constexpr std::size_t most_cores = 8;

  TileRun(Machine const& machine, TileId id, LoweredProgram* program, std::vector<CoreRun> cores);

  /// Begins all cores; call once before the first step.
  void start(RunContext& context);
  /// Everything of `cycle`, which is not before wake(). The network's deliveries of the cycle come
  /// after.
  void step(RunContext& context, Network& network, Cycle cycle);

  /// The next cycle in which step() has something to do; `never` if the tile waits for others.
  Cycle wake() const;
  /// A packet came into a mailbox, or the queue ran empty, in `cycle`.
  void network_changed(Cycle cycle);

  bool halted() const { return halted_; }
  /// Cycles the tile was on: to the one in which it halted, or to `now`.
  Cycle cycles(Cycle now) const { return halted_ ? halted_at_ + 1 : now; }

  TileId id() const { return id_; }
  TileMemory& memory() { return memory_; }
  TileMemory const& memory() const { return memory_; }
  std::vector<CoreRun>& cores() { return cores_; }
  std::vector<CoreRun> const& cores() const { return cores_; }
  TileCounts const& counts() const { return counts_; }
  ControllerCounts const& controller_counts() const { return controller_.counts(); }
  LoweredProgram const& program() const { return *program_; }
  std::uint32_t position() const { return position_; }

  /// Who waits for what, a line each; empty for a halted tile.
  std::vector<std::string> waiting(Network const& network) const;

  /// Cycle in which the event queue will look at this tile next; kept by the simulator.
  Cycle scheduled = EventWheel::never;

 private:
  enum class Await : std::uint8_t { nothing, valid_words, invalid_words, packet, stop, lost };

  LoweredInstruction const& current() const { return program_->code[position_]; }
  std::uint32_t unit_address() const {
    return current().action.address + unit_ * current().action.width;
  }

  void control(RunContext& context, Network& network, Cycle cycle);
  bool fetch(Cycle cycle);
  void act(RunContext& context, Network& network, Cycle cycle);
  void send(RunContext& context, Network& network, Cycle cycle);
  void receive(RunContext& context, Network& network, Cycle cycle);
  void try_to_halt(RunContext& context, Network& network, Cycle cycle);
  void await(Await what);
  void end_unit(RunContext& context, Cycle cycle);
  void end_instruction(RunContext& context, Cycle cycle);
  void step_cores(RunContext& context, Cycle cycle);
  void note_halted_core(CoreRun const& core);
  void memory_granted(Granted const& granted, Cycle cycle);
  std::string control_waiting(Network const& network) const;
  std::string core_waiting(CoreRun const& core) const;

  Machine const* machine_;
  TileId id_;
  LoweredProgram* program_;
  std::vector<CoreRun> cores_;
  /// wake() of each core, side by side because every step looks at all of them.
  std::array<Cycle, most_cores> core_wake_;
  TileMemory memory_;
  MemoryController controller_;
  TileCounts counts_;

  std::uint32_t position_ = 0;
  std::uint32_t unit_ = 0;
  bool fetched_ = false;
  bool second_access_ = false;
  bool holds_packet_ = false;
  Await await_ = Await::nothing;
  Packet packet_;
  /// From finding a packet in its mailbox to holding it.
  Cycle mailbox_cycles_;
  Cycle fetched_at_ = 0;
  Cycle control_wake_ = 0;

  std::size_t running_cores_;
  Cycle last_core_halt_ = 0;
  bool halted_ = false;
  Cycle halted_at_ = 0;
};

}  // namespace panther::machine
