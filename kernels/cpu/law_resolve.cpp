// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <utility>
#include <vector>

#include "kernels/cpu/law_writes.hpp"
#include "kernels/cpu/run_time_moves.hpp"

namespace panther {

namespace {

/// Compiled once for both callers: it is long, and a call costs little beside it.
[[gnu::noinline]] void resolve_weight(ResolveWeight<RunTimeMoves> const& weight, std::int64_t item,
                                      SliceCounters* slices, LayerCounters& layer) {
  weight.resolve(item, slices, layer);
}

}  // namespace

void resolve_weights(int law, ResolveArgs const& args, std::int64_t first, std::int64_t last) {
  ResolveWeight<RunTimeMoves> const weight{args, run_time_moves(law)};
  std::int64_t const of_replica = static_cast<std::int64_t>(args.shape.rows) * args.shape.cols;
  for (std::int64_t item = first; item < last; ++item) {
    std::int64_t const replica = item / of_replica;
    resolve_weight(weight, item, args.counters + replica * args.slicing.slices,
                   args.layer_counters[replica]);
  }
}

void resolve_rows(int law, ResolveArgs const& args, ResolveLimits const& limits,
                  KernelTable const& kernels, std::int64_t first, std::int64_t last) {
  ResolveWeight<RunTimeMoves> const weight{args, run_time_moves(law)};
  std::vector<std::int32_t> columns(static_cast<std::size_t>(args.shape.cols));
  std::array<SliceCounters, max_slices> slices{};  // of this thread: no two share a cache line
  LayerCounters layer{};
  for (std::int64_t item = first; item < last; ++item) {
    auto const replica = static_cast<int>(item / args.shape.rows);
    if (args.active != nullptr && args.active[replica] == 0) continue;
    int const left =
        kernels.resolve_row(args, limits, replica, static_cast<int>(item % args.shape.rows),
                            slices.data(), columns.data());
    for (int i = 0; i < left; ++i) {
      std::int64_t const at = item * args.shape.cols + columns[static_cast<std::size_t>(i)];
      resolve_weight(weight, at, slices.data(), layer);
    }
    if (item + 1 < last && (item + 1) % args.shape.rows != 0) continue;
    for (int s = 0; s < args.slicing.slices; ++s) {
      weight.add_counts(replica, s, std::exchange(slices[static_cast<std::size_t>(s)], {}));
    }
    weight.add_counts(replica, std::exchange(layer, {}));
  }
}

}  // namespace panther
