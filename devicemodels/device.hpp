// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Everything configurable about the devices of a crossbar: the law, write noise, device-to-device
// spread, read noise and stuck cells. One described struct; the constants derived from it are what
// kernels see.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/models.hpp"

namespace panther {

/// State dependence of write noise (CrossSim's three kinds). The standard deviation of a move by D,
/// window R: sigma sqrt(R |D|), times w/R (proportional) or R/w (inverse), w the conductance before
/// the move.
enum class WriteNoiseKind : std::uint8_t { off, additive, proportional, inverse };
template <>
struct EnumNames<WriteNoiseKind> {
  static constexpr std::array values{
      std::pair{WriteNoiseKind::off, std::string_view{"off"}},
      std::pair{WriteNoiseKind::additive, std::string_view{"additive"}},
      std::pair{WriteNoiseKind::proportional, std::string_view{"proportional"}},
      std::pair{WriteNoiseKind::inverse, std::string_view{"inverse"}}};
};

/// How a float32 position becomes an int16 code.
enum class CodeRounding : std::uint8_t { stochastic, nearest };
template <>
struct EnumNames<CodeRounding> {
  static constexpr std::array values{
      std::pair{CodeRounding::stochastic, std::string_view{"stochastic"}},
      std::pair{CodeRounding::nearest, std::string_view{"nearest"}}};
};

struct WriteNoise {
  WriteNoiseKind kind = WriteNoiseKind::off;
  double sigma = 0.0;
  double c2c = 0.0;
  double c2c_pulses = 100.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("kind", self.kind, Field{.doc = "state dependence of the noise of a write"});
    visit("sigma", self.sigma,
          Field{.unit = "1",
                .doc = "CrossSim's sigma: std = sigma sqrt(R |change|)",
                .lo = 0,
                .hi = 10});
    visit("c2c", self.c2c,
          Field{.unit = "window",
                .doc = "NeuroSim's cycle-to-cycle sigma per pulse, instead of sigma "
                       "(sigma = c2c sqrt(c2c_pulses))",
                .lo = 0,
                .hi = 1});
    visit("c2c_pulses", self.c2c_pulses,
          Field{.unit = "pulses",
                .doc = "pulses across the window that c2c refers to",
                .lo = 1,
                .hi = 1e6});
  }

  /// The sigma that applies. Throws std::invalid_argument if sigma and c2c are both given.
  double resolved_sigma() const;
};

/// Relative standard deviations, drawn once per device.
struct Spread {
  double slope = 0.0;
  double slope_correlation = 0.0;
  double window = 0.0;
  double nonlinearity = 0.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit(
        "slope", self.slope,
        Field{.unit = "1", .doc = "relative std of the step size, up and down", .lo = 0, .hi = 2});
    visit("slope_correlation", self.slope_correlation,
          Field{.unit = "1",
                .doc = "correlation of a device's up and down step size",
                .lo = -1,
                .hi = 1});
    visit("window", self.window,
          Field{.unit = "window",
                .doc = "std of either end of the window; a device cannot leave the nominal "
                       "window, so spread only takes away",
                .lo = 0,
                .hi = 0.25});
    visit(
        "nonlinearity", self.nonlinearity,
        Field{
            .unit = "1", .doc = "relative std of the nonlinearity, up and down", .lo = 0, .hi = 2});
  }
};

struct ReadNoise {
  double relative = 0.0;
  double line = 0.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("relative", self.relative,
          Field{.unit = "G",
                .doc = "std of a device's conductance in one read step, relative to it",
                .lo = 0,
                .hi = 1});
    visit("line", self.line,
          Field{.unit = "levels",
                .doc = "std added to the sum of a line (column) in one read step",
                .lo = 0,
                .hi = 1e4});
  }
};

struct StuckCells {
  double low = 0.0;
  double high = 0.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("low", self.low,
          Field{.unit = "1", .doc = "share of devices stuck at G_min", .lo = 0, .hi = 1});
    visit("high", self.high,
          Field{.unit = "1", .doc = "share of devices stuck at G_max", .lo = 0, .hi = 1});
  }
};

struct DeviceConfig {
  LawParams law = Ideal::Params{};
  double on_off_ratio = 10.0;
  // aihwkit's default for IR drop, ir_drop_g_ratio = 1 / (0.35 ohm x 5 uS).
  double g_max = 5e-6;
  CodeRounding rounding = CodeRounding::stochastic;
  WriteNoise write_noise;
  Spread spread;
  ReadNoise read_noise;
  StuckCells stuck;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("law", self.law, Field{.doc = "response of a cell to programming steps", .tag = "law"});
    visit("on_off_ratio", self.on_off_ratio,
          Field{.unit = "1",
                .doc = "G_max / G_min (enters noise that depends on conductance)",
                .lo = 1.01,
                .hi = 1e9});
    visit("g_max", self.g_max,
          Field{.unit = "S",
                .doc = "conductance at the upper end of the window (enters read.wires)",
                .lo = 1e-12,
                .hi = 1});
    visit("rounding", self.rounding,
          Field{.doc = "rounding of a device's state to its 16-bit code"});
    visit("write_noise", self.write_noise, Field{.doc = "cycle-to-cycle noise of writes"});
    visit("spread", self.spread, Field{.doc = "device-to-device variation"});
    visit("read_noise", self.read_noise, Field{.doc = "noise of reads"});
    visit("stuck", self.stuck, Field{.doc = "faulty cells"});
  }
};

/// What kernels know of the devices besides the law: numeric, trivially copyable, one per replica.
struct DeviceConstants {
  std::uint64_t seed = 0;
  float write_sigma = 0.0F;
  float g_min_in_windows = 0.0F;  // G_min / (G_max - G_min)
  float slope_spread = 0.0F;
  float slope_correlation = 0.0F;
  float slope_decorrelation = 1.0F;  // sqrt(1 - correlation^2)
  float window_spread = 0.0F;
  float nonlinearity_spread = 0.0F;
  float read_relative = 0.0F;
  float read_line = 0.0F;              // levels
  std::uint32_t stuck_low_below = 0;   // of a 32-bit uniform word
  std::uint32_t stuck_high_below = 0;  // >= stuck_low_below
  WriteNoiseKind write_noise = WriteNoiseKind::off;
  CodeRounding rounding = CodeRounding::stochastic;
};

/// Derives the constants. Throws std::invalid_argument for contradicting parameters, naming them.
DeviceConstants device_constants(DeviceConfig const& config, std::uint64_t seed);

/// Which frozen properties of devices vary; decides what kernels regenerate or load.
struct Variation {
  bool slope = false;
  bool bend = false;
  bool bounds = false;  // window spread or stuck cells
  PANTHER_HD constexpr bool any() const { return slope || bend || bounds; }
};

inline Variation variation_of(DeviceConfig const& config) {
  return {config.spread.slope > 0.0, config.spread.nonlinearity > 0.0,
          config.spread.window > 0.0 || config.stuck.low > 0.0 || config.stuck.high > 0.0};
}

inline double WriteNoise::resolved_sigma() const {
  if (kind == WriteNoiseKind::off) return 0.0;
  if (c2c > 0.0 && sigma > 0.0) {
    throw std::invalid_argument("write_noise: sigma and c2c both given: give one of them");
  }
  return c2c > 0.0 ? c2c * std::sqrt(c2c_pulses) : sigma;
}

inline DeviceConstants device_constants(DeviceConfig const& config, std::uint64_t seed) {
  if (config.stuck.low + config.stuck.high > 1.0) {
    throw std::invalid_argument("stuck: low + high must not exceed 1");
  }
  auto const below = [](double share) {
    return static_cast<std::uint32_t>(std::min(std::floor(share * 4294967296.0), 4294967295.0));
  };
  double const rho = config.spread.slope_correlation;
  return {.seed = seed,
          .write_sigma = static_cast<float>(config.write_noise.resolved_sigma()),
          .g_min_in_windows = static_cast<float>(1.0 / (config.on_off_ratio - 1.0)),
          .slope_spread = static_cast<float>(config.spread.slope),
          .slope_correlation = static_cast<float>(rho),
          .slope_decorrelation = static_cast<float>(std::sqrt(1.0 - rho * rho)),
          .window_spread = static_cast<float>(config.spread.window),
          .nonlinearity_spread = static_cast<float>(config.spread.nonlinearity),
          .read_relative = static_cast<float>(config.read_noise.relative),
          .read_line = static_cast<float>(config.read_noise.line),
          .stuck_low_below = below(config.stuck.low),
          .stuck_high_below = below(config.stuck.low + config.stuck.high),
          .write_noise = config.write_noise.kind,
          .rounding = config.rounding};
}

}  // namespace panther
