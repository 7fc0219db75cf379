// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// One sum of an analog read on its way from the sensed line to a code: the functions that the
// definition (analog_read.hpp) and the vector loops of kernels/cpu share, with everything that a
// slice's conversions have in common taken out of them.

#include <cstdint>

#include "kernels/xbar/analog_constants.hpp"
#include "kernels/xbar/read.hpp"

namespace panther {

static_assert(steps_of_attempt == max_stream_steps);

struct AnalogReadArgs {
  ReadArgs read;                  // adc_bits and noisy are not looked at
  AnalogConstants const* analog;  // [replica]
  bool ideal_converters;          // whatever their resolution: ranges are being calibrated
  BoundedPass bounds = {};        // which attempt this is
  std::int32_t const* input_mean = nullptr;  // [replica] of average_abs_max; null: not known yet

  PANTHER_HD std::int64_t items() const { return read.items(); }
  /// What this attempt divides a vector's inputs by, input LSBs.
  PANTHER_HD_CALL std::int64_t scale(std::int64_t vector) const {
    auto const replica = static_cast<int>(vector / read.examples);
    int const lines = read.driven_lines();
    InputVector const inputs{read.inputs + vector * lines, lines, read.block_lines,
                             input_mean == nullptr ? 0 : input_mean[replica]};
    return attempt_scale(analog[replica].inputs, inputs, bounds.attempt);
  }
};

/// Sums over one block of driven lines of a plane at one sensed line, in one stream step.
struct AnalogSum {
  std::int32_t sum;   // of digits times codes
  float drift;        // of (u - digit) times codes
  float change;       // of u times the fluctuation of conductance
  float power;        // of u^2 G^2
  float flow;         // of |u| G
  float conductance;  // of G
};

/// Which of them an analog read needs.
struct AnalogTerms {
  bool drift;
  bool change;
  bool power;
  bool flow;
  bool conductance;
  PANTHER_HD bool any() const { return drift | change | power | flow | conductance; }
};

PANTHER_HD AnalogTerms analog_terms(AnalogConstants const& k) {
  return {k.driven(), k.cell.fluctuates(), k.relative, k.shot, k.thermal};
}

/// The conversions of one replica and slice.
struct SliceConverter {
  SensedLineConstants line;
  AdcConstants adc;
  bool noisy;
  bool unequal;         // converters or lines have frozen properties of their own
  int bits;             // 0: ideal
  int stream_steps;     // stream steps of a conversion's input bits
  std::int32_t step;    // codes in one step of the converter
  double full_scale;    // the largest sum of a stream step, codes
  double charge_scale;  // accumulated: of a sum over all stream steps to what the converter sees
  double peak_scale;    // the same with a converter that is not ideal
  double relative_squared;
  double line_codes;  // std of the line's noise
  double thermal;     // variance for each code of conductance
  double shot;        // variance for each code driven by an input step

  /// A sum as the sensed line gives it, codes.
  PANTHER_HD double line_output(ConverterTraits const& traits, AnalogSum const& s) const {
    double const analog =
        static_cast<double>(s.sum) + static_cast<double>(s.drift) + static_cast<double>(s.change);
    return line.shaped ? sensed_output(line, traits, analog / full_scale) * full_scale : analog;
  }

  /// Its Gaussian noise, from a standard normal.
  PANTHER_HD double noise(ConverterTraits const& traits, AnalogSum const& s, float normal) const {
    double const own = line_codes * static_cast<double>(traits.noise);
    double variance = relative_squared * static_cast<double>(s.power) + own * own;
    variance += thermal * static_cast<double>(s.conductance);
    variance += shot * static_cast<double>(s.flow);
    return root(variance) * static_cast<double>(normal);
  }

  /// What the comparator sees of it, in steps; the same as a whole number; that within limits.
  PANTHER_HD double compared(ConverterTraits const& traits, ConversionDraw const& fresh,
                             double analog) const {
    return at_comparator(adc, traits, fresh, analog / static_cast<double>(step));
  }
  PANTHER_HD double limited(double whole) const {
    AdcLimits const limits = adc_limits(adc.kind, bits);
    return clamped(whole, limits.low, limits.high);
  }

  PANTHER_HD bool successive() const { return adc.kind == AdcKind::sar && bits != 0; }
  PANTHER_HD bool draws() const { return adc.draws && bits != 0; }
  PANTHER_HD int conversions() const { return adc.accumulated ? 1 : stream_steps; }
  /// Codes in one unit of what the conversions of a block, weighted by their steps, add up to.
  PANTHER_HD std::int64_t unit() const {
    std::int64_t const one = bits == 0 ? 1 : step;
    return adc.accumulated ? one * static_cast<std::int64_t>(1.0 / charge_scale) : one;
  }
};

/// Weight of a stream step in a sum over steps.
PANTHER_HD double step_weight(int step, int dac_bits) {
  return static_cast<double>(static_cast<std::int64_t>(1) << (step * dac_bits));
}

/// What calibration of ranges records of a sum without its Gaussian noise.
PANTHER_HD std::int32_t peak_of(double analog) {
  double const magnitude = nearest(analog < 0.0 ? -analog : analog);
  return static_cast<std::int32_t>(smaller(magnitude, 2147483647.0));
}

PANTHER_HD SliceConverter slice_converter(AnalogReadArgs const& args, int replica, int slice) {
  ReadArgs const& r = args.read;
  AnalogConstants const& k = args.analog[replica];
  DeviceConstants const& device = r.devices[replica];
  auto const relative = static_cast<double>(device.read_relative);
  int const lines = smaller(r.block_lines, r.driven_lines());
  SliceConverter c{};
  c.line = k.line;
  c.adc = k.adc;
  c.noisy = k.noisy;
  c.unequal = k.traits();
  c.bits = args.ideal_converters ? 0 : k.adc_bits[slice];
  c.stream_steps = r.stream_steps();
  c.step = c.bits == 0 ? 1 : r.adc_step[replica * r.slicing.slices + slice];
  c.full_scale = static_cast<double>(lines) * static_cast<double>((1 << r.dac_bits) - 1) * 32768.0;
  // The charge of all steps is shared by as many capacitors, so that a converter sees no more than
  // the largest digits of one step would give; an ideal one resolves all of it.
  c.peak_scale = c.adc.accumulated ? 1.0 / static_cast<double>(1 << (16 - r.dac_bits)) : 1.0;
  c.charge_scale = c.bits == 0 ? 1.0 : c.peak_scale;
  c.relative_squared = relative * relative;
  c.line_codes = ReadLine{r}.line_noise_codes(device, slice);
  c.thermal = k.thermal_codes[slice];
  c.shot = k.shot_codes[slice];
  return c;
}

PANTHER_HD ConverterPlace converter_place(ReadArgs const& r, int replica, int plane, int block,
                                          int sensed) {
  ReadLine const line{r};
  return {r.devices[replica].seed, line.noise_item(plane, block, sensed),
          line.noise_item(plane, block, 0)};
}

}  // namespace panther
