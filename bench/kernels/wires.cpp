// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Question: how many crossbars with resistive wires does one core solve a second? Square arrays of
// devices of 1 to 10 uS in 8 vectors of inputs, wires of one resistance on both sides, one end of
// each line. A solve is one vector of inputs; each case is first compared with the exact solver.
// What a pass of the first-order models costs, and what one costs between two looks.
// bench/kernels/wires_scipy.py runs this program and a sparse direct solver on the same arrays.

#include <benchmark/benchmark.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/base/backend.hpp"
#include "kernels/wires/exact.hpp"
#include "kernels/wires/follow.hpp"
#include "kernels/wires/shares.hpp"
#include "kernels/wires/solve.hpp"

namespace panther {
namespace {

constexpr int inputs = 8;
constexpr double tolerance = 1e-6;

/// The same numbers as in wires_scipy.py.
struct Congruential {
  std::uint64_t state = 1;
  double next() {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state >> 11) * 0x1p-53;
  }
};

struct Array {
  Array(int lines, double ohm) : size(lines), params{.word_ohm = ohm, .bit_ohm = ohm} {
    Congruential numbers;
    for (int i = 0; i < lines * lines; ++i) siemens.push_back(1e-6 * (1.0 + 9.0 * numbers.next()));
    for (int i = 0; i < lines * inputs; ++i) volts.push_back(numbers.next());
    amperes.resize(volts.size());
  }

  WireSolveArgs args() {
    return {.circuit = circuit_of(params, Driven::rows),
            .siemens = siemens.data(),
            .volts = volts.data(),
            .amperes = amperes.data(),
            .outcomes = outcomes.data(),
            .crossbars = 1,
            .rows = size,
            .cols = size,
            .inputs = inputs,
            .tolerance = tolerance,
            .iterations = 10000};
  }

  void check() const {
    ExactWires const exact(circuit_of(params, Driven::rows), size, size, siemens);
    double error = 0.0;
    double total = 0.0;
    auto const lines = static_cast<std::size_t>(size);
    for (std::size_t k = 0; k < inputs; ++k) {
      auto const expected = exact.solve(std::span(volts).subspan(k * lines, lines)).sensed_ampere;
      for (std::size_t j = 0; j < lines; ++j) {
        error += std::abs(amperes[k * lines + j] - expected[j]);
        total += expected[j];
      }
    }
    if (!(error <= 2.0 * tolerance * total))
      throw std::runtime_error("differs from the exact solver");
  }

  double total() const {
    double sum = 0.0;
    for (double const ampere : amperes) sum += ampere;
    return sum;
  }

  int size;
  WireParams params;
  std::vector<double> siemens;
  std::vector<double> volts;
  std::vector<double> amperes;
  std::vector<WireOutcome> outcomes{inputs};
};

void iterate(benchmark::State& state, int size, double ohm, Isa isa) {
  auto const backend = make_cpu_backend({.threads = 1, .isa = isa});
  Array array(size, ohm);
  backend->solve_wires(array.args());
  array.check();
  for (auto _ : state) backend->solve_wires(array.args());
  state.counters["solves/s"] = benchmark::Counter(static_cast<double>(state.iterations()) * inputs,
                                                  benchmark::Counter::kIsRate);
  state.counters["iterations"] = array.outcomes[0].iterations;
  state.counters["total_ampere"] = array.total();
}

/// All inputs there are, at once.
void eliminate(benchmark::State& state, int size, double ohm) {
  Array const array(size, ohm);
  for (auto _ : state) {
    ExactWires const exact(circuit_of(array.params, Driven::rows), size, size, array.siemens);
    benchmark::DoNotOptimize(exact.effective().data());
  }
}

void see(benchmark::State& state, int size) {
  auto const backend = make_cpu_backend({.threads = 1});
  Slicing const slicing = make_slicing({});
  XbarShape const shape{1, 1, slicing.planes(), size, size, aligned_columns(size)};
  std::vector<std::int16_t> const codes(static_cast<std::size_t>(shape.devices()), 1000);
  std::vector<std::int16_t> seen(codes.size());
  std::vector<float> drops(codes.size());
  SiemensWindow const window{1e-6, 9e-6};
  SeenArgs args{};
  args.shape = shape;
  args.slicing = slicing;
  args.codes = codes.data();
  args.seen = seen.data();
  args.drops = drops.data();
  args.windows = &window;
  args.circuit = circuit_of({}, Driven::rows);
  args.block_lines = max_wire_lines;
  for (auto _ : state) backend->see(args);
  if (seen[0] >= 1000 || seen[0] < 900) throw std::runtime_error("drops are not of a few percent");
  state.counters["devices/s"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(shape.devices()),
      benchmark::Counter::kIsRate);
}

void share_steps(benchmark::State& state, int size) {
  auto const backend = make_cpu_backend({.threads = 1});
  Slicing const slicing = make_slicing({});
  XbarShape const shape{1, 1, slicing.planes(), size, size, aligned_columns(size)};
  std::vector<std::int16_t> const codes(static_cast<std::size_t>(shape.devices()), 1000);
  std::vector<std::uint16_t> shares(codes.size());
  std::vector<float> drops(codes.size());
  SiemensWindow const window{1e-6, 9e-6};
  ShareArgs args{};
  args.devices.shape = shape;
  args.devices.slicing = slicing;
  args.devices.codes = codes.data();
  args.devices.drops = drops.data();
  args.devices.windows = &window;
  args.devices.circuit = circuit_of({}, Driven::rows);
  args.devices.block_lines = max_wire_lines;
  args.shares = shares.data();
  args.threshold = 0.1;
  args.active = 1.0;
  for (auto _ : state) backend->share_steps(args);
  if (shares[0] >= share_one || shares[0] < share_one * 9 / 10) {
    throw std::runtime_error("drops are not of a few percent");
  }
  state.counters["devices/s"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(shape.devices()),
      benchmark::Counter::kIsRate);
}

/// Reads between two looks: devices of a layer of 784 x 512, beyond the caches.
void follow(benchmark::State& state) {
  auto const backend = make_cpu_backend({.threads = 1});
  Slicing const slicing = make_slicing({});
  XbarShape const shape{1, 1, slicing.planes(), 784, 512, 512};
  std::vector<std::int16_t> const codes(static_cast<std::size_t>(shape.devices()), 1000);
  std::vector<std::int16_t> const seen_then(codes.size(), 900);
  std::vector<std::int16_t> const own_then(codes.size(), 950);
  std::vector<std::int16_t> seen(codes.size());
  FollowArgs const args{.shape = shape,
                        .codes = codes.data(),
                        .own_then = own_then.data(),
                        .seen_then = seen_then.data(),
                        .seen = seen.data(),
                        .set = 0};
  for (auto _ : state) backend->follow(args);
  if (seen.front() != 950 || seen.back() != 950) throw std::runtime_error("codes do not follow");
  state.counters["devices/s"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(shape.devices()),
      benchmark::Counter::kIsRate);
}

void register_all() {
  for (int const size : {32, 64, 128}) {
    for (double const ohm : {0.35, 10.0, 1000.0}) {
      std::string const of = std::to_string(size) + "/" + std::to_string(ohm) + "_ohm";
      for (Isa const isa : {Isa::avx512, Isa::avx2, Isa::scalar}) {
        try {
          make_cpu_backend({.threads = 1, .isa = isa});
        } catch (BackendError const&) {
          continue;
        }
        std::string const name = "wires/iterate/" + std::string(enum_name(isa)) + "/" + of;
        benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
          iterate(state, size, ohm, isa);
        })->Unit(benchmark::kMicrosecond);
      }
    }
    benchmark::RegisterBenchmark(("wires/eliminate/" + std::to_string(size)).c_str(),
                                 [=](benchmark::State& state) { eliminate(state, size, 10.0); })
        ->Unit(benchmark::kMicrosecond);
  }
  benchmark::RegisterBenchmark("wires/see/128", [](benchmark::State& state) {
    see(state, 128);
  })->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark("wires/follow", follow)->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark("wires/share_steps/128", [](benchmark::State& state) {
    share_steps(state, 128);
  })->Unit(benchmark::kMicrosecond);
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
