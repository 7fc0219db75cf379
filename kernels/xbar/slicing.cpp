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

int devices_of(SlicingConfig const& config) {
  if (config.encoding == Encoding::offset) return 1;
  if (config.encoding != Encoding::vector) return 2;
  int const devices = config.devices_per_cell.value_or(0);
  if (devices != 2 && devices != 4 && devices != 8) {
    refuse("devices_per_cell = " + (devices == 0 ? std::string("off") : std::to_string(devices)) +
           " (must be 2, 4 or 8 where encoding = \"vector\")");
  }
  return devices;
}

void check_vector_keys(SlicingConfig const& config) {
  if (config.encoding == Encoding::vector) return;
  std::string const encoding = "\"" + std::string(enum_name(config.encoding)) + "\"";
  if (config.devices_per_cell) {
    refuse("devices_per_cell = " + std::to_string(*config.devices_per_cell) +
           " needs encoding = \"vector\", not " + encoding);
  }
  if (config.vector_policy != VectorPolicy::all) {
    refuse("vector_policy = \"" + std::string(enum_name(config.vector_policy)) +
           "\" needs encoding = \"vector\", not " + encoding);
  }
}

int log2_of(int devices) {
  int bits = 0;
  while ((1 << bits) < devices) ++bits;
  return bits;
}

/// The cell's devices: the table of xbar/cells.hpp.
void describe_cell(SlicingConfig const& config, Slicing& result) {
  check_vector_keys(config);
  int const devices = devices_of(config);
  bool const mean =
      config.encoding == Encoding::differential || config.encoding == Encoding::vector;
  bool const mirrors = devices == 2 && config.encoding != Encoding::vector;
  bool const lone = config.vector_policy != VectorPolicy::all;
  auto const all = static_cast<DeviceMask>((1 << devices) - 1);
  result.planes_per_slice = devices;
  result.average_bits = mean ? log2_of(devices) : 0;
  result.gain_bits = lone ? log2_of(devices) : 0;
  result.encoding = config.encoding;
  result.policy = config.vector_policy;
  result.mirrored_devices = mirrors ? 0b10 : 0;
  result.up_devices = mean ? all : DeviceMask{0b01};
  result.down_devices = result.one_sided() ? DeviceMask{0b10} : result.up_devices;
  if (result.planes() > max_planes) {
    refuse("devices_per_cell = " + std::to_string(devices) + " with the " +
           std::to_string(result.slices) + " slices of cell_bits_lsb_first (a weight has at most " +
           std::to_string(max_planes) + " devices)");
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
  describe_cell(config, result);
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
