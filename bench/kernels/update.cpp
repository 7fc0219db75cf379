// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Question: how many device updates a second does one core apply, and what does each property of
// the devices cost? One layer of 128 x 256 weights in 8 slices (512 KiB of state, in the L2 cache),
// all rows and columns driven, every slice with steps. Each case is first compared with the plain
// functor, bit for bit.
//
// Columns: updates/s, and cycles an update (the clock is measured by a chain of dependent
// additions).

#include <benchmark/benchmark.h>

#include <chrono>
#include <random>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/base/backend.hpp"
#include "kernels/base/law_memory.hpp"

namespace panther {
namespace {

constexpr int rows = 128;
constexpr int cols = 256;

/// Clock of this core, GHz: dependent additions take a cycle each.
double clock_ghz() {
  double best = 0.0;
  for (int trial = 0; trial < 5; ++trial) {
    constexpr std::int64_t count = 50'000'000;
    auto const start = std::chrono::steady_clock::now();
    std::int64_t value = 1;
    for (std::int64_t i = 0; i < count; ++i) asm volatile("add $1, %0" : "+r"(value));
    std::chrono::duration<double> const taken = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(count) / taken.count() * 1e-9);
  }
  return best;
}

struct Case {
  std::string name;
  DeviceConfig device;
  bool stored = true;
  double rows = 1.0;     // share of rows that are driven
  double columns = 1.0;  // of columns
  Fidelity fidelity = Fidelity::aggregate;
  bool shared = false;  // devices take shares of their steps
};

DeviceConfig exponential_device() {
  DeviceConfig device;
  Exponential::Params law;
  law.label_up = 2.4;
  law.label_down = -4.88;
  device.law = law;
  return device;
}

DeviceConfig noisy_device() {
  DeviceConfig device = exponential_device();
  device.write_noise.kind = WriteNoiseKind::additive;
  device.write_noise.sigma = 0.05;
  return device;
}

DeviceConfig varied_device() {
  DeviceConfig device = noisy_device();
  device.spread = {.slope = 0.1, .slope_correlation = 0.0, .window = 0.05, .nonlinearity = 0.1};
  return device;
}

DeviceConfig counting_device() {
  DeviceConfig device = exponential_device();
  device.write_noise = {.kind = WriteNoiseKind::per_pulse, .c2c = 0.01};
  return device;
}

/// Every kind of variation and fault.
DeviceConfig faulty_device() {
  DeviceConfig device = varied_device();
  device.spread.distribution = SlopeDistribution::log_normal;
  device.spread.asymmetry = 0.05;
  device.stuck = {.dead = 0.01, .map = FaultMap::clustered, .word_lines = 0.01};
  return device;
}

/// Every law bends; its cost does not depend on how much.
template <class Law>
typename Law::Params typical_law() {
  typename Law::Params params;
  if constexpr (requires { params.alpha_up; }) params.alpha_up = params.alpha_down = 2.0;
  if constexpr (requires { params.pow_gamma; }) params.pow_gamma = 1.5;
  if constexpr (requires { params.piecewise_up; }) {
    params.piecewise_up = {1.5, 1.2, 1.0, 0.7, 0.5};
    params.piecewise_down = {0.4, 0.8, 1.0, 1.2, 1.6};
  }
  if constexpr (std::is_same_v<Law, LinearStep>) params.gamma_up = params.gamma_down = 0.5;
  return params;
}

std::vector<Case> cases() {
  DeviceConfig nearest = exponential_device();
  nearest.rounding = CodeRounding::nearest;
  std::vector<Case> list = {
      {.name = "ideal", .device = {}},
      {.name = "ideal, 25 % of rows", .device = {}, .rows = 0.25},
      {.name = "ideal, 25 % of rows and columns", .device = {}, .rows = 0.25, .columns = 0.25},
      {.name = "exponential, nearest", .device = nearest},
      {.name = "exponential, stochastic", .device = exponential_device()},
      {.name = "exponential, write noise", .device = noisy_device()},
      {.name = "exponential, write noise, 25 % of rows", .device = noisy_device(), .rows = 0.25},
      {.name = "exponential, write noise, 25 % of rows and columns",
       .device = noisy_device(),
       .rows = 0.25,
       .columns = 0.25},
      {.name = "exponential, noise, variation stored", .device = varied_device()},
      {.name = "exponential, noise, variation regenerated",
       .device = varied_device(),
       .stored = false},
      {.name = "exponential, noise of pulses", .device = counting_device()},
      {.name = "exponential, noise, faults stored", .device = faulty_device()},
      {.name = "exponential, noise, faults regenerated",
       .device = faulty_device(),
       .stored = false},
      {.name = "exponential, noise, each pulse",
       .device = noisy_device(),
       .fidelity = Fidelity::pulse},
      {.name = "ideal, shares of steps", .device = {}, .shared = true},
      {.name = "exponential, stochastic, shares of steps",
       .device = exponential_device(),
       .shared = true},
      {.name = "exponential, write noise, shares of steps",
       .device = noisy_device(),
       .shared = true}};
  for (int law = 0; law < LawList::size; ++law) {
    visit_law(law, [&]<class Law>() {
      Case each{.name = "law " + std::string(Law::Params::name), .device = nearest};
      each.device.law = typical_law<Law>();
      list.push_back(each);
      each.name += ", variation stored";
      each.device.spread = varied_device().spread;
      list.push_back(each);
    });
  }
  return list;
}

/// One layer and one example on a backend of one thread.
class Layer {
 public:
  Layer(Case const& setting, Isa isa)
      : backend_(make_cpu_backend({.threads = 1, .isa = isa})),
        law_(static_cast<int>(setting.device.law.index())) {
    slicing_ = make_slicing({});
    shape_ = {1, 1, slicing_.planes(), rows, cols, aligned_columns(cols)};
    fill_state();
    fill_vectors(setting);
    devices_ = {*backend_, std::vector{device_constants(setting.device, 7)}};
    law_memory_ = {*backend_, {setting.device.law}, slicing_};
    counters_.resize(static_cast<std::size_t>(slicing_.slices));
    describe(setting);
  }

  void update() {
    backend_->update(law_, args_);
    ++args_.first_step;
  }

  struct State {
    std::vector<std::int16_t> codes;
    std::vector<std::int16_t> progress;  // of a law that counts pulses
    bool operator==(State const&) const = default;
  };

  /// The same update by the functor alone, on a copy of the state.
  State expected() {
    State copy = state_;
    UpdateArgs args = args_;
    args.codes = copy.codes.data();
    args.progress = copy.progress.data();
    std::vector<SliceCounters> aside(counters_.size());
    args.counters = aside.data();
    visit_law(law_, [&]<class Law>() {
      UpdateLane<Law> const lane{args};
      for (std::int64_t item = 0; item < lane.items(); ++item) lane(item);
    });
    return copy;
  }

  State const& state() const { return state_; }
  std::uint64_t updates() const {
    std::uint64_t sum = 0;
    for (SliceCounters const& slice : counters_) sum += slice.updates;
    return sum;
  }

 private:
  void fill_state() {
    std::mt19937 random(1);
    state_.codes.resize(static_cast<std::size_t>(shape_.devices()));
    for (std::int16_t& code : state_.codes)
      code = static_cast<std::int16_t>((static_cast<int>(random() % 40) - 20) * 1024);
    state_.progress.resize(state_.codes.size());
  }

  void fill_vectors(Case const& setting) {
    std::mt19937 random(2);
    auto const words = [&](int count, double driven) {
      std::vector<std::int16_t> values(static_cast<std::size_t>(count), 0);
      for (std::int16_t& value : values) {
        bool const on = static_cast<double>(random() % 1000) < 1000.0 * driven;
        value = on ? static_cast<std::int16_t>(static_cast<int>(random() % 65535) - 32767)
                   : std::int16_t{0};
      }
      return values;
    };
    x_ = words(rows, setting.rows);
    u_ = words(cols, setting.columns);
  }

  void describe(Case const& setting) {
    args_.shape = shape_;
    args_.slicing = slicing_;
    args_.codes = state_.codes.data();
    args_.progress = state_.progress.data();
    args_.traits = {variation_of(setting.device), nullptr, shape_.devices()};
    if (setting.stored && args_.traits.variation.any()) {
      traits_.resize(state_.codes.size() *
                     static_cast<std::size_t>(stored_trait_bytes(args_.traits.variation)));
      args_.traits.stored = traits_.data();
      backend_->store_traits({shape_, devices_.data(), traits_.data(), args_.traits.variation, 0});
    }
    if (setting.shared) {
      std::mt19937 random(3);
      shares_.resize(state_.codes.size());
      for (auto& share : shares_) share = static_cast<std::uint16_t>(random() % (share_one + 1));
      args_.shares = shares_.data();
    }
    args_.devices = devices_.data();
    args_.law = law_memory_.data();
    args_.counters = counters_.data();
    args_.layer_counters = &layer_counters_;
    args_.x = x_.data();
    args_.u = u_.data();
    args_.drop = &drop_;
    args_.set_mask = 1;
    args_.examples = 1;
    args_.batch = 1;
    args_.fidelity = setting.fidelity;
    args_.noise = setting.device.write_noise.kind;
    args_.rounding = setting.device.rounding;
  }

  std::unique_ptr<Backend> backend_;
  int law_;
  Slicing slicing_{};
  XbarShape shape_{};
  State state_;
  std::vector<std::int8_t> traits_;
  std::vector<std::uint16_t> shares_;
  std::vector<std::int16_t> x_;
  std::vector<std::int16_t> u_;
  std::int32_t drop_ = 15;
  DeviceArray<DeviceConstants> devices_;
  LawMemory law_memory_;
  std::vector<SliceCounters> counters_;
  LayerCounters layer_counters_{};
  UpdateArgs args_{};
};

void run(benchmark::State& state, Case const& setting, Isa isa) {
  Layer layer(setting, isa);
  Layer::State const expected = layer.expected();
  layer.update();
  if (layer.state() != expected) throw std::runtime_error("update differs from the functor");
  std::uint64_t const before = layer.updates();
  auto const begin = std::chrono::steady_clock::now();
  for (auto _ : state) layer.update();
  std::chrono::duration<double, std::nano> const elapsed = std::chrono::steady_clock::now() - begin;
  auto const updates = static_cast<double>(layer.updates() - before);
  state.counters["updates/s"] = benchmark::Counter(updates, benchmark::Counter::kIsRate);
  state.counters["cycles/update"] = elapsed.count() * clock_ghz() / updates;
}

void register_all() {
  for (Isa const isa : {Isa::avx512, Isa::avx2, Isa::scalar}) {
    try {
      make_cpu_backend({.threads = 1, .isa = isa});
    } catch (BackendError const&) {
      continue;
    }
    for (Case const& setting : cases()) {
      std::string const name = "update/" + std::string(enum_name(isa)) + "/" + setting.name;
      benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
        run(state, setting, isa);
      })->Unit(benchmark::kMicrosecond);
    }
  }
}

}  // namespace
}  // namespace panther

int main(int argc, char** argv) {
  panther::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
