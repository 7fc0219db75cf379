// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Events ordered by cycle: a wheel of buckets for the near future, a heap for the rest. Adding and
// taking an event costs constant time as long as delays stay below the wheel's length.

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <queue>
#include <vector>

#include "host/arch/ids.hpp"

namespace panther::machine {

class EventWheel {
 public:
  static constexpr Cycle never = std::numeric_limits<Cycle>::max();

  EventWheel() : head_(length, none) {}

  /// `cycle` is not before the cycle last taken.
  void add(Cycle cycle, std::uint32_t id) {
    if (cycle - now_ < length) {
      link(cycle, id);
    } else {
      far_.push({cycle, id});
    }
  }

  bool empty() const { return near_ == 0 && far_.empty(); }

  /// Moves all events of the next cycle that has any into `ids` and returns that cycle, or `never`.
  Cycle take(std::vector<std::uint32_t>& ids) {
    ids.clear();
    if (empty()) return never;
    now_ = near_ != 0 ? next_near() : far_.top().cycle;
    while (!far_.empty() && far_.top().cycle - now_ < length) {
      link(far_.top().cycle, far_.top().id);
      far_.pop();
    }
    take_bucket(ids);
    return now_;
  }

 private:
  static constexpr std::uint32_t length = 4096;
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  struct Node {
    std::uint32_t id;
    std::uint32_t next;
  };
  struct Far {
    Cycle cycle;
    std::uint32_t id;
    bool operator<(Far const& other) const { return cycle > other.cycle; }
  };

  void link(Cycle cycle, std::uint32_t id) {
    auto const bucket = static_cast<std::uint32_t>(cycle % length);
    std::uint32_t node = free_;
    if (node == none) {
      node = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({id, head_[bucket]});
    } else {
      free_ = nodes_[node].next;
      nodes_[node] = {id, head_[bucket]};
    }
    head_[bucket] = node;
    used_[bucket / 64] |= std::uint64_t{1} << (bucket % 64);
    groups_[bucket / 4096] |= std::uint64_t{1} << (bucket / 64 % 64);
    ++near_;
  }

  void take_bucket(std::vector<std::uint32_t>& ids) {
    auto const bucket = static_cast<std::uint32_t>(now_ % length);
    for (std::uint32_t node = head_[bucket]; node != none;) {
      ids.push_back(nodes_[node].id);
      std::uint32_t const next = nodes_[node].next;
      nodes_[node].next = free_;
      free_ = node;
      node = next;
      --near_;
    }
    head_[bucket] = none;
    used_[bucket / 64] &= ~(std::uint64_t{1} << (bucket % 64));
    if (used_[bucket / 64] == 0)
      groups_[bucket / 4096] &= ~(std::uint64_t{1} << (bucket / 64 % 64));
  }

  /// The cycle of the first used bucket at or after now_, wrapping around.
  Cycle next_near() const {
    auto const start = static_cast<std::uint32_t>(now_ % length);
    std::uint64_t const first = used_[start / 64] >> (start % 64);
    if (first != 0) return now_ + static_cast<std::uint32_t>(std::countr_zero(first));
    for (std::uint32_t word = start / 64 + 1;; ++word) {
      std::uint32_t const w = word % (length / 64);
      std::uint64_t const group = groups_[w / 64] >> (w % 64);
      if (group == 0) {
        word |= 63;
        continue;
      }
      std::uint32_t const found = w + static_cast<std::uint32_t>(std::countr_zero(group));
      std::uint32_t const bucket =
          found * 64 + static_cast<std::uint32_t>(std::countr_zero(used_[found]));
      return now_ + (bucket + length - start) % length;
    }
  }

  Cycle now_ = 0;
  std::size_t near_ = 0;
  std::uint32_t free_ = none;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> head_;
  std::array<std::uint64_t, length / 64> used_{};
  std::array<std::uint64_t, length / 4096> groups_{};
  std::priority_queue<Far> far_;
};

}  // namespace panther::machine
