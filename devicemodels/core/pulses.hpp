// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the pulse laws share: the parameters of a device that is programmed by identical pulses, and
// where its weights lie in the window of a cell.
//
// A pulse law states how one pulse changes a weight w, between hard bounds w_min and w_max. The
// window of a cell, G_min to G_max, is [window_min, window_max] in w; unless given it is
// [w_min, w_max]. A request of one level step, a 1/levels part of the window, is carried out by
//   (window_max - window_min) / levels / granularity
// pulses, whole or not, where granularity is the change that a pulse is taken for: what the law's
// source divides a wanted change by, the step of the nominal device at w = 0 or at mid-window. So a
// level step at w = 0 moves a nominal device by about one level, and a wish for the whole window
// applies (window_max - window_min) / granularity pulses, NeuroSim's P.
//
// n pulses move w along the flow dw/dn = change of one pulse. Flows compose, and are defined for
// fractions of a pulse. Where the change is linear in w, n pulses one after the other have a closed
// form too, (1 - h)^n, and that is used instead: there one pulse is the published one exactly. Else
// one pulse of the flow differs from the published change D(w) by about the part D'(w) / 2 of it.
//
// Of a device's traits the slope scales the change of a pulse, the bend scales what the law calls
// its nonlinearity, and the bounds, given as positions in the window of the cell, apply in
// proportion to [w_min, w_max]. Deviations from aihwkit, whose parameters these are: bounds vary
// only inwards; a step never turns around (a change of negative sign is none); a bound inside the
// window of the cell stops the law, but noise may carry a device past it.

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/law.hpp"
#include "devicemodels/core/stated.hpp"
#include "devicemodels/core/window.hpp"

namespace panther {

/// Where the weights of a law lie; a part of every pulse law's Params.
struct PulseWindow {
  std::optional<double> window_max;
  std::optional<double> window_min;
  std::optional<double> granularity;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("window_max", self.window_max,
          Field{.unit = "weight",
                .doc = "the law's weight at the cell's highest conductance; off: its upper bound",
                .lo = -100,
                .hi = 100});
    visit("window_min", self.window_min,
          Field{.unit = "weight",
                .doc = "the law's weight at the cell's lowest conductance; off: its lower bound",
                .lo = -100,
                .hi = 100});
    visit("granularity", self.granularity,
          Field{.unit = "weight",
                .doc = "change that a pulse is taken for when a change is asked for; off: the "
                       "step that the law's source names",
                .lo = 1e-9,
                .hi = 100});
  }
};

/// Steps and hard bounds, in the weights of the law. up_down > 0 shrinks the step down, < 0 the
/// step up.
struct PulseSteps : PulseWindow {
  double dw_min = 0.001;
  double w_max = 0.6;
  double w_min = -0.6;
  double up_down = 0.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("dw_min", self.dw_min,
          Field{.unit = "weight", .doc = "size of one pulse's step", .lo = 1e-7, .hi = 10});
    visit("w_max", self.w_max,
          Field{.unit = "weight", .doc = "upper hard bound", .lo = 0.01, .hi = 10});
    visit("w_min", self.w_min,
          Field{.unit = "weight", .doc = "lower hard bound", .lo = -10, .hi = 0});
    visit("up_down", self.up_down,
          Field{.unit = "1",
                .doc = "asymmetry: positive shrinks the step down by this part, negative the "
                       "step up",
                .lo = -1,
                .hi = 1});
    PulseWindow::fields(self, visit);
  }

  double step_up() const { return dw_min * (1.0 + (up_down < 0.0 ? up_down : 0.0)); }
  double step_down() const { return dw_min * (1.0 - (up_down > 0.0 ? up_down : 0.0)); }
};

/// A law's weights as positions in the window of a cell.
struct PulseGrid {
  float pulses;      // that carry out one level step
  float zero;        // position of w = 0
  float low;         // position of w_min
  float share;       // codes between w_min and w_max, in windows
  float slack_up;    // codes that a move may pass w_max by: none if the window holds more than that
  float slack_down;  // and w_min
};

/// What a law calls its hard bounds.
struct BoundNames {
  std::string_view low = "w_min";
  std::string_view high = "w_max";
};

/// Throws std::invalid_argument for a window that is none or that the bounds, less `shift`, do not
/// meet.
inline void check_window(PulseWindow const& window, double w_min, double w_max, double shift = 0.0,
                         BoundNames const& bounds = {}) {
  double const bottom = window.window_min.value_or(w_min);
  double const top = window.window_max.value_or(w_max);
  std::string const low = stated(window.window_min ? "window_min" : bounds.low, bottom);
  std::string const high = stated(window.window_max ? "window_max" : bounds.high, top);
  if (!(bottom < top)) throw std::invalid_argument(low + " (must lie below " + high + ")");
  if (w_min - shift < top && w_max - shift > bottom) return;
  throw std::invalid_argument(
      low + " and " + high + " (must hold a weight between " + stated(bounds.low, w_min) + " and " +
      stated(bounds.high, w_max) +
      (shift == 0.0 ? ")" : ", less the reference, " + shortest(shift) + ")"));
}

/// Bounds and conversions of a law's weights, in double. `shift` is what the law adds to a weight
/// before anything else: the bounds are those of the sum.
struct PulseFrame {
  double codes_per_weight;
  PulseGrid grid;

  PulseFrame(PulseWindow const& window, double w_min, double w_max, double granularity,
             int cell_bits, double shift = 0.0) {
    check_window(window, w_min, w_max, shift);
    double const bottom = window.window_min.value_or(w_min);
    double const top = window.window_max.value_or(w_max);
    double const range = window_range(cell_bits);
    codes_per_weight = range / (top - bottom);
    auto const position = [&](double w) { return (w - shift - bottom) * codes_per_weight; };
    double const wanted = (top - bottom) / levels_in_window(cell_bits);
    double const low = position(w_min);
    double const high = position(w_max);
    auto const beyond = static_cast<float>(4.0 * range);
    grid = {static_cast<float>(wanted / window.granularity.value_or(granularity)),
            static_cast<float>(position(0.0)),
            static_cast<float>(low),
            static_cast<float>((high - low) / range),
            high < range ? 0.0F : beyond,
            low > 0.0 ? 0.0F : beyond};
  }

  PulseFrame(PulseSteps const& steps, double granularity, int cell_bits, double shift = 0.0)
      : PulseFrame(steps, steps.w_min, steps.w_max, granularity, cell_bits, shift) {}
};

/// A device on its way in one direction. Distances in codes.
struct PulseTravel {
  float position;  // of the device beyond w = 0
  float bound;     // of the bound ahead, beyond w = 0
  float width;     // from bound to bound
  float slack;     // that a move may pass the bound by
};

PANTHER_HD PulseTravel travel_of(PulseGrid const& grid, Traits const& traits, float position,
                                 bool up) {
  float const low = fused(traits.low, grid.share, grid.low);
  float const high = fused(traits.high, grid.share, grid.low);
  float const beyond = position - grid.zero;
  return {chosen(up, beyond, -beyond), chosen(up, high - grid.zero, grid.zero - low), high - low,
          chosen(up, grid.slack_up, grid.slack_down)};
}

/// A change by `distance` >= 0 in its direction, as far as the device may go.
PANTHER_HD float directed(PulseTravel const& travel, float distance, bool up) {
  float const ahead = larger(travel.bound - travel.position, 0.0F) + travel.slack;
  float const kept = smaller(distance, ahead);
  return chosen(up, kept, -kept);
}

}  // namespace panther
