// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The active rows of a network's layers, shared by threads so that all have the same work: a layer
// too small to share is one thread's, and of the next larger one the others have more. The largest
// layer is shared evenly then, as reads are, and its codes stay in the caches of their core.

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "kernels/cpu/row_shares.hpp"

namespace panther {

/// Keeps its memory between updates.
class LayerShares {
 public:
  /// Returns how many threads have a share.
  int deal(std::span<UpdateArgs const> layers, int threads) {
    if (shares_.size() < layers.size()) shares_.resize(layers.size());
    order_.clear();
    for (std::size_t i = 0; i < layers.size(); ++i) {
      order_.push_back({shares_[i].mark(layers[i]) * row_work(layers[i]), i});
    }
    std::ranges::sort(order_);
    loads_.assign(static_cast<std::size_t>(threads), 0);
    int most = 1;
    for (auto const& [work, i] : order_) {
      most = std::max(most, shares_[i].deal(update_grain(layers[i]), row_work(layers[i]), loads_));
    }
    return most;
  }

  /// The rows of a layer that one of the threads has.
  std::span<ActiveRow const> list(std::size_t layer, int thread, int threads) {
    return shares_[layer].list(thread, threads);
  }

 private:
  std::vector<RowShares> shares_;                            // [layer]
  std::vector<std::pair<std::int64_t, std::size_t>> order_;  // work and index of layers, ascending
  std::vector<std::int64_t> loads_;                          // [thread]
};

}  // namespace panther
