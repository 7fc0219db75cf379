// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Passes over devices between updates on random crossbars: time, waits before a test, errors of
// programming.

#include <algorithm>
#include <memory>

#include "host/tools/gpu_check/cases.hpp"
#include "host/tools/gpu_check/random_crossbar.hpp"

namespace panther::gpu_check {

namespace {

enum class AgingPurpose : std::uint8_t { time, wait, programming };

struct AgeCase {
  Crossbar xbar;
  AgeArgs args{};  // everything but pointers and shape
  std::vector<AgingConstants> aging;
  std::vector<std::int16_t> before;

  Outcome operator()(Backend& backend, Replicas chosen) const {
    Arena arena(backend, xbar.shape.replicas, chosen);
    AgeArgs age = args;
    age.shape = xbar.shape_in(arena);
    age.slicing = xbar.slicing;
    age.codes = arena.out("codes", xbar.codes);
    age.before = before.empty() ? nullptr : arena.in(before);
    age.traits = xbar.traits_in(arena, backend);
    age.devices = arena.in(xbar.devices);
    age.aging = arena.in(aging);
    age.rounding = xbar.rounding;
    backend.age(age);
    return arena.collect();
  }
};

Retention random_retention(Draws& draws, DriftModel drift) {
  Retention retention;
  retention.drift = drift;
  retention.nu_spread = 0.25;
  retention.nu_state = 0.01;
  retention.lifetime_s = draws.pick({0.0, 1000.0});
  retention.lifetime_spread = 0.25;
  retention.rest = 0.25 * draws.whole(-2, 2);
  retention.rest_spread = draws.pick({0.0, 0.125});
  retention.diffusion = draws.pick({0.0, 0.001});
  retention.diffusion_spread = 0.5;
  retention.loss_per_decade = draws.pick({0.0, 0.0625});
  if (drift == DriftModel::table) {
    retention.nu_at = {0.125, 0.5, 1.0};
    retention.nu_mean = {0.25, 0.125, 0.03125 * draws.whole(0, 4)};
    retention.nu_deviation = {0.0625, 0.0, 0.03125};
  }
  return retention;
}

AgingConstants random_pass(Draws& draws, AgingPurpose purpose, DriftModel drift) {
  DeviceConfig device;
  device.on_off_ratio = draws.pick({2.0, 11.0, 1001.0});
  if (purpose == AgingPurpose::programming) {
    auto const& models = EnumNames<ProgrammingModel>::values;
    device.programming.model =
        models[static_cast<std::size_t>(draws.whole(1, static_cast<int>(models.size()) - 1))].first;
    return programming_constants(device);
  }
  device.retention = random_retention(draws, drift);
  double const from = draws.pick({0.0, 1.0, 500.0});
  TimeSpan const span{from, from + draws.pick({1.0, 100.0, 100000.0})};
  return purpose == AgingPurpose::time ? aging_constants(device, span)
                                       : waiting_constants(device, span);
}

AgeCase make_age(std::uint64_t seed, AgingPurpose purpose, DriftModel drift) {
  Draws draws(seed);
  CrossbarChoice crossbar;
  crossbar.variation =
      draws.pick({VariationSource::none, VariationSource::regenerated, VariationSource::stored});
  crossbar.rows = draws.pick({1, 7, 20});
  crossbar.cols = draws.pick({1, 10, 33, 70});
  AgeCase age{random_crossbar(draws, crossbar), {}, {}, {}};
  for (std::size_t r = 0; r < age.xbar.replicas(); ++r) {
    age.aging.push_back(random_pass(draws, purpose, drift));
  }
  if (purpose == AgingPurpose::programming || draws.one_in(3)) {
    age.before = age.xbar.codes;
    for (auto& code : age.before) code = static_cast<std::int16_t>(code ^ draws.whole(0, 1));
  }
  age.args.step = draws.wide() & 0xFFFFFFFFFFU;
  age.args.layer = age.xbar.layer;
  age.args.set_mask = static_cast<unsigned>(draws.whole(1, (1 << age.xbar.shape.sets) - 1));
  age.args.stream = purpose == AgingPurpose::time ? Stream::aging : Stream::programming;
  age.args.noisy = std::ranges::any_of(age.aging, &AgingConstants::noisy);
  age.args.frozen = std::ranges::any_of(age.aging, &AgingConstants::frozen);
  return age;
}

}  // namespace

std::vector<Case> age_cases() {
  std::vector<Case> cases;
  static char const* const purposes[] = {"time", "wait", "programming"};
  for (auto const& [drift, drift_name] : EnumNames<DriftModel>::values) {
    // Models that came later have groups of their own, for golden hashes stay what they are.
    bool const later = drift >= DriftModel::state_independent;
    for (AgingPurpose const purpose :
         {AgingPurpose::time, AgingPurpose::wait, AgingPurpose::programming}) {
      if (later && purpose == AgingPurpose::programming) continue;
      std::string const name(drift_name);
      std::string const kind = purposes[static_cast<int>(purpose)];
      for (int variant = 0; variant < 3; ++variant) {
        auto const held =
            std::make_shared<AgeCase const>(make_age(7000 + cases.size(), purpose, drift));
        cases.push_back(
            {"age/" + (later ? name : kind), (later ? kind : name) + "/" + std::to_string(variant),
             held->xbar.shape.replicas,
             [held](Backend& backend, Replicas chosen) { return (*held)(backend, chosen); }});
      }
    }
  }
  return cases;
}

}  // namespace panther::gpu_check
