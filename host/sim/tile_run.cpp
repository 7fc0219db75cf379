// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/sim/tile_run.hpp"

#include <algorithm>

namespace panther::machine {
namespace {

/// A core that holds only hlt executes it in this cycle: fetched in 0, decoded in 1.
constexpr Cycle idle_core_halt = 2;

}  // namespace

TileRun::TileRun(Machine const& machine, TileId id, LoweredProgram* program,
                 std::vector<CoreRun> cores)
    : machine_(&machine),
      id_(id),
      program_(program),
      cores_(std::move(cores)),
      memory_(static_cast<std::uint32_t>(machine.organisation.tile_memory_words),
              index(id) == 0 ? static_cast<std::uint32_t>(machine.organisation.input_words) : 0,
              machine.organisation.input_readers),
      mailbox_cycles_(machine.rules.receive_takes_buffer_time
                          ? occupancy(machine, machine.constants.receive_buffer.latency_cycles)
                          : 0),
      running_cores_(cores_.size()),
      last_core_halt_(idle_core_halt) {
  core_wake_.fill(EventWheel::never);
}

void TileRun::start(RunContext& context) {
  for (std::size_t i = 0; i < cores_.size(); ++i) {
    cores_[i].advance(context, id_);
    core_wake_[i] = cores_[i].wake();
    note_halted_core(cores_[i]);
  }
}

Cycle TileRun::wake() const {
  if (halted_) return EventWheel::never;
  Cycle next = std::min(control_wake_, controller_.wake());
  for (Cycle const wake : core_wake_) next = std::min(next, wake);
  return next;
}

void TileRun::network_changed(Cycle cycle) {
  if (await_ == Await::packet || await_ == Await::stop)
    control_wake_ = std::min(control_wake_, cycle + 1);
}

void TileRun::step(RunContext& context, Network& network, Cycle cycle) {
  controller_.catch_up(*machine_, cores_, cycle);
  if (control_wake_ <= cycle) control(context, network, cycle);
  step_cores(context, cycle);
  Granted const granted = controller_.attempt(*machine_, cores_, memory_, cycle);
  if (granted.any) {
    memory_granted(granted, cycle);
    bool const was_halted = granted.core->phase() == CoreRun::Phase::halted;
    granted.core->grant(context, id_, cycle);
    core_wake_[static_cast<std::size_t>(granted.core - cores_.data())] = granted.core->wake();
    if (!was_halted) note_halted_core(*granted.core);
  }
  // Requests that nobody waits for any more are polled until the tile is switched off, this cycle
  // included.
  if (halted_) controller_.catch_up(*machine_, cores_, cycle + 1);
}

void TileRun::step_cores(RunContext& context, Cycle cycle) {
  for (std::size_t i = 0; i < cores_.size(); ++i) {
    if (core_wake_[i] != cycle) continue;
    CoreRun& core = cores_[i];
    if (core.phase() == CoreRun::Phase::ready) {
      core.advance(context, id_);
    } else if (core.phase() == CoreRun::Phase::waiting) {
      core.time_out(context, id_);
    } else {
      core.raise(context, id_);
      controller_.request(i);
    }
    core_wake_[i] = core.wake();
    note_halted_core(core);
  }
}

void TileRun::note_halted_core(CoreRun const& core) {
  if (core.phase() != CoreRun::Phase::halted) return;
  --running_cores_;
  last_core_halt_ = std::max(last_core_halt_, core.halted_at());
  if (running_cores_ == 0 && await_ == Await::stop) control_wake_ = last_core_halt_ + 1;
}

void TileRun::memory_granted(Granted const& granted, Cycle cycle) {
  if (await_ != Await::valid_words && await_ != Await::invalid_words) return;
  std::uint32_t const first = unit_address();
  if (granted.address < first + current().action.width && first < granted.address + granted.width) {
    control_wake_ = cycle + 1;
  }
}

void TileRun::control(RunContext& context, Network& network, Cycle cycle) {
  await(Await::nothing);
  if (!fetched_ && !fetch(cycle)) {
    await(Await::lost);
    return;
  }
  act(context, network, cycle);
}

bool TileRun::fetch(Cycle cycle) {
  if (position_ >= program_->code.size()) return false;
  fetched_ = true;
  fetched_at_ = cycle;
  unit_ = 0;
  ++counts_.fetches;
  ++(index(id_) == 0 ? program_->runs_tile_0 : program_->runs)[position_];
  return true;
}

void TileRun::act(RunContext& context, Network& network, Cycle cycle) {
  switch (current().action.kind) {
    case TileAction::Kind::send:
      return send(context, network, cycle);
    case TileAction::Kind::receive:
      return receive(context, network, cycle);
    case TileAction::Kind::halt:
      return try_to_halt(context, network, cycle);
    case TileAction::Kind::none:
      return end_instruction(context, cycle);
  }
}

void TileRun::send(RunContext& context, Network& network, Cycle cycle) {
  TileAction const& action = current().action;
  if (!memory_.all_valid(unit_address(), action.width)) return await(Await::valid_words);
  if (!second_access_) {
    second_access_ = true;
    control_wake_ = cycle + 1;
    return;
  }
  Packet packet{.width = action.width,
                .slot = action.slot,
                .target = static_cast<TileId>(action.target),
                .stamp = cycle};
  memory_.consume(unit_address(), std::span(packet.words).first(action.width));
  ++counts_.memory_accesses;
  controller_.memory_changed();
  network.send(id_, packet);
  end_unit(context, cycle);
}

void TileRun::receive(RunContext& context, Network& network, Cycle cycle) {
  TileAction const& action = current().action;
  if (!holds_packet_) {
    if (!network.receive(id_, action.slot, packet_)) return await(Await::packet);
    holds_packet_ = true;
    ++counts_.receives;
    if (mailbox_cycles_ > 0) {
      control_wake_ = cycle + mailbox_cycles_;
      return;
    }
  }
  if (!memory_.all_invalid(unit_address(), action.width)) return await(Await::invalid_words);
  if (!second_access_) {
    second_access_ = true;
    control_wake_ = cycle + 1;
    return;
  }
  memory_.produce(unit_address(), std::span(packet_.words).first(action.width), action.readers);
  ++counts_.memory_accesses;
  controller_.memory_changed();
  holds_packet_ = false;
  end_unit(context, cycle);
}

void TileRun::try_to_halt(RunContext& context, Network& network, Cycle cycle) {
  if (running_cores_ > 0 || !network.queue_empty(id_)) return await(Await::stop);
  if (last_core_halt_ >= cycle) {
    await(Await::stop);
    control_wake_ = last_core_halt_ + 1;
    return;
  }
  halted_ = true;
  halted_at_ = cycle;
  end_instruction(context, cycle);
  control_wake_ = EventWheel::never;
}

void TileRun::await(Await what) {
  await_ = what;
  control_wake_ = EventWheel::never;
}

void TileRun::end_unit(RunContext& context, Cycle cycle) {
  second_access_ = false;
  control_wake_ = cycle + 1;
  if (++unit_ == current().action.units) end_instruction(context, cycle);
}

void TileRun::end_instruction(RunContext& context, Cycle cycle) {
  if (context.trace)
    context.trace->tile_instruction(id_, position_, current().instruction, fetched_at_, cycle);
  fetched_ = false;
  ++position_;
  control_wake_ = cycle + 1;
}

}  // namespace panther::machine
