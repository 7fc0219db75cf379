// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Reads with ideal converters are exact: sum = sum_i X_i W_ij in integers, whatever the state of
// the devices (carries pending, levels between whole ones), the direction, the input bits a step,
// and the blocks of lines.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/reference.hpp"

namespace panther::test {
namespace {

class ReadLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, ReadLaw, every_backend(), backend_label);

/// The product by its definition, from the codes.
std::vector<i128> direct_product(CrossbarConfig const& config, Crossbar const& xbar,
                                 std::vector<std::int16_t> const& codes,
                                 std::vector<std::int16_t> const& inputs, Driven driven, int set) {
  int const unit = exact_unit(config.slicing);
  int const lines = driven == Driven::rows ? config.rows : config.cols;
  int const outputs = driven == Driven::rows ? config.cols : config.rows;
  int const replicas = xbar.shape().replicas;
  int const vectors = static_cast<int>(inputs.size()) / lines;
  std::vector<i128> sums(static_cast<std::size_t>(vectors * outputs));
  for (int replica = 0; replica < replicas; ++replica) {
    for (int i = 0; i < lines; ++i) {
      for (int j = 0; j < outputs; ++j) {
        int const row = driven == Driven::rows ? i : j;
        int const col = driven == Driven::rows ? j : i;
        i128 const weight =
            weight_of_codes(config.slicing, xbar.shape(), codes, replica, set, row, col, unit);
        for (int n = replica * vectors / replicas; n < (replica + 1) * vectors / replicas; ++n) {
          sums[static_cast<std::size_t>(n * outputs + j)] +=
              weight * inputs[static_cast<std::size_t>(n * lines + i)];
        }
      }
    }
  }
  return sums;
}

ReadOptions random_options(Random& random, int sets) {
  ReadOptions options;
  options.driven = random.pick<Driven>({Driven::rows, Driven::columns});
  options.mode = random.pick<ReadMode>({ReadMode::collapsed, ReadMode::bit_serial});
  options.set = random.whole(0, sets - 1);
  options.block_lines = random.pick<int>({128, 128, 64, 127, 33, 7, 1});
  options.dac_bits = random.pick<int>({1, 2, 4, 8});
  options.noisy = false;
  return options;
}

TEST_P(ReadLaw, SumsAreExactForAnyState) {
  Random random(101);
  for (int trial = 0; trial < trials(60); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const config = random_crossbar(random);
    Crossbar xbar(backend(), config);
    auto const codes = random_codes(random, config, xbar);
    xbar.set_codes(codes);
    ReadOptions const options = random_options(random, config.sets);
    auto const inputs = random_inputs(random, config, options.driven, random.whole(1, 3));
    ASSERT_EQ(xbar.slicing().fraction_bits(), exact_unit(config.slicing));
    ASSERT_EQ(xbar.read(inputs, options),
              direct_product(config, xbar, codes, inputs, options.driven, options.set))
        << describe(config);
    ASSERT_EQ(xbar.codes(), codes) << "a read changed the devices";
  }
}

// Large enough that every thread has rows of its own to read.
TEST_P(ReadLaw, ThreadsShareTheRowsOfOneVector) {
  Random random(102);
  for (int trial = 0; trial < trials(12); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const config = crossbar_of(random.whole(150, 700), random.whole(97, 300));
    auto const opened = open_backend(GetParam(), random.whole(2, 5));
    Crossbar xbar(*opened.backend, config);
    auto const codes = random_codes(random, config, xbar);
    xbar.set_codes(codes);
    auto inputs = random_inputs(random, config, Driven::rows, 1);
    double const idle = random.pick<double>({0.0, 0.5, 0.99, 1.0});
    for (auto& input : inputs) input = random.chance(idle) ? std::int16_t{0} : input;
    ASSERT_EQ(xbar.read(inputs), direct_product(config, xbar, codes, inputs, Driven::rows, 0))
        << describe(config);
  }
}

// Few lines or many, on one thread or shared, of one vector or of several.
TEST_P(ReadLaw, SumsThatAreUsedAreRight) {
  Random random(103);
  for (int trial = 0; trial < trials(24); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig config = crossbar_of(random.whole(1, 400), random.whole(1, 300));
    config.seeds.resize(random.pick<std::size_t>({1, 1, 1, 2}), 1);
    config.devices.resize(config.seeds.size());
    auto const opened = open_backend(GetParam(), random.whole(1, 5));
    Crossbar xbar(*opened.backend, config);
    auto const codes = random_codes(random, config, xbar);
    xbar.set_codes(codes);
    ReadOptions options = random_options(random, config.sets);
    auto const inputs =
        random_inputs(random, config, options.driven, random.pick<int>({1, 1, 1, 3}));
    auto const right = direct_product(config, xbar, codes, inputs, options.driven, options.set);
    double const idle = random.pick<double>({0.0, 0.5, 0.95, 1.0});
    options.used.resize(right.size());
    for (auto& used : options.used) {
      used = static_cast<std::int16_t>(random.chance(idle) ? random.whole(-32768, 0)
                                                           : random.whole(1, 32767));
    }
    auto const sums = xbar.read(inputs, options);
    for (std::size_t i = 0; i < right.size(); ++i) {
      if (options.used[i] <= 0) continue;
      ASSERT_EQ(sums[i], right[i]) << describe(config) << ", output " << i;
    }
  }
}

TEST_P(ReadLaw, WorstCaseSumsDoNotOverflow) {
  for (auto const& [code, input] : {std::pair{-32768, -32768}, std::pair{-32768, 32767},
                                    std::pair{31744, -32768}, std::pair{31744, 32767}}) {
    CrossbarConfig config = crossbar_of(128, 33);
    config.slicing.weight_bits = 32;
    config.slicing.cell_bits_lsb_first.assign(16, 6);
    Crossbar xbar(backend(), config);
    auto codes = xbar.codes();
    for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
      codes[at] = static_cast<std::int16_t>(code);
    });
    xbar.set_codes(codes);
    // 128 rows of level code / 1024 in 16 slices of base 4: sum = 128 X level (4^16 - 1) / 3.
    i128 const expected =
        static_cast<i128>(128) * input * code * ((static_cast<i128>(1) << 32) - 1) / 3;
    for (int const dac_bits : {1, 8}) {
      for (ReadMode const mode : {ReadMode::collapsed, ReadMode::bit_serial}) {
        std::vector<std::int16_t> const inputs(128, static_cast<std::int16_t>(input));
        auto const sums = xbar.read(inputs, {.mode = mode, .dac_bits = dac_bits});
        ASSERT_EQ(sums, std::vector<i128>(33, expected)) << code << " * " << input;
      }
    }
  }
}

TEST_P(ReadLaw, DrivingColumnsIsDrivingRowsOfTheTranspose) {
  Random random(102);
  for (int trial = 0; trial < trials(20); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig config = random_crossbar(random);
    config.sets = 1;
    CrossbarConfig transposed = config;
    std::swap(transposed.rows, transposed.cols);
    Crossbar xbar(backend(), config);
    Crossbar other(backend(), transposed);
    auto const codes = random_codes(random, config, xbar);
    auto turned = other.codes();
    for_each_device(xbar.shape(), [&](int r, int set, int plane, int row, int col, std::size_t at) {
      turned[static_cast<std::size_t>(other.shape().index(r, set, plane, col, row))] = codes[at];
    });
    xbar.set_codes(codes);
    other.set_codes(turned);
    ReadOptions options = random_options(random, 1);
    auto const inputs = random_inputs(random, config, Driven::columns, 2);
    options.driven = Driven::columns;
    auto const sums = xbar.read(inputs, options);
    options.driven = Driven::rows;
    ASSERT_EQ(other.read(inputs, options), sums) << describe(config);
  }
}

TEST_P(ReadLaw, PendingCarriesDoNotChangeTheProduct) {
  Random random(103);
  CrossbarConfig const config = crossbar_of(70, 19);
  Crossbar xbar(backend(), config);
  std::vector<std::int32_t> weights(xbar.weight_count());
  for (auto& weight : weights) weight = random.whole(-9000, 9000);
  std::vector<std::int32_t> const change(xbar.weight_count(), 7000);
  xbar.program(weights);
  xbar.apply(change);
  Crossbar resolved(backend(), config);
  for (auto& weight : weights) weight += 7000;
  resolved.program(weights);
  ASSERT_NE(resolved.codes(), xbar.codes()) << "nothing is pending";
  for (Driven const driven : {Driven::rows, Driven::columns}) {
    auto const inputs = random_inputs(random, config, driven, 2);
    EXPECT_EQ(xbar.read(inputs, {.driven = driven}), resolved.read(inputs, {.driven = driven}));
  }
}

/// Y = round(sum 2^-shift) with half to even and saturation, as one rounding at the end.
TEST_P(ReadLaw, OutputIsRoundedOnceHalfToEvenAndSaturates) {
  Random random(104);
  for (int trial = 0; trial < trials(40); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    int const shift = random.whole(-3, 70);
    std::vector<i128> sums(97);
    std::vector<std::int16_t> expected;
    std::uint64_t saturated = 0;
    for (i128& sum : sums) {
      i128 const tie = shift > 0 ? static_cast<i128>(1) << (shift - 1) : 0;
      sum = (shift > 0 ? static_cast<i128>(1) << shift : 1) * random.integer(-40000, 40000);
      sum += random.pick<i128>({0, tie, tie - 1, tie + 1});
      i128 const value = round_half_even(sum, shift);
      i128 const kept = std::clamp<i128>(value, -32768, 32767);
      saturated += kept != value ? 1U : 0U;
      expected.push_back(static_cast<std::int16_t>(kept));
    }
    DeviceArray<i128> const sums_there(backend(), sums);
    DeviceArray<std::int32_t> const x_fraction(backend(), std::vector<std::int32_t>{5});
    DeviceArray<std::int16_t> y(backend(), sums.size());
    DeviceArray<std::int32_t> y_fraction(backend(), 1);
    DeviceArray<LayerCounters> counters(backend(), 1);
    ForwardArgs args{};
    args.sums = sums_there.data();
    args.x_fraction = x_fraction.data();
    args.y = y.data();
    args.y_fraction = y_fraction.data();
    args.counters = counters.data();
    args.replicas = 1;
    args.examples = 1;
    args.cols = args.y_rows = static_cast<int>(sums.size());
    args.sum_fraction = shift + 7 - 5;
    args.z_fraction = args.fixed_fraction = 7;
    backend().forward(args);
    EXPECT_EQ(y.download(), expected) << "shift " << shift;
    EXPECT_EQ(y_fraction.download()[0], 7);
    EXPECT_EQ(counters.download()[0].outputs_saturated, saturated);
  }
}

TEST_P(ReadLaw, ReplicasAndSetsReadTheirOwnDevices) {
  CrossbarConfig config = crossbar_of(3, 2, 2);
  config.devices.resize(2);
  config.seeds = {1, 2};
  Crossbar xbar(backend(), config);
  std::vector<std::int32_t> const weights = {1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60};
  xbar.program(weights, {.target_mask = 0b10});
  std::vector<std::int16_t> const inputs = {1, 10, 100, 1, 10, 100};
  i128 const unit = 1024;  // 6-bit cells: sums count 2^-10 LSBs
  EXPECT_EQ(xbar.read(inputs, {.set = 1}),
            (std::vector<i128>{531 * unit, 642 * unit, 5310 * unit, 6420 * unit}));
  EXPECT_EQ(xbar.read(inputs, {.set = 0}), (std::vector<i128>{0, 0, 0, 0}));
}

}  // namespace
}  // namespace panther::test
