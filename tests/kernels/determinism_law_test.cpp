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
std::map<std::string, std::uint64_t> const golden = {
    {"ideal", 0x023fcd27385adb65U},     {"rough", 0x3cadd680b56c450fU},
    {"pairs", 0xf80d7c77ad635164U},     {"replicas", 0xe089d0b71ff7918fU},
    {"analog", 0x95facdfef202b62fU},    {"vector", 0xbcec5b54ac38c8ddU},
    {"reference", 0xc98808b898bbf94fU}, {"one_sided", 0x09ed44c46b496e12U},
    {"hidden", 0x430054d76137a5faU}};

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
                                       {.asymmetry = 0.1},
                                       {.asymmetry = 0.1, .window_high = 0.1},
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

/// What a scenario's operations leave, with inputs given.
struct Outcome {
  std::vector<std::int16_t> codes;
  std::vector<i128> sums;
  std::vector<std::uint64_t> counts;  // [replica][slice] of two counters
};

struct Inputs {
  std::vector<std::int32_t> weights;
  Outer outer;
  std::vector<std::int16_t> vectors;
};

Outcome run(Backend& backend, CrossbarConfig const& config, Scenario const& scenario,
            Inputs const& inputs) {
  ReadOptions read = scenario.read;
  auto const slices = config.slicing.cell_bits_lsb_first.size();
  if (read.adc_bits != 0) read.adc_step.assign(config.devices.size() * slices, 40000);
  Crossbar xbar(backend, config);
  xbar.program(inputs.weights, scenario.write);
  xbar.update(inputs.outer, scenario.update);
  xbar.resolve(scenario.write);
  Outcome outcome{xbar.codes(), xbar.read(inputs.vectors, read), {}};
  for (SliceCounters const& counters : xbar.slice_counters()) {
    outcome.counts.push_back(counters.saturations);
    outcome.counts.push_back(counters.write_steps);
  }
  return outcome;
}

/// Part r of three equal ones.
template <class T>
std::vector<T> third(std::vector<T> const& values, std::ptrdiff_t r) {
  auto const n = static_cast<std::ptrdiff_t>(values.size() / 3);
  return {values.begin() + r * n, values.begin() + (r + 1) * n};
}

/// Replica r of a batch of replicas equals the same run made alone.
TEST_P(DeterminismLaw, ReplicasEqualRunsMadeAlone) {
  Random random(801);
  for (Scenario const& scenario : scenarios()) {
    CrossbarConfig together = scenario.config;
    together.devices.resize(3, scenario.config.devices[0]);
    together.seeds = {11, 22, 33};
    if (together.devices[0].spread.slope > 0) together.devices[1].spread.slope = 0.4;
    Inputs all;
    all.weights.resize(static_cast<std::size_t>(3 * together.rows * together.cols));
    for (auto& weight : all.weights) weight = random.whole(-20000, 20000);
    all.outer = random_outer(random, together, 4, 6, 16);
    all.vectors = random_inputs(random, together, scenario.read.driven, 2);
    Outcome const whole = run(backend(), together, scenario, all);
    for (std::ptrdiff_t r = 0; r < 3; ++r) {
      CrossbarConfig alone = together;
      alone.devices = {together.devices[static_cast<std::size_t>(r)]};
      alone.seeds = {together.seeds[static_cast<std::size_t>(r)]};
      Inputs own{third(all.weights, r), all.outer, third(all.vectors, r)};
      own.outer.x = third(all.outer.x, r);
      own.outer.u = third(all.outer.u, r);
      own.outer.drop = third(all.outer.drop, r);
      Outcome const one = run(backend(), alone, scenario, own);
      EXPECT_EQ(one.sums, third(whole.sums, r)) << scenario.name << ", replica " << r;
      EXPECT_EQ(one.codes, third(whole.codes, r)) << scenario.name << ", replica " << r;
      EXPECT_EQ(one.counts, third(whole.counts, r)) << scenario.name << ", replica " << r;
    }
  }
}

}  // namespace
}  // namespace panther::test
