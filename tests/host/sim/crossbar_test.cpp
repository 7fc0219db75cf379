// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Our arithmetic through the emulated crossbars: exact on ideal devices.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "host/arch/presets.hpp"
#include "host/isa/text_form.hpp"
#include "host/sim/simulate.hpp"

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

}  // namespace
}  // namespace panther::machine::test
