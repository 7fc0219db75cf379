// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Each effect of an analog read alone, on every backend, against a model in double written from the
// published formulas: what a read gives, or the moments of its noise.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/reference.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

class AnalogEffectLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, AnalogEffectLaw, every_backend(), backend_label);

constexpr int rows = 40;
constexpr int cols = 6;

/// One plane of 16-bit cells, so that a read's sum is Sum over steps of 2^(dac t) code.
CrossbarConfig one_plane(int columns = cols) {
  CrossbarConfig config = crossbar_of(rows, columns);
  config.slicing = {.weight_bits = 16, .cell_bits_lsb_first = {16}};
  config.seeds = {77};
  return config;
}

ReadOptions analog_options(int dac_bits) {
  ReadOptions options;
  options.mode = ReadMode::analog;
  options.dac_bits = dac_bits;
  return options;
}

double digit_of(std::int16_t input, int step, int dac_bits) {
  int const digits = 1 << dac_bits;
  int const value = (((input + 65536) % 65536) >> (step * dac_bits)) % digits;
  bool const last = (step + 1) * dac_bits == 16;
  return last && value >= digits / 2 ? value - digits : value;
}

/// What a converter makes of the sum of a step, and how the sum comes about.
struct Model {
  std::function<double(double)> voltage = [](double x) { return x; };  // full scale to full scale
  std::function<double(double)> line = [](double y) { return y; };     // full scale to full scale
  std::function<double(double)> convert = [](double codes) { return std::nearbyint(codes); };

  double read(Crossbar const& xbar, std::vector<std::int16_t> const& codes,
              std::int16_t const* input, int col, int dac_bits) const {
    double const full = (1 << dac_bits) - 1;
    double total = 0.0;
    for (int step = 0; step < 16 / dac_bits; ++step) {
      double sum = 0.0;
      for (int row = 0; row < rows; ++row) {
        double const code = codes[static_cast<std::size_t>(xbar.shape().index(0, 0, 0, row, col))];
        sum += full * voltage(digit_of(input[row], step, dac_bits) / full) * code;
      }
      double const scale = rows * full * 32768.0;
      total += std::exp2(dac_bits * step) * convert(scale * line(sum / scale));
    }
    return total;
  }
};

/// The read of random codes and inputs lies within `codes` of the model's at every conversion.
void expect_model(Backend& backend, CrossbarConfig const& config, ReadOptions const& options,
                  Model const& model, double tolerance, std::uint64_t seed) {
  Random random(seed);
  Crossbar xbar(backend, config);
  auto const codes = random_codes(random, config, xbar);
  xbar.set_codes(codes);
  auto const inputs = random_inputs(random, config, Driven::rows, 3);
  auto const sums = xbar.read(inputs, options);
  double weights = 0.0;
  for (int step = 0; step < 16 / options.dac_bits; ++step) {
    weights += std::exp2(options.dac_bits * step);
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    double const expected = model.read(xbar, codes, inputs.data() + i / cols * rows,
                                       static_cast<int>(i % cols), options.dac_bits);
    EXPECT_NEAR(static_cast<double>(sums[i]), expected, tolerance * weights) << random.trace();
  }
}

/// float32 sums of 40 products of up to 255 x 32768 are good to about 4 codes, those of single bits
/// to far less than one; then a code may be rounded the other way.
double float_tolerance(int dac_bits) { return dac_bits == 8 ? 6.0 : 1.01; }

TEST_P(AnalogEffectLaw, DriverNonlinearityAndClipping) {
  for (int const dac_bits : {2, 4, 8}) {
    ReadOptions options = analog_options(dac_bits);
    options.analog.dac = {.quadratic = 0.05, .cubic = -0.1, .s_shape = 0.3, .clip = 0.8};
    Model model;
    model.voltage = [](double x) {
      double const v = std::clamp(x, -0.8, 0.8);
      double const bent = v + 0.05 * (v * std::abs(v) - v) - 0.1 * (v * v * v - v);
      return bent * 1.3 / (1.0 + 0.3 * std::abs(bent));
    };
    expect_model(backend(), one_plane(), options, model, float_tolerance(dac_bits), 501);
  }
}

TEST_P(AnalogEffectLaw, CurveOfTheCell) {
  for (int const dac_bits : {1, 4, 8}) {
    CrossbarConfig config = one_plane();
    config.devices[0].reading.read_voltage = 0.6;
    config.devices[0].reading.iv = {.kind = IvKind::sinh, .sinh_voltage = 0.4};
    Model model;
    model.voltage = [](double x) { return std::sinh(x * 1.5) / std::sinh(1.5); };
    expect_model(backend(), config, analog_options(dac_bits), model, float_tolerance(dac_bits),
                 502);
  }
}

TEST_P(AnalogEffectLaw, SeriesResistanceAndSShapeOfTheLine) {
  ReadOptions options = analog_options(2);
  options.analog.line = {.series_resistance = 0.5, .s_shape = 0.2, .slope_calibration = 0.3};
  Model model;
  model.line = [](double y) {
    double const series = y / (1.0 + 0.5 * std::abs(y));
    return std::pow(1.0 + 0.7 * 0.3, 2) * series / (1.0 + 0.2 * std::abs(series));
  };
  expect_model(backend(), one_plane(), options, model, 1.01, 503);
}

TEST_P(AnalogEffectLaw, SignAndMagnitude) {
  ReadOptions options = analog_options(1);
  options.adc_bits = 6;
  options.adc_step = {3000};
  options.analog.adc.kind = AdcKind::sign_magnitude;
  Model model;
  model.convert = [](double codes) {
    return 3000.0 * std::clamp(std::nearbyint(codes / 3000.0), -31.0, 31.0);
  };
  expect_model(backend(), one_plane(), options, model, 0.0, 504);
}

TEST_P(AnalogEffectLaw, ResolutionOfEverySlice) {
  Random random(505);
  CrossbarConfig config = crossbar_of(rows, cols);
  config.slicing.cell_bits_lsb_first = {9, 9};
  Crossbar xbar(backend(), config);
  xbar.set_codes(random_codes(random, config, xbar));
  auto const inputs = random_inputs(random, config, Driven::rows, 2);
  // A slice at a time: the other one's converters are ideal and its state is 0.
  for (int const slice : {0, 1}) {
    auto codes = xbar.codes();
    for_each_device(xbar.shape(), [&](int, int, int plane, int, int, std::size_t at) {
      if (plane != slice) codes[at] = 0;
    });
    Crossbar one(backend(), config);
    one.set_codes(codes);
    ReadOptions serial{.mode = ReadMode::bit_serial, .adc_bits = 5, .adc_step = {700, 700}};
    ReadOptions analog = serial;
    analog.mode = ReadMode::analog;
    analog.adc_bits = 0;
    analog.analog.adc.bits_lsb_first = slice == 0 ? std::vector{5, 0} : std::vector{0, 5};
    EXPECT_EQ(one.read(inputs, serial), one.read(inputs, analog)) << slice;
  }
}

/// One conversion of all steps: the exact sum is rounded once, in steps of the shared charge.
TEST_P(AnalogEffectLaw, AccumulatedConversion) {
  Random random(506);
  for (int const dac_bits : {1, 4}) {
    CrossbarConfig const config = one_plane();
    Crossbar xbar(backend(), config);
    xbar.set_codes(random_codes(random, config, xbar));
    auto const inputs = random_inputs(random, config, Driven::rows, 4);
    auto const exact = xbar.read(inputs);
    ReadOptions options = analog_options(dac_bits);
    options.analog.adc.timing = AdcTiming::accumulated;
    EXPECT_EQ(xbar.read(inputs, options), exact) << "ideal converters lose nothing";
    options.adc_bits = 8;
    options.adc_step = {5000};
    xbar.clear_counters();
    auto const sums = xbar.read(inputs, options);
    double const unit = 5000.0 * std::exp2(16 - dac_bits);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      double const code =
          std::clamp(std::nearbyint(static_cast<double>(exact[i]) / unit), -128.0, 127.0);
      EXPECT_EQ(static_cast<double>(sums[i]), code * unit);
    }
    EXPECT_EQ(xbar.slice_counters()[0].conversions, sums.size());
  }
}

constexpr int reads = 2000;

/// Noise of each sensed line over many reads of one vector, in codes of a single conversion: only
/// the first stream step is driven.
std::vector<std::vector<double>> noise_of(Backend& backend, CrossbarConfig const& config,
                                          std::vector<std::int16_t> const& codes,
                                          ReadOptions const& options) {
  Crossbar xbar(backend, config);
  xbar.set_codes(codes);
  std::vector<std::int16_t> const inputs(static_cast<std::size_t>(reads * config.rows), 1);
  auto const sums = xbar.read(inputs, options);
  auto const exact = xbar.read(std::vector<std::int16_t>(static_cast<std::size_t>(config.rows), 1));
  std::vector<std::vector<double>> noise(exact.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    std::size_t const line = i % exact.size();
    noise[line].push_back(static_cast<double>(sums[i] - exact[line]));
  }
  return noise;
}

std::vector<std::int16_t> random_state(Backend& backend, CrossbarConfig const& config,
                                       std::uint64_t seed) {
  Random random(seed);
  return random_codes(random, config, Crossbar(backend, config));
}

void expect_normal(std::vector<double> const& noise, double variance) {
  double const deviation = std::sqrt(variance);
  EXPECT_TRUE(mean_is(noise, 0.0, deviation));
  EXPECT_TRUE(variance_is(noise, variance));
  EXPECT_TRUE(distributed_as(noise, [&](double x) { return normal_cdf(x / deviation); }));
}

/// Sum over stream steps of 4^(dac t) times a conversion's variance, rounding to codes included.
double over_steps(double variance, int dac_bits) {
  double total = 0.0;
  for (int step = 0; step < 16 / dac_bits; ++step) {
    total += std::exp2(2 * dac_bits * step) * (variance + 1.0 / 12.0);
  }
  return total;
}

/// A driver's noise is in the sums of all lines that sense it: sigma full sum xi code.
TEST_P(AnalogEffectLaw, DriverNoise) {
  CrossbarConfig const config = one_plane(3);
  auto codes = random_state(backend(), config, 507);
  XbarShape const shape = Crossbar(backend(), config).shape();
  double squares = 0.0;
  for (int row = 0; row < rows; ++row) {
    auto const at = static_cast<std::size_t>(shape.index(0, 0, 0, row, 0));
    codes[at + 1] = codes[at];
    squares += std::pow(codes[at], 2);
  }
  ReadOptions options = analog_options(2);
  options.analog.dac.noise = 0.1;
  auto const noise = noise_of(backend(), config, codes, options);
  expect_normal(noise[0], over_steps(std::pow(0.1 * 3.0, 2) * squares, 2));
  EXPECT_EQ(noise[0], noise[1]) << "equal columns see equal noise";
  EXPECT_NE(noise[0], noise[2]);
}

/// Variances in physical units: 4 k T G bandwidth and 2 q I bandwidth, currents in units of a code
/// driven by an input step.
TEST_P(AnalogEffectLaw, ThermalAndShotNoise) {
  for (bool const thermal : {true, false}) {
    CrossbarConfig config = one_plane(2);
    config.devices[0].on_off_ratio = 5.0;
    config.devices[0].g_max = 2e-5;
    CellReading& reading = config.devices[0].reading;
    reading = {.read_voltage = 0.1, .bandwidth = 1e9, .temperature = 350.0};
    (thermal ? reading.thermal : reading.shot) = true;
    auto const codes = random_state(backend(), config, 508);
    XbarShape const shape = Crossbar(backend(), config).shape();
    double conductance = 0.0;  // S
    for (int row = 0; row < rows; ++row) {
      double const position =
          32768.0 + codes[static_cast<std::size_t>(shape.index(0, 0, 0, row, 0))];
      conductance += 2e-5 * (0.2 + 0.8 * position / 65535.0);
    }
    double const unit = 2e-5 * 0.8 / 65535.0 * 0.1;  // A
    double const thermal_variance = 4.0 * 1.380649e-23 * 350.0 * 1e9 * conductance / (unit * unit);
    double const shot_variance = 2.0 * 1.602176634e-19 * 1e9 * conductance * 0.1 / (unit * unit);
    auto const noise = noise_of(backend(), config, codes, analog_options(1));
    // Shot noise flows in the driven step only; the others are exact.
    expect_normal(noise[0], thermal ? over_steps(thermal_variance, 1) : shot_variance + 1.0 / 12.0);
    EXPECT_TRUE(uncorrelated(noise[0], noise[1]));
  }
}

/// Lines differ in their noise: sigma |1 + spread xi|, frozen.
TEST_P(AnalogEffectLaw, SpreadOfTheLinesNoise) {
  CrossbarConfig config = one_plane(200);
  config.rows = 1;
  config.devices[0].read_noise.line = 500.0;
  ReadOptions options = analog_options(8);
  options.analog.line.noise_spread = 0.3;
  std::vector<std::int16_t> const codes(Crossbar(backend(), config).codes().size());
  std::vector<double> spread;
  for (auto const& noise : noise_of(backend(), config, codes, options)) {
    spread.push_back((std::sqrt(variance_of(noise) / over_steps(500.0 * 500.0, 8)) - 1.0) / 0.3);
  }
  // The deviation of 2000 reads is itself known to 1.6 % of it, which is 5 % of the spread.
  EXPECT_TRUE(mean_is(spread, 0.0, 1.01));
  EXPECT_TRUE(variance_is(spread, 1.0 + 0.0028));
}

/// Telegraph noise of one device a line, as a read gives it: two values, and the correlation of
/// successive reads.
TEST_P(AnalogEffectLaw, TelegraphNoiseOfSuccessiveReads) {
  CrossbarConfig config = one_plane(60);
  config.rows = 1;
  config.devices[0].reading.telegraph = {.amplitude = 0.2, .occupancy = 0.5, .rate = 0.1};
  std::vector<std::int16_t> codes(Crossbar(backend(), config).codes().size(), 12000);
  std::uint64_t changes = 0;
  for (auto const& noise : noise_of(backend(), config, codes, analog_options(1))) {
    for (std::size_t i = 1; i < noise.size(); ++i) {
      EXPECT_EQ(std::abs(noise[i]), std::abs(noise[0]));
      changes += noise[i] != noise[i - 1] ? 1U : 0U;
    }
  }
  // A reset is a change if its draw differs: independent events of probability p / 2.
  EXPECT_TRUE(binomial_fits(changes, 60 * (reads - 1), 0.05));
}

/// Layers and seeds draw apart, and the same read draws the same.
TEST_P(AnalogEffectLaw, NothingIsSharedBetweenTiles) {
  CrossbarConfig config = one_plane(2);
  config.rows = 8;
  config.devices[0].reading.telegraph = {.amplitude = 0.3, .rate = 1.0};
  ReadOptions options = analog_options(1);
  options.analog.dac.noise = 0.01;
  auto const codes = random_state(backend(), config, 509);
  auto const base = noise_of(backend(), config, codes, options);
  CrossbarConfig other = config;
  other.layer = 1;
  EXPECT_TRUE(uncorrelated(base[0], noise_of(backend(), other, codes, options)[0]));
  other = config;
  other.seeds = {78};
  EXPECT_TRUE(uncorrelated(base[0], noise_of(backend(), other, codes, options)[0]));
  EXPECT_EQ(base, noise_of(backend(), config, codes, options));
}

}  // namespace
}  // namespace panther::test
