// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Analog reads: read mode "analog". Each sum of a line (replica, example, plane, block of driven
// lines, stream step) is formed as a number with every effect that is switched on, goes through its
// converter, and is added digitally, exactly. With all effects off it is the bit-serial read of
// read.hpp, bit for bit.
//
// Inputs may be scaled vector by vector, and outputs back (input_scaling.hpp); vectors that clip
// may be read again (bound_management.hpp): this is one attempt, at all vectors or at those.
//
// Order, for a step's digit d of each driven line:
// 1. driver: x = d / largest digit, clipped, bent, plus noise (converters.hpp); one driver a line
//    and plane, whose noise all sensed lines share
// 2. cell: voltage x gives u = largest digit f(x), f the I-V curve (devicemodels/reading.hpp);
//    without 1 and 2, u = d exactly
// 3. sum over lines, codes c: sum d c, an integer, + sum (u - d) c + sum u dG, dG the telegraph and
//    1/f fluctuation of the device's conductance, -dG where the device is mirrored
// 4. sensed line: op-amp offset, series resistance, S-shape
// 5. Gaussian noise of variance relative^2 sum u^2 G^2 + (line spread)^2 + thermal sum G + shot sum
//    |u| G: independent normals, so one draw
// 6. converter, every step or once for all steps; shift-and-add over steps, planes, blocks
//
// Layout and what is read: as read.hpp. The float sums of 3 and 5 are float32, lines ascending,
// fused. Bound: arithmetic. This functor draws for every item what neighbours share (drivers,
// frozen properties of converters); kernels/cpu draws it once.
//
// The clock of telegraph and 1/f noise is the index of a read: an example's MVM and MTVM see the
// same state. Deviation: a driver serves its line across all tiles.
//
// Determinism: bit-identical on every backend.

#include <cstdint>

#include "kernels/xbar/analog_converter.hpp"

namespace panther {

/// Voltage of a line whose driver should give `digit`, in input steps as the cells see it.
PANTHER_HD float line_voltage(AnalogConstants const& k, float digit, float normal) {
  float const full = k.cell.iv_full;
  float const x = fused(k.driver.noise, normal, driver_output(k.driver, digit / full));
  return full * iv_current(k.cell, x);
}

PANTHER_HD PhiloxWords driver_words(std::uint64_t seed, std::uint64_t item, std::uint64_t read,
                                    int step_block) {
  return draw(seed, Stream::line_driver, item, read, static_cast<std::uint32_t>(step_block));
}

/// Normal of step `within` of a block of four.
PANTHER_HD float normal_of_block(PhiloxWords const& words, int within) {
  bool const upper = (within & 2) != 0;
  NormalPair const pair =
      normal_pair(upper ? words.w[2] : words.w[0], upper ? words.w[3] : words.w[1]);
  return (within & 1) != 0 ? pair.second : pair.first;
}

PANTHER_HD std::uint64_t item_of_device(ReadArgs const& r, int plane, int row, int col) {
  return device_item(static_cast<std::uint64_t>(r.layer), static_cast<std::uint64_t>(r.set),
                     static_cast<std::uint64_t>(plane), static_cast<std::uint64_t>(row),
                     static_cast<std::uint64_t>(col));
}

PANTHER_HD std::uint64_t item_of_driver(ReadArgs const& r, int plane, int line) {
  return item_of_device(r, plane, line, r.driven == Driven::columns ? 1 : 0);
}

struct AnalogReadLine {
  AnalogReadArgs args;

  PANTHER_HD std::int64_t items() const { return args.items(); }

  PANTHER_HD void operator()(std::int64_t item) const {
    ReadArgs const& r = args.read;
    int const sensed = static_cast<int>(item % r.sensed_lines());
    std::int64_t const vector = item / r.sensed_lines();
    if (!args.bounds.reads(vector)) return;
    int const replica = static_cast<int>(vector / r.examples);
    std::uint64_t const read = r.first_read + static_cast<std::uint64_t>(vector % r.examples);
    std::int16_t const* const input = r.inputs + vector * r.driven_lines();
    std::int64_t const scale = args.scale(vector);
    i128 total = 0;
    ClipCount clips;
    for (int plane = 0; plane < r.shape.planes; ++plane) {
      int const shift = r.slicing.shift_of(r.slicing.slice_of(plane));
      total += static_cast<i128>(plane_sum(replica, plane, sensed, read, input, scale, clips)) *
               (static_cast<i128>(1) << shift);
    }
    r.sums[item] = unscaled_sum(total, scale);
    note_clips(args.bounds, vector, clips);
    if (args.bounds.attempt > 0 && sensed == 0) count(args.bounds.repeats[replica], 1);
  }

  PANTHER_HD std::int64_t plane_sum(int replica, int plane, int sensed, std::uint64_t read,
                                    std::int16_t const* input, std::int64_t scale,
                                    ClipCount& clips) const {
    ReadArgs const& r = args.read;
    std::uint64_t const before = clips.all;
    std::int64_t total = 0;
    std::uint64_t blocks = 0;
    for (int first = 0; first < r.driven_lines(); first += r.block_lines, ++blocks) {
      AnalogSum sums[max_stream_steps] = {};
      int const last = smaller(first + r.block_lines, r.driven_lines());
      for (int line = first; line < last; ++line) {
        add_device(replica, plane, sensed, line, read, scaled_input(input[line], scale), sums);
      }
      total += converted(replica, plane, static_cast<int>(blocks), sensed, read, sums, clips);
    }
    SliceCounters& counters = r.counters[replica * r.slicing.slices + r.slicing.slice_of(plane)];
    bool const accumulated = args.analog[replica].adc.accumulated;
    count(counters.conversions,
          blocks * static_cast<std::uint64_t>(accumulated ? 1 : r.stream_steps()));
    count(counters.clips, clips.all - before);
    return total;
  }

  /// Adds one device's share to the sums of all stream steps.
  PANTHER_HD void add_device(int replica, int plane, int sensed, int line, std::uint64_t read,
                             std::int16_t input, AnalogSum* sums) const {
    ReadArgs const& r = args.read;
    AnalogConstants const& k = args.analog[replica];
    DeviceConstants const& device = r.devices[replica];
    AnalogTerms const terms = analog_terms(k);
    int const row = r.driven == Driven::rows ? line : sensed;
    int const col = r.driven == Driven::rows ? sensed : line;
    auto const range =
        static_cast<float>(window_range(r.slicing.cell_bits[r.slicing.slice_of(plane)]));
    bool const mirrored = r.slicing.mirrored(plane);
    std::int16_t const code = r.codes[r.shape.index(replica, r.set, plane, row, col)];
    float const g = conductance_codes(device.g_min_in_windows, range, code, mirrored);
    float change = 0.0F;
    if (terms.change) {
      float const g_max = fused(device.g_min_in_windows, range, range);
      std::uint64_t const item = item_of_device(r, plane, row, col);
      change = fluctuation(k.cell, device.seed, item, read, g, g_max);
      change = mirrored ? -change : change;
    }
    PhiloxWords words{};
    for (int step = 0; step < r.stream_steps(); ++step) {
      std::int32_t const digit = stream_digit(input, step, r.dac_bits);
      auto const d = static_cast<float>(digit);
      if (k.driver.noise != 0.0F && step % steps_of_block == 0) {
        words = driver_words(device.seed, item_of_driver(r, plane, line), read,
                             args.bounds.drawn_step(step) / steps_of_block);
      }
      float const normal =
          k.driver.noise != 0.0F ? normal_of_block(words, step % steps_of_block) : 0.0F;
      float const u = terms.drift ? line_voltage(k, d, normal) : d;
      AnalogSum& s = sums[step];
      s.sum += digit * code;
      if (terms.drift) s.drift = fused(u - d, static_cast<float>(code), s.drift);
      if (terms.change) s.change = fused(u, change, s.change);
      if (terms.power) s.power = fused(u * u, g * g, s.power);
      if (terms.flow) s.flow = fused(u < 0.0F ? -u : u, g, s.flow);
      if (terms.conductance) s.conductance = fused(1.0F, g, s.conductance);
    }
  }

  /// All steps of one block: what its conversions add to the plane's sum.
  PANTHER_HD std::int64_t converted(int replica, int plane, int block, int sensed,
                                    std::uint64_t read, AnalogSum const* sums,
                                    ClipCount& clips) const {
    int const slice = args.read.slicing.slice_of(plane);
    SliceConverter const converter = slice_converter(args, replica, slice);
    ConverterPlace const place = converter_place(args.read, replica, plane, block, sensed);
    AdcConstants const& adc = converter.adc;
    ConverterTraits const traits = converter.unequal ? converter_traits(adc, converter.line, place)
                                                     : ConverterTraits{1.0, 0.0, 0.0F, 1.0F, 0.0F};
    float weights[max_adc_bits] = {};
    if (converter.successive()) sar_weights(adc, place, converter.bits, weights);
    double total = 0.0;
    double peak = 0.0;
    for (int step = 0; step < converter.stream_steps; ++step) {
      double const weight = step_weight(step, args.read.dac_bits);
      double const analog = converter.line_output(traits, sums[step]);
      float const normal =
          converter.noisy ? read_normal(place.seed, place.item, read, args.bounds.drawn_step(step))
                          : 0.0F;
      double const noise = converter.noisy ? converter.noise(traits, sums[step], normal) : 0.0;
      peak += analog * weight;
      if (adc.accumulated) {
        total += (analog + noise) * weight;
        continue;
      }
      note_peak(replica, slice, analog);
      total += weight * code(converter, place, traits, weights, read, step, analog + noise, clips);
    }
    if (adc.accumulated) {
      note_peak(replica, slice, peak * converter.peak_scale);
      total =
          code(converter, place, traits, weights, read, 0, total * converter.charge_scale, clips);
    }
    return static_cast<std::int64_t>(total) * converter.unit();
  }

  PANTHER_HD void note_peak(int replica, int slice, double analog) const {
    ReadArgs const& r = args.read;
    if (r.observed_peak == nullptr) return;
    raise(r.observed_peak[replica * r.slicing.slices + slice], peak_of(analog));
  }

  /// One conversion, in steps of the converter; codes if it is ideal.
  PANTHER_HD double code(SliceConverter const& converter, ConverterPlace const& place,
                         ConverterTraits const& traits, float const* weights, std::uint64_t read,
                         int step, double analog, ClipCount& clips) const {
    if (converter.bits == 0) return nearest(analog);
    ConversionDraw const fresh = converter.draws() ? conversion_draw(place.seed, place.item, read,
                                                                     args.bounds.drawn_step(step))
                                                   : ConversionDraw{0.0F, 0.0F};
    double const z = converter.compared(traits, fresh, analog);
    double const rounded = rounded_steps(converter.adc, fresh, z);
    double const kept = converter.limited(rounded);
    clips.all += kept != rounded ? 1U : 0U;
    clips.above += kept < rounded ? 1U : 0U;
    if (!converter.successive()) return kept;
    auto const half = static_cast<double>(1 << (converter.bits - 1));
    SarState state{0.0, 0.0};
    for (int bit = converter.bits - 1; bit >= 0; --bit) {
      state = sar_decision(state, z + half, weights[bit], bit);
    }
    return state.code - half;
  }
};

}  // namespace panther
