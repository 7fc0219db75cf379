// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/sim/network.hpp"

#include <algorithm>

namespace panther::machine {

Network::Network(Machine const& machine, std::size_t tiles) : machine_(&machine), ports_(tiles) {}

bool Network::between_nodes(TileId from, TileId to) const {
  if (index(from) == 0 || index(to) == 1) return false;
  std::int64_t const tiles = machine_->organisation.tiles_per_node;
  auto const node = [tiles](TileId tile) {
    std::int64_t const t = static_cast<std::int64_t>(index(tile)) - 2;
    return t < 0 ? -1 : t / tiles;
  };
  return node(from) != node(to);
}

Cycle Network::deliverable(TileId from, Packet const& packet) const {
  double latency = machine_->constants.router.latency_cycles;
  if (between_nodes(from, packet.target)) {
    latency += machine_->constants.node_link.latency_cycles;
    if (!machine_->rules.link_latency_once) latency += machine_->constants.router.latency_cycles;
  }
  return packet.stamp + std::max<Cycle>(static_cast<Cycle>(latency), 1) - 1;
}

void Network::send(TileId from, Packet const& packet) {
  Port& port = ports_[index(from)];
  if (queue_empty(from)) {
    port.queue.clear();
    port.head = 0;
    ++queues_in_use_;
    due_.push_back({from, deliverable(from, packet)});
  }
  if (port.head > port.queue.size() / 2) {
    port.queue.erase(port.queue.begin(),
                     port.queue.begin() + static_cast<std::ptrdiff_t>(port.head));
    port.head = 0;
  }
  port.queue.push_back(packet);
}

Packet const* Network::head(TileId tile) const {
  Port const& port = ports_[index(tile)];
  return queue_empty(tile) ? nullptr : &port.queue[port.head];
}

bool Network::full(TileId tile, std::uint32_t slot) const {
  for (Mailbox const& box : ports_[index(tile)].mailboxes) {
    if (box.slot == slot) return box.full;
  }
  return false;
}

Network::Mailbox& Network::mailbox(TileId tile, std::uint32_t slot) {
  std::vector<Mailbox>& boxes = ports_[index(tile)].mailboxes;
  for (Mailbox& box : boxes) {
    if (box.slot == slot) return box;
  }
  boxes.push_back({.slot = slot, .full = false, .packet = {}, .waiting = {}});
  return boxes.back();
}

bool Network::receive(TileId tile, std::uint32_t slot, Packet& packet) {
  Mailbox& box = mailbox(tile, slot);
  if (!box.full) return false;
  packet = box.packet;
  box.full = false;
  released_.insert(released_.end(), box.waiting.begin(), box.waiting.end());
  box.waiting.clear();
  return true;
}

void Network::settle(Cycle cycle) {
  if (idle_from_ >= cycle) return;
  busy_cycles_ += idle_from_ - busy_since_ + (machine_->rules.noc_busy_without_stop_cycle ? 0 : 1);
  busy_ = false;
  idle_from_ = EventWheel::never;
}

void Network::keep_books(Cycle cycle) {
  if (queues_in_use_ > 0) {
    if (!busy_) busy_since_ = cycle;
    busy_ = true;
    idle_from_ = EventWheel::never;
  } else if (idle_from_ == cycle) {
    settle(cycle + 1);
  }
}

void Network::deliver(Cycle cycle, std::vector<TileId>& senders, Effects& effects) {
  senders.insert(senders.end(), released_.begin(), released_.end());
  released_.clear();
  std::sort(senders.begin(), senders.end());
  for (TileId const sender : senders) try_to_deliver(cycle, sender, effects);
}

void Network::try_to_deliver(Cycle cycle, TileId sender, Effects& effects) {
  Port& port = ports_[index(sender)];
  Packet const& packet = port.queue[port.head];
  Mailbox& box = mailbox(packet.target, packet.slot);
  if (box.full) {
    box.waiting.push_back(sender);
    return;
  }
  box.packet = packet;
  box.full = true;
  ++(index(packet.target) == 0 ? writes_tile_0_ : writes_);
  ++(between_nodes(sender, packet.target) ? packets_inter_ : packets_intra_);
  effects.received.push_back(packet.target);
  ++port.head;
  if (!queue_empty(sender)) {
    due_.push_back({sender, std::max(cycle + 1, deliverable(sender, port.queue[port.head]))});
    return;
  }
  effects.queue_emptied.push_back(sender);
  if (--queues_in_use_ == 0) idle_from_ = cycle + 1;
}

}  // namespace panther::machine
