// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Our arithmetic through the emulated crossbars: exact on ideal devices.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "host/arch/machine_file.hpp"
#include "host/arch/presets.hpp"
#include "host/isa/text_form.hpp"
#include "host/sim/simulate.hpp"
#include "host/sim/statistics.hpp"

namespace panther::machine::test {
namespace {

constexpr std::size_t side = 128;
using Words = std::vector<Word>;

Words random_words(std::uint64_t seed, std::size_t number, int bound) {
  std::mt19937_64 random(seed);
  Words words(number);
  for (Word& w : words)
    w = static_cast<Word>(
        static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(2 * bound + 1)) - bound);
  return words;
}

/// sum / 2^12, rounded half to even, saturated.
Word rounded(std::int64_t sum) {
  std::int64_t const floor = sum >> 12;
  std::int64_t const rest = sum - (floor << 12);
  std::int64_t const up = rest > 2048 || (rest == 2048 && (floor & 1) != 0) ? 1 : 0;
  return static_cast<Word>(std::clamp<std::int64_t>(floor + up, INT16_MIN, INT16_MAX));
}

class Engine : public testing::Test {
 protected:
  Machine machine_ = make_preset("panther");
  std::unique_ptr<MatrixEngine> engine_ = engine_factory(machine_)(machine_, TileId{2}, CoreId{0});
  Words w_ = random_words(1, side* side, 3000);
};

TEST_F(Engine, ProductAndTransposedProductAreExact) {
  engine_->set_weights(1, w_);
  Words const x = random_words(2, side, 4096);
  Words y(side);
  Words z(side);
  engine_->mvm(1, x, y);
  engine_->mtvm(1, x, z);
  for (std::size_t c = 0; c < side; ++c) {
    std::int64_t sum = 0;
    std::int64_t transposed = 0;
    for (std::size_t r = 0; r < side; ++r) {
      sum += std::int64_t{x[r]} * w_[r * side + c];
      transposed += std::int64_t{x[r]} * w_[c * side + r];
    }
    EXPECT_EQ(y[c], rounded(sum)) << c;
    EXPECT_EQ(z[c], rounded(transposed)) << c;
  }
}

TEST_F(Engine, CarryResolutionSubtractsTheOuterProductOnce) {
  engine_->set_weights(0, w_);
  Words const rows = random_words(3, side, 2000);
  Words columns = random_words(4, side, 15);
  for (Word& u : columns) u = static_cast<Word>(u * 4096 / 16);  // low bits 0: nothing is truncated
  Words before(side);
  Words const x = random_words(5, side, 4096);
  engine_->mvm(0, x, before);
  engine_->outer_product(0, rows, columns);
  Words pending(side);
  engine_->mvm(0, x, pending);
  EXPECT_EQ(pending, before) << "f must not change before carry resolution";
  engine_->resolve(0);
  Words now(side * side);
  engine_->get_weights(0, now);
  Words again(side * side);
  engine_->resolve(0);
  engine_->get_weights(0, again);
  EXPECT_EQ(now, again) << "d must be cleared";
  for (std::size_t r = 0; r < side; ++r) {
    for (std::size_t c = 0; c < side; ++c) {
      // Each stream step truncates towards zero, so the magnitude may be a few steps short of the
      // exact product.
      double const exact = -static_cast<double>(rows[r]) * columns[c] / 4096.0;
      double const change = static_cast<double>(now[r * side + c]) - w_[r * side + c];
      EXPECT_LE(std::abs(change), std::abs(exact) + 1e-9);
      EXPECT_LT(std::abs(exact - change), 16.0) << r << " " << c;
    }
  }
}

TEST(CrossbarProgram, TrainsThroughInstructions) {
  Image image = assemble(
      ".tiles 3\n.tile 2\nhalt\n"
      ".core 0\n"
      "set m0.f.in, 4096, 128\nset m0.d.in, 4096, 1\nset m0.d.out, 256, 128\n"
      "train 101|000\ncp data[0], m0.f.out, 1\ncrs 1|0\ntrain 100|000\ncp data[1], m0.f.out, "
      "1\nhlt\n",
      "t");
  image.tiles[2].weights.push_back({CoreId{0}, 0, Words(side * side, 16)});
  Machine const machine = make_preset("panther");
  RunOptions options;
  options.make_engine = engine_factory(machine);
  Simulator simulator(machine, image, options);
  ASSERT_EQ(simulator.run().outcome, Outcome::halted);
  // 128 weights of 16 raw times 1.0; then row 0 loses 1.0 x 256 raw.
  EXPECT_EQ(simulator.registers(TileId{2}, CoreId{0}, 1536, 2), (Words{128 * 16, 128 * 16 - 256}));
}

/// A core that programs, reads, updates and resolves; the machine laid over the panther preset.
struct Trained {
  Words weights{};
  Words output{};
  CrossbarCounters counters{};
};
Trained trained(std::vector<std::string> const& sets) {
  Machine const machine = load_machine("panther", sets);
  auto const engine = engine_factory(machine)(machine, TileId{2}, CoreId{0});
  Trained result{Words(side * side), Words(side), {}};
  engine->set_weights(0, random_words(1, side * side, 3000));
  engine->outer_product(0, random_words(3, side, 4000), random_words(4, side, 300));
  engine->resolve(0);
  engine->get_weights(0, result.weights);
  engine->mvm(0, random_words(5, side, 4096), result.output);
  result.counters = engine->counters();
  return result;
}

TEST(Devices, OfTheMachinesFileDriveTheCrossbars) {
  Trained const ideal = trained({});
  EXPECT_EQ(trained({}).weights, ideal.weights);
  EXPECT_EQ(trained({"emulation.device.law=\"ideal\""}).weights, ideal.weights);
  EXPECT_NE(trained({"emulation.device.law=\"exponential\"", "emulation.device.alpha_up=1.0",
                     "emulation.device.alpha_down=1.0"})
                .weights,
            ideal.weights);
  EXPECT_NE(trained({"emulation.device.write_noise.kind=\"additive\"",
                     "emulation.device.write_noise.sigma=0.1"})
                .weights,
            ideal.weights);
  Trained const stuck = trained({"emulation.device.stuck.low=0.05"});
  EXPECT_NE(stuck.weights, ideal.weights);
  EXPECT_NE(trained({"emulation.device.write_noise.hidden_std=0.05"}).weights, ideal.weights);
  Trained const noisy = trained({"emulation.device.read_noise.line=1.0"});
  EXPECT_NE(noisy.output, ideal.output);
  EXPECT_EQ(trained({"emulation.device.read_noise.line=1.0"}).output, noisy.output)
      << "the same seed draws the same noise";
}

TEST(Devices, WritesAreAsImperfectAsTheFileSays) {
  std::vector<std::string> sets{"emulation.device.write_noise.kind=\"additive\"",
                                "emulation.device.write_noise.sigma=0.1"};
  Trained const ideal = trained(sets);
  EXPECT_EQ(ideal.counters.write_failures, 0U);
  sets.emplace_back("emulation.write.initial=\"open_loop\"");
  Trained const open = trained(sets);
  EXPECT_NE(open.weights, ideal.weights);
  sets.emplace_back("emulation.write.crs=\"write_verify\"");
  sets.emplace_back("emulation.write.attempts=3");
  sets.emplace_back("emulation.write.tolerance_levels=0.01");
  Trained const verified = trained(sets);
  EXPECT_NE(verified.weights, open.weights);
  EXPECT_GT(verified.counters.write_failures, 0U) << "three attempts are too few for a hundredth";
}

TEST(Devices, ConvertersLimitBitSerialReads) {
  Trained const ideal = trained({"emulation.read=\"bit_serial\""});
  EXPECT_EQ(ideal.output, trained({}).output);
  EXPECT_GT(ideal.counters.conversions, 0U);
  EXPECT_EQ(ideal.counters.conversions_clipped, 0U);
  EXPECT_NE(trained({"emulation.read=\"bit_serial\"", "emulation.adc_bits=6"}).output,
            ideal.output);
  Trained const narrow = trained({"emulation.read=\"bit_serial\"", "emulation.adc_bits=8",
                                  "emulation.adc_half_range_levels=16"});
  EXPECT_GT(narrow.counters.conversions_clipped, 0U);
  EXPECT_THROW(trained({"emulation.adc_bits=6"}), UserError) << "needs bit_serial";
  EXPECT_THROW(trained({"emulation.read=\"bit_serial\"", "organisation.dac_bits=3"}), UserError);
}

TEST(Devices, ThatHideTheirStateMakeNoPairs) {
  std::string const pairs = "emulation.slicing.encoding=\"one_sided\"";
  std::string const beside = " with emulation.slicing.encoding = \"one_sided\" (";
  auto const refusal = [&](std::string const& set) -> std::string {
    try {
      trained({pairs, set});
    } catch (std::invalid_argument const& error) {
      return error.what();
    }
    return "no refusal";
  };
  EXPECT_TRUE(refusal("emulation.device.write_noise.hidden_std=0.25")
                  .starts_with("emulation.device.write_noise.hidden_std = 0.25" + beside));
  EXPECT_TRUE(refusal("emulation.device.law=\"hidden_step\"")
                  .starts_with("emulation.device.law = \"hidden_step\"" + beside));
  EXPECT_EQ(refusal("emulation.device.law=\"ideal\""), "no refusal");
}

TEST(Devices, AreCounted) {
  CrossbarCounters const counters = trained({}).counters;
  EXPECT_GT(counters.device_updates, 0U);
  EXPECT_GE(counters.update_steps, counters.device_updates);
  EXPECT_GT(counters.cells_written, 0U);
  EXPECT_EQ(counters.conversions, 0U) << "a collapsed read has no conversions";
}

TEST(Devices, AnUnwrittenMatrixReadsZeroUnlessItsDevicesCannot) {
  Words const x = random_words(5, side, 4096);
  auto const reads = [&x](std::vector<std::string> const& sets) {
    Machine const machine = load_machine("panther", sets);
    auto const engine = engine_factory(machine)(machine, TileId{2}, CoreId{0});
    Words out(side, Word{1});
    engine->mvm(1, x, out);
    return out;
  };
  EXPECT_EQ(reads({}), Words(side));
  EXPECT_EQ(reads({"emulation.read=\"bit_serial\""}), Words(side));
  EXPECT_NE(reads({"emulation.device.stuck.high=0.1"}), Words(side));
  EXPECT_NE(reads({"emulation.device.read_noise.line=8.0"}), Words(side));
}

TEST(CrossbarProgram, ReportsWhatDevicesWentThrough) {
  Image image = assemble(
      ".tiles 3\n.tile 2\nhalt\n.core 0\nset m0.d.in, 4096, 1\nset m0.d.out, 256, 128\n"
      "train 001|000\ncrs 1|0\nhlt\n",
      "t");
  Machine const machine = make_preset("panther");
  RunOptions options;
  options.make_engine = engine_factory(machine);
  RunResult const result = Simulator(machine, image, options).run();
  EXPECT_EQ(result.crossbars.device_updates, 128U) << "one slice of 128 devices moves";
  EXPECT_EQ(result.crossbars.cells_written, 3U * 128U) << "f and b written, d cleared";
  EXPECT_NE(statistics_text(machine, result).find("device_updates"), std::string::npos);
}

}  // namespace
}  // namespace panther::machine::test
