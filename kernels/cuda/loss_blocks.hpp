// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Loss: a block of threads has one vector. Its threads compute the terms of 64 classes at a time
// (exponentials are the cost); one thread adds them in the order of the classes, as the definition
// says, and the peak is an integer maximum. For ten classes everything is one round of a warp's
// work.

#include "kernels/cuda/block_kernel.hpp"
#include "kernels/digital/loss.hpp"

namespace panther::cuda {

struct LossBlocks {
  LossVector op;

  static constexpr int max_threads = 64;
  static constexpr int resident_blocks = 16;

  struct Shared {
    float term[max_threads];
    std::int32_t peak;  // bits of the largest |error|
    int best;
    float sum;
    float squares;
  };
  struct Private {};

  PANTHER_HD int threads() const { return op.args.classes > 32 ? max_threads : 32; }
  PANTHER_HD std::int64_t blocks() const { return op.args.vectors; }
  PANTHER_HD int rounds() const { return static_cast<int>(pieces_of(op.args.classes, threads())); }
  /// Largest output; terms and sum a round; terms and squares a round; errors.
  PANTHER_HD int steps() const { return 2 + 4 * rounds(); }

  PANTHER_HD void step(int index, std::int64_t block, int thread, Shared& shared, Private&) const {
    LossVector::Outputs out = op.outputs(block);
    if (index == 0) {
      if (thread == 0) begin(out, shared);
      return;
    }
    out.best = shared.best;
    int const round = (index - 1) / 2;
    if (index == steps() - 1) {
      end(block, out, thread, shared);
    } else if (round < rounds()) {
      sum_step(index % 2 == 1, round, out, thread, shared);
    } else {
      square_step(index % 2 == 1, round - rounds(), out, thread, shared);
    }
  }

  PANTHER_HD void begin(LossVector::Outputs const& out, Shared& shared) const {
    int best = 0;
    for (int c = 1; c < op.args.classes; ++c) best = out.y[c] > out.y[best] ? c : best;
    shared.best = best;
    shared.peak = 0;
    shared.sum = 0.0F;
    shared.squares = 0.0F;
  }

  /// Classes of a round.
  PANTHER_HD int there(int round) const {
    return smaller(threads(), op.args.classes - round * threads());
  }

  PANTHER_HD void sum_step(bool make_terms, int round, LossVector::Outputs const& out, int thread,
                           Shared& shared) const {
    if (make_terms && thread < there(round)) {
      shared.term[thread] = op.exponential(out, round * threads() + thread);
    } else if (!make_terms && thread == 0) {
      for (int k = 0; k < there(round); ++k) shared.sum += shared.term[k];
    }
  }

  PANTHER_HD void square_step(bool make_terms, int round, LossVector::Outputs const& out,
                              int thread, Shared& shared) const {
    int const c = round * threads() + thread;
    if (make_terms && thread < there(round)) {
      shared.term[thread] = op.output_difference(out, shared.sum, c);
      raise(shared.peak, bits_of_float(absolute(op.output_error(out, shared.sum, c))));
    } else if (!make_terms && thread == 0) {
      for (int k = 0; k < there(round); ++k) {
        shared.squares = fused(shared.term[k], shared.term[k], shared.squares);
      }
    }
  }

  PANTHER_HD void end(std::int64_t vector, LossVector::Outputs const& out, int thread,
                      Shared const& shared) const {
    float const peak = float_of_bits(shared.peak);
    for (int c = thread; c < op.args.classes; c += threads()) {
      op.write_error(vector, out, shared.sum, peak, c);
    }
    if (thread == 0) op.finish(vector, out, shared.sum, shared.squares, peak);
  }
};

}  // namespace panther::cuda
