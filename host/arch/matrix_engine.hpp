// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The seam between a core and its crossbars: what a matrix instruction asks of an arithmetic.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "host/arch/ids.hpp"
#include "host/arch/machine.hpp"

namespace panther::machine {

/// The crossbars f, b and d of all matrices of one core. All spans hold xbar_size words, weights
/// xbar_size x xbar_size words with the index of the input line first.
class MatrixEngine {
 public:
  virtual ~MatrixEngine() = default;

  /// Programs a matrix; f and b hold `weights`, d holds nothing.
  virtual void set_weights(std::uint32_t matrix, std::span<Word const> weights) = 0;
  /// The weights that f holds.
  virtual void get_weights(std::uint32_t matrix, std::span<Word> weights) const = 0;
  /// out = product of f with `in`, the rows driven.
  virtual void mvm(std::uint32_t matrix, std::span<Word const> in, std::span<Word> out) = 0;
  /// out = product of b with `in`, the columns driven.
  virtual void mtvm(std::uint32_t matrix, std::span<Word const> in, std::span<Word> out) = 0;
  /// Accumulates the outer product of `rows` and `columns` on d.
  virtual void outer_product(std::uint32_t matrix, std::span<Word const> rows,
                             std::span<Word const> columns) = 0;
  /// Folds what d has accumulated into f and b.
  virtual void resolve(std::uint32_t matrix) = 0;
};

/// Makes the engine of one core; called when the core first needs it.
using MatrixEngineFactory =
    std::function<std::unique_ptr<MatrixEngine>(Machine const&, TileId, CoreId)>;

}  // namespace panther::machine
