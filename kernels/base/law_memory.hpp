// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The law of a layer's devices in a backend's memory: its constants for every replica and slice,
// and the tables that they point to. Replicas of equal parameters share a table.

#include <cstddef>
#include <vector>

#include "kernels/base/backend.hpp"

namespace panther {

class LawMemory {
 public:
  LawMemory() = default;
  /// Replicas of the same law. Throws what prepare and table throw.
  LawMemory(Backend& backend, std::vector<LawParams> const& replicas, Slicing const& slicing);

  /// For UpdateArgs::law and ResolveArgs::law: Law::Constants [replica][slice].
  void const* data() const { return constants_.data(); }

 private:
  DeviceArray<std::byte> constants_;
  std::vector<DeviceArray<float>> tables_;
};

}  // namespace panther
