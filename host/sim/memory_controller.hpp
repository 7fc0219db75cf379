// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The cores' port to a tile's memory: one attempt every two cycles, round robin over the cores that
// wait. An attempt that fails fails again until the memory or the requests change, so nothing
// happens in between; the failed attempts are accounted for when something does.

#include <cstdint>
#include <span>

#include "host/arch/tile_memory.hpp"
#include "host/sim/core_run.hpp"

namespace panther::machine {

/// What the controller's work is charged as.
struct ControllerCounts {
  std::uint64_t attempts = 0;
  std::uint64_t grants = 0;
  std::uint64_t memory_accesses = 0;
};

/// The words an attempt changed.
struct Granted {
  bool any = false;
  CoreRun* core = nullptr;
  std::uint32_t address = 0;
  std::uint32_t width = 0;
};

class MemoryController {
 public:
  /// The core `position` of `cores` has raised a request or changed it.
  void request(std::size_t position) {
    requests_ |= 1U << position;
    changed_ = true;
  }
  /// Somebody else changed the memory.
  void memory_changed() { changed_ = true; }

  /// Accounts for failed attempts before `cycle`. Call before anything changes in `cycle`.
  void catch_up(Machine const& machine, std::span<CoreRun> cores, Cycle cycle);

  /// The attempt of `cycle`, if one takes place that may differ from the last.
  Granted attempt(Machine const& machine, std::span<CoreRun> cores, TileMemory& memory,
                  Cycle cycle);

  /// The next cycle in which attempt() has something to do; `never` if it waits for others.
  Cycle wake() const { return requests_ != 0 && changed_ ? free_from_ : EventWheel::never; }
  bool idle() const { return requests_ == 0; }
  ControllerCounts const& counts() const { return counts_; }

 private:
  std::size_t next_after(std::size_t position) const;
  unsigned tries(Machine const& machine) const;
  /// Moves on by so many tries from a core that waits.
  void skip(unsigned tries);
  void fail(Machine const& machine, std::span<CoreRun> cores);

  std::uint32_t requests_ = 0;
  /// Tried last; the first core's predecessor to begin with.
  std::uint32_t last_ = 31;
  bool changed_ = false;
  Cycle free_from_ = 0;
  ControllerCounts counts_;
};

}  // namespace panther::machine
