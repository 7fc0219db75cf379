// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What all parts of one simulation share while it runs.

#include <cstdint>
#include <optional>
#include <set>
#include <tuple>

#include "host/arch/core_state.hpp"
#include "host/base/errors.hpp"
#include "host/sim/event_wheel.hpp"
#include "host/sim/trace.hpp"

namespace panther::machine {

/// A program did something that the machine cannot do.
class MachineFault : public UserError {
 public:
  using UserError::UserError;
};

/// A core's instruction before which the simulation stops.
struct Breakpoint {
  TileId tile{};
  CoreId core{};
  std::uint32_t position = 0;
  auto operator<=>(Breakpoint const&) const = default;
};

struct RunContext {
  Machine const* machine = nullptr;
  CoreEnvironment cores;
  TraceSink* trace = nullptr;
  std::set<Breakpoint> breakpoints = {};
  std::optional<Breakpoint> hit = {};
  /// Cores run ahead of the other parts as long as nobody else is concerned, but decode nothing
  /// behind this cycle.
  Cycle horizon = EventWheel::never;
};

}  // namespace panther::machine
