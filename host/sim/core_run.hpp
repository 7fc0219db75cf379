// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One core in time. Between two accesses to tile memory a core concerns nobody else, so it runs
// ahead to the cycle in which it raises its next request, stops, or reaches the horizon.

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "host/sim/lowered_program.hpp"
#include "host/sim/run_context.hpp"

namespace panther::machine {

class CoreRun {
 public:
  enum class Phase : std::uint8_t {
    ready,    // decodes its next instruction at wake()
    set_up,   // raises a request at wake()
    waiting,  // has raised a request that is not granted yet
    halted,
    lost,  // ran past the end of its program
  };

  CoreRun(CoreId id, LoweredProgram* program) : id_(id), program_(program) {}

  CoreId id() const { return id_; }
  Phase phase() const { return phase_; }
  /// The cycle in which the core next does something that others see; `never` if it waits for
  /// others alone.
  Cycle wake() const { return wake_; }
  /// Cycle of the last instruction of a halted core.
  Cycle halted_at() const { return now_; }
  std::uint32_t position() const { return position_; }
  std::uint64_t instructions() const { return instructions_; }
  std::uint64_t squashed() const { return squashed_; }
  std::array<Cycle, static_cast<std::size_t>(Activity::count)> const& activity() const {
    return activity_;
  }
  /// Null for a core that has not run yet.
  CoreState* state() { return state_.get(); }
  CoreState const* state() const { return state_.get(); }
  LoweredProgram const& program() const { return *program_; }

  /// The request that is raised: valid from raise() on, even after the core has given up waiting.
  MemoryAccess::Kind request_kind() const { return request_.kind; }
  std::uint32_t request_address() const { return request_.address; }
  std::uint32_t request_width() const { return request_.width; }
  int request_readers() const { return request_.readers; }
  /// Words to store, or those of the last grant.
  std::span<Word> words() { return {words_.data(), request_.width}; }
  std::span<Word> store_words() { return {store_.data(), request_.width}; }

  void create_state(RunContext const& context, TileId tile);

  /// Runs from the instruction to be decoded at wake() as far as it can.
  void advance(RunContext& context, TileId tile);
  /// Raises the request that is due; the core is now waiting. Throws MachineFault for an address
  /// outside the memory.
  void raise(RunContext const& context, TileId tile);
  /// The raised request was granted in `cycle`; does nothing if the core has given up waiting for
  /// it.
  void grant(RunContext& context, TileId tile, Cycle cycle);
  /// wake() of a waiting load: completes the unit with what the last grant left.
  void time_out(RunContext& context, TileId tile);

 private:
  struct Request {
    MemoryAccess::Kind kind = MemoryAccess::Kind::none;
    std::uint32_t address = 0;
    std::uint32_t width = 0;
    int readers = 0;
  };

  LoweredInstruction const& current() const { return program_->code[position_]; }
  std::uint32_t unit_registers() const {
    return current().memory.registers + unit_ * current().memory.register_step;
  }
  bool pause(RunContext& context, TileId tile, std::uint32_t executed);
  void count(TileId tile);
  void begin_access(LoweredInstruction const& low);
  void set_up_unit(Cycle first);
  void end_unit(RunContext& context, TileId tile, Cycle last);
  void execute(RunContext& context, TileId tile, LoweredInstruction const& low);
  void trace(RunContext& context, TileId tile, Cycle last) const;

  CoreId id_;
  Phase phase_ = Phase::ready;
  bool resumed_ = false;
  LoweredProgram* program_;
  std::unique_ptr<CoreState> state_;
  std::uint32_t position_ = 0;
  std::uint32_t unit_ = 0;
  std::int64_t base_ = 0;
  /// Cycle in which the current instruction is decoded.
  Cycle now_ = 1;
  Cycle wake_ = 1;
  std::uint64_t instructions_ = 0;
  std::uint64_t squashed_ = 0;
  std::array<Cycle, static_cast<std::size_t>(Activity::count)> activity_{};
  Request request_;
  std::array<Word, 16> words_{};
  std::array<Word, 16> store_{};
};

}  // namespace panther::machine
