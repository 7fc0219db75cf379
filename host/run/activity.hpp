// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Counters of a network's devices as rows of a result: totals now, minus totals at a mark.

#include <cstdint>
#include <string>
#include <vector>

#include "host/base/metric_rows.hpp"
#include "host/nn/trainer.hpp"

namespace panther {

/// Activity of all layers since a mark. The mark is part of a run's state: a resumed run counts on.
class ActivityMark {
 public:
  /// Activity since the last call of set(), [layer].
  std::vector<LayerActivity> since(Trainer const& trainer) const;
  void set(Trainer const& trainer);
  void archive(std::string const& name, StateArchive& archive);

 private:
  std::vector<std::uint64_t> totals_;  // every counter of every layer, in the order of the structs
};

HardwareCounts hardware_counts(std::vector<LayerActivity> const& layers);
LayerRow layer_row(std::int64_t epoch, LayerActivity const& layer);

}  // namespace panther
