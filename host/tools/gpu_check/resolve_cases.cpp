// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Programming, carry resolution and merging on random crossbars.

#include <memory>

#include "host/tools/gpu_check/cases.hpp"
#include "host/tools/gpu_check/random_crossbar.hpp"

namespace panther::gpu_check {

namespace {

enum class Purpose : std::uint8_t { program, carry, merge, refresh };

struct ResolveCase {
  Crossbar xbar;
  ResolveArgs args{};  // everything but pointers and shape
  std::vector<std::int32_t> weights;
  std::vector<std::uint8_t> active;
  Purpose purpose{};
  std::vector<std::int16_t> apparent = {};  // of devices that hide their state

  Outcome operator()(Backend& backend, Replicas chosen) const {
    Arena arena(backend, xbar.shape.replicas, chosen);
    ResolveArgs resolve = args;
    resolve.shape = xbar.shape_in(arena);
    resolve.slicing = xbar.slicing;
    resolve.codes = arena.out("codes", xbar.codes);
    if (!xbar.progress.empty()) resolve.progress = arena.out("progress", xbar.progress);
    if (!apparent.empty()) resolve.apparent = arena.out("apparent", apparent);
    resolve.traits = xbar.traits_in(arena, backend);
    resolve.devices = arena.in(xbar.devices);
    resolve.law = arena.law(xbar.laws, xbar.slicing);
    resolve.counters = xbar.slice_counters_in(arena);
    resolve.layer_counters = xbar.layer_counters_in(arena);
    resolve.pair_counters = xbar.pair_counters_in(arena);
    resolve.weights = purpose == Purpose::program ? arena.in(weights) : nullptr;
    resolve.active = active.empty() ? nullptr : arena.in(active);
    resolve.noise = xbar.noise;
    resolve.rounding = xbar.rounding;
    if (purpose != Purpose::refresh) {
      backend.resolve(xbar.law, resolve);
    } else if (xbar.slicing.one_sided()) {
      backend.refresh(xbar.law, {resolve, {args.target_mask, 0.75F, 0.25F}});
    }
    return arena.collect();
  }
};

struct ResolveChoice {
  int law;
  WriteMode mode;
  Purpose purpose;
  bool noisy;
  bool compound = false;
};

std::vector<std::int32_t> random_weights(Draws& draws, Crossbar const& xbar) {
  std::vector<std::int32_t> weights(xbar.replicas() * xbar.rows() * xbar.cols());
  int const bits = xbar.slicing.weight_bits;
  for (auto& weight : weights) {
    auto const word = static_cast<std::int32_t>(draws.word());
    weight = draws.one_in(8) ? word : word >> (32 - bits);  // now and then out of range
  }
  return weights;
}

/// Sets: weights are read from the last, written to some; a merge adds the last to the first and
/// clears it.
void choose_sets(Draws& draws, ResolveCase& resolve) {
  int const last = resolve.xbar.shape.sets - 1;
  resolve.args.source_set = draws.whole(0, last);
  resolve.args.addend_set = no_set;
  resolve.args.target_mask = static_cast<unsigned>(draws.whole(1, (1 << (last + 1)) - 1));
  if (resolve.purpose != Purpose::merge || last == 0) return;
  resolve.args.source_set = 0;
  resolve.args.addend_set = last;
  resolve.args.target_mask = (1U << last) - 1U;
  resolve.args.clear_mask = 1U << last;
}

ResolveCase make_resolve(std::uint64_t seed, ResolveChoice const& choice) {
  Draws draws(seed);
  CrossbarChoice crossbar;
  crossbar.law = choice.law;
  crossbar.noise = choice.noisy ? draws.pick({WriteNoiseKind::additive, WriteNoiseKind::inverse})
                                : WriteNoiseKind::off;
  crossbar.variation =
      draws.pick({VariationSource::none, VariationSource::regenerated, VariationSource::stored});
  crossbar.read_noise = choice.noisy;
  crossbar.compound = choice.compound;
  crossbar.rows = draws.pick({1, 7, 20});
  crossbar.cols = draws.pick({1, 10, 33, 70});
  ResolveCase resolve{random_crossbar(draws, crossbar), {}, {}, {}, choice.purpose};
  resolve.weights = random_weights(draws, resolve.xbar);
  if (draws.one_in(2)) {
    for (std::size_t r = 0; r < resolve.xbar.replicas(); ++r) {
      resolve.active.push_back(draws.one_in(3) ? 0 : 1);
    }
  }
  choose_sets(draws, resolve);
  resolve.args.event = draws.wide() & 0xFFFFFFFFFFU;
  resolve.args.layer = resolve.xbar.layer;
  resolve.args.mode = choice.mode;
  resolve.args.attempts = draws.whole(1, 12);
  resolve.args.tolerance = 0.125F * static_cast<float>(draws.whole(1, 8));
  resolve.args.adc_bits = draws.pick({0, 4, 6});
  resolve.args.noisy_read = choice.noisy;
  return resolve;
}

Case case_of(std::string group, std::string name, ResolveCase resolve) {
  int const replicas = resolve.xbar.shape.replicas;
  auto const held = std::make_shared<ResolveCase const>(std::move(resolve));
  return {std::move(group), std::move(name), replicas,
          [held](Backend& backend, Replicas chosen) { return (*held)(backend, chosen); }};
}

constexpr char const* purpose_names[] = {"program", "carry", "merge", "refresh"};

/// Every law by every write mode and purpose on cells of several devices.
void add_compound(std::vector<Case>& cases) {
  for (auto const& [mode, mode_name] : EnumNames<WriteMode>::values) {
    for (int law = 0; law < laws_without_counter; ++law) {
      for (int purpose = 0; purpose < 4; ++purpose) {
        ResolveChoice const choice{law, mode, static_cast<Purpose>(purpose), purpose % 2 == law % 2,
                                   true};
        cases.push_back(case_of("resolve/compound/" + std::string(mode_name),
                                law_name(law) + "/" + purpose_names[purpose],
                                make_resolve(3000 + cases.size(), choice)));
      }
    }
  }
}

/// Devices that hide their state, by every write mode and purpose.
void add_hiding(std::vector<Case>& cases) {
  for (auto const& [mode, mode_name] : EnumNames<WriteMode>::values) {
    for (Purpose const purpose : {Purpose::program, Purpose::carry, Purpose::merge}) {
      for (int law = 0; law < 3; ++law) {
        std::uint64_t const seed = 9000 + cases.size();
        ResolveCase resolve = make_resolve(seed, {law, mode, purpose, law % 2 == 0});
        Draws draws(~seed);
        resolve.apparent = resolve.xbar.codes;
        for (auto& code : resolve.apparent) {
          if (draws.one_in(2)) code = static_cast<std::int16_t>(code ^ draws.whole(0, 0xFFF));
        }
        for (DeviceConstants& device : resolve.xbar.devices) {
          device.hidden_std = 0.02F * static_cast<float>(draws.whole(0, 5));
        }
        cases.push_back(case_of("resolve/hiding/" + std::string(mode_name),
                                law_name(law) + "/" + purpose_names[static_cast<int>(purpose)],
                                std::move(resolve)));
      }
    }
  }
}

/// A law that counts pulses, by every write mode and purpose; every second on compound cells.
void add_counting(std::vector<Case>& cases) {
  for (auto const& [mode, mode_name] : EnumNames<WriteMode>::values) {
    for (Purpose const purpose : {Purpose::program, Purpose::carry, Purpose::merge}) {
      for (bool const noisy : {false, true}) {
        std::uint64_t const seed = 9800 + cases.size();
        bool const compound = cases.size() % 2 == 0;
        cases.push_back(case_of(
            "resolve/" + law_name(counting_law()) + "/" + std::string(mode_name),
            std::string(purpose_names[static_cast<int>(purpose)]) + (noisy ? "/noisy" : "/quiet"),
            make_resolve(seed, {counting_law(), mode, purpose, noisy, compound})));
      }
    }
  }
}

}  // namespace

std::vector<Case> resolve_cases() {
  std::vector<Case> cases;
  for (int law = 0; law < laws_without_counter; ++law) {
    for (auto const& [mode, mode_name] : EnumNames<WriteMode>::values) {
      for (Purpose const purpose : {Purpose::program, Purpose::carry, Purpose::merge}) {
        for (bool const noisy : {false, true}) {
          cases.push_back(case_of(
              "resolve/" + law_name(law) + "/" + std::string(mode_name),
              std::string(purpose_names[static_cast<int>(purpose)]) + (noisy ? "/noisy" : "/quiet"),
              make_resolve(3000 + cases.size(), {law, mode, purpose, noisy})));
        }
      }
    }
  }
  add_compound(cases);
  add_hiding(cases);
  add_counting(cases);
  return cases;
}

}  // namespace panther::gpu_check
