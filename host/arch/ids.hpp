// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Typed indices and the machine's word and time.

#include <cstddef>
#include <cstdint>

namespace panther::machine {

/// One machine word: 16-bit two's complement, 4 integer and 12 fraction bits by default.
using Word = std::int16_t;

/// Simulated time; one cycle is one nanosecond (Organisation::cycle_time_ns).
using Cycle = std::uint64_t;

/// Position of a tile in the whole system; tile 0 holds the inputs, tile 1 the outputs.
enum class TileId : std::uint32_t {};

/// Position of a core in its tile.
enum class CoreId : std::uint32_t {};

constexpr std::size_t index(TileId tile) { return static_cast<std::size_t>(tile); }
constexpr std::size_t index(CoreId core) { return static_cast<std::size_t>(core); }

}  // namespace panther::machine
