// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Second half of a read: shift-and-add of the partial sums over planes, blocks of lines and stream
// steps, and the noise of a collapsed read. A block of threads has 32 outputs of one example, its
// eight warps share their parts. Integers add in any order; noise powers (double) must add by plane
// and block ascending, so the warps fetch 64 of them side by side and one thread adds them in
// order. Bound: memory (8 or 16 bytes a part, 1/16 to 1/32 of the bytes of the codes behind it).

#include "kernels/cuda/read_plan.hpp"

namespace panther::cuda {

template <bool Power>
struct CombineReads {
  ReadLine line;
  ReadPlan plan;
  ReadParts parts;

  static constexpr int workers = 8;
  static constexpr int max_threads = workers * tile_lanes;
  static constexpr int resident_blocks = 4;
  static constexpr int fetched = 8;  // parts that a thread has in flight
  static constexpr int batch = workers * fetched;

  struct Shared {
    i128 total[workers][tile_lanes];
    double power[Power ? batch : 1][tile_lanes];
  };

  struct Private {
    i128 total;
    double power;  // of worker 0
  };

  struct Place {
    int replica;
    int example;
    int sensed;  // first sensed line
  };

  PANTHER_HD int threads() const { return max_threads; }
  PANTHER_HD int entries() const { return plan.entries(line.args.shape.planes); }
  PANTHER_HD int rounds() const { return static_cast<int>(pieces_of(entries(), batch)); }
  PANTHER_HD int steps() const { return 2 * rounds(); }
  PANTHER_HD std::int64_t blocks() const {
    return static_cast<std::int64_t>(line.args.shape.replicas) * plan.examples * plan.tiles;
  }

  PANTHER_HD Place place(std::int64_t block) const {
    std::int64_t const vector = block / plan.tiles;
    return {static_cast<int>(vector / plan.examples), static_cast<int>(vector % plan.examples),
            static_cast<int>(block % plan.tiles) * tile_lanes};
  }

  PANTHER_HD void step(int index, std::int64_t block, int thread, Shared& shared,
                       Private& mine) const {
    Place const at = place(block);
    int const lane = thread % tile_lanes;
    if (index == 0) {
      mine.total = 0;
      mine.power = 0.0;
    }
    if (at.sensed + lane >= line.args.sensed_lines()) return;
    int const worker = thread / tile_lanes;
    int const first = index / 2 * batch;
    if (index % 2 == 0) {
      fetch(at, first, worker, lane, shared, mine);
      if (index == steps() - 2) shared.total[worker][lane] = mine.total;
    } else if (worker == 0) {
      if constexpr (Power) add_power(first, lane, shared, mine);
      if (index == steps() - 1) finish(at, lane, shared, mine);
    }
  }

  PANTHER_HD void fetch(Place const& at, int first, int worker, int lane, Shared& shared,
                        Private& mine) const {
    std::int64_t found[fetched];
    double power[fetched];
    std::int64_t const stride = line.args.sensed_lines();
    std::int64_t const origin = plan.part(line.args, at.replica, at.example, 0, at.sensed + lane);
    PANTHER_UNROLL
    for (int k = 0; k < fetched; ++k) {
      int const entry = first + worker * fetched + k;
      bool const inside = entry < entries();
      found[k] = inside ? parts.sums[origin + entry * stride] : 0;
      if constexpr (Power) power[k] = inside ? parts.powers[origin + entry * stride] : 0.0;
    }
    PANTHER_UNROLL
    for (int k = 0; k < fetched; ++k) {
      int const entry = smaller(first + worker * fetched + k, entries() - 1);
      mine.total += static_cast<i128>(found[k]) * (static_cast<i128>(1) << shift_of(entry));
      if constexpr (Power) shared.power[worker * fetched + k][lane] = power[k];
    }
  }

  PANTHER_HD int shift_of(int entry) const {
    int const plane = entry / (plan.line_blocks * plan.step_groups);
    return line.args.slicing.shift_of(line.args.slicing.slice_of(plane));
  }

  PANTHER_HD void add_power(int first, int lane, Shared const& shared, Private& mine) const {
    int const there = smaller(batch, entries() - first);
    for (int k = 0; k < there; ++k) mine.power += shared.power[k][lane];
  }

  PANTHER_HD void finish(Place const& at, int lane, Shared const& shared,
                         Private const& mine) const {
    ReadArgs const& args = line.args;
    int const sensed = at.sensed + lane;
    int const example = plan.first_example + at.example;
    i128 total = 0;
    for (int worker = 0; worker < workers; ++worker) total += shared.total[worker][lane];
    if constexpr (Power) {
      std::uint64_t const read = args.first_read + static_cast<std::uint64_t>(example);
      std::uint64_t const item = line.noise_item(whole_read_plane, 0, sensed);
      total += ReadLine::rounded_noise(root(mine.power),
                                       read_normal(args.devices[at.replica].seed, item, read, 0));
    }
    std::int64_t const vector = static_cast<std::int64_t>(at.replica) * args.examples + example;
    args.sums[vector * args.sensed_lines() + sensed] = total;
  }
};

}  // namespace panther::cuda
