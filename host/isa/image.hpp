// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A program for the whole system, in memory: what assemblers and compilers produce and the
// simulator runs.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/arch/ids.hpp"
#include "host/isa/instruction.hpp"

namespace panther::machine {

using Program = std::vector<Instruction>;
/// Programs are shared: tiles and cores that run the same one hold the same pointer.
using ProgramPtr = std::shared_ptr<Program const>;

/// Words that are valid in a tile's memory at the start.
struct DataBlock {
  std::uint32_t address = 0;
  int readers = 1;
  std::vector<Word> words;
  bool operator==(DataBlock const&) const = default;
};

/// Weights of one matrix, xbar_size x xbar_size words, index of the input line first.
struct WeightBlock {
  CoreId core{};
  std::uint32_t matrix = 0;
  std::vector<Word> words;
  bool operator==(WeightBlock const&) const = default;
};

/// A null program stands for one that only stops; no program is empty.
struct TileImage {
  ProgramPtr program;
  std::map<CoreId, ProgramPtr> cores;
  std::vector<DataBlock> data;
  std::vector<WeightBlock> weights;
};

/// Tile i of the system is tiles[i].
struct Image {
  std::vector<TileImage> tiles;
};

/// Equal programs, data and weights; a null program equals one that only stops.
bool same(Image const& a, Image const& b);

}  // namespace panther::machine
