// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs an image on a machine, event by event: nothing is looked at in a cycle in which nothing
// happens to it.
//
//   Simulator simulator(make_preset("reference-panther"), image);
//   RunResult const result = simulator.run();

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "host/arch/machine.hpp"
#include "host/arch/matrix_engine.hpp"
#include "host/isa/image.hpp"
#include "host/sim/result.hpp"
#include "host/sim/trace.hpp"

namespace panther::machine {

struct RunOptions {
  /// The run stops here with a report if it has not halted.
  Cycle max_cycles = 1'000'000'000;
  std::set<Breakpoint> breakpoints;
  TraceSink* trace = nullptr;
  /// How matrix instructions compute; empty: they leave the output memories as they are.
  MatrixEngineFactory make_engine;
};

class Simulator {
 public:
  /// Throws ImageError if the image does not fit the machine, UserError if a breakpoint names no
  /// instruction of it. The image may be dropped afterwards.
  Simulator(Machine machine, Image const& image, RunOptions options = {});
  ~Simulator();
  Simulator(Simulator const&) = delete;
  Simulator& operator=(Simulator const&) = delete;

  /// Runs to the end, a deadlock, the cycle limit or a breakpoint. After a breakpoint it may be
  /// called again and goes on as if it had not stopped. Throws MachineFault if the program accesses
  /// memory that does not exist.
  RunResult run();

  /// The value, valid bit and counter of a tile's words, without changing them.
  struct TileWord {
    Word value = 0;
    bool valid = false;
    int counter = 0;
  };
  std::vector<TileWord> tile_words(TileId tile, std::uint32_t first, std::uint32_t count) const;
  /// Registers of a core; zeros for a core without a program.
  std::vector<Word> registers(TileId tile, CoreId core, std::uint32_t first,
                              std::uint32_t count) const;
  /// The core's crossbars, or null.
  MatrixEngine* engine(TileId tile, CoreId core);

  Machine const& machine() const;
  std::size_t tiles() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace panther::machine
