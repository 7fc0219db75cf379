// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a core instruction may read and change, its timing apart.

#include <cstdint>
#include <memory>

#include "host/arch/ids.hpp"
#include "host/arch/machine.hpp"
#include "host/arch/matrix_engine.hpp"
#include "host/arch/register_file.hpp"
#include "host/arch/register_map.hpp"

namespace panther::machine {

/// What all cores of a simulation share.
struct CoreEnvironment {
  Machine const* machine = nullptr;
  RegisterMap map;
  /// Empty: matrix instructions leave the output memories as they are.
  MatrixEngineFactory make_engine;
};

class CoreState {
 public:
  CoreState(CoreEnvironment const& environment, TileId tile, CoreId core)
      : registers(environment.map.size()), environment_(&environment), tile_(tile), core_(core) {}

  RegisterFile registers;

  Machine const& machine() const { return *environment_->machine; }
  RegisterMap const& map() const { return environment_->map; }
  TileId tile() const { return tile_; }
  CoreId core() const { return core_; }

  /// The core's crossbars; null if matrix instructions are not computed.
  MatrixEngine* engine() {
    if (!engine_ && environment_->make_engine)
      engine_ = environment_->make_engine(machine(), tile_, core_);
    return engine_.get();
  }

  /// The crossbars if anything has asked for them yet.
  MatrixEngine const* engine_if_any() const { return engine_.get(); }

  /// A number that no two random vector operations of a core share.
  std::uint64_t next_random_stream() { return random_streams_++; }

 private:
  CoreEnvironment const* environment_;
  TileId tile_;
  CoreId core_;
  std::uint64_t random_streams_ = 0;
  std::unique_ptr<MatrixEngine> engine_;
};

}  // namespace panther::machine
