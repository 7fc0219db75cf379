// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reading: matrix-vector products inside the arrays. MVM drives the rows and senses the columns;
// MTVM drives the columns of the same devices and senses the rows.
//
// Inputs stream as two's complement, dac_bits a step, least significant first; the last step
// carries the sign. Each step, plane and block of lines gives one integer sum of codes (exact in
// int32 for blocks of up to 128 lines and 8 bits a step), to which read noise is added and which an
// ADC digitises; shift-and-add over steps, planes and blocks is exact integer arithmetic. With an
// ideal ADC the streamed read is a product with the whole input, so the collapsed mode takes 8 bits
// a step and adds the noise of all steps at once: equal bit for bit without noise, equal in
// distribution with it (sums of independent normals).
//
// This functor is the definition of every backend and the plain CPU path; kernels/cpu has vector
// variants. Mode analog is another kernel, kernels/xbar/analog_read.hpp. Determinism: bit-identical
// everywhere. Float sums of the noise power run over lines in ascending order.

#include <cstdint>

#include "devicemodels/cell.hpp"
#include "kernels/base/counters.hpp"
#include "kernels/wires/params.hpp"
#include "kernels/xbar/slicing.hpp"

namespace panther {

enum class ReadMode : std::uint8_t { collapsed, bit_serial, analog };
template <>
struct EnumNames<ReadMode> {
  static constexpr std::array values{
      std::pair{ReadMode::collapsed, std::string_view{"collapsed"}},
      std::pair{ReadMode::bit_serial, std::string_view{"bit_serial"}},
      std::pair{ReadMode::analog, std::string_view{"analog"}}};
};

inline constexpr int collapsed_dac_bits = 8;
inline constexpr int max_stream_steps = 16;
inline constexpr int max_block_lines = 128;
/// Plane number under which the noise of a whole collapsed read is drawn.
inline constexpr int whole_read_plane = 255;

struct ReadArgs {
  XbarShape shape;
  Slicing slicing;
  std::int16_t const* codes;
  DeviceConstants const* devices;  // [replica]
  SliceCounters* counters;         // [replica][slice]
  std::int16_t const* inputs;      // [replica][example][driven line]
  std::int16_t const* used;  // [replica][example][sensed line]: where it is not positive, the sum
                             // is not used and may be anything; null: all are used
  i128* sums;                // [replica][example][sensed line], in 2^-fraction_bits weight LSBs
  std::int32_t*
      observed_peak;  // [replica][slice] largest |sum| at a converter, codes; null: not recorded
  std::int32_t const*
      adc_step;  // [replica][slice] codes in one step of the slice's ADC; unused if adc_bits is 0
  std::uint64_t first_read;  // index of the first example's read; each example takes the next
  int layer;
  int set;
  int examples;
  int block_lines;  // driven lines whose currents one conversion sums, <= max_block_lines
  int dac_bits;     // 1, 2, 4 or 8 input bits a step
  int adc_bits;     // 0: ideal
  Driven driven;
  ReadMode mode;
  bool noisy;  // any read noise in any replica

  PANTHER_HD int driven_lines() const { return driven == Driven::rows ? shape.rows : shape.cols; }
  PANTHER_HD int sensed_lines() const { return driven == Driven::rows ? shape.cols : shape.rows; }
  PANTHER_HD int stream_steps() const { return 16 / step_bits(); }
  PANTHER_HD int step_bits() const {
    return mode == ReadMode::collapsed ? collapsed_dac_bits : dac_bits;
  }
  PANTHER_HD std::int64_t items() const {
    return static_cast<std::int64_t>(shape.replicas) * examples * sensed_lines();
  }
};

/// What the line drivers apply in one stream step: an unsigned digit, signed in the last step.
PANTHER_HD std::int32_t stream_digit(std::int16_t input, int step, int step_bits) {
  std::int32_t const shifted = static_cast<std::int32_t>(input) >> (step * step_bits);
  bool const last = (step + 1) * step_bits == 16;
  return last ? shifted : (shifted & ((1 << step_bits) - 1));
}

/// Steps that share a block of random words.
inline constexpr int steps_of_block = 4;

PANTHER_HD PhiloxWords read_words(std::uint64_t seed, std::uint64_t item, std::uint64_t read,
                                  int block) {
  return draw(seed, Stream::read_noise, item, read, static_cast<std::uint32_t>(block));
}

/// Standard normal of one conversion (bit-serial) or of one output (collapsed: step 0).
PANTHER_HD float read_normal(std::uint64_t seed, std::uint64_t item, std::uint64_t read, int step) {
  PhiloxWords const words = read_words(seed, item, read, step / steps_of_block);
  bool const upper = (step & 2) != 0;
  NormalPair const pair =
      upper ? normal_pair(words.w[2], words.w[3]) : normal_pair(words.w[0], words.w[1]);
  return (step & 1) != 0 ? pair.second : pair.first;
}

/// One analog sum through the converter. `sum` in codes, noise power in codes^2.
struct Conversion {
  std::int32_t value;  // codes
  bool clipped;
};

PANTHER_HD Conversion convert(double analog, int adc_bits, std::int32_t adc_step) {
  if (adc_bits == 0) return {static_cast<std::int32_t>(nearest(analog)), false};
  double const steps = nearest(analog / static_cast<double>(adc_step));
  double const limit = static_cast<double>(1 << (adc_bits - 1));
  double const kept = clamped(steps, -limit, limit - 1.0);
  return {static_cast<std::int32_t>(kept) * adc_step, kept != steps};
}

/// Codes of the lines of one block at one sensed line, with their partial sums.
struct BlockSums {
  std::int32_t sum[max_stream_steps];
  float power[max_stream_steps];  // sum of digit^2 * conductance^2, lines ascending
};

struct ReadLine {
  ReadArgs args;

  PANTHER_HD void operator()(std::int64_t item) const {
    int const sensed = static_cast<int>(item % args.sensed_lines());
    std::int64_t const vector = item / args.sensed_lines();
    int const replica = static_cast<int>(vector / args.examples);
    std::uint64_t const read = args.first_read + static_cast<std::uint64_t>(vector % args.examples);
    std::int16_t const* const input = args.inputs + vector * args.driven_lines();
    i128 total = 0;
    double power = 0.0;  // collapsed: variance of the output, in squared units of the sum
    for (int plane = 0; plane < args.shape.planes; ++plane) {
      add_plane(replica, plane, sensed, read, input, total, power);
    }
    if (args.noisy && args.mode == ReadMode::collapsed) {
      std::uint64_t const line = noise_item(whole_read_plane, 0, sensed);
      total += rounded_noise(root(power), read_normal(args.devices[replica].seed, line, read, 0));
    }
    args.sums[item] = total;
  }

  /// Noise of an output as an exact integer: a normal times a standard deviation of any size.
  PANTHER_HD static i128 rounded_noise(double deviation, float normal) {
    double const value = deviation * static_cast<double>(normal);
    double const magnitude = value < 0 ? -value : value;
    if (magnitude < 0x1p50) return static_cast<i128>(static_cast<std::int64_t>(nearest(value)));
    return static_cast<i128>(value);  // an integer already
  }

  PANTHER_HD void add_plane(int replica, int plane, int sensed, std::uint64_t read,
                            std::int16_t const* input, i128& total, double& power) const {
    int const slice = args.slicing.slice_of(plane);
    int const shift = args.slicing.shift_of(slice);
    int const lines = args.driven_lines();
    double const unit = static_cast<double>(static_cast<std::int64_t>(1) << shift);
    std::int64_t sum = 0;
    std::uint64_t clips = 0;
    std::uint64_t conversions = 0;
    for (int first = 0, block = 0; first < lines; first += args.block_lines, ++block) {
      int const last = smaller(first + args.block_lines, lines);
      BlockSums sums;
      gather_block(replica, plane, sensed, input, first, last, sums);
      if (args.mode == ReadMode::collapsed) {
        sum += shifted_sum(sums);
        if (args.noisy) power += unit * unit * collapsed_power(replica, slice, sums);
      } else {
        for (int step = 0; step < args.stream_steps(); ++step) {
          Conversion const c = converted(replica, plane, block, sensed, read, step, sums);
          sum += static_cast<std::int64_t>(c.value) *
                 (static_cast<std::int64_t>(1) << (step * args.dac_bits));
          clips += c.clipped ? 1U : 0U;
          ++conversions;
        }
      }
    }
    total += static_cast<i128>(sum) * (static_cast<i128>(1) << shift);
    SliceCounters& counters = args.counters[replica * args.slicing.slices + slice];
    count(counters.conversions, conversions);
    count(counters.clips, clips);
  }

  PANTHER_HD void gather_block(int replica, int plane, int sensed, std::int16_t const* input,
                               int first, int last, BlockSums& sums) const {
    bool const rows = args.driven == Driven::rows;
    int const steps = args.stream_steps();
    int const bits = args.step_bits();
    float const range =
        static_cast<float>(window_range(args.slicing.cell_bits[args.slicing.slice_of(plane)]));
    bool const mirrored = args.slicing.mirrored(plane);
    for (int step = 0; step < steps; ++step) {
      sums.sum[step] = 0;
      sums.power[step] = 0.0F;
    }
    for (int line = first; line < last; ++line) {
      std::int16_t const code =
          args.codes[rows ? args.shape.index(replica, args.set, plane, line, sensed)
                          : args.shape.index(replica, args.set, plane, sensed, line)];
      float const g = args.noisy ? conductance_codes(args.devices[replica].g_min_in_windows, range,
                                                     code, mirrored)
                                 : 0.0F;
      for (int step = 0; step < steps; ++step) {
        std::int32_t const digit = stream_digit(input[line], step, bits);
        sums.sum[step] += digit * code;
        if (args.noisy) {
          sums.power[step] = fused(noise_weight(input[line], step, digit), g * g, sums.power[step]);
        }
      }
    }
  }

  /// Weight of a device's conductance^2 in the noise power of a step. Collapsed: all hardware steps
  /// that the byte stands for are added, 4^t bit_t each, in units of the byte's own scale.
  PANTHER_HD float noise_weight(std::int16_t input, int step, std::int32_t digit) const {
    if (args.mode == ReadMode::bit_serial) {
      return static_cast<float>(digit) * static_cast<float>(digit);
    }
    int const per_byte = collapsed_dac_bits / args.dac_bits;
    float weight = 0.0F;
    float scale = 1.0F;
    for (int t = 0; t < per_byte; ++t) {
      auto const d = static_cast<float>(stream_digit(input, step * per_byte + t, args.dac_bits));
      weight = fused(d * d, scale, weight);
      scale *= static_cast<float>(1 << (2 * args.dac_bits));
    }
    return weight;
  }

  PANTHER_HD std::int64_t shifted_sum(BlockSums const& sums) const {
    return static_cast<std::int64_t>(sums.sum[0]) +
           static_cast<std::int64_t>(sums.sum[1]) * (1 << collapsed_dac_bits);
  }

  /// Variance of one block of a plane over all hardware steps, in codes^2 of input LSBs^2.
  PANTHER_HD double collapsed_power(int replica, int slice, BlockSums const& sums) const {
    DeviceConstants const& k = args.devices[replica];
    double const relative = static_cast<double>(k.read_relative);
    double const line = line_noise_codes(k, slice);
    double const devices =
        static_cast<double>(sums.power[0]) + 65536.0 * static_cast<double>(sums.power[1]);
    double steps = 0.0;
    for (int t = 0; t < 16 / args.dac_bits; ++t) {
      steps += static_cast<double>(static_cast<std::int64_t>(1) << (2 * t * args.dac_bits));
    }
    return relative * relative * devices + line * line * steps;
  }

  /// Random item of a conversion: reads in the two directions draw apart.
  PANTHER_HD std::uint64_t noise_item(int plane, int block, int sensed) const {
    int const row = block | (args.driven == Driven::columns ? 1 << 20 : 0);
    return device_item(static_cast<std::uint64_t>(args.layer), static_cast<std::uint64_t>(args.set),
                       static_cast<std::uint64_t>(plane), static_cast<std::uint64_t>(row),
                       static_cast<std::uint64_t>(sensed));
  }

  PANTHER_HD double line_noise_codes(DeviceConstants const& k, int slice) const {
    return static_cast<double>(k.read_line) *
           static_cast<double>(codes_per_level(args.slicing.cell_bits[slice]));
  }

  PANTHER_HD Conversion converted(int replica, int plane, int block, int sensed, std::uint64_t read,
                                  int step, BlockSums const& sums) const {
    int const slice = args.slicing.slice_of(plane);
    if (args.observed_peak != nullptr) {
      raise(args.observed_peak[replica * args.slicing.slices + slice],
            sums.sum[step] < 0 ? -sums.sum[step] : sums.sum[step]);
    }
    float const normal = args.noisy ? read_normal(args.devices[replica].seed,
                                                  noise_item(plane, block, sensed), read, step)
                                    : 0.0F;
    return digitised(replica, slice, sums.sum[step], sums.power[step], normal);
  }

  /// One analog sum, with its noise power and a standard normal, through the slice's converter.
  PANTHER_HD Conversion digitised(int replica, int slice, std::int32_t sum, float power,
                                  float normal) const {
    auto analog = static_cast<double>(sum);
    if (args.noisy) {
      DeviceConstants const& k = args.devices[replica];
      double const relative = static_cast<double>(k.read_relative);
      double const line = line_noise_codes(k, slice);
      double const deviation = root(relative * relative * static_cast<double>(power) + line * line);
      analog += deviation * static_cast<double>(normal);
    }
    std::int32_t const adc_step =
        args.adc_bits == 0 ? 1 : args.adc_step[replica * args.slicing.slices + slice];
    return convert(analog, args.adc_bits, adc_step);
  }
};

}  // namespace panther
