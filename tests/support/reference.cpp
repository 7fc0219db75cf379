// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/reference.hpp"

#include <algorithm>
#include <cstdlib>

namespace panther::test {

i128 round_half_even(i128 value, int shift) {
  i128 const magnitude = value < 0 ? -value : value;
  if (shift <= 0) return value * (static_cast<i128>(1) << -shift);
  if (shift > 120) return 0;
  i128 const unit = static_cast<i128>(1) << shift;
  i128 quotient = magnitude / unit;
  i128 const twice_rest = 2 * (magnitude % unit);
  if (twice_rest > unit || (twice_rest == unit && quotient % 2 == 1)) ++quotient;
  return value < 0 ? -quotient : quotient;
}

i128 shifted_down(i128 value, int drop) {
  if (drop > 120) return 0;
  return drop >= 0 ? value / (static_cast<i128>(1) << drop)
                   : value * (static_cast<i128>(1) << -drop);
}

ReferenceCrossbar::ReferenceCrossbar(SlicingConfig const& config, int rows, int cols)
    : config_(config), rows_(rows), cols_(cols) {
  levels_.resize(config.cell_bits_lsb_first.size() * static_cast<std::size_t>(rows) *
                 static_cast<std::size_t>(cols));
  counters_.resize(config.cell_bits_lsb_first.size());
}

int ReferenceCrossbar::lowest(int slice) const {
  int const devices = config_.encoding == Encoding::one_sided ? 2 : 1;
  return -devices * (1 << (config_.cell_bits_lsb_first[static_cast<std::size_t>(slice)] - 1));
}
int ReferenceCrossbar::highest(int slice) const {
  return -lowest(slice) - (config_.encoding == Encoding::one_sided ? 2 : 1);
}

i128 ReferenceCrossbar::weight(int row, int col) const {
  i128 sum = 0;
  i128 base = 1;
  for (int s = 0; s < slices(); ++s) {
    sum += base * level(s, row, col);
    base *= static_cast<i128>(1) << digit_bits();
  }
  return sum;
}

i128 ReferenceCrossbar::streamed_steps(std::int16_t x, std::int16_t u, int drop, int slice,
                                       int digit_bits) {
  i128 const base = static_cast<i128>(1) << digit_bits;
  i128 steps = 0;
  for (int t = 0; t < 16; ++t) {
    int const bit = (std::abs(static_cast<int>(x)) >> t) & 1;
    i128 const applied =
        static_cast<i128>(std::abs(static_cast<int>(u))) * (static_cast<i128>(1) << t);
    i128 const aligned = shifted_down(applied, drop);
    steps += bit * (shifted_down(aligned, digit_bits * slice) % base);
  }
  return steps;
}

void ReferenceCrossbar::step(int slice, int row, int col, i128 steps, bool up) {
  if (steps == 0) return;
  SliceCounters& counters = counters_[static_cast<std::size_t>(slice)];
  ++counters.updates;
  counters.steps += static_cast<std::uint64_t>(steps);
  int& v = level(slice, row, col);
  i128 const target = v + (up ? steps : -steps);
  i128 const kept = std::clamp<i128>(target, lowest(slice), highest(slice));
  if (kept != target) ++counters.saturations;
  v = static_cast<int>(kept);
}

void ReferenceCrossbar::apply_magnitude(int row, int col, i128 magnitude, bool up) {
  i128 const most = (static_cast<i128>(1) << config_.weight_bits) - 1;
  i128 const base = static_cast<i128>(1) << digit_bits();
  i128 rest = std::min(magnitude, most);
  for (int s = 0; s < slices(); ++s) {
    step(s, row, col, rest % base, up);
    rest /= base;
  }
}

void ReferenceCrossbar::update(std::int16_t const* x, std::int16_t const* u, int drop,
                               UpdateDrive drive) {
  i128 const beyond = static_cast<i128>(1) << config_.weight_bits;
  for (int i = 0; i < rows_; ++i) {
    for (int j = 0; j < cols_; ++j) {
      int const magnitude_x = std::abs(static_cast<int>(x[i]));
      i128 const magnitude_u = std::abs(static_cast<int>(u[j]));
      bool const up = (x[i] < 0) != (u[j] < 0);  // the weight moves against the product's sign
      if (drive == UpdateDrive::digits) {
        i128 const product = round_half_even(magnitude_x * magnitude_u, drop);
        if (product >= beyond) ++overflows_;
        apply_magnitude(i, j, product, up);
        continue;
      }
      bool lost = false;
      for (int t = 0; t < 16; ++t) {
        bool const on = ((magnitude_x >> t) & 1) != 0;
        lost =
            lost || (on && shifted_down(magnitude_u * (static_cast<i128>(1) << t), drop) >= beyond);
      }
      overflows_ += lost ? 1U : 0U;
      for (int s = 0; s < slices(); ++s) {
        step(s, i, j, streamed_steps(x[i], u[j], drop, s, digit_bits()), up);
      }
    }
  }
}

void ReferenceCrossbar::apply(std::int32_t const* delta) {
  for (int i = 0; i < rows_; ++i) {
    for (int j = 0; j < cols_; ++j) {
      i128 const change = delta[i * cols_ + j];
      apply_magnitude(i, j, change < 0 ? -change : change, change > 0);
    }
  }
}

bool ReferenceCrossbar::program(int row, int col, i128 weight) {
  int const top = slices() - 1;
  i128 const base = static_cast<i128>(1) << digit_bits();
  i128 const half = static_cast<i128>(1) << (config_.weight_bits - 1);
  bool const balanced = config_.digits == DigitSet::balanced;
  i128 const least = balanced ? -base / 2 : 0;
  // What digits hold at most: every digit at its end, within the bits of a weight.
  i128 low = balanced ? lowest(top) : -base / 2;
  i128 high = balanced ? highest(top) : base / 2 - 1;
  for (int s = 0; s < top; ++s) {
    low = low * base + least;
    high = high * base + least + base - 1;
  }
  i128 const kept = std::clamp(weight, std::max(low, -half), std::min(high, half - 1));
  i128 rest = kept;
  for (int s = 0; s < top; ++s) {
    i128 digit = least;
    while ((rest - digit) % base != 0) ++digit;
    level(s, row, col) = static_cast<int>(digit);
    rest = (rest - digit) / base;
  }
  level(top, row, col) = static_cast<int>(rest);
  return kept == weight;
}

int devices_of_cell(SlicingConfig const& config) {
  if (config.encoding == Encoding::offset) return 1;
  return config.encoding == Encoding::vector ? config.devices_per_cell.value() : 2;
}

int divisor_of_cell(SlicingConfig const& config) {
  bool const difference =
      config.encoding == Encoding::reference || config.encoding == Encoding::one_sided;
  return difference ? 1 : devices_of_cell(config);
}

int exact_unit(SlicingConfig const& config) {
  auto const& cells = config.cell_bits_lsb_first;
  int const smallest = *std::min_element(cells.begin(), cells.end());
  int unit = 16 - smallest;
  for (int devices = divisor_of_cell(config); devices > 1; devices /= 2) ++unit;
  return unit;
}

i128 weight_of_codes(SlicingConfig const& config, XbarShape const& shape,
                     std::vector<std::int16_t> const& codes, int replica, int set, int row, int col,
                     int unit) {
  int const slices = static_cast<int>(config.cell_bits_lsb_first.size());
  int const devices = devices_of_cell(config);
  i128 weight = 0;
  i128 base = 1;
  for (int s = 0; s < slices; ++s) {
    int const cell = config.cell_bits_lsb_first[static_cast<std::size_t>(s)];
    i128 sum = 0;
    for (int k = 0; k < devices; ++k) {
      int const plane = s * devices + k;
      auto const at = (((replica * shape.sets + set) * shape.planes + plane) * shape.rows + row) *
                          shape.stride +
                      col;
      sum += codes[static_cast<std::size_t>(at)];
    }
    // sum / divisor / 2^(16 - cell) levels, in 2^-unit
    weight += base * sum * (static_cast<i128>(1) << (unit - (16 - cell))) / divisor_of_cell(config);
    base *= static_cast<i128>(1) << (config.weight_bits / slices);
  }
  return weight;
}

}  // namespace panther::test
