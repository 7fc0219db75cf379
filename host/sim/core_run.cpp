// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/sim/core_run.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace panther::machine {
namespace {

/// Cycles from a grant to the register write of a load, and to the end of a store.
constexpr Cycle load_tail = 2;
constexpr Cycle store_tail = 1;
/// A store sets its registers up for one cycle before it raises its request.
constexpr Cycle store_head = 1;
/// So many instructions a core runs ahead at most before others get their turn: endless loops end
/// in the cycle limit.
constexpr std::uint32_t longest_burst = 65536;
/// What becomes of the instruction behind a taken branch.
constexpr Instruction nop{};

}  // namespace

void CoreRun::create_state(RunContext const& context, TileId tile) {
  if (!state_) state_ = std::make_unique<CoreState>(context.cores, tile, id_);
}

bool CoreRun::pause(RunContext& context, TileId tile, std::uint32_t executed) {
  bool stop = now_ > context.horizon || executed == longest_burst;
  if (!stop && !context.breakpoints.empty() && !resumed_) {
    Breakpoint const here{tile, id_, position_};
    if (context.breakpoints.contains(here)) {
      // A core that arrives while another's stop is being reported stops again in the next run.
      resumed_ = !context.hit;
      if (resumed_) context.hit = here;
      stop = true;
    }
  } else if (!stop) {
    resumed_ = false;
  }
  if (stop) {
    phase_ = Phase::ready;
    wake_ = now_;
  }
  return stop;
}

void CoreRun::advance(RunContext& context, TileId tile) {
  create_state(context, tile);
  for (std::uint32_t executed = 0;; ++executed) {
    if (position_ >= program_->code.size()) {
      phase_ = Phase::lost;
      wake_ = EventWheel::never;
      return;
    }
    if (pause(context, tile, executed)) return;
    LoweredInstruction const& low = current();
    count(tile);
    if (low.memory.kind != MemoryAccess::Kind::none) {
      begin_access(low);
      return;
    }
    execute(context, tile, low);
    if (phase_ == Phase::halted) return;
  }
}

void CoreRun::count(TileId tile) {
  ++instructions_;
  ++(index(tile) == 0 ? program_->runs_tile_0 : program_->runs)[position_];
}

void CoreRun::execute(RunContext& context, TileId tile, LoweredInstruction const& low) {
  Flow const flow = low.execute(*state_, low.instruction);
  activity_[static_cast<std::size_t>(low.activity)] += low.cycles;
  if (context.trace) trace(context, tile, now_ + low.cycles);
  now_ += low.cycles;
  if (flow.kind == Flow::Kind::next) {
    ++position_;
  } else if (flow.kind == Flow::Kind::jump) {
    // The successor was fetched already and passes through the pipeline as a nop.
    ++squashed_;
    if (context.trace && position_ + 1 < program_->code.size()) {
      context.trace->core_instruction(tile, id_, position_ + 1, nop, now_, now_ + 1);
    }
    now_ += 1;
    position_ = flow.target;
    activity_[static_cast<std::size_t>(Activity::control)] += 1;
  } else {
    phase_ = Phase::halted;
    wake_ = EventWheel::never;
  }
}

void CoreRun::begin_access(LoweredInstruction const& low) {
  unit_ = 0;
  base_ = state_->registers.read(low.memory.address_register);
  set_up_unit(now_ + 1);
}

void CoreRun::set_up_unit(Cycle first) {
  phase_ = Phase::set_up;
  wake_ = first + (current().memory.kind == MemoryAccess::Kind::store ? store_head : 0);
}

void CoreRun::raise(RunContext const& context, TileId tile) {
  MemoryAccess const& access = current().memory;
  std::int64_t const address = base_ + std::int64_t{unit_} * access.width;
  std::int64_t const words = context.machine->organisation.tile_memory_words;
  if (address < 0 || address + access.width > words) {
    throw MachineFault(fmt::format(
        "tile {} core {}, instruction {}: access to tile words {}..{} in cycle {} (allowed: 0..{})",
        index(tile), index(id_), position_, address, address + access.width - 1, wake_, words - 1));
  }
  request_ = {access.kind, static_cast<std::uint32_t>(address), access.width, access.readers};
  phase_ = Phase::waiting;
  bool const load = access.kind == MemoryAccess::Kind::load;
  if (!load) state_->registers.read(unit_registers(), store_words());
  bool const patient = !load || context.machine->rules.loads_never_time_out;
  wake_ = patient ? EventWheel::never
                  : wake_ + static_cast<Cycle>(context.machine->constants.load_timeout_cycles) - 1;
}

void CoreRun::grant(RunContext& context, TileId tile, Cycle cycle) {
  if (phase_ != Phase::waiting) return;
  if (request_.kind == MemoryAccess::Kind::load) {
    state_->registers.write(unit_registers(), std::span<Word const>(words()));
    end_unit(context, tile, std::min(cycle + load_tail, wake_));
  } else {
    end_unit(context, tile, cycle + store_tail);
  }
}

void CoreRun::time_out(RunContext& context, TileId tile) {
  state_->registers.write(unit_registers(), std::span<Word const>(words()));
  end_unit(context, tile, wake_);
}

void CoreRun::end_unit(RunContext& context, TileId tile, Cycle last) {
  if (++unit_ < current().memory.units) {
    set_up_unit(last + 1);
    return;
  }
  activity_[static_cast<std::size_t>(Activity::memory)] += last - now_;
  if (context.trace) trace(context, tile, last);
  now_ = last;
  ++position_;
  phase_ = Phase::ready;
  wake_ = now_;
  advance(context, tile);
}

void CoreRun::trace(RunContext& context, TileId tile, Cycle last) const {
  context.trace->core_instruction(tile, id_, position_, current().instruction, now_, last);
}

}  // namespace panther::machine
