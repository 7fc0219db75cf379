// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Random valid programs that end by construction.
//
// Actions are drawn one after the other and appended to the programs of the units that take part:
// an order in which everything could happen. Memory words are written once, or passed over and over
// between one writer and one reader; every mailbox has one sender. So whatever the machine's timing
// does, the earliest action that is not done yet can always proceed, and no program can deadlock.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

namespace panther::machine::test {

struct RandomProgramLimits {
  int tiles = 6;
  int actions = 60;
  /// Repeated use of the same words, which a load timeout may break.
  bool channels = true;
  /// Matrix instructions in one program of so many; 0 for none.
  int matrices = 1;
};

/// A program in JSON form, a function of the seed alone.
nlohmann::json random_program(std::uint64_t seed, RandomProgramLimits const& limits);

}  // namespace panther::machine::test
