// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The devices that matrix instructions run on when the arithmetic is that of the emulated
// crossbars.

#include <cstdint>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/device.hpp"
#include "kernels/xbar/read.hpp"
#include "kernels/xbar/slicing.hpp"

namespace panther::machine {

struct Emulation {
  SlicingConfig slicing;
  DeviceConfig device;
  std::uint64_t seed = 1;
  ReadMode read = ReadMode::collapsed;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    visit("slicing", s.slicing, Field{.doc = "how a weight lies on its devices"});
    visit("device", s.device, Field{.doc = "the devices"});
    visit("seed", s.seed, Field{.doc = "of all random draws"});
    visit("read", s.read, Field{.doc = "all stream steps of a read at once, or one by one"});
  }
};

}  // namespace panther::machine
