// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Traces as text and as a timeline for Chrome's and Perfetto's viewers.

#include <string>
#include <vector>

#include "host/sim/trace.hpp"

namespace panther::machine {

/// Keeps what it is told, and prints it in the order of time.
class TraceRecorder final : public TraceSink {
 public:
  void core_instruction(TileId tile, CoreId core, std::uint32_t position,
                        Instruction const& instruction, Cycle decoded, Cycle last) override;
  void tile_instruction(TileId tile, std::uint32_t position, Instruction const& instruction,
                        Cycle fetched, Cycle last) override;

  /// A line for each instruction: first cycle, last cycle, where, position, the instruction.
  std::string text() const;
  /// Trace-event JSON: a process for each tile, a thread for each core; 1 us of the viewer is 1
  /// cycle.
  std::string chrome_json() const;

 private:
  /// The control unit of a tile stands before its cores.
  static constexpr int control_unit = -1;
  struct Span {
    Cycle first;
    Cycle last;
    std::uint32_t tile;
    int core;
    std::uint32_t position;
    Instruction instruction;
  };
  std::vector<Span> sorted() const;

  std::vector<Span> spans_;
};

}  // namespace panther::machine
