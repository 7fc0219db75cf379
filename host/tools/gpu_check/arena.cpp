// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/gpu_check/arena.hpp"

#include <algorithm>

namespace panther::gpu_check {

std::uint64_t hash_of(Outcome const& outcome) {
  Hash hash;
  for (Field const& field : outcome) {
    for (auto const& replica : field.replicas) hash.add(replica.data(), replica.size());
  }
  return hash.value();
}

std::string difference(Outcome const& left, int first, Outcome const& right) {
  for (std::size_t f = 0; f < right.size(); ++f) {
    for (std::size_t r = 0; r < right[f].replicas.size(); ++r) {
      auto const& a = left[f].replicas[static_cast<std::size_t>(first) + r];
      auto const& b = right[f].replicas[r];
      auto const at = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
      if (at.first == a.end() && at.second == b.end()) continue;
      return right[f].name + " of replica " + std::to_string(static_cast<std::size_t>(first) + r) +
             " differs from byte " + std::to_string(at.first - a.begin()) + " of " +
             std::to_string(a.size()) + " on";
    }
  }
  return {};
}

void* Arena::upload(std::vector<std::byte> const& bytes) {
  return memory_.emplace_back(*backend_, bytes).data();
}

Outcome Arena::collect() const {
  Outcome outcome;
  for (Output const& output : outputs_) {
    std::vector<std::byte> const bytes = memory_[output.memory].download();
    auto const count = static_cast<std::size_t>(chosen_.count);
    std::size_t const each = bytes.size() / output.outer / count;
    Field field{output.name, std::vector<std::vector<std::byte>>(count)};
    for (std::size_t o = 0; o < output.outer; ++o) {
      for (std::size_t r = 0; r < count; ++r) {
        auto const from = bytes.begin() + static_cast<std::ptrdiff_t>((o * count + r) * each);
        field.replicas[r].insert(field.replicas[r].end(), from,
                                 from + static_cast<std::ptrdiff_t>(each));
      }
    }
    outcome.push_back(std::move(field));
  }
  return outcome;
}

}  // namespace panther::gpu_check
