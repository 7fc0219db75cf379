// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Outer products on ideal devices: n_s(i,j) = sum_t bit_t(|X_i|) digit_s((|U_j| << t) >> drop)
// level steps against the product's sign, clipped to the cell, counted; the digit and the delta
// drive likewise.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/ideal_state.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/reference.hpp"

namespace panther::test {
namespace {

class UpdateLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, UpdateLaw, every_backend(), backend_label);

/// Applies the outer products to the naive model of one set.
void apply(ReferenceCrossbar& model, CrossbarConfig const& config, Outer const& outer, int replica,
           UpdateDrive drive) {
  for (int n = 0; n < outer.examples; ++n) {
    auto const v = static_cast<std::size_t>(replica * outer.examples + n);
    model.update(&outer.x[v * static_cast<std::size_t>(config.rows)],
                 &outer.u[v * static_cast<std::size_t>(config.cols)], outer.drop[v], drive);
  }
}

void check_drive(Backend& backend, UpdateDrive drive, std::uint64_t seed) {
  Random random(seed);
  for (int trial = 0; trial < trials(40); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const config = random_crossbar(random);
    Crossbar xbar(backend, config);
    auto const before = random_levels(random, config, xbar);
    xbar.set_codes(before);
    int const m = config.slicing.weight_bits;
    Outer const outer =
        random_outer(random, config, random.whole(1, 3), m == 32 ? -8 : -2, m == 32 ? 10 : 26);
    unsigned const mask = static_cast<unsigned>(random.whole(1, (1 << config.sets) - 1));
    xbar.update(outer, {.drive = drive, .set_mask = mask});
    auto const after = xbar.codes();
    auto const pair = config.slicing.encoding == Encoding::differential ? 2U : 1U;
    for (int replica = 0; replica < xbar.shape().replicas; ++replica) {
      std::uint64_t saturations = 0;
      ReferenceCrossbar first(config.slicing, 1, 1);
      for (int set = 0; set < config.sets; ++set) {
        ReferenceCrossbar model = model_of(config, xbar.shape(), before, replica, set);
        if (((mask >> set) & 1U) != 0) {
          apply(model, config, outer, replica, drive);
          for (SliceCounters const& c : model.counters()) saturations += pair * c.saturations;
          first = model;
        }
        expect_state(config, xbar.shape(), after, model, replica, set);
      }
      std::uint64_t seen = 0;
      auto const slices = static_cast<std::size_t>(xbar.slicing().slices);
      auto const counters = xbar.slice_counters();
      for (std::size_t s = 0; s < slices; ++s) {
        seen += counters[static_cast<std::size_t>(replica) * slices + s].saturations;
      }
      ASSERT_EQ(seen, saturations) << describe(config);
      if ((mask & (mask - 1)) == 0) expect_counters(counters, first, replica, pair);
      ASSERT_EQ(xbar.layer_counters()[static_cast<std::size_t>(replica)].update_overflows,
                first.overflows());
    }
    if (::testing::Test::HasFailure()) return;
  }
}

TEST_P(UpdateLaw, StreamedDriveMatchesTheNaiveModel) {
  check_drive(backend(), UpdateDrive::streamed, 401);
}
TEST_P(UpdateLaw, DigitDriveMatchesTheNaiveModel) {
  check_drive(backend(), UpdateDrive::digits, 402);
}

TEST_P(UpdateLaw, DeltaDriveMatchesTheNaiveModel) {
  Random random(403);
  for (int trial = 0; trial < trials(30); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig config = random_crossbar(random);
    config.sets = 1;
    Crossbar xbar(backend(), config);
    auto const before = random_levels(random, config, xbar);
    xbar.set_codes(before);
    std::vector<std::int32_t> delta(xbar.weight_count());
    for (auto& change : delta) {
      auto const most = (std::int64_t{1} << random.whole(0, 31)) - 1;
      change = static_cast<std::int32_t>(random.integer(-most, most));
    }
    xbar.apply(delta);
    auto const after = xbar.codes();
    for (int replica = 0; replica < xbar.shape().replicas; ++replica) {
      ReferenceCrossbar model = model_of(config, xbar.shape(), before, replica, 0);
      model.apply(&delta[static_cast<std::size_t>(replica * config.rows * config.cols)]);
      expect_state(config, xbar.shape(), after, model, replica, 0);
      expect_counters(xbar.slice_counters(), model, replica,
                      config.slicing.encoding == Encoding::differential ? 2 : 1);
      EXPECT_EQ(xbar.layer_counters()[static_cast<std::size_t>(replica)].update_overflows, 0U);
    }
    if (HasFailure()) return;
  }
}

/// Worked by hand: |X| = 5 streams bits 0 and 2; |U| = 3, one bit dropped.
///   t = 0: 3 >> 1 = 1 = digits 1, 0        t = 2: 12 >> 1 = 6 = digits 2, 1
/// so slice 0 moves 3 steps, slice 1 one step, downward for X U > 0. The product 15 / 2 loses 0.5
/// in step 0 only.
TEST_P(UpdateLaw, HandWorkedExample) {
  Crossbar xbar(backend(), crossbar_of(1, 2));
  xbar.update({.examples = 1, .x = {5}, .u = {3, -3}, .drop = {1}});
  auto const codes = xbar.codes();
  auto const level = [&](int slice, int col) {
    return codes[static_cast<std::size_t>(xbar.shape().index(0, 0, slice, 0, col))] / 1024;
  };
  EXPECT_EQ(level(0, 0), -3);
  EXPECT_EQ(level(1, 0), -1);
  EXPECT_EQ(level(2, 0), 0);
  EXPECT_EQ(level(0, 1), 3);
  EXPECT_EQ(level(1, 1), 1);
  EXPECT_EQ(xbar.slice_counters()[0].updates, 2U);
  EXPECT_EQ(xbar.slice_counters()[0].steps, 6U);
  EXPECT_EQ(xbar.slice_counters()[1].steps, 2U);
  EXPECT_EQ(xbar.slice_counters()[2].updates, 0U);
}

/// -sum_t bit_t(|X|) ((|U| << t) >> drop), signed.
i128 truncated_product(std::int16_t x, std::int16_t u, int drop) {
  i128 sum = 0;
  for (int t = 0; t < 16; ++t) {
    if (((std::abs(static_cast<int>(x)) >> t) & 1) == 0) continue;
    sum += shifted_down(static_cast<i128>(std::abs(static_cast<int>(u))) * (1 << t), drop);
  }
  return (x < 0) != (u < 0) ? sum : -sum;
}

/// Cells wide enough for every carry of the trial.
SlicingConfig roomy_slicing(Random& random) {
  static std::vector<SlicingConfig> const kinds = {
      {.weight_bits = 32, .cell_bits_lsb_first = std::vector<int>(16, 12)},
      {.weight_bits = 32, .cell_bits_lsb_first = std::vector<int>(8, 16)},
      {.weight_bits = 32,
       .cell_bits_lsb_first = {9, 10, 11, 12, 13, 14, 15, 16, 9, 10, 11, 12, 13, 14, 15, 16}}};
  SlicingConfig slicing = random.pick(kinds);
  slicing.encoding = random.pick<Encoding>({Encoding::offset, Encoding::differential});
  return slicing;
}

TEST_P(UpdateLaw, WithoutSaturationTheWeightMovesByTheTruncatedProducts) {
  Random random(404);
  for (int trial = 0; trial < trials(20); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig config = random_crossbar(random);
    config.slicing = roomy_slicing(random);
    config.sets = 1;
    Crossbar xbar(backend(), config);
    // Examples of |X U| < 2^30, shifted by at most two places: no product leaves 32 bits.
    Outer const outer = random_outer(random, config, 3, -1, 20);
    xbar.update(outer);
    auto const codes = xbar.codes();
    int const unit = exact_unit(config.slicing);
    for (int replica = 0; replica < xbar.shape().replicas; ++replica) {
      ASSERT_EQ(xbar.layer_counters()[static_cast<std::size_t>(replica)].update_overflows, 0U);
      for (int i = 0; i < config.rows; ++i) {
        for (int j = 0; j < config.cols; ++j) {
          i128 expected = 0;
          i128 exact = 0;
          for (int n = 0; n < 3; ++n) {
            auto const v = static_cast<std::size_t>(replica * 3 + n);
            auto const x =
                outer.x[v * static_cast<std::size_t>(config.rows) + static_cast<std::size_t>(i)];
            auto const u =
                outer.u[v * static_cast<std::size_t>(config.cols) + static_cast<std::size_t>(j)];
            expected += truncated_product(x, u, outer.drop[v]);
            if (outer.drop[v] <= 0) {
              exact -= static_cast<i128>(x) * u * (1 << -outer.drop[v]);
            } else {
              exact += truncated_product(x, u, outer.drop[v]);
            }
          }
          i128 const weight =
              weight_of_codes(config.slicing, xbar.shape(), codes, replica, 0, i, j, unit);
          ASSERT_EQ(weight, expected * (static_cast<i128>(1) << unit)) << describe(config);
          ASSERT_EQ(expected, exact);
        }
      }
    }
    for (SliceCounters const& counters : xbar.slice_counters()) ASSERT_EQ(counters.saturations, 0U);
  }
}

TEST_P(UpdateLaw, OrderOfExamplesDoesNotMatterWithoutSaturation) {
  Random random(405);
  CrossbarConfig config = crossbar_of(37, 67);
  config.slicing = {.weight_bits = 32, .cell_bits_lsb_first = std::vector<int>(8, 16)};
  Crossbar forward(backend(), config);
  Crossbar backward(backend(), config);
  Outer const outer = random_outer(random, config, 7, 0, 12);
  Outer reversed = outer;
  auto const turn = [](auto& values, std::size_t width) {
    for (std::size_t n = 0; n < values.size() / width / 2; ++n) {
      std::swap_ranges(values.begin() + static_cast<std::ptrdiff_t>(n * width),
                       values.begin() + static_cast<std::ptrdiff_t>((n + 1) * width),
                       values.end() - static_cast<std::ptrdiff_t>((n + 1) * width));
    }
  };
  turn(reversed.x, 37);
  turn(reversed.u, 67);
  turn(reversed.drop, 1);
  forward.update(outer);
  backward.update(reversed);
  EXPECT_EQ(forward.codes(), backward.codes());
  EXPECT_NE(reversed.x, outer.x);
}

/// A pulse for every stream step ends where the aggregate does: steps of one example share a
/// direction.
TEST_P(UpdateLaw, PulsesAndAggregateAgreeOnIdealDevices) {
  Random random(406);
  for (int trial = 0; trial < trials(20); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const config = random_crossbar(random);
    Crossbar aggregate(backend(), config);
    Crossbar pulses(backend(), config);
    auto const codes = random_levels(random, config, aggregate);
    aggregate.set_codes(codes);
    pulses.set_codes(codes);
    Outer const outer = random_outer(random, config, 2, -1, 24);
    aggregate.update(outer);
    pulses.update(outer, {.fidelity = Fidelity::pulse});
    ASSERT_EQ(pulses.codes(), aggregate.codes()) << describe(config);
    for (std::size_t s = 0; s < pulses.slice_counters().size(); ++s) {
      ASSERT_EQ(pulses.slice_counters()[s].steps, aggregate.slice_counters()[s].steps);
      ASSERT_GE(pulses.slice_counters()[s].updates, aggregate.slice_counters()[s].updates);
    }
  }
}

TEST_P(UpdateLaw, ZeroRowsColumnsAndDigitsCostAndChangeNothing) {
  Random random(407);
  CrossbarConfig const config = crossbar_of(20, 70);
  Crossbar xbar(backend(), config);
  auto const codes = random_levels(random, config, xbar);
  xbar.set_codes(codes);
  Outer outer{.examples = 2,
              .x = std::vector<std::int16_t>(40),
              .u = std::vector<std::int16_t>(140, 9),
              .drop = {0, 0}};
  xbar.update(outer);  // no row is driven
  outer.x.assign(40, 300);
  outer.u.assign(140, 0);
  xbar.update(outer);  // no column is
  outer.u.assign(140, 1);
  outer.drop = {40, 25};  // every bit is dropped
  xbar.update(outer);
  xbar.apply(std::vector<std::int32_t>(20 * 70, 0));
  EXPECT_EQ(xbar.codes(), codes);
  for (SliceCounters const& counters : xbar.slice_counters()) {
    EXPECT_EQ(counters.updates, 0U);
    EXPECT_EQ(counters.steps, 0U);
    EXPECT_EQ(counters.saturations, 0U);
  }
}

/// Only the driven rows and columns move.
TEST_P(UpdateLaw, OnlyCrossingsOfDrivenLinesMove) {
  CrossbarConfig const config = crossbar_of(33, 129);
  for (auto const& [row, col] :
       {std::pair{0, 0}, std::pair{32, 128}, std::pair{7, 63}, std::pair{8, 64}}) {
    Crossbar xbar(backend(), config);
    Outer outer{.examples = 1,
                .x = std::vector<std::int16_t>(33),
                .u = std::vector<std::int16_t>(129),
                .drop = {0}};
    outer.x[static_cast<std::size_t>(row)] = -1;
    outer.u[static_cast<std::size_t>(col)] = 1;
    xbar.update(outer);
    auto const codes = xbar.codes();
    for_each_device(xbar.shape(), [&](int, int, int plane, int i, int j, std::size_t at) {
      ASSERT_EQ(codes[at], plane == 0 && i == row && j == col ? 1024 : 0) << i << ", " << j;
    });
  }
}

}  // namespace
}  // namespace panther::test
