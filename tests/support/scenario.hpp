// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A little of everything on one crossbar, from fixed seeds, and a hash of all it leaves: states,
// sums, counters. What reproducibility promises is that the hash does not depend on threads,
// instruction set, backend, batch split, or what runs beside.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/crossbar.hpp"

namespace panther::test {

/// FNV-1a, 64 bits.
class Hash {
 public:
  void add(void const* data, std::size_t bytes) {
    auto const* const byte = static_cast<unsigned char const*>(data);
    for (std::size_t i = 0; i < bytes; ++i) value_ = (value_ ^ byte[i]) * 0x100000001b3U;
  }
  template <class T>
  void add(std::vector<T> const& values) {
    static_assert(std::has_unique_object_representations_v<T>);
    add(values.data(), values.size() * sizeof(T));
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

struct Scenario {
  std::string name;
  CrossbarConfig config;
  UpdateOptions update = {};
  ReadOptions read = {};
  WriteOptions write = {};
  std::optional<RefreshRule> refresh = {};  // after each resolution
};

/// Laws, encodings, noise kinds, drives, modes of reading and writing, in ragged shapes.
std::vector<Scenario> scenarios();

/// `parts`: calls that the six examples of updates and reads are cut into; a divisor of six.
std::uint64_t hash_of(Backend& backend, Scenario const& scenario, int parts = 1);

}  // namespace panther::test
