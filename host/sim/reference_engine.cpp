// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/sim/reference_engine.hpp"

#include <algorithm>
#include <cmath>

namespace panther::machine {
namespace {

/// sums[c] += row[c]; separate, so that the compiler sees two plain arrays.
void add_row(std::int32_t* sums, Word const* row, std::size_t columns) {
  for (std::size_t c = 0; c < columns; ++c) sums[c] += row[c];
}

Word wrapped(std::int64_t raw) { return static_cast<Word>(static_cast<std::uint16_t>(raw)); }

/// value / 2^bits, rounded half away from zero.
std::int64_t rounded_shift(std::int64_t value, int bits) {
  if (bits == 0) return value;
  std::int64_t const half = std::int64_t{1} << (bits - 1);
  return value >= 0 ? (value + half) >> bits : -((-value + half) >> bits);
}

}  // namespace

ReferenceEngine::ReferenceEngine(Machine const& machine)
    : side_(static_cast<std::size_t>(machine.organisation.xbar_size)),
      word_bits_(machine.organisation.word_bits),
      fraction_bits_(machine.organisation.fraction_bits),
      learning_rate_(machine.organisation.learning_rate),
      matrices_(static_cast<std::size_t>(machine.organisation.matrices_per_core)),
      sums_(side_) {}

void ReferenceEngine::set_weights(std::uint32_t matrix, std::span<Word const> weights) {
  matrices_[matrix].w.assign(weights.begin(), weights.end());
  matrices_[matrix].d.clear();
}

void ReferenceEngine::get_weights(std::uint32_t matrix, std::span<Word> weights) const {
  std::vector<Word> const& w = matrices_[matrix].w;
  if (w.empty()) {
    std::fill(weights.begin(), weights.end(), Word{0});
  } else {
    std::copy(w.begin(), w.end(), weights.begin());
  }
}

void ReferenceEngine::mvm(std::uint32_t matrix, std::span<Word const> in, std::span<Word> out) {
  std::fill(out.begin(), out.end(), Word{0});
  std::vector<Word> const& w = matrices_[matrix].w;
  if (w.empty()) return;
  for (int plane = 0; plane < word_bits_; ++plane) {
    std::fill(sums_.begin(), sums_.end(), 0);
    for (std::size_t row = 0; row < side_; ++row) {
      if ((in[row] >> plane & 1) != 0) add_row(sums_.data(), &w[row * side_], side_);
    }
    for (std::size_t c = 0; c < side_; ++c) {
      std::int64_t const partial = rounded_shift(sums_[c], fraction_bits_);
      out[c] =
          wrapped(out[c] + static_cast<std::int64_t>(static_cast<std::uint64_t>(partial) << plane));
    }
  }
}

void ReferenceEngine::mtvm(std::uint32_t matrix, std::span<Word const> in, std::span<Word> out) {
  mvm(matrix, in, out);
}

void ReferenceEngine::outer_product(std::uint32_t matrix, std::span<Word const> rows,
                                    std::span<Word const> columns) {
  std::vector<std::int64_t>& d = matrices_[matrix].d;
  if (d.empty()) d.resize(side_ * side_);
  for (std::size_t r = 0; r < side_; ++r) {
    auto const x = std::int64_t{static_cast<std::uint16_t>(rows[r])};
    if (x == 0) continue;
    std::int64_t* const cells = &d[r * side_];
    for (std::size_t c = 0; c < side_; ++c) cells[c] += x * static_cast<std::uint16_t>(columns[c]);
  }
}

void ReferenceEngine::resolve(std::uint32_t matrix) {
  Matrix& m = matrices_[matrix];
  m.w.assign(side_ * side_, 0);
  if (m.d.empty()) return;
  double const scale = std::ldexp(learning_rate_, -fraction_bits_);
  for (std::size_t i = 0; i < m.w.size(); ++i) {
    m.w[i] = wrapped(static_cast<std::int64_t>(std::round(static_cast<double>(m.d[i]) * scale)));
  }
}

std::unique_ptr<MatrixEngine> make_reference_engine(Machine const& machine, TileId, CoreId) {
  return std::make_unique<ReferenceEngine>(machine);
}

}  // namespace panther::machine
