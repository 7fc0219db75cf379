// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The register address space of a core: blocks of xbar_size words, the input memories of all
// crossbars (matrix 0 f, b, d, matrix 1 f, b, d, ...), then the output memories in the same order,
// then data memory.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "host/arch/organisation.hpp"

namespace panther::machine {

/// The three logical crossbars of a matrix.
enum class Port : std::uint8_t { f = 0, b = 1, d = 2 };

inline constexpr std::array<std::string_view, 3> port_names{"f", "b", "d"};

enum class Space : std::uint8_t { input, output, data };

class RegisterMap {
 public:
  explicit RegisterMap(Organisation const& o)
      : block_(static_cast<std::uint32_t>(o.xbar_size)),
        matrices_(static_cast<std::uint32_t>(o.matrices_per_core)),
        data_words_(static_cast<std::uint32_t>(o.data_memory_words)) {}

  /// First word of a crossbar's input (or output) memory.
  std::uint32_t input(std::uint32_t matrix, Port port) const {
    return block_ * block_index(matrix, port);
  }
  std::uint32_t output(std::uint32_t matrix, Port port) const {
    return block_ * (3 * matrices_ + block_index(matrix, port));
  }
  /// First word of data memory.
  std::uint32_t data() const { return block_ * 6 * matrices_; }
  /// Number of addresses.
  std::uint32_t size() const { return data() + data_words_; }
  std::uint32_t block() const { return block_; }
  std::uint32_t matrices() const { return matrices_; }

  Space space(std::uint32_t address) const {
    if (address >= data()) return Space::data;
    return address >= block_ * 3 * matrices_ ? Space::output : Space::input;
  }

  /// How many of the words address .. address + count - 1 lie in each space (indexed by Space).
  std::array<std::uint32_t, 3> split(std::uint32_t address, std::uint32_t count) const {
    std::uint32_t const end = address + count;
    std::uint32_t const outputs = block_ * 3 * matrices_;
    auto const overlap = [&](std::uint32_t lo, std::uint32_t hi) {
      std::uint32_t const a = std::max(lo, address);
      std::uint32_t const b = std::min(hi, end);
      return b > a ? b - a : 0;
    };
    return {overlap(0, outputs), overlap(outputs, data()), overlap(data(), size())};
  }

 private:
  static std::uint32_t block_index(std::uint32_t matrix, Port port) {
    return 3 * matrix + static_cast<std::uint32_t>(port);
  }

  std::uint32_t block_;
  std::uint32_t matrices_;
  std::uint32_t data_words_;
};

}  // namespace panther::machine
