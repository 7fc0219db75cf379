// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Who waits for what, in words: the deadlock report.

#include <fmt/format.h>

#include "host/sim/tile_run.hpp"

namespace panther::machine {
namespace {

std::string words_text(std::uint32_t address, std::uint32_t width) {
  return width == 1 ? fmt::format("tile word {} is", address)
                    : fmt::format("tile words {}..{} are", address, address + width - 1);
}

}  // namespace

std::string TileRun::control_waiting(Network const& network) const {
  if (await_ == Await::lost)
    return fmt::format("control: ran past the end of its program (missing halt)");
  if (!fetched_) return fmt::format("control: about to fetch instruction {}", position_);
  std::string const where = fmt::format("control, instruction {} unit {}: ", position_, unit_);
  TileAction const& action = current().action;
  switch (await_) {
    case Await::valid_words:
      return where + "send waits until " + words_text(unit_address(), action.width) + " valid";
    case Await::invalid_words:
      return where + "receive waits until " + words_text(unit_address(), action.width) +
             " consumed";
    case Await::packet:
      return where + fmt::format("receive waits for a packet in mailbox {}", action.slot);
    case Await::stop:
      if (running_cores_ > 0)
        return where + fmt::format("halt waits for {} of its cores", running_cores_);
      return where + (network.queue_empty(id_) ? "halts soon"
                                               : "halt waits until its packets are delivered");
    default:
      return where + fmt::format("goes on in cycle {}", control_wake_);
  }
}

std::string TileRun::core_waiting(CoreRun const& core) const {
  std::string const where =
      fmt::format("core {}, instruction {}: ", index(core.id()), core.position());
  if (core.phase() == CoreRun::Phase::lost)
    return where + "ran past the end of its program (missing hlt)";
  if (core.phase() == CoreRun::Phase::ready)
    return where + fmt::format("decoded in cycle {}", core.wake());
  if (core.phase() != CoreRun::Phase::waiting)
    return where + fmt::format("asks for tile memory in cycle {}", core.wake());
  bool const load = core.request_kind() == MemoryAccess::Kind::load;
  std::uint32_t const address = core.request_address();
  return where + fmt::format("{} waits until {} {} (counter {})", load ? "ld" : "st",
                             words_text(address, core.request_width()), load ? "valid" : "consumed",
                             memory_.counter(address));
}

std::vector<std::string> TileRun::waiting(Network const& network) const {
  std::vector<std::string> lines;
  if (halted_) return lines;
  std::string const tile = fmt::format("tile {} ", index(id_));
  lines.push_back(tile + control_waiting(network));
  for (CoreRun const& core : cores_) {
    if (core.phase() != CoreRun::Phase::halted) lines.push_back(tile + core_waiting(core));
  }
  if (Packet const* packet = network.head(id_)) {
    lines.push_back(
        tile + fmt::format("queue: packet of cycle {} waits for mailbox {} of tile {}{}",
                           packet->stamp, packet->slot, index(packet->target),
                           network.full(packet->target, packet->slot) ? ", which is full" : ""));
  }
  return lines;
}

}  // namespace panther::machine
