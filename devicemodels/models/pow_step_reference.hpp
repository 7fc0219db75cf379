// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Power step with a reference: the device holds w + reference, and pow_step acts on that.
//
// subtract_symmetry_point adds to the reference the point at which a step up and a step down are
// equal, s_up v^gamma_up = s_down (1 - v)^gamma_down, found by bisection; aihwkit applies pairs of
// pulses until the device has settled there. The window of the cell holds w from w_min to w_max
// unless set: a reference moves a bound of w into it and the other out of it, which cuts the
// device's reach there. Source: aihwkit's PowStepReferenceDevice. Deviation: one reference for all
// devices.

#include <cmath>
#include <string_view>

#include "devicemodels/models/pow_step.hpp"

namespace panther {

struct PowStepReference : PowerPulses {
  struct Params : PowStep::Params {
    static constexpr std::string_view name = "pow_step_reference";
    static constexpr std::string_view doc =
        "power steps of a device whose weight counts from a reference";
    static constexpr std::array<std::string_view, 6> fitted = {
        "dw_min", "up_down", "pow_gamma", "pow_up_down", "g_min", "g_max"};
    double reference = 0.0;
    bool subtract_symmetry_point = false;

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
      PowStep::Params::fields(self, visit);
      visit("reference", self.reference,
            Field{.unit = "weight",
                  .doc = "what the device holds at weight 0; must leave w_min to w_max and the "
                         "window an overlap",
                  .lo = -5,
                  .hi = 5});
      visit("subtract_symmetry_point", self.subtract_symmetry_point,
            Field{.doc = "add to the reference the point where steps up and down are equal"});
    }

    /// What the device holds where a step up and a step down are equal; if they are everywhere, the
    /// middle.
    double symmetry_point() const {
      double low = 0.0;  // of (w' - w_min) / (w_max - w_min): steps up are the larger ones
      double high = 1.0;
      for (int i = 0; i < 60; ++i) {
        double const middle = 0.5 * (low + high);
        double const up = step_up() * std::pow(1.0 - middle, gamma_up());
        double const down = step_down() * std::pow(middle, gamma_down());
        if (up >= down) low = middle;
        if (up <= down) high = middle;
      }
      return w_min + 0.5 * (low + high) * (w_max - w_min);
    }
    double whole_reference() const {
      return reference + (subtract_symmetry_point ? symmetry_point() : 0.0);
    }
  };

  static Constants prepare(Params const& params, int cell_bits) {
    return PowStep::prepare(params, params.whole_reference(), cell_bits);
  }
};

}  // namespace panther
