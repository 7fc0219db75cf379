// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Packets between tiles: a queue at every sender, mailboxes of one packet at every receiver.

#include <array>
#include <cstdint>
#include <vector>

#include "host/arch/access.hpp"
#include "host/arch/ids.hpp"
#include "host/sim/event_wheel.hpp"

namespace panther::machine {

struct Packet {
  std::array<Word, 16> words{};
  std::uint32_t width = 0;
  std::uint32_t slot = 0;
  TileId target{};
  /// Cycle in which it was queued.
  Cycle stamp = 0;
};

class Network {
 public:
  /// What a delivery changes for tiles: whom it may concern from the next cycle on.
  struct Effects {
    std::vector<TileId> received;
    std::vector<TileId> queue_emptied;
  };

  Network(Machine const& machine, std::size_t tiles);

  /// Queues a packet in packet.stamp. The delivery event, if one is due now, goes to take_due().
  void send(TileId from, Packet const& packet);

  /// Takes the packet in a mailbox, if there is one; senders that it held up try again in this
  /// cycle.
  bool receive(TileId tile, std::uint32_t slot, Packet& packet);

  bool queue_empty(TileId tile) const {
    return ports_[index(tile)].head == ports_[index(tile)].queue.size();
  }
  Packet const* head(TileId tile) const;
  /// Whether a mailbox holds a packet.
  bool full(TileId tile, std::uint32_t slot) const;

  /// Busy bookkeeping of a cycle: call before the deliveries of every cycle in which anything
  /// happens.
  void keep_books(Cycle cycle);
  /// Ends the books before `cycle` if the network fell idle before it.
  void settle(Cycle cycle);

  /// Lets `senders` (in any order) and those held up by a mailbox emptied in this cycle try to
  /// deliver.
  void deliver(Cycle cycle, std::vector<TileId>& senders, Effects& effects);

  /// Senders whose head becomes deliverable, with the cycle; cleared by the caller.
  struct Due {
    TileId sender;
    Cycle cycle;
  };
  std::vector<Due>& due() { return due_; }
  bool senders_released() const { return !released_.empty(); }

  std::uint64_t packets_intra() const { return packets_intra_; }
  std::uint64_t packets_inter() const { return packets_inter_; }
  std::uint64_t busy_cycles() const { return busy_cycles_; }
  /// Deliveries into tile 0, and elsewhere.
  std::uint64_t writes_tile_0() const { return writes_tile_0_; }
  std::uint64_t writes() const { return writes_; }

 private:
  struct Mailbox {
    std::uint32_t slot = 0;
    bool full = false;
    Packet packet;
    std::vector<TileId> waiting;
  };
  struct Port {
    std::vector<Packet> queue;
    std::size_t head = 0;
    std::vector<Mailbox> mailboxes;
  };

  Cycle deliverable(TileId from, Packet const& packet) const;
  bool between_nodes(TileId from, TileId to) const;
  Mailbox& mailbox(TileId tile, std::uint32_t slot);
  void try_to_deliver(Cycle cycle, TileId sender, Effects& effects);

  Machine const* machine_;
  std::vector<Port> ports_;
  std::vector<Due> due_;
  std::vector<TileId> released_;
  std::size_t queues_in_use_ = 0;
  bool busy_ = false;
  Cycle busy_since_ = 0;
  Cycle idle_from_ = EventWheel::never;
  std::uint64_t busy_cycles_ = 0;
  std::uint64_t packets_intra_ = 0;
  std::uint64_t packets_inter_ = 0;
  std::uint64_t writes_tile_0_ = 0;
  std::uint64_t writes_ = 0;
};

}  // namespace panther::machine
