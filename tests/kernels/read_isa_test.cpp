// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The vector reads of the CPU give the bits of the definition, ReadLine, called item by item: sums,
// counters and observed peaks, for every instruction set of this machine and however a call is cut
// into ranges.

#include <gtest/gtest.h>

#include <vector>

#include "devicemodels/device.hpp"
#include "kernels/cpu/isa.hpp"
#include "kernels/cpu/kernel_table.hpp"
#include "kernels/cpu/read_units.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_crossbar.hpp"

namespace panther::test {
namespace {

/// Everything a read needs, in plain memory.
struct Case {
  ReadArgs args{};
  std::vector<std::int16_t> codes;
  std::vector<DeviceConstants> devices;
  std::vector<std::int16_t> inputs;
  std::vector<std::int32_t> adc_step;
  bool peaks = false;
};

struct Result {
  std::vector<i128> sums;
  std::vector<SliceCounters> counters;
  std::vector<std::int32_t> peaks;
};

struct Size {
  int rows;
  int cols;
  int replicas;
  int examples;
};

void set_shape(Case& c, Random& random, Size const& size, SlicingConfig const& slicing) {
  ReadArgs& args = c.args;
  args.slicing = make_slicing(slicing);
  args.shape = {size.replicas, random.whole(1, 2), args.slicing.planes(),
                size.rows,     size.cols,          aligned_columns(size.cols)};
  args.set = args.shape.sets - 1;
  args.examples = size.examples;
  c.codes.resize(static_cast<std::size_t>(args.shape.devices()));
  for (auto& code : c.codes) {  // padding columns hold garbage: they must not matter
    code = random.chance(0.2) ? std::int16_t{-32768} : static_cast<std::int16_t>(random.word());
  }
}

void set_inputs(Case& c, Random& random) {
  ReadArgs const& args = c.args;
  double const density = random.pick<double>({0.0, 0.05, 0.5, 1.0, 1.0});
  c.inputs.resize(
      static_cast<std::size_t>(args.shape.replicas * args.examples * args.driven_lines()));
  for (auto& input : c.inputs) input = random.chance(density) ? random.word16() : std::int16_t{0};
}

void set_devices(Case& c, Random& random) {
  ReadArgs& args = c.args;
  args.noisy = random.chance(0.5);
  for (int replica = 0; replica < args.shape.replicas; ++replica) {
    DeviceConstants k;
    k.seed = random.word();
    k.g_min_in_windows = random.pick<float>({0.0F, 0.1F, 1.0F});
    k.read_relative = args.noisy ? random.pick<float>({0.0F, 0.01F, 0.3F}) : 0.0F;
    k.read_line = args.noisy ? random.pick<float>({0.0F, 0.5F, 40.0F}) : 0.0F;
    c.devices.push_back(k);
    for (int slice = 0; slice < args.slicing.slices; ++slice) {
      c.adc_step.push_back(random.pick<std::int32_t>({1, 2, 3, 1000, 1024, 4097, 65535, 65536}));
    }
  }
}

Case random_case(Random& random, Size const& size, SlicingConfig const& slicing) {
  Case c;
  set_shape(c, random, size, slicing);
  ReadArgs& args = c.args;
  args.driven = random.pick<Driven>({Driven::rows, Driven::columns});
  args.mode = random.pick<ReadMode>({ReadMode::collapsed, ReadMode::bit_serial});
  args.block_lines = random.pick<int>({128, 128, 128, 64, 127, 33, 7, 1});
  args.dac_bits = random.pick<int>({1, 2, 4, 8});
  args.adc_bits = random.pick<int>({0, 1, 4, 8, 12, 15, 16});
  args.layer = random.whole(0, 5);
  args.first_read = random.word() >> 20;
  c.peaks = random.chance(0.5);
  set_inputs(c, random);
  set_devices(c, random);
  return c;
}

/// Prepares the outputs and calls body(args).
template <class Body>
Result run_case(Case const& c, Body const& body) {
  ReadArgs args = c.args;
  auto const slices = static_cast<std::size_t>(args.shape.replicas * args.slicing.slices);
  Result result{std::vector<i128>(static_cast<std::size_t>(args.items()), -1),
                std::vector<SliceCounters>(slices, SliceCounters{}),
                std::vector<std::int32_t>(slices)};
  args.codes = c.codes.data();
  args.devices = c.devices.data();
  args.inputs = c.inputs.data();
  args.adc_step = c.adc_step.data();
  args.sums = result.sums.data();
  args.counters = result.counters.data();
  args.observed_peak = c.peaks ? result.peaks.data() : nullptr;
  body(args);
  return result;
}

Result defined(Case const& c) {
  return run_case(c, [](ReadArgs const& args) {
    ReadLine const line{args};
    for (std::int64_t item = 0; item < args.items(); ++item) line(item);
  });
}

/// In ranges of random lengths.
Result vectorised(Case const& c, Isa isa, Random& random) {
  return run_case(c, [&](ReadArgs const& args) {
    std::int64_t const units = read_units(args).count();
    std::int64_t const most = random.pick<std::int64_t>({1, 3, units});
    for (std::int64_t first = 0; first < units;) {
      std::int64_t const last = std::min(units, first + random.integer(1, most));
      kernel_table(isa).read(args, first, last);
      first = last;
    }
  });
}

void expect_equal(Result const& expected, Result const& found) {
  EXPECT_TRUE(expected.sums == found.sums);
  EXPECT_EQ(expected.peaks, found.peaks);
  for (std::size_t i = 0; i < expected.counters.size(); ++i) {
    EXPECT_EQ(expected.counters[i].conversions, found.counters[i].conversions) << "slice " << i;
    EXPECT_EQ(expected.counters[i].clips, found.counters[i].clips) << "slice " << i;
  }
}

std::string describe(ReadArgs const& a) {
  return std::to_string(a.shape.rows) + "x" + std::to_string(a.shape.cols) + ", " +
         std::to_string(a.shape.replicas) + " replicas, " + std::to_string(a.examples) +
         " examples, " + std::to_string(a.slicing.slices) + " slices, " +
         (a.driven == Driven::rows ? "rows" : "columns") + " driven, " +
         std::string(enum_name(a.mode)) + ", block " + std::to_string(a.block_lines) + ", dac " +
         std::to_string(a.dac_bits) + ", adc " + std::to_string(a.adc_bits) +
         (a.noisy ? ", noisy" : "");
}

class ReadIsa : public ::testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (!isa_available(GetParam())) GTEST_SKIP() << "this CPU has no " << enum_name(GetParam());
  }
};
INSTANTIATE_TEST_SUITE_P(Sets, ReadIsa, ::testing::Values(Isa::scalar, Isa::avx2, Isa::avx512),
                         [](auto const& isa) { return std::string(enum_name(isa.param)); });

TEST_P(ReadIsa, EqualsTheDefinition) {
  Random random(20240611);
  SCOPED_TRACE(random.trace());
  for (int trial = 0; trial < trials(250); ++trial) {
    Size const size{random.pick<int>({1, 2, 9, 16, 31, 33, 64, 100, 129}),
                    random.pick<int>({1, 2, 10, 17, 32, 63, 65, 96, 130}),
                    random.pick<int>({1, 1, 2, 3}), random.pick<int>({1, 1, 2, 3, 4, 5, 17})};
    Case const c = random_case(random, size, random_slicing(random));
    SCOPED_TRACE("trial " + std::to_string(trial) + ": " + describe(c.args));
    expect_equal(defined(c), vectorised(c, GetParam(), random));
    if (HasFailure()) return;
  }
}

TEST_P(ReadIsa, EqualsTheDefinitionOnSeveralBlocks) {
  Random random(7);
  SCOPED_TRACE(random.trace());
  for (int trial = 0; trial < trials(16); ++trial) {
    Size const size{random.whole(250, 700), random.whole(1, 300), 1,
                    random.pick<int>({1, 1, 2, 3, 6})};
    Size const turned{size.cols, size.rows, 1, size.examples};
    Case const c = random_case(random, random.chance(0.5) ? size : turned,
                               {.weight_bits = 32, .cell_bits_lsb_first = {9, 10, 16, 8}});
    SCOPED_TRACE("trial " + std::to_string(trial) + ": " + describe(c.args));
    expect_equal(defined(c), vectorised(c, GetParam(), random));
    if (HasFailure()) return;
  }
}

// All codes and inputs at their extremes: sums come closest to the ends of int32.
TEST_P(ReadIsa, HoldsExtremeSums) {
  Random random(3);
  for (int const dac_bits : {1, 8}) {
    for (auto const driven : {Driven::rows, Driven::columns}) {
      for (auto const mode : {ReadMode::collapsed, ReadMode::bit_serial}) {
        Case c =
            random_case(random, {512, 512, 1, 2}, {.weight_bits = 16, .cell_bits_lsb_first = {16}});
        c.args.driven = driven;
        c.args.mode = mode;
        c.args.dac_bits = dac_bits;
        c.args.block_lines = 128;
        c.args.adc_bits = 8;
        c.args.noisy = false;
        c.devices[0].read_line = c.devices[0].read_relative = 0.0F;
        c.inputs.assign(2 * 512, -1);
        for (auto& code : c.codes) code = -32768;
        for (std::size_t i = 0; i < 512; ++i) c.inputs[i] = -32768;
        SCOPED_TRACE(describe(c.args));
        expect_equal(defined(c), vectorised(c, GetParam(), random));
      }
    }
  }
}

// A converter's rounding at and around every tie.
TEST_P(ReadIsa, RoundsTiesOfConvertersToEven) {
  Random random(5);
  for (std::int32_t const step : {1, 2, 3, 4, 5, 6, 7, 100, 101}) {
    Case c = random_case(random, {1, 1024, 1, 1}, {.weight_bits = 16, .cell_bits_lsb_first = {16}});
    c.args.driven = Driven::rows;
    c.args.mode = ReadMode::bit_serial;
    c.args.dac_bits = 1;
    c.args.adc_bits = 6;
    c.args.noisy = false;
    c.devices[0].read_line = c.devices[0].read_relative = 0.0F;
    c.adc_step[0] = step;
    c.inputs[0] = -1;
    for (std::size_t i = 0; i < c.codes.size(); ++i) {
      c.codes[i] = static_cast<std::int16_t>(static_cast<int>(i % 1024) - 512);
    }
    SCOPED_TRACE("step " + std::to_string(step));
    expect_equal(defined(c), vectorised(c, GetParam(), random));
  }
}

TEST(Isa, ForcingAnAbsentSetIsAnError) {
  for (Isa const isa : {Isa::scalar, Isa::avx2, Isa::avx512}) {
    if (isa_available(isa)) {
      EXPECT_EQ(resolved_isa(isa), isa);
    } else {
      EXPECT_THROW(resolved_isa(isa), BackendError);
    }
  }
  EXPECT_NE(resolved_isa(Isa::automatic), Isa::automatic);
}

}  // namespace
}  // namespace panther::test
