// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// An analog read with bound management (kernels/xbar/bound_management.hpp) as passes over its
// vectors: the first reads all of them, each further one those that clipped in the one before.
// Where the host sees the flags it stops when no vector is left. On a GPU all passes are queued, so
// that the host need not wait; threads of vectors that are done return at once.

#include <algorithm>
#include <span>

#include "kernels/base/backend.hpp"

namespace panther {

inline void bounded_read(Backend& backend, AnalogReadArgs args) {
  BoundedPass& pass = args.bounds;
  if (pass.clipped == nullptr) return backend.read_analog(args);
  auto const vectors = static_cast<std::size_t>(args.read.shape.replicas * args.read.examples);
  std::span<std::int32_t const> const clipped(pass.clipped, vectors);
  backend.clear(pass.clipped, clipped.size_bytes());
  for (pass.attempt = 0; pass.attempt <= pass.most_repeats; ++pass.attempt) {
    backend.read_analog(args);
    auto const clips = [&](std::int32_t latest) { return latest > pass.attempt; };
    if (backend.shares_host_memory() && std::ranges::none_of(clipped, clips)) return;
  }
}

}  // namespace panther
