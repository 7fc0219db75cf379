// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Read noise: with an ideal converter, bit-serial and collapsed reads have the moments that theory
// gives. Variance of an output, in squared units of the sum: over planes 4^shift, blocks, stream
// steps 4^(dac t):
//   relative^2 sum_i digit_i^2 G_i^2 + line^2     (G in codes above zero conductance, line in
//   codes)

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/reference.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

class ReadNoiseLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, ReadNoiseLaw, every_backend(), backend_label);

constexpr int reads = 2000;

CrossbarConfig noisy_crossbar(double relative, double line, Encoding encoding = Encoding::offset) {
  CrossbarConfig config = crossbar_of(24, 6);
  config.slicing.cell_bits_lsb_first = {5, 5, 5, 6, 6, 4, 4, 4};
  config.slicing.encoding = encoding;
  config.devices[0].on_off_ratio = 5.0;
  config.devices[0].read_noise = {.relative = relative, .line = line};
  config.seeds = {77};
  return config;
}

struct Theory {
  CrossbarConfig const& config;
  XbarShape shape;
  std::vector<std::int16_t> const& codes;
  std::vector<std::int16_t> const& input;  // one vector
  ReadOptions const& options;

  double conductance(int plane, int row, int col) const {
    double const range = 65536.0 - (1 << (16 - cell_of(config, plane)));
    double const stored =
        32768.0 + codes[static_cast<std::size_t>(shape.index(0, 0, plane, row, col))];
    bool const mirrored = config.slicing.encoding == Encoding::differential && plane % 2 == 1;
    double const g_min = range / (config.devices[0].on_off_ratio - 1.0);
    return g_min + (mirrored ? range - stored : stored);
  }

  double digit(int line, int step) const {
    int const digits = 1 << options.dac_bits;
    int const pattern = (input[static_cast<std::size_t>(line)] + 65536) % 65536;
    int const value = (pattern >> (step * options.dac_bits)) % digits;
    bool const last = (step + 1) * options.dac_bits == 16;
    return last && value >= digits / 2 ? value - digits : value;
  }

  double variance(int sensed) const {
    bool const rows = options.driven == Driven::rows;
    int const lines = rows ? config.rows : config.cols;
    ReadNoise const& noise = config.devices[0].read_noise;
    int const slices = static_cast<int>(config.slicing.cell_bits_lsb_first.size());
    int const pair = shape.planes / slices;
    double total = 0.0;
    for (int plane = 0; plane < shape.planes; ++plane) {
      int const cell = cell_of(config, plane);
      int const shift = config.slicing.weight_bits / slices * (plane / pair) +
                        exact_unit(config.slicing) - (16 - cell) - (pair - 1);
      double const line_codes = noise.line * (1 << (16 - cell));
      for (int step = 0; step < 16 / options.dac_bits; ++step) {
        double devices = 0.0;
        for (int i = 0; i < lines; ++i) {
          double const g = rows ? conductance(plane, i, sensed) : conductance(plane, sensed, i);
          devices += std::pow(digit(i, step) * g, 2);
        }
        int const blocks = (lines + options.block_lines - 1) / options.block_lines;
        double const conversion =
            std::pow(noise.relative, 2) * devices + blocks * line_codes * line_codes;
        // A bit-serial conversion is rounded to a code: 1/12 more.
        double const rounding = options.mode == ReadMode::bit_serial ? blocks / 12.0 : 0.0;
        total += std::pow(4.0, shift + options.dac_bits * step) * (conversion + rounding);
      }
    }
    return total;
  }
};

/// Repeats one input vector as `reads` examples; the noise of sensed line j over the reads.
std::vector<std::vector<double>> noise_of(Crossbar& xbar, std::vector<std::int16_t> const& input,
                                          ReadOptions options) {
  std::vector<std::int16_t> inputs;
  for (int n = 0; n < reads; ++n) inputs.insert(inputs.end(), input.begin(), input.end());
  auto const noisy = xbar.read(inputs, options);
  options.noisy = false;
  auto const exact = xbar.read(input, options);
  std::vector<std::vector<double>> noise(exact.size());
  for (std::size_t i = 0; i < noisy.size(); ++i) {
    std::size_t const j = i % exact.size();
    noise[j].push_back(static_cast<double>(noisy[i] - exact[j]));
  }
  return noise;
}

void check_moments(Backend& backend, CrossbarConfig const& config, ReadOptions const& options,
                   std::uint64_t seed) {
  Random random(seed);
  Crossbar xbar(backend, config);
  auto const codes = random_codes(random, config, xbar);
  xbar.set_codes(codes);
  auto const input = random_inputs(random, config, options.driven, 1);
  auto const noise = noise_of(xbar, input, options);
  Theory const theory{config, xbar.shape(), codes, input, options};
  for (std::size_t j = 0; j < noise.size() && j < 3; ++j) {
    double const variance = theory.variance(static_cast<int>(j));
    double const deviation = std::sqrt(variance);
    EXPECT_TRUE(mean_is(noise[j], 0.0, deviation)) << random.trace();
    EXPECT_TRUE(variance_is(noise[j], variance)) << random.trace();
    EXPECT_TRUE(distributed_as(noise[j], [&](double x) { return normal_cdf(x / deviation); }))
        << random.trace();
  }
}

std::vector<ReadOptions> option_list() {
  std::vector<ReadOptions> list;
  for (ReadMode const mode : {ReadMode::collapsed, ReadMode::bit_serial}) {
    list.push_back({.mode = mode, .dac_bits = 1});
    list.push_back({.mode = mode, .block_lines = 16, .dac_bits = 4});
    list.push_back({.driven = Driven::columns, .mode = mode, .block_lines = 128, .dac_bits = 2});
  }
  return list;
}

TEST_P(ReadNoiseLaw, RelativeNoiseHasTheoreticalMoments) {
  std::uint64_t seed = 301;
  for (ReadOptions const& options : option_list()) {
    check_moments(backend(), noisy_crossbar(0.05, 0.0), options, seed++);
  }
}

TEST_P(ReadNoiseLaw, LineNoiseHasTheoreticalMoments) {
  std::uint64_t seed = 311;
  for (ReadOptions const& options : option_list()) {
    check_moments(backend(), noisy_crossbar(0.0, 0.7), options, seed++);
  }
}

TEST_P(ReadNoiseLaw, BothTogetherInPairsOfDevices) {
  std::uint64_t seed = 321;
  for (ReadOptions const& options : option_list()) {
    check_moments(backend(), noisy_crossbar(0.02, 0.3, Encoding::differential), options, seed++);
  }
}

TEST_P(ReadNoiseLaw, RelativeNoiseNeedsAnInput) {
  Random random(331);
  CrossbarConfig const config = noisy_crossbar(0.1, 0.0);
  Crossbar xbar(backend(), config);
  xbar.set_codes(random_codes(random, config, xbar));
  for (ReadMode const mode : {ReadMode::collapsed, ReadMode::bit_serial}) {
    auto const sums = xbar.read(std::vector<std::int16_t>(24, 0), {.mode = mode});
    EXPECT_EQ(sums, std::vector<i128>(6, 0));
  }
}

/// No line, read, direction, layer, set or seed shares its noise with another.
TEST_P(ReadNoiseLaw, DrawsAreIndependent) {
  Random random(341);
  for (ReadMode const mode : {ReadMode::collapsed, ReadMode::bit_serial}) {
    CrossbarConfig config = noisy_crossbar(0.0, 1.0);
    config.rows = config.cols = 6;
    config.sets = 2;
    std::vector<std::int16_t> const input(6, 21845);
    ReadOptions const options{.mode = mode, .block_lines = 3};
    Crossbar xbar(backend(), config);
    auto const base = noise_of(xbar, input, options);
    EXPECT_TRUE(uncorrelated(base[0], base[1]));
    EXPECT_TRUE(uncorrelated(base[4], base[5]));
    EXPECT_TRUE(uncorrelated(std::span(base[2]).first(reads - 1), std::span(base[2]).subspan(1)));
    ReadOptions other = options;
    other.driven = Driven::columns;
    EXPECT_TRUE(uncorrelated(base[0], noise_of(xbar, input, other)[0]));
    other = options;
    other.set = 1;
    EXPECT_TRUE(uncorrelated(base[0], noise_of(xbar, input, other)[0]));
    config.layer = 1;
    Crossbar next_layer(backend(), config);
    EXPECT_TRUE(uncorrelated(base[0], noise_of(next_layer, input, options)[0]));
    config.layer = 0;
    config.seeds = {78};
    Crossbar next_seed(backend(), config);
    EXPECT_TRUE(uncorrelated(base[0], noise_of(next_seed, input, options)[0]));
    EXPECT_EQ(base, noise_of(xbar, input, options)) << "the same read index draws the same noise";
  }
}

/// Blocks and planes draw apart: else the variance of a sum over them would not add up. A strongly
/// different number of blocks at equal noise must scale the line noise's variance in proportion.
TEST_P(ReadNoiseLaw, NoiseOfBlocksAddsInPower) {
  CrossbarConfig const config = noisy_crossbar(0.0, 1.0);
  Crossbar xbar(backend(), config);
  std::vector<std::int16_t> const input(24, 1);
  for (ReadMode const mode : {ReadMode::collapsed, ReadMode::bit_serial}) {
    auto const one = noise_of(xbar, input, {.mode = mode, .block_lines = 24});
    auto const six = noise_of(xbar, input, {.mode = mode, .block_lines = 4});
    double const variance = variance_of(one[0]);
    EXPECT_TRUE(variance_is(six[0], 6.0 * variance, 3.0, 1e-9));
  }
}

TEST_P(ReadNoiseLaw, ZeroNoiseReadsExactly) {
  Random random(351);
  CrossbarConfig const config = noisy_crossbar(0.0, 0.0);
  Crossbar xbar(backend(), config);
  xbar.set_codes(random_codes(random, config, xbar));
  auto const inputs = random_inputs(random, config, Driven::rows, 2);
  for (ReadMode const mode : {ReadMode::collapsed, ReadMode::bit_serial}) {
    EXPECT_EQ(xbar.read(inputs, {.mode = mode, .noisy = true}),
              xbar.read(inputs, {.mode = mode, .noisy = false}));
  }
}

}  // namespace
}  // namespace panther::test
