// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The reference model's arithmetic of a core's crossbars, word for word. Known to be wrong about
// the hardware: b holds the same untransposed array as f; the partial product of every bit-plane is
// rounded on its own; d accumulates unsigned operands with a plus sign and never saturates; crs
// replaces f and b by what d holds.

#include <cstdint>
#include <memory>
#include <vector>

#include "host/arch/matrix_engine.hpp"

namespace panther::machine {

class ReferenceEngine final : public MatrixEngine {
 public:
  explicit ReferenceEngine(Machine const& machine);

  void set_weights(std::uint32_t matrix, std::span<Word const> weights) override;
  void get_weights(std::uint32_t matrix, std::span<Word> weights) const override;
  void mvm(std::uint32_t matrix, std::span<Word const> in, std::span<Word> out) override;
  void mtvm(std::uint32_t matrix, std::span<Word const> in, std::span<Word> out) override;
  void outer_product(std::uint32_t matrix, std::span<Word const> rows,
                     std::span<Word const> columns) override;
  void resolve(std::uint32_t matrix) override;

  /// What d has accumulated: the sum of the products of raw unsigned operands.
  std::vector<std::int64_t> const& accumulated(std::uint32_t matrix) const {
    return matrices_[matrix].d;
  }

 private:
  struct Matrix {
    /// Empty stands for zeros.
    std::vector<Word> w;
    std::vector<std::int64_t> d;
  };

  std::size_t side_;
  int word_bits_;
  int fraction_bits_;
  double learning_rate_;
  std::vector<Matrix> matrices_;
  std::vector<std::int32_t> sums_;
};

/// Makes reference engines.
std::unique_ptr<MatrixEngine> make_reference_engine(Machine const& machine, TileId tile,
                                                    CoreId core);

}  // namespace panther::machine
