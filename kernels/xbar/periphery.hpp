// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What surrounds an array in an analog read, as a user describes it: scaling of inputs, line
// drivers (DACs), sensed lines, converters (ADCs), and what happens when they clip.
// kernels/xbar/input_scaling.hpp, converters.hpp and bound_management.hpp have their laws.

#include <cstdint>
#include <vector>

#include "devicemodels/core/fields.hpp"
#include "kernels/xbar/bound_management.hpp"
#include "kernels/xbar/input_scaling.hpp"

namespace panther {

struct DacConfig {
  double noise = 0.0;
  double quadratic = 0.0;
  double cubic = 0.0;
  double s_shape = 0.0;
  double clip = 1.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("noise", self.noise,
          Field{.unit = "full scale",
                .doc = "std added to the voltage of each driven line in each step",
                .lo = 0,
                .hi = 10});
    visit("quadratic", self.quadratic,
          Field{.unit = "full scale",
                .doc = "integral nonlinearity a (x |x| - x) of an input x in [-1, 1]",
                .lo = -0.5,
                .hi = 0.5});
    visit("cubic", self.cubic,
          Field{.unit = "full scale",
                .doc = "integral nonlinearity a (x^3 - x)",
                .lo = -0.5,
                .hi = 0.5});
    visit("s_shape", self.s_shape,
          Field{.unit = "1", .doc = "s in x (1 + s) / (1 + s |x|)", .lo = 0, .hi = 100});
    visit("clip", self.clip,
          Field{.unit = "full scale", .doc = "inputs are clipped to +-this", .lo = 0.001, .hi = 1});
  }
};

struct SensedLineConfig {
  double noise_spread = 0.0;
  double offset_std = 0.0;
  double series_resistance = 0.0;
  double s_shape = 0.0;
  double s_shape_spread = 0.0;
  double slope_calibration = 0.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("noise_spread", self.noise_spread,
          Field{.unit = "1",
                .doc = "relative std of device.read_noise.line between lines (aihwkit's "
                       "out_noise_std)",
                .lo = 0,
                .hi = 10});
    visit("offset_std", self.offset_std,
          Field{.unit = "1",
                .doc = "std of an op-amp's offset, cut at 0 (aihwkit's v_offset_std): sums shrink "
                       "by it",
                .lo = 0,
                .hi = 1});
    visit("series_resistance", self.series_resistance,
          Field{.unit = "1 / full scale",
                .doc = "r in y / (1 + r |y|) (aihwkit's r_series)",
                .lo = 0,
                .hi = 100});
    visit("s_shape", self.s_shape,
          Field{.unit = "1 / full scale",
                .doc = "n in y / (1 + n |y|) (aihwkit's out_nonlinearity)",
                .lo = 0,
                .hi = 100});
    visit("s_shape_spread", self.s_shape_spread,
          Field{.unit = "1", .doc = "relative std of n between lines", .lo = 0, .hi = 10});
    visit("slope_calibration", self.slope_calibration,
          Field{.unit = "1",
                .doc = "c in the factor (1 + (n + r) c)^2 that a calibrated line is multiplied by",
                .lo = 0,
                .hi = 10});
  }
};

enum class AdcKind : std::uint8_t { uniform, sign_magnitude, ramp, sar };
template <>
struct EnumNames<AdcKind> {
  static constexpr std::array values{
      std::pair{AdcKind::uniform, std::string_view{"uniform"}},
      std::pair{AdcKind::sign_magnitude, std::string_view{"sign_magnitude"}},
      std::pair{AdcKind::ramp, std::string_view{"ramp"}},
      std::pair{AdcKind::sar, std::string_view{"sar"}}};
};

enum class AdcRounding : std::uint8_t { nearest, stochastic };
template <>
struct EnumNames<AdcRounding> {
  static constexpr std::array values{
      std::pair{AdcRounding::nearest, std::string_view{"nearest"}},
      std::pair{AdcRounding::stochastic, std::string_view{"stochastic"}}};
};

/// When a sum is converted: after every stream step, or once, after the steps were added as charge.
enum class AdcTiming : std::uint8_t { every_step, accumulated };
template <>
struct EnumNames<AdcTiming> {
  static constexpr std::array values{
      std::pair{AdcTiming::every_step, std::string_view{"every_step"}},
      std::pair{AdcTiming::accumulated, std::string_view{"accumulated"}}};
};

struct AdcConfig {
  AdcKind kind = AdcKind::uniform;
  AdcRounding rounding = AdcRounding::nearest;
  AdcTiming timing = AdcTiming::every_step;
  std::vector<int> bits_lsb_first;
  bool whole_levels = false;
  double gain_std = 0.0;
  double offset_std = 0.0;
  double slope_std = 0.0;
  double capacitor_std = 0.0;
  double comparator_noise = 0.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("kind", self.kind, Field{.doc = "how a sum becomes a code"});
    visit("rounding", self.rounding, Field{.doc = "rounding to a code"});
    visit("timing", self.timing,
          Field{.doc = "every_step: one conversion a stream step; accumulated: one conversion of "
                       "all steps, weighted and added as charge"});
    visit("bits_lsb_first", self.bits_lsb_first,
          Field{.unit = "bit",
                .doc = "resolution of each slice's converters instead of read.adc_bits, least "
                       "significant slice first; empty: read.adc_bits",
                .lo = 0,
                .hi = 16});
    visit("whole_levels", self.whole_levels,
          Field{.doc = "a converter's step is a whole number of levels"});
    visit("gain_std", self.gain_std,
          Field{.unit = "1", .doc = "std of a converter's gain error", .lo = 0, .hi = 0.5});
    visit("offset_std", self.offset_std,
          Field{.unit = "ADC steps", .doc = "std of a converter's offset", .lo = 0, .hi = 1e4});
    visit("slope_std", self.slope_std,
          Field{.unit = "1",
                .doc = "ramp: std of the slope error that the converters of a block share",
                .lo = 0,
                .hi = 0.5});
    visit("capacitor_std", self.capacitor_std,
          Field{.unit = "1",
                .doc = "sar: relative std of a unit capacitor; 2^b of them are one of bit b",
                .lo = 0,
                .hi = 0.5});
    visit("comparator_noise", self.comparator_noise,
          Field{.unit = "ADC steps", .doc = "std of a conversion's own noise", .lo = 0, .hi = 1e4});
  }
};

struct AnalogReadConfig {
  InputScalingConfig inputs;
  DacConfig dac;
  SensedLineConfig line;
  AdcConfig adc;
  BoundManagementConfig bounds;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("inputs", self.inputs, Field{.doc = "scaling of inputs"});
    visit("dac", self.dac, Field{.doc = "drivers of the lines"});
    visit("line", self.line, Field{.doc = "sensed lines"});
    visit("adc", self.adc, Field{.doc = "converters"});
    visit("bounds", self.bounds, Field{.doc = "vectors that clip at a converter"});
  }
};

}  // namespace panther
