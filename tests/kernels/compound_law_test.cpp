// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Cells of several devices (xbar/cells.hpp) on ideal devices: reads are exact; updates move exactly
// the devices that they should; programming and carry resolution keep W and leave canonical digits.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/support/backends.hpp"
#include "tests/support/compound.hpp"

namespace panther::test {
namespace {

class CompoundLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, CompoundLaw, every_backend(), backend_label);

TEST_P(CompoundLaw, SumsAreExactForAnyState) {
  Random random(1101);
  for (int trial = 0; trial < trials(30); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const config = random_compound_crossbar(random);
    Crossbar xbar(backend(), config);
    auto const codes = random_codes(random, config, xbar);
    xbar.set_codes(codes);
    int const unit = exact_unit(config.slicing);
    ASSERT_EQ(xbar.slicing().fraction_bits(), unit);
    for (Driven const driven : {Driven::rows, Driven::columns}) {
      auto const inputs = random_inputs(random, config, driven, 1);
      ReadMode const mode = random.pick<ReadMode>({ReadMode::collapsed, ReadMode::bit_serial});
      auto const sums = xbar.read(inputs, {.driven = driven, .mode = mode, .block_lines = 50});
      std::vector<i128> expected(sums.size(), 0);
      for_each_weight(xbar.shape(), [&](int replica, int i, int j) {
        bool const rows = driven == Driven::rows;
        auto const in =
            static_cast<std::size_t>(rows ? replica * config.rows + i : replica * config.cols + j);
        auto const out =
            static_cast<std::size_t>(rows ? replica * config.cols + j : replica * config.rows + i);
        expected[out] += inputs[in] * weight_of_codes(config.slicing, xbar.shape(), codes, replica,
                                                      0, i, j, unit);
      });
      ASSERT_EQ(sums, expected) << describe(config);
    }
  }
}

/// The device that a turn moves, or -1: all.
int moved_device(CrossbarConfig const& config, int replica, std::uint64_t turn) {
  int const devices = devices_of_cell(config.slicing);
  switch (config.slicing.vector_policy) {
    case VectorPolicy::all:
      return -1;
    case VectorPolicy::sequential:
      return static_cast<int>(turn % static_cast<std::uint64_t>(devices));
    case VectorPolicy::random:
      break;
  }
  std::uint64_t const item = device_item(static_cast<std::uint64_t>(config.layer), 0, 0, 0, 0);
  PhiloxWords const words =
      draw(config.seeds[static_cast<std::size_t>(replica)], Stream::vector_device, item, turn);
  return static_cast<int>(words.w[0] % static_cast<std::uint32_t>(devices));
}

/// Whether steps of a direction move device k of a cell.
bool takes(CrossbarConfig const& config, int k, bool up) {
  if (config.slicing.encoding == Encoding::reference) return k == 0;
  if (config.slicing.encoding == Encoding::one_sided) return k == (up ? 0 : 1);
  return true;
}

/// What one example's steps leave of a code.
int moved(CrossbarConfig const& config, int plane, int code, std::int64_t steps) {
  int const unit = 1 << (16 - cell_of(config, plane));
  std::int64_t const target = code + steps * unit;
  return static_cast<int>(std::clamp<std::int64_t>(target, -32768, 32768 - unit));
}

/// Codes after `outer`, one device and example at a time; counts the moves.
std::vector<std::int16_t> moved_codes(CrossbarConfig const& config, Crossbar const& xbar,
                                      std::vector<std::int16_t> codes, Outer const& outer,
                                      std::uint64_t first_turn, std::uint64_t& updates) {
  int const devices = devices_of_cell(config.slicing);
  int const p = xbar.slicing().digit_bits;
  for_each_weight(xbar.shape(), [&](int replica, int i, int j) {
    for (int n = 0; n < outer.examples; ++n) {
      auto const v = static_cast<std::size_t>(replica * outer.examples + n);
      auto const x =
          outer.x[v * static_cast<std::size_t>(config.rows) + static_cast<std::size_t>(i)];
      auto const u =
          outer.u[v * static_cast<std::size_t>(config.cols) + static_cast<std::size_t>(j)];
      int const lone = moved_device(config, replica, first_turn + static_cast<std::uint64_t>(n));
      bool const up = (x < 0) != (u < 0);
      for (int s = 0; s < xbar.slicing().slices; ++s) {
        auto const steps =
            static_cast<std::int64_t>(ReferenceCrossbar::streamed_steps(x, u, outer.drop[v], s, p));
        for (int k = 0; steps != 0 && k < devices; ++k) {
          if (!takes(config, k, up) || (lone >= 0 && lone != k)) continue;
          int const plane = s * devices + k;
          auto& code = codes[static_cast<std::size_t>(xbar.shape().index(replica, 0, plane, i, j))];
          std::int64_t const taken = steps * (lone < 0 ? 1 : devices);
          code = static_cast<std::int16_t>(moved(config, plane, code, up ? taken : -taken));
          ++updates;
        }
      }
    }
  });
  return codes;
}

TEST_P(CompoundLaw, UpdatesMoveExactlyTheDevicesThatTheyShould) {
  Random random(1102);
  for (int trial = 0; trial < trials(40); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const config = random_compound_crossbar(random);
    Crossbar xbar(backend(), config);
    auto const before = random_codes(random, config, xbar);
    xbar.set_codes(before);
    int const m = config.slicing.weight_bits;
    Outer const outer = random_outer(random, config, 3, m == 32 ? -4 : 4, m == 32 ? 10 : 26);
    auto const turn = static_cast<std::uint64_t>(random.whole(0, 1000));
    xbar.update(outer, {.first_turn = turn});
    std::uint64_t updates = 0;
    ASSERT_EQ(xbar.codes(), moved_codes(config, xbar, before, outer, turn, updates))
        << describe(config);
    std::uint64_t counted = 0;
    for (SliceCounters const& counters : xbar.slice_counters()) counted += counters.updates;
    ASSERT_EQ(counted, updates);
  }
}

/// Cells that hold every move of a trial.
void make_roomy(SlicingConfig& slicing) {
  slicing.weight_bits = 32;
  slicing.cell_bits_lsb_first.assign(8, 16);
}

TEST_P(CompoundLaw, WeightsMoveByTheProductsOfDigits) {
  Random random(1103);
  for (int trial = 0; trial < trials(20); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig config = random_compound_crossbar(random);
    make_roomy(config.slicing);
    Crossbar xbar(backend(), config);
    std::vector<std::int32_t> weights(xbar.weight_count());
    for (auto& weight : weights) weight = random.whole(-100000, 100000);
    xbar.program(weights);
    xbar.clear_counters();
    std::vector<std::int32_t> delta(xbar.weight_count());
    for (std::uint64_t turn = 0; turn < 3; ++turn) {
      for (std::size_t at = 0; at < delta.size(); ++at) {
        delta[at] = random.whole(-1000000, 1000000);
        weights[at] += delta[at];
      }
      xbar.apply(delta, {.first_turn = turn});
    }
    ASSERT_EQ(whole_weights(config, xbar), weights) << describe(config);
    for (SliceCounters const& counters : xbar.slice_counters()) ASSERT_EQ(counters.saturations, 0U);
  }
}

/// A pulse for every stream step ends where the aggregate does.
TEST_P(CompoundLaw, PulsesAndAggregateAgree) {
  Random random(1104);
  for (int trial = 0; trial < trials(10); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const config = random_compound_crossbar(random);
    Crossbar aggregate(backend(), config);
    Crossbar pulses(backend(), config);
    auto const codes = random_codes(random, config, aggregate);
    aggregate.set_codes(codes);
    pulses.set_codes(codes);
    Outer const outer = random_outer(random, config, 2, 2, 20);
    aggregate.update(outer);
    pulses.update(outer, {.fidelity = Fidelity::pulse});
    ASSERT_EQ(pulses.codes(), aggregate.codes()) << describe(config);
  }
}

TEST_P(CompoundLaw, ProgrammedWeightsAreCanonicalDigitsAndSaturate) {
  Random random(1105);
  for (int trial = 0; trial < trials(30); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const config = random_compound_crossbar(random);
    Crossbar xbar(backend(), config);
    std::vector<std::int32_t> weights(xbar.weight_count());
    for (auto& weight : weights) weight = random.whole(-40000, 40000);
    xbar.program(weights);
    auto const codes = xbar.codes();
    std::size_t at = 0;
    ReferenceCrossbar expected(config.slicing, 1, 1);
    for_each_weight(xbar.shape(), [&](int replica, int i, int j) {
      expected.program(0, 0, weights[at++]);
      for (int s = 0; s < xbar.slicing().slices; ++s) {
        ASSERT_EQ(level_of(config, xbar, codes, {replica, 0, s, i, j}), expected.level(s, 0, 0))
            << describe(config);
      }
    });
    for_each_device(xbar.shape(), [&](int, int, int plane, int, int, std::size_t index) {
      if (config.slicing.encoding != Encoding::reference || plane % 2 == 0) return;
      ASSERT_EQ(codes[index], 0) << "the reference was moved";
    });
  }
}

TEST_P(CompoundLaw, ResolutionKeepsWeightsLeavesCanonicalDigitsAndIsIdempotent) {
  Random random(1106);
  for (int trial = 0; trial < trials(30); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const config = random_compound_crossbar(random);
    Crossbar xbar(backend(), config);
    auto before = random_codes(random, config, xbar);
    keep_references(config, xbar, before);
    xbar.set_codes(before);
    xbar.resolve();
    auto const after = xbar.codes();
    for_each_weight(xbar.shape(), [&](int replica, int i, int j) {
      ReferenceCrossbar pending(config.slicing, 1, 1);
      for (int s = 0; s < xbar.slicing().slices; ++s) {
        pending.level(s, 0, 0) = level_of(config, xbar, before, {replica, 0, s, i, j});
      }
      ReferenceCrossbar expected = pending;
      bool const held = expected.program(0, 0, pending.weight(0, 0));
      ASSERT_TRUE(!held || expected.weight(0, 0) == pending.weight(0, 0));
      for (int s = 0; s < xbar.slicing().slices; ++s) {
        ASSERT_EQ(level_of(config, xbar, after, {replica, 0, s, i, j}), expected.level(s, 0, 0))
            << describe(config);
      }
    });
    xbar.clear_counters();
    xbar.resolve();
    ASSERT_EQ(xbar.codes(), after) << "not idempotent";
    for (SliceCounters const& counters : xbar.slice_counters())
      ASSERT_EQ(counters.cells_written, 0U);
  }
}

/// A write makes up for a reference that is off its level.
TEST_P(CompoundLaw, ReferencesAreReadAgainstAndNeverWritten) {
  CrossbarConfig config = crossbar_of(3, 40);
  config.slicing.encoding = Encoding::reference;
  Crossbar xbar(backend(), config);
  auto codes = xbar.codes();
  Random random(1107);
  for_each_device(xbar.shape(), [&](int, int, int plane, int, int, std::size_t at) {
    if (plane % 2 == 1) codes[at] = static_cast<std::int16_t>(random.whole(-9000, 9000));
  });
  xbar.set_codes(codes);
  std::vector<std::int32_t> weights(xbar.weight_count());
  for (auto& weight : weights) weight = random.whole(-20000, 20000);
  xbar.program(weights);
  auto const after = xbar.codes();
  for_each_device(xbar.shape(), [&](int, int, int plane, int, int, std::size_t at) {
    ASSERT_TRUE(plane % 2 == 0 || after[at] == codes[at]);
  });
  std::size_t at = 0;
  for_each_weight(xbar.shape(), [&](int replica, int i, int j) {
    i128 sum = 0;
    for (int s = 0; s < 8; ++s) {
      sum += level_of(config, xbar, after, {replica, 0, s, i, j}) * (static_cast<i128>(1) << 2 * s);
    }
    ASSERT_EQ(static_cast<std::int32_t>(sum), weights[at++]);
  });
}

/// Merging what set d collected into f and b gives what updating them gives; d is cleared.
TEST_P(CompoundLaw, MergeOfCollectedUpdatesEqualsUpdatingBothSets) {
  Random random(1108);
  for (int trial = 0; trial < trials(12); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig config = random_compound_crossbar(random);
    make_roomy(config.slicing);
    config.sets = 3;
    Crossbar v3(backend(), config);
    config.sets = 2;
    Crossbar v2(backend(), config);
    std::vector<std::int32_t> weights(v3.weight_count());
    for (auto& weight : weights) weight = random.whole(-9000, 9000);
    std::vector<std::int32_t> delta(v3.weight_count());
    for (auto& change : delta) change = random.whole(-9000, 9000);
    v3.program(weights, {.target_mask = 0b011, .clear_mask = 0b100});
    v2.program(weights, {.target_mask = 0b011});
    v3.apply(delta, {.set_mask = 0b100, .first_turn = 5});
    v3.resolve({.target_mask = 0b011, .clear_mask = 0b100, .addend_set = 2});
    v2.apply(delta, {.set_mask = 0b011, .first_turn = 5});
    v2.resolve();
    ASSERT_EQ(whole_weights(config, v3), whole_weights(config, v2)) << describe(config);
    ASSERT_EQ(whole_weights(config, v3, 1), whole_weights(config, v2)) << describe(config);
    for (std::int32_t const left : whole_weights(config, v3, 2)) ASSERT_EQ(left, 0);
  }
}

}  // namespace
}  // namespace panther::test
