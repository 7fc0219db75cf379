// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Analog reads on random crossbars: each effect alone, then all of them; noise management, bound
// management.

#include <functional>
#include <memory>

#include "host/tools/gpu_check/cases.hpp"
#include "host/tools/gpu_check/random_crossbar.hpp"
#include "kernels/base/bounded_read.hpp"
#include "kernels/xbar/analog_constants.hpp"

namespace panther::gpu_check {

namespace {

struct Settings {
  AnalogReadConfig analog;
  DeviceConfig device;
};

struct Effect {
  char const* name;
  std::function<void(Settings&)> set;
};

std::vector<Effect> effects() {
  return {
      {"driver", [](Settings& s) { s.analog.dac = {.noise = 0.05, .cubic = 0.1, .clip = 0.9}; }},
      {"curve", [](Settings& s) { s.device.reading.iv.kind = IvKind::sinh; }},
      {"noise",
       [](Settings& s) {
         s.device.reading.thermal = s.device.reading.shot = true;
         s.device.g_max = 1e-4;
         s.device.read_noise = {.relative = 0.01, .line = 0.1};
       }},
      {"telegraph",
       [](Settings& s) {
         s.device.reading.telegraph = {.amplitude = 0.1,
                                       .exponent = 0.5,
                                       .amplitude_spread = 0.2,
                                       .share = 0.8,
                                       .rate = 0.1,
                                       .rate_decades = 1.0};
       }},
      {"flicker", [](Settings& s) { s.device.reading.flicker = {.sigma = 0.02, .processes = 3}; }},
      {"line",
       [](Settings& s) {
         s.analog.line = {.noise_spread = 0.3,
                          .offset_std = 0.05,
                          .series_resistance = 0.2,
                          .s_shape = 0.3,
                          .s_shape_spread = 0.1,
                          .slope_calibration = 0.5};
       }},
      {"sar",
       [](Settings& s) {
         s.analog.adc.kind = AdcKind::sar;
         s.analog.adc.capacitor_std = 0.05;
         s.analog.adc.gain_std = 0.02;
       }},
      {"stochastic",
       [](Settings& s) {
         s.analog.adc.rounding = AdcRounding::stochastic;
         s.analog.adc.comparator_noise = 0.5;
       }},
      {"accumulated", [](Settings& s) { s.analog.adc.timing = AdcTiming::accumulated; }},
  };
}

struct AnalogCase {
  Crossbar xbar;
  ReadArgs args{};  // everything but pointers and shape
  std::vector<AnalogConstants> analog;
  std::vector<std::int16_t> inputs;
  std::vector<std::int32_t> adc_step;
  BoundManagementConfig bounds;

  Outcome operator()(Backend& backend, Replicas chosen) const {
    Arena arena(backend, xbar.shape.replicas, chosen);
    ReadArgs read = args;
    read.shape = xbar.shape_in(arena);
    read.slicing = xbar.slicing;
    read.codes = arena.in(xbar.codes);
    read.devices = arena.in(xbar.devices);
    read.counters = xbar.slice_counters_in(arena);
    read.inputs = arena.in(inputs);
    read.adc_step = arena.in(adc_step);
    auto const outputs = static_cast<std::size_t>(args.examples * sensed());
    read.sums = arena.out("sums", std::vector<i128>(xbar.replicas() * outputs));
    read.observed_peak =
        arena.out("peaks", std::vector<std::int32_t>(xbar.replicas() * xbar.slices()));
    bounded_read(backend, {read, arena.in(analog), false, pass_in(arena)});
    return arena.collect();
  }

  BoundedPass pass_in(Arena& arena) const {
    if (bounds.management == BoundManagement::off) return {};
    auto const vectors = xbar.replicas() * static_cast<std::size_t>(args.examples);
    return {.clipped = arena.out("clipped", std::vector<std::int32_t>(vectors)),
            .repeats = arena.out("repeats", std::vector<std::uint64_t>(xbar.replicas())),
            .most_repeats = bound_repeats(bounds),
            .test_negative = bounds.test_negative};
  }

  int sensed() const { return args.driven == Driven::rows ? xbar.shape.cols : xbar.shape.rows; }
  int driven() const { return args.driven == Driven::rows ? xbar.shape.rows : xbar.shape.cols; }
};

AnalogCase make_case(std::uint64_t seed, Driven driven, Settings const& settings) {
  Draws draws(seed);
  CrossbarChoice crossbar;
  crossbar.read_noise = settings.device.read_noise.relative > 0.0;
  crossbar.rows = draws.pick({1, 9, 31, 64, 129});
  crossbar.cols = draws.pick({1, 10, 33, 64, 127});
  AnalogCase read{random_crossbar(draws, crossbar), {}, {}, {}, {}, settings.analog.bounds};
  read.args.first_read = draws.wide() & 0xFFFFFFFFFFU;
  read.args.layer = read.xbar.layer;
  read.args.set = draws.whole(0, read.xbar.shape.sets - 1);
  read.args.examples = draws.pick({1, 2, 5});
  read.args.block_lines = draws.pick({128, 64, 100, 7});
  read.args.dac_bits = draws.pick({1, 2, 4, 8});
  read.args.driven = driven;
  read.args.mode = ReadMode::analog;
  int const adc_bits = draws.pick({4, 8});
  read.analog.assign(read.xbar.replicas(),
                     analog_constants(settings.analog, settings.device, read.xbar.slicing,
                                      read.args.dac_bits, adc_bits));
  read.inputs = draws.words16(read.xbar.replicas() *
                              static_cast<std::size_t>(read.args.examples * read.driven()));
  read.adc_step = draws.wholes(read.xbar.replicas() * read.xbar.slices(), 1, 20000);
  return read;
}

void add_case(std::vector<Case>& cases, Driven driven, char const* name, Settings const& settings,
              char const* kind = "analog") {
  auto const held =
      std::make_shared<AnalogCase const>(make_case(6000 + cases.size(), driven, settings));
  std::string const group =
      std::string("read/") + (driven == Driven::rows ? "rows" : "columns") + "/" + kind;
  cases.push_back({group, name, held->xbar.shape.replicas,
                   [held](Backend& backend, Replicas chosen) { return (*held)(backend, chosen); }});
}

void add_scaled(std::vector<Case>& cases, char const* group,
                std::vector<NoiseManagement> const& kinds) {
  for (Driven const driven : {Driven::rows, Driven::columns}) {
    for (NoiseManagement const kind : kinds) {
      Settings scaled;
      scaled.analog.inputs = {.noise_management = kind, .limit = 0.6};
      if (kind == NoiseManagement::abs_max_np_sum) scaled.analog.inputs.full_lines = 2.0;
      add_case(cases, driven, enum_name(kind).data(), scaled, group);
    }
  }
}

struct Bounded {
  char const* name;
  BoundManagementConfig bounds;
};

void add_bounded(std::vector<Case>& cases, char const* group, std::vector<Bounded> const& kinds) {
  for (Driven const driven : {Driven::rows, Driven::columns}) {
    for (auto const& [name, bounds] : kinds) {
      Settings bounded;
      bounded.analog.bounds = bounds;
      bounded.analog.adc.timing = AdcTiming::accumulated;
      bounded.analog.adc.comparator_noise = 0.5;
      bounded.device.read_noise = {.relative = 0.01, .line = 0.1};
      add_case(cases, driven, name, bounded, group);
    }
  }
}

}  // namespace

std::vector<Case> analog_cases() {
  std::vector<Case> cases;
  for (Driven const driven : {Driven::rows, Driven::columns}) {
    add_case(cases, driven, "none", {});
    Settings all;
    for (Effect const& effect : effects()) {
      Settings one;
      effect.set(one);
      add_case(cases, driven, effect.name, one);
      if (one.analog.adc.rounding == AdcRounding::nearest) effect.set(all);
    }
    add_case(cases, driven, "all", all);
  }
  using enum NoiseManagement;
  // A case's seed is its place, and a hash is that of a group: new cases come last, in new groups.
  add_scaled(cases, "analog_scaled", {abs_max, max, constant});
  add_bounded(cases, "analog_bounded",
              {{"both_ends", {.management = BoundManagement::iterative}},
               {"upper_end", {.management = BoundManagement::iterative, .test_negative = false}}});
  add_scaled(cases, "analog_scaled_by_means_and_sums", {average_abs_max, abs_max_np_sum});
  add_bounded(cases, "analog_worst_case",
              {{"worst_case", {.management = BoundManagement::worst_case}}});
  return cases;
}

}  // namespace panther::gpu_check
