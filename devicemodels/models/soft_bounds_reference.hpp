// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Soft bounds with a reference: the device holds w + reference, between the bounds.
//
// With w' = w + reference
//   up    w' += s_up (1 - w' / w_max)        down  w' -= s_down (1 - w' / w_min)
// with s_up, s_down = dw_min, one of them shrunk by up_down. subtract_symmetry_point adds to the
// reference the w' at which both steps are equal,
//   (s_up - s_down) / (s_up / w_max - s_down / w_min),
// which then stands for w = 0. Source: aihwkit's SoftBoundsReferenceDevice. One pulse is the
// published one exactly (core/linear_pulses.hpp). The window of the cell holds w from w_min to
// w_max unless set: a reference moves a bound of w into it and the other out of it, which cuts the
// device's reach there. Deviation: one reference for all devices. A bend scales the slopes, as
// slope_up_dtod and slope_down_dtod do.

#include <string_view>

#include "devicemodels/core/linear_pulses.hpp"

namespace panther {

struct SoftBoundsReference : LinearPulses {
  struct Params : PulseSteps {
    static constexpr std::string_view name = "soft_bounds_reference";
    static constexpr std::string_view doc =
        "soft bounds of a device whose weight counts from a reference";
    static constexpr std::array<std::string_view, 4> fitted = {"dw_min", "up_down", "g_min",
                                                               "g_max"};
    double reference = 0.0;
    bool subtract_symmetry_point = false;

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      PulseSteps::fields(self, visit);
      visit("reference", self.reference,
            Field{.unit = "weight",
                  .doc = "what the device holds at weight 0; must leave w_min to w_max and the "
                         "window an overlap",
                  .lo = -5,
                  .hi = 5});
      visit("subtract_symmetry_point", self.subtract_symmetry_point,
            Field{.doc = "add to the reference the point where steps up and down are equal"});
    }

    /// w' at which a step up and a step down are equal; 0 if they are equal everywhere.
    double symmetry_point() const {
      double const up = step_up() / w_max;
      double const down = w_min < 0.0 ? step_down() / -w_min : 0.0;
      return up + down > 0.0 ? (step_up() - step_down()) / (up + down) : 0.0;
    }
    double whole_reference() const {
      return reference + (subtract_symmetry_point ? symmetry_point() : 0.0);
    }
  };

  static Constants prepare(Params const& params, int cell_bits) {
    PulseFrame const frame(params, params.dw_min, cell_bits, params.whole_reference());
    return {{static_cast<float>(params.step_up() * frame.codes_per_weight), 1.0F, 0.0F},
            {static_cast<float>(params.step_down() * frame.codes_per_weight), 1.0F, 0.0F},
            frame.grid};
  }
};

}  // namespace panther
