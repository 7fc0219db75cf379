// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Wear, on every backend: counts of writes are those of a naive count and of the update's own
// counters; codes never leave a worn window; counting alone moves nothing.

#include <gtest/gtest.h>

#include "tests/support/backends.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/reference.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

class WearLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, WearLaw, every_backend(), backend_label);

struct Exercise {
  UpdateOptions options;
  Outer outer;
  std::vector<std::int32_t> delta;
};

Exercise random_exercise(Random& random, CrossbarConfig const& config) {
  Exercise exercise;
  exercise.options.drive = random.pick<UpdateDrive>(
      {UpdateDrive::streamed, UpdateDrive::streamed, UpdateDrive::digits, UpdateDrive::delta});
  if (exercise.options.drive == UpdateDrive::streamed && random.chance(0.3)) {
    exercise.options.fidelity = Fidelity::pulse;
  }
  exercise.options.set_mask = static_cast<unsigned>(random.whole(1, (1 << config.sets) - 1));
  exercise.outer = random_outer(random, config, random.whole(1, 3), -4, 24);
  auto const weights = config.devices.size() * static_cast<std::size_t>(config.rows) *
                       static_cast<std::size_t>(config.cols);
  for (std::size_t i = 0; i < weights; ++i) {
    exercise.delta.push_back(
        random.chance(0.5) ? 0 : static_cast<std::int32_t>(random.word()) >> random.whole(0, 31));
  }
  return exercise;
}

void perform(Crossbar& xbar, Exercise const& exercise) {
  if (exercise.options.drive == UpdateDrive::delta) {
    xbar.apply(exercise.delta, exercise.options);
  } else {
    xbar.update(exercise.outer, exercise.options);
  }
}

/// Level steps of a slice of one device in one example.
i128 naive_steps(Exercise const& exercise, Slicing const& slicing, int slice, std::int16_t x,
                 std::int16_t u, int drop, std::int32_t delta) {
  if (exercise.options.drive == UpdateDrive::streamed) {
    return ReferenceCrossbar::streamed_steps(x, u, drop, slice, slicing.digit_bits);
  }
  i128 const most = (i128{1} << slicing.weight_bits) - 1;
  i128 const product = exercise.options.drive == UpdateDrive::delta
                           ? i128{delta < 0 ? -i128{delta} : i128{delta}}
                           : round_half_even(i128{x < 0 ? -x : x} * i128{u < 0 ? -u : u}, drop);
  i128 const held = product < most ? product : most;
  return (held >> (slicing.digit_bits * slice)) & ((i128{1} << slicing.digit_bits) - 1);
}

std::uint32_t naive_writes(Exercise const& exercise, Crossbar const& xbar, WriteCount count,
                           int replica, int plane, int row, int col) {
  XbarShape const& shape = xbar.shape();
  bool const delta = exercise.options.drive == UpdateDrive::delta;
  i128 total = 0;
  for (int example = 0; example < (delta ? 1 : exercise.outer.examples); ++example) {
    auto const vector = static_cast<std::size_t>(replica * exercise.outer.examples + example);
    auto const weight = static_cast<std::size_t>((replica * shape.rows + row) * shape.cols + col);
    i128 const steps = naive_steps(
        exercise, xbar.slicing(), xbar.slicing().slice_of(plane),
        exercise.outer
            .x[vector * static_cast<std::size_t>(shape.rows) + static_cast<std::size_t>(row)],
        exercise.outer
            .u[vector * static_cast<std::size_t>(shape.cols) + static_cast<std::size_t>(col)],
        exercise.outer.drop[vector], exercise.delta[weight]);
    total += count == WriteCount::steps ? steps : (steps != 0 ? 1 : 0);
  }
  return static_cast<std::uint32_t>(total);
}

TEST_P(WearLaw, CountsOfUpdatesAreTheNaiveOnes) {
  Random random(808);
  for (int trial = 0; trial < trials(30); ++trial) {
    CrossbarConfig const config = random_crossbar(random);
    SCOPED_TRACE(describe(config) + ", " + random.trace());
    WriteCount const count = random.pick<WriteCount>({WriteCount::updates, WriteCount::steps});
    Exercise const exercise = random_exercise(random, config);
    Crossbar xbar(backend(), config);
    xbar.count_writes({.count = count});
    perform(xbar, exercise);
    auto const writes = xbar.writes();
    std::vector<std::uint64_t> totals(xbar.slice_counters().size());
    for_each_device(xbar.shape(), [&](int r, int set, int plane, int row, int col, std::size_t at) {
      bool const updated = ((exercise.options.set_mask >> set) & 1U) != 0;
      ASSERT_EQ(writes[at], updated ? naive_writes(exercise, xbar, count, r, plane, row, col) : 0U)
          << "trial " << trial;
      totals[static_cast<std::size_t>(r * xbar.slicing().slices +
                                      xbar.slicing().slice_of(plane))] += writes[at];
    });
    auto const counters = xbar.slice_counters();
    for (std::size_t i = 0; i < totals.size(); ++i) {
      if (count == WriteCount::steps) {
        ASSERT_EQ(totals[i], counters[i].steps);
      }
      if (count == WriteCount::updates && exercise.options.fidelity == Fidelity::aggregate) {
        ASSERT_EQ(totals[i], counters[i].updates);
      }
    }
  }
}

TEST_P(WearLaw, CarryResolutionCountsTheCellsItWrites) {
  Random random(809);
  for (int trial = 0; trial < trials(20); ++trial) {
    CrossbarConfig const config = random_crossbar(random);
    SCOPED_TRACE(describe(config) + ", " + random.trace());
    WriteCount const count = random.pick<WriteCount>({WriteCount::updates, WriteCount::steps});
    Crossbar xbar(backend(), config);
    auto const before = random_codes(random, config, xbar);
    xbar.set_codes(before);
    xbar.count_writes({.count = count});
    xbar.resolve({});
    auto const after = xbar.codes();
    auto const writes = xbar.writes();
    for_each_device(xbar.shape(), [&](int, int, int plane, int, int, std::size_t at) {
      int const unit = 1 << (16 - cell_of(config, plane));
      int const distance = std::abs(after[at] - before[at]);
      int const steps = std::max((2 * distance + unit) / (2 * unit), 1);
      auto const one = static_cast<std::uint32_t>(count == WriteCount::steps ? steps : 1);
      ASSERT_EQ(writes[at], distance == 0 ? 0U : one) << "trial " << trial;
    });
  }
}

TEST_P(WearLaw, CountingAloneMovesNothing) {
  Random random(810);
  for (int trial = 0; trial < trials(15); ++trial) {
    CrossbarConfig const config = random_crossbar(random);
    Exercise const exercise = random_exercise(random, config);
    Crossbar counted(backend(), config);
    Crossbar plain(backend(), config);
    auto const start = random_codes(random, config, plain);
    plain.set_codes(start);
    counted.set_codes(start);
    counted.count_writes({.count = WriteCount::steps});
    for (Crossbar* xbar : {&plain, &counted}) {
      perform(*xbar, exercise);
      xbar->resolve({});
    }
    ASSERT_EQ(plain.codes(), counted.codes()) << describe(config);
  }
}

Endurance random_curve(Random& random) {
  Endurance endurance{.count = random.pick<WriteCount>({WriteCount::updates, WriteCount::steps})};
  double writes = std::exp(random.real(0, 3));
  for (int node = random.whole(1, 8); node > 0; --node, writes *= std::exp(random.real(0.1, 3))) {
    endurance.curve_writes.push_back(writes);
    endurance.curve_bottom.push_back(random.real(0, 0.5));
    endurance.curve_top.push_back(random.real(0.5, 1));
  }
  if (random.chance(0.3)) endurance.failure_writes = std::exp(random.real(1, 8));
  return endurance;
}

Endurance random_endurance(Random& random) {
  if (random.chance(0.3)) return random_curve(random);
  return {.count = random.pick<WriteCount>({WriteCount::updates, WriteCount::steps}),
          .onset_writes = std::exp(random.real(0, 5)),
          .top_per_decade = random.chance(0.7) ? random.real(0, 0.5) : 0.0,
          .bottom_per_decade = random.chance(0.5) ? random.real(0, 0.5) : 0.0,
          .failure_writes = random.chance(0.5) ? std::exp(random.real(1, 8)) : 0.0,
          .failure_spread = random.real(0, 1),
          .failed_level = random.real(0, 1)};
}

/// Updates every row of all sets.
Exercise exercise_of_all_rows(Random& random, CrossbarConfig const& config) {
  Exercise exercise = random_exercise(random, config);
  exercise.options.set_mask = (1U << config.sets) - 1U;
  for (auto& x : exercise.outer.x) x = x == 0 ? std::int16_t{1} : x;
  return exercise;
}

std::vector<std::uint32_t> random_writes(Random& random, std::size_t devices) {
  std::vector<std::uint32_t> writes(devices);
  for (auto& count : writes) count = static_cast<std::uint32_t>(random.whole(0, 100000));
  return writes;
}

/// Bounds of every device of driven rows, as the counts after the update set them.
TEST_P(WearLaw, WornWindowsAreNeverLeft) {
  Random random(811);
  for (int trial = 0; trial < trials(30); ++trial) {
    CrossbarConfig config = random_crossbar(random);
    SCOPED_TRACE(describe(config) + ", " + random.trace());
    Exercise const exercise = exercise_of_all_rows(random, config);
    Endurance const endurance = random_endurance(random);
    Crossbar xbar(backend(), config);
    auto const start = random_codes(random, config, xbar);
    auto const earlier = random_writes(random, start.size());
    xbar.set_codes(start);
    xbar.count_writes(endurance);
    xbar.set_writes(earlier);
    perform(xbar, exercise);
    auto const codes = xbar.codes();
    auto const writes = xbar.writes();
    WearConstants const k = wear_constants(endurance);
    for_each_device(xbar.shape(), [&](int r, int set, int plane, int row, int col, std::size_t at) {
      auto const range = static_cast<float>(window_range(cell_of(config, plane)));
      std::uint64_t const item = item_of(config.layer, {r, set, plane, row, 0}, col);
      float const own = wear_draw(
          draw(config.seeds[static_cast<std::size_t>(r)], Stream::wear_traits, item, 0).w[0]);
      Bounds const bounds = worn_bounds(k, range, writes[at], own);
      float const stored = position_of(codes[at]);
      float const position = xbar.slicing().mirrored(plane) ? range - stored : stored;
      ASSERT_GE(position, bounds.low) << "trial " << trial;
      ASSERT_LE(position, std::max(bounds.high, bounds.low + 1.0F)) << "trial " << trial;
    });
  }
}

// Devices of driven rows stand where the definition holds those of a twin that does not wear.
TEST_P(WearLaw, DevicesAreHeldAsTheCurveSays) {
  Random random(812);
  for (int trial = 0; trial < trials(20); ++trial) {
    CrossbarConfig config = random_crossbar(random);
    SCOPED_TRACE(describe(config) + ", " + random.trace());
    Exercise const exercise = exercise_of_all_rows(random, config);
    Endurance const endurance = random_curve(random);
    Crossbar worn(backend(), config);
    Crossbar twin(backend(), config);
    auto const start = random_codes(random, config, worn);
    auto const earlier = random_writes(random, start.size());
    for (Crossbar* xbar : {&worn, &twin}) {
      xbar->set_codes(start);
      xbar->count_writes(xbar == &worn ? endurance : Endurance{.count = endurance.count});
      xbar->set_writes(earlier);
      perform(*xbar, exercise);
    }
    auto const writes = worn.writes();
    ASSERT_EQ(writes, twin.writes());
    auto const found = worn.codes();
    auto const free = twin.codes();
    WearConstants const k = wear_constants(endurance);
    for_each_device(worn.shape(), [&](int r, int set, int plane, int row, int col, std::size_t at) {
      auto const range = static_cast<float>(window_range(cell_of(config, plane)));
      std::uint64_t const item = item_of(config.layer, {r, set, plane, row, 0}, col);
      float const own = wear_draw(
          draw(config.seeds[static_cast<std::size_t>(r)], Stream::wear_traits, item, 0).w[0]);
      bool const mirrored = worn.slicing().mirrored(plane);
      float const stored = position_of(free[at]);
      std::int32_t const held =
          held_code(worn_bounds(k, range, writes[at], own), mirrored ? range - stored : stored);
      std::int32_t const reflected = static_cast<std::int32_t>(range) + 2 * code_of_g_min - held;
      ASSERT_EQ(found[at], mirrored ? reflected : held) << "trial " << trial;
    });
  }
}

TEST_P(WearLaw, LifetimesAreLogNormal) {
  CrossbarConfig config = crossbar_of(60, 128);
  config.slicing.cell_bits_lsb_first = {16};
  Crossbar xbar(backend(), config);
  Endurance const endurance{.count = WriteCount::updates,
                            .failure_writes = 1000.0,
                            .failure_spread = 0.3,
                            .failed_level = 0.9};
  xbar.count_writes(endurance);
  Outer outer;
  outer.x.assign(60, 1);
  outer.u.assign(128, 1);
  outer.drop.assign(1, 0);
  for (auto const& [writes, z] : {std::pair{500U, -1.0034}, {1000U, 0.0}, {2000U, 1.0034}}) {
    xbar.set_codes(std::vector<std::int16_t>(xbar.codes().size(), 0));
    xbar.set_writes(std::vector<std::uint32_t>(xbar.codes().size(), writes - 1));
    xbar.update(outer, {});
    std::uint64_t failed = 0;
    std::uint64_t all = 0;
    auto const codes = xbar.codes();
    for_each_device(xbar.shape(), [&](int, int, int, int, int, std::size_t at) {
      failed += codes[at] > 20000 ? 1U : 0U;
      ++all;
    });
    EXPECT_TRUE(binomial_fits(failed, all, normal_cdf(z))) << writes;
  }
}

}  // namespace
}  // namespace panther::test
