// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who wants to know when which instruction ran. Calls of one core, and of one tile's control unit,
// come in the order of time; calls of different ones do not.

#include <cstdint>

#include "host/arch/ids.hpp"
#include "host/isa/instruction.hpp"

namespace panther::machine {

class TraceSink {
 public:
  virtual ~TraceSink() = default;

  /// The instruction was decoded in cycle `decoded`, executed from the next and ended with cycle
  /// `last`. A taken branch is followed by a nop (opcode 0) in the position behind it.
  virtual void core_instruction(TileId tile, CoreId core, std::uint32_t position,
                                Instruction const& instruction, Cycle decoded, Cycle last) = 0;

  /// The instruction was fetched and begun in cycle `fetched` and ended with cycle `last`.
  virtual void tile_instruction(TileId tile, std::uint32_t position, Instruction const& instruction,
                                Cycle fetched, Cycle last) = 0;
};

}  // namespace panther::machine
