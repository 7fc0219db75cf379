// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Device-to-device variation: what differs between devices, drawn once for each.
//
// Step sizes, with frozen normals g of a device and their correlation between up and down, and one
// more normal r:
//   up = g_up + asymmetry r,  down = g_down - asymmetry r,
//   g = 1 + slope xi  (normal)  or  exp(slope xi)  (log_normal, whose mean is exp(slope^2 / 2)).
// aihwkit's dw_min_dtod, dw_min_dtod_log_normal and up_down_dtod are slope, log_normal and
// asymmetry with slope_correlation = 1. Of a normal slope the pair is normal again: without
// `asymmetry` the same devices come from
//   slope = sqrt(dw_min_dtod^2 + up_down_dtod^2),
//   slope_correlation = (dw_min_dtod^2 - up_down_dtod^2) / slope^2.
// Deviation: a step that would turn around is none, where aihwkit takes its magnitude.
//
// Ends of the window: a device cannot leave the nominal window, so spread only takes away.
//
// Nonlinearity: a normal factor on what a law calls its nonlinearity. NeuroSim spreads its label
// instead; nonlinearity_labels takes that figure for laws given by labels, to first order:
//   relative std = sigma (d alpha / d label) / alpha  at the nominal label.
// The draw of a device keeps the sign of the nominal nonlinearity, so it is refused where labels
// would change theirs too often (sigma > |label| / 2).
//
// Draws are kept to 1/32 of a standard deviation and end at 4.

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/stated.hpp"
#include "devicemodels/models.hpp"

namespace panther {

enum class SlopeDistribution : std::uint8_t { normal, log_normal };
template <>
struct EnumNames<SlopeDistribution> {
  static constexpr std::array values{
      std::pair{SlopeDistribution::normal, std::string_view{"normal"}},
      std::pair{SlopeDistribution::log_normal, std::string_view{"log_normal"}}};
};

struct Spread {
  SlopeDistribution distribution = SlopeDistribution::normal;
  double slope = 0.0;
  double slope_correlation = 0.0;
  double asymmetry = 0.0;
  double window = 0.0;
  std::optional<double> window_low;
  std::optional<double> window_high;
  double window_correlation = 0.0;
  double nonlinearity = 0.0;
  double nonlinearity_labels = 0.0;
  double nonlinearity_correlation = 0.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    slope_fields(self, visit);
    window_fields(self, visit);
    nonlinearity_fields(self, visit);
  }

  double resolved_low() const { return window_low.value_or(window); }
  double resolved_high() const { return window_high.value_or(window); }
  bool varies_slope() const { return slope > 0.0 || asymmetry > 0.0; }
  bool varies_window() const { return resolved_low() > 0.0 || resolved_high() > 0.0; }
  bool varies_nonlinearity() const { return nonlinearity > 0.0 || nonlinearity_labels > 0.0; }

 private:
  template <class Self, class Visitor>
  static void slope_fields(Self& self, Visitor& visit) {
    visit("distribution", self.distribution, Field{.doc = "distribution of the step size"});
    visit("slope", self.slope,
          Field{.unit = "1",
                .doc = "relative std of the step size, up and down; log_normal: std of its "
                       "logarithm",
                .lo = 0,
                .hi = 2});
    visit("slope_correlation", self.slope_correlation,
          Field{.unit = "1",
                .doc = "correlation of a device's up and down step size",
                .lo = -1,
                .hi = 1});
    visit("asymmetry", self.asymmetry,
          Field{.unit = "1",
                .doc = "std of what a device's step up has more, its step down less, relative to "
                       "the nominal step",
                .lo = 0,
                .hi = 2});
  }

  template <class Self, class Visitor>
  static void window_fields(Self& self, Visitor& visit) {
    visit("window", self.window,
          Field{.unit = "window",
                .doc = "std of either end of the window; a device cannot leave the nominal "
                       "window, so spread only takes away",
                .lo = 0,
                .hi = 0.25});
    visit("window_low", self.window_low,
          Field{.unit = "window",
                .doc = "std of the lower end alone; off: window",
                .lo = 0,
                .hi = 0.5});
    visit("window_high", self.window_high,
          Field{.unit = "window",
                .doc = "std of the upper end alone; off: window",
                .lo = 0,
                .hi = 0.5});
    visit("window_correlation", self.window_correlation,
          Field{.unit = "1",
                .doc = "correlation of the two ends' draws: positive shifts the window, negative "
                       "scales it",
                .lo = -1,
                .hi = 1});
  }

  template <class Self, class Visitor>
  static void nonlinearity_fields(Self& self, Visitor& visit) {
    visit(
        "nonlinearity", self.nonlinearity,
        Field{
            .unit = "1", .doc = "relative std of the nonlinearity, up and down", .lo = 0, .hi = 2});
    visit("nonlinearity_labels", self.nonlinearity_labels,
          Field{.unit = "NeuroSim label",
                .doc = "std of the nonlinearity labels, instead of nonlinearity, for a law given "
                       "by labels; at most half of each",
                .lo = 0,
                .hi = 4.5});
    visit("nonlinearity_correlation", self.nonlinearity_correlation,
          Field{.unit = "1",
                .doc = "correlation of a device's up and down nonlinearity",
                .lo = -1,
                .hi = 1});
  }
};

/// Relative std of alpha where the label `key` has this std. Throws std::invalid_argument.
inline double spread_of_label(std::string const& key, std::optional<double> label, double sigma) {
  if (!label || sigma > 0.5 * std::abs(*label)) {
    throw std::invalid_argument(stated("spread.nonlinearity_labels", sigma) + " with " +
                                stated(key, label) + " (must be at most half of |" + key +
                                "|, which must be given)");
  }
  double const nominal = std::abs(*label);
  double const step = 1e-3;
  double const above = nominal + step > 9.0 ? nominal : nominal + step;
  double const below = nominal - step;
  double const gradient = (alpha_of_label(above) - alpha_of_label(below)) / (above - below);
  return sigma * gradient / alpha_of_label(nominal);
}

/// Relative std of the nonlinearity of steps up and down.
struct NonlinearitySpread {
  double up;
  double down;
};

/// Throws std::invalid_argument for contradicting keys, naming them.
inline NonlinearitySpread resolved_nonlinearity(Spread const& spread, LawParams const& law) {
  double const sigma = spread.nonlinearity_labels;
  if (sigma == 0.0) return {spread.nonlinearity, spread.nonlinearity};
  if (spread.nonlinearity > 0.0) {
    throw std::invalid_argument(stated("spread.nonlinearity", spread.nonlinearity) + " with " +
                                stated("spread.nonlinearity_labels", sigma) +
                                " (must be 0: give one of them)");
  }
  auto const* const labels = std::get_if<Exponential::Params>(&law);
  if (labels == nullptr) {
    throw std::invalid_argument(stated("spread.nonlinearity_labels", sigma) +
                                " (must be 0: only law = \"exponential\" has labels; give "
                                "spread.nonlinearity)");
  }
  return {spread_of_label("label_up", labels->label_up, sigma),
          spread_of_label("label_down", labels->label_down, sigma)};
}

/// Spread as kernels see it.
struct SpreadConstants {
  float slope = 0.0F;  // log_normal: of the logarithm to base 2
  float slope_correlation = 0.0F;
  float slope_decorrelation = 1.0F;  // sqrt(1 - correlation^2)
  float asymmetry = 0.0F;
  float window_low = 0.0F;
  float window_high = 0.0F;
  float window_correlation = 0.0F;
  float window_decorrelation = 1.0F;
  float bend_up = 0.0F;
  float bend_down = 0.0F;
  float bend_correlation = 0.0F;
  float bend_decorrelation = 1.0F;
  SlopeDistribution distribution = SlopeDistribution::normal;
};

/// Throws std::invalid_argument for contradicting keys, naming them.
inline SpreadConstants spread_constants(Spread const& spread, LawParams const& law) {
  auto const rest = [](double rho) { return static_cast<float>(std::sqrt(1.0 - rho * rho)); };
  bool const logarithmic = spread.distribution == SlopeDistribution::log_normal;
  NonlinearitySpread const bend = resolved_nonlinearity(spread, law);
  return {.slope = static_cast<float>(spread.slope * (logarithmic ? 1.4426950408889634 : 1.0)),
          .slope_correlation = static_cast<float>(spread.slope_correlation),
          .slope_decorrelation = rest(spread.slope_correlation),
          .asymmetry = static_cast<float>(spread.asymmetry),
          .window_low = static_cast<float>(spread.resolved_low()),
          .window_high = static_cast<float>(spread.resolved_high()),
          .window_correlation = static_cast<float>(spread.window_correlation),
          .window_decorrelation = rest(spread.window_correlation),
          .bend_up = static_cast<float>(bend.up),
          .bend_down = static_cast<float>(bend.down),
          .bend_correlation = static_cast<float>(spread.nonlinearity_correlation),
          .bend_decorrelation = rest(spread.nonlinearity_correlation),
          .distribution = spread.distribution};
}

}  // namespace panther
