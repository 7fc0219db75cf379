// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/xbar/slicing.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace panther {

namespace {

[[noreturn]] void refuse(std::string const& message) {
  throw std::invalid_argument("slicing: " + message);
}

void check_cell(SlicingConfig const& config, int slice, int slices, int digit_bits) {
  int const bits = config.cell_bits_lsb_first[static_cast<std::size_t>(slice)];
  bool const top = slice == slices - 1;
  bool const needs_sign = config.digits == DigitSet::two_complement && !top;
  int const least = needs_sign ? digit_bits + 1 : digit_bits;
  if (bits < least || bits > 16) {
    refuse("cell_bits_lsb_first[" + std::to_string(slice) + "] = " + std::to_string(bits) +
           " (must lie in [" + std::to_string(least) + ", 16]: digits of " +
           std::to_string(digit_bits) + " bits" +
           (needs_sign ? ", unsigned, in a signed cell)" : ")"));
  }
}

}  // namespace

Slicing make_slicing(SlicingConfig const& config) {
  int const slices = static_cast<int>(config.cell_bits_lsb_first.size());
  if (slices < 1 || slices > max_slices) {
    refuse("cell_bits_lsb_first has " + std::to_string(slices) + " entries (must have 1 to " +
           std::to_string(max_slices) + ")");
  }
  if (config.weight_bits < 2 || config.weight_bits > 32 || config.weight_bits % slices != 0) {
    refuse("weight_bits = " + std::to_string(config.weight_bits) +
           " (must lie in [2, 32] and be a multiple of the " + std::to_string(slices) + " slices)");
  }
  Slicing result{};
  result.weight_bits = config.weight_bits;
  result.slices = slices;
  result.digit_bits = config.weight_bits / slices;
  result.planes_per_slice = config.encoding == Encoding::differential ? 2 : 1;
  result.digits = config.digits;
  result.smallest_cell = 16;
  for (int s = 0; s < slices; ++s) {
    check_cell(config, s, slices, result.digit_bits);
    int const bits = config.cell_bits_lsb_first[static_cast<std::size_t>(s)];
    result.cell_bits[s] = static_cast<std::int8_t>(bits);
    result.smallest_cell = std::min(result.smallest_cell, bits);
  }
  return result;
}

}  // namespace panther
