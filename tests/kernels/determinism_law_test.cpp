// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The same seed gives the same bits: for any number of threads, any instruction set, any split of a
// batch that keeps the order, on the CPU and on a GPU, with frozen variation stored or regenerated,
// alone or among replicas.

#include <gtest/gtest.h>

#include <map>

#include "tests/support/backends.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/scenario.hpp"

namespace panther::test {
namespace {

class DeterminismLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, DeterminismLaw, every_backend(), backend_label);

/// Hashes of the scalar CPU path. They change only when a law, a stream or a rounding is meant to
/// change: check the change by the other tests, then put the new values here.
std::map<std::string, std::uint64_t> const golden = {{"ideal", 0x023fcd27385adb65U},
                                                     {"rough", 0x3cadd680b56c450fU},
                                                     {"pairs", 0xf80d7c77ad635164U},
                                                     {"replicas", 0xe089d0b71ff7918fU},
                                                     {"analog", 0x95facdfef202b62fU}};

TEST_P(DeterminismLaw, HashesAreTheRecordedOnes) {
  for (Scenario const& scenario : scenarios()) {
    EXPECT_EQ(hash_of(backend(), scenario), golden.at(scenario.name))
        << scenario.name << " on " << backend().description();
  }
}

TEST_P(DeterminismLaw, ThreadsDoNotMatter) {
  auto const one = open_backend(GetParam(), 1).backend;
  auto const three = open_backend(GetParam(), 3).backend;
  for (Scenario const& scenario : scenarios()) {
    auto const two = hash_of(backend(), scenario);
    EXPECT_EQ(hash_of(*one, scenario), two) << scenario.name;
    EXPECT_EQ(hash_of(*three, scenario), two) << scenario.name;
  }
}

TEST_P(DeterminismLaw, BatchSplitsDoNotMatter) {
  for (Scenario const& scenario : scenarios()) {
    auto const whole = hash_of(backend(), scenario);
    EXPECT_EQ(hash_of(backend(), scenario, 2), whole) << scenario.name;
    EXPECT_EQ(hash_of(backend(), scenario, 3), whole) << scenario.name;
    EXPECT_EQ(hash_of(backend(), scenario, 6), whole) << scenario.name;
  }
}

TEST_P(DeterminismLaw, StoredAndRegeneratedVariationAgree) {
  for (Scenario scenario : scenarios()) {
    scenario.config.stored_traits = false;
    auto const regenerated = hash_of(backend(), scenario);
    scenario.config.stored_traits = true;
    EXPECT_EQ(hash_of(backend(), scenario), regenerated) << scenario.name;
  }
}

/// Storage of each kind of variation alone: the stored bytes of one are not read as another's.
TEST_P(DeterminismLaw, EachKindOfVariationIsStoredApart) {
  std::vector<Spread> const spreads = {{.slope = 0.3},
                                       {.window = 0.1},
                                       {.nonlinearity = 0.3},
                                       {.slope = 0.3, .window = 0.1},
                                       {.window = 0.1, .nonlinearity = 0.3}};
  for (Spread const& spread : spreads) {
    Scenario scenario = scenarios()[1];
    scenario.config.devices[0].spread = spread;
    scenario.config.devices[0].stuck = {};
    auto const regenerated = hash_of(backend(), scenario);
    scenario.config.stored_traits = true;
    EXPECT_EQ(hash_of(backend(), scenario), regenerated);
  }
}

TEST_P(DeterminismLaw, SeedsMatter) {
  for (Scenario scenario : scenarios()) {
    auto const before = hash_of(backend(), scenario);
    for (auto& seed : scenario.config.seeds) seed += 1;
    EXPECT_EQ(hash_of(backend(), scenario) == before, scenario.name == "ideal") << scenario.name;
  }
}

/// Replica r of a batch of replicas equals the same run made alone.
TEST_P(DeterminismLaw, ReplicasEqualRunsMadeAlone) {
  Random random(801);
  for (Scenario const& scenario : scenarios()) {
    CrossbarConfig together = scenario.config;
    together.devices.resize(3, scenario.config.devices[0]);
    together.seeds = {11, 22, 33};
    if (together.devices[0].spread.slope > 0) together.devices[1].spread.slope = 0.4;
    Crossbar all(backend(), together);
    auto const per = all.weight_count() / 3;
    std::vector<std::int32_t> weights(all.weight_count());
    for (auto& weight : weights) weight = random.whole(-20000, 20000);
    Outer const outer = random_outer(random, together, 4, 6, 16);
    auto const inputs = random_inputs(random, together, scenario.read.driven, 2);
    ReadOptions read = scenario.read;
    read.adc_step.resize(
        read.adc_step.empty() ? 0 : 3 * together.slicing.cell_bits_lsb_first.size(), 40000);
    all.program(weights, scenario.write);
    all.update(outer, scenario.update);
    all.resolve(scenario.write);
    auto const sums = all.read(inputs, read);
    auto const codes = all.codes();
    for (std::size_t r = 0; r < 3; ++r) {
      auto const third = [&](auto const& values) {
        auto const n = static_cast<std::ptrdiff_t>(values.size() / 3);
        auto const at = values.begin() + static_cast<std::ptrdiff_t>(r) * n;
        return std::vector(at, at + n);
      };
      CrossbarConfig alone = together;
      alone.devices = {together.devices[r]};
      alone.seeds = {together.seeds[r]};
      Crossbar one(backend(), alone);
      one.program(third(weights), scenario.write);
      one.update(
          {.examples = 4, .x = third(outer.x), .u = third(outer.u), .drop = third(outer.drop)},
          scenario.update);
      one.resolve(scenario.write);
      EXPECT_EQ(one.read(third(inputs), scenario.read), third(sums))
          << scenario.name << ", replica " << r;
      EXPECT_EQ(one.codes(), third(codes)) << scenario.name << ", replica " << r;
      auto const slices = static_cast<std::size_t>(all.slicing().slices);
      for (std::size_t s = 0; s < slices; ++s) {
        EXPECT_EQ(one.slice_counters()[s].saturations,
                  all.slice_counters()[r * slices + s].saturations);
        EXPECT_EQ(one.slice_counters()[s].write_steps,
                  all.slice_counters()[r * slices + s].write_steps);
      }
    }
    EXPECT_EQ(per * 3, weights.size());
  }
}

}  // namespace
}  // namespace panther::test
