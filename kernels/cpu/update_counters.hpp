// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the threads of an update count: each for itself, added up when all are done. Two cores that
// add to the same counters at once pass their lines on dozens of times, which takes as long as many
// rows.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "kernels/xbar/update.hpp"

namespace panther {

/// Keeps its memory between updates.
class UpdateCounters {
 public:
  /// Makes room for `parts` threads that update these layers.
  void begin(std::span<UpdateArgs const> layers, int parts) {
    if (own_.size() < static_cast<std::size_t>(parts)) own_.resize(static_cast<std::size_t>(parts));
    slices_.assign(1, 0);
    replicas_.assign(1, 0);
    for (UpdateArgs const& layer : layers) {
      auto const replicas = static_cast<std::size_t>(layer.shape.replicas);
      slices_.push_back(slices_.back() + replicas * static_cast<std::size_t>(layer.slicing.slices));
      replicas_.push_back(replicas_.back() + replicas);
    }
    for (int part = 1; part < parts; ++part) {
      of(part).slices.resize(slices_.back());
      of(part).layers.resize(replicas_.back());
    }
  }

  /// By the thread that does the part, before its first layer.
  void clear(int part) {
    std::ranges::fill(of(part).slices, SliceCounters{});
    std::ranges::fill(of(part).layers, LayerCounters{});
  }

  /// The layer as the part sees it: the first counts where the totals are.
  UpdateArgs counted(UpdateArgs args, std::size_t layer, int part) {
    if (part == 0) return args;
    args.counters = of(part).slices.data() + slices_[layer];
    args.layer_counters = of(part).layers.data() + replicas_[layer];
    return args;
  }

  /// Adds the parts' counts to the layers' totals.
  void add(std::span<UpdateArgs const> layers, int parts) {
    for (int part = 1; part < parts; ++part) {
      for (std::size_t i = 0; i < layers.size(); ++i) add(of(part), i, layers[i]);
    }
  }

 private:
  struct Own {
    std::vector<SliceCounters> slices;  // of all layers, [replica][slice]
    std::vector<LayerCounters> layers;  // of all layers, [replica]
  };
  Own& of(int part) { return own_[static_cast<std::size_t>(part)]; }

  void add(Own const& own, std::size_t layer, UpdateArgs const& args) const {
    for (std::size_t i = slices_[layer]; i < slices_[layer + 1]; ++i) {
      SliceCounters& total = args.counters[i - slices_[layer]];
      total.updates += own.slices[i].updates;
      total.steps += own.slices[i].steps;
      total.saturations += own.slices[i].saturations;
    }
    for (std::size_t i = replicas_[layer]; i < replicas_[layer + 1]; ++i) {
      args.layer_counters[i - replicas_[layer]].update_overflows += own.layers[i].update_overflows;
    }
  }

  std::vector<Own> own_;               // [part]
  std::vector<std::size_t> slices_;    // [layer + 1]: slice counters of earlier layers
  std::vector<std::size_t> replicas_;  // [layer + 1]: layer counters of earlier layers
};

}  // namespace panther
