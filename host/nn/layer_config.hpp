// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One layer: keys of [[network.layers]].

#include <optional>

#include "devicemodels/core/fields.hpp"
#include "kernels/digital/operations.hpp"

namespace panther {

/// Formats of a layer's tensors; those left out follow [formats].
struct LayerFractions {
  std::optional<int> x_frac;
  std::optional<int> z_frac;
  std::optional<int> e_frac;
  std::optional<int> u_frac;
  std::optional<int> w_frac;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("x_frac", self.x_frac,
          Field{.unit = "bit",
                .doc = "fraction bits of the layer's inputs X; off: [formats]",
                .lo = 0,
                .hi = 14});
    visit("z_frac", self.z_frac,
          Field{.unit = "bit",
                .doc = "fraction bits of the layer's sums Z; off: [formats]",
                .lo = 0,
                .hi = 15});
    visit("e_frac", self.e_frac,
          Field{.unit = "bit",
                .doc = "fraction bits of the errors E at its outputs; off: [formats]",
                .lo = 0,
                .hi = 30});
    visit(
        "u_frac", self.u_frac,
        Field{
            .unit = "bit", .doc = "fraction bits of U = lr E; off: [formats]", .lo = 0, .hi = 30});
    visit("w_frac", self.w_frac,
          Field{.unit = "bit",
                .doc = "fraction bits of its weights; off: [formats]",
                .lo = 0,
                .hi = 30});
  }
};

struct LayerConfig : LayerFractions {
  int units = 10;
  Activation activation = Activation::identity;
  bool bias = true;
  double learning_rate_factor = 1.0;
  int forward_shift = 0;
  std::optional<double> read_threshold;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("units", self.units, Field{.doc = "outputs of the dense layer", .lo = 1, .hi = 65536});
    visit("activation", self.activation, Field{.doc = "function of the layer's outputs"});
    visit("bias", self.bias, Field{.doc = "a row of devices driven with the constant 1"});
    visit("learning_rate_factor", self.learning_rate_factor,
          Field{.unit = "1", .doc = "times training.learning_rate", .lo = 0, .hi = 1000});
    visit("forward_shift", self.forward_shift,
          Field{.unit = "bit",
                .doc = "sums of forward reads are divided by 2 to this power; back-propagation and "
                       "updates do not know of it (NeuroSim: 1)",
                .lo = 0,
                .hi = 15});
    visit("read_threshold", self.read_threshold,
          Field{.unit = "1",
                .doc = "forward reads take hidden inputs above it as 1, others as 0; "
                       "back-propagation and updates take them as they are (NeuroSim: 0.5)",
                .lo = 0,
                .hi = 0.999});
    LayerFractions::fields(self, visit);
  }
};

}  // namespace panther
