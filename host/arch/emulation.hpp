// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The devices that matrix instructions run on when the arithmetic is that of the emulated
// crossbars.

#include <cstdint>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/device.hpp"
#include "kernels/xbar/read.hpp"
#include "kernels/xbar/resolve.hpp"
#include "kernels/xbar/slicing.hpp"

namespace panther::machine {

/// How crs and the weights of an image are written to the cells.
struct CellWrites {
  WriteMode crs = WriteMode::ideal;
  WriteMode initial = WriteMode::ideal;
  double tolerance_levels = 0.5;
  int attempts = 20;
  int adc_bits = 0;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    visit("crs", s.crs, Field{.doc = "how crs writes f and b and clears d"});
    visit("initial", s.initial, Field{.doc = "how the weights of an image are written"});
    visit("tolerance_levels", s.tolerance_levels,
          Field{.unit = "levels", .doc = "write_verify: error accepted", .lo = 0.01, .hi = 100});
    visit("attempts", s.attempts,
          Field{.unit = "1",
                .doc = "write_verify: moves of a cell at most",
                .lo = 1,
                .hi = max_write_attempts});
    visit("adc_bits", s.adc_bits,
          Field{.unit = "bit",
                .doc = "converter that reads single cells; 0 is ideal",
                .lo = 0,
                .hi = 16});
  }
};

struct Emulation {
  SlicingConfig slicing;
  DeviceConfig device;
  std::uint64_t seed = 1;
  ReadMode read = ReadMode::collapsed;
  int adc_bits = 0;
  double adc_half_range_levels = 0;
  CellWrites write;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    visit("slicing", s.slicing, Field{.doc = "how a weight lies on its devices"});
    visit("device", s.device, Field{.doc = "the devices"});
    visit("seed", s.seed, Field{.doc = "of all random draws"});
    visit("read", s.read, Field{.doc = "all stream steps of a read at once, or one by one"});
    visit("adc_bits", s.adc_bits,
          Field{.unit = "bit",
                .doc = "resolution that values suffer, with read = \"bit_serial\"; 0 is ideal. "
                       "organisation.adc_bits is what the hardware is charged for",
                .lo = 0,
                .hi = 16});
    visit("adc_half_range_levels", s.adc_half_range_levels,
          Field{.unit = "levels",
                .doc = "half the full scale of those converters; 0: the largest sum possible",
                .lo = 0,
                .hi = 1e9});
    visit("write", s.write, Field{.doc = "writing cells one by one"});
  }
};

}  // namespace panther::machine
