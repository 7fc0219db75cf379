// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Question: how close do reads on one core come to the core's int16 multiply-add ceiling? A MAC is
// one device times one stream step. Ceilings (vpdpwssd on AVX-512 VNNI, vpmaddwd + vpaddd on AVX2)
// are measured just before each case. Goals: bit-serial from L2 at 60 % of the ceiling or more,
// columns driven (MTVM) within 1.3 times of rows driven (MVM). Each case is first compared with the
// definition, item by item.
//
// Columns: GMAC_per_s and us of the fastest call, share of the ceiling; float_ceiling is what state
// of float32 could reach.

#include <benchmark/benchmark.h>

#include <chrono>
#include <stdexcept>
#include <vector>

#include "bench/kernels/multiply_ceiling.hpp"
#include "kernels/base/backend.hpp"
#include "kernels/cpu/isa.hpp"
#include "kernels/xbar/analog_read.hpp"

namespace panther {
namespace {

struct Options {
  char const* name;
  int rows;
  int cols;
  ReadMode mode = ReadMode::bit_serial;
  int adc_bits = 8;
  float relative = 0.0F;
  float line = 0.0F;
  double driven = 1.0;  // share of inputs that are not zero
  AnalogReadConfig analog = {};
  CellReading reading = {};
};

Options analog_options(char const* name, AnalogReadConfig const& analog,
                       CellReading const& reading = {}, float line = 0.0F) {
  Options options{name, 128, 256, ReadMode::analog, 8, 0.0F, line};
  options.analog = analog;
  options.reading = reading;
  return options;
}

/// A layer of panther-16 in the backend's memory, and a call that reads it.
class Bench {
 public:
  Bench(Backend& backend, Options const& options, Driven driven, int examples) : backend_(backend) {
    std::uint64_t state = 1;
    auto const random = [&] {
      state = state * 6364136223846793005U + 1442695040888963407U;
      return static_cast<std::uint32_t>(state >> 33);
    };
    args_.slicing = make_slicing(SlicingConfig{});
    args_.shape = {
        1, 1, args_.slicing.planes(), options.rows, options.cols, aligned_columns(options.cols)};
    args_.driven = driven;
    args_.examples = examples;
    args_.mode = options.mode;
    args_.adc_bits = options.adc_bits;
    args_.dac_bits = 1;
    args_.block_lines = max_block_lines;
    std::vector<std::int16_t> codes(static_cast<std::size_t>(args_.shape.devices()));
    for (auto& code : codes) code = static_cast<std::int16_t>(random());
    std::vector<std::int16_t> inputs(static_cast<std::size_t>(examples * args_.driven_lines()));
    for (auto& input : inputs) {
      bool const zero = static_cast<double>(random()) >= options.driven * 0x1p31;
      input = zero ? std::int16_t{0} : static_cast<std::int16_t>(random());
    }
    DeviceConstants k;
    k.seed = 1;
    k.g_min_in_windows = 0.1F;
    k.read_relative = options.relative;
    k.read_line = options.line;
    args_.noisy = options.relative > 0.0F || options.line > 0.0F;
    DeviceConfig device;
    device.reading = options.reading;
    device.read_noise = {.relative = static_cast<double>(options.relative),
                         .line = static_cast<double>(options.line)};
    analog_ = {backend, std::vector<AnalogConstants>{analog_constants(
                            options.analog, device, args_.slicing, 1, options.adc_bits)}};
    codes_ = {backend, codes};
    inputs_ = {backend, inputs};
    constants_ = {backend, std::vector<DeviceConstants>{k}};
    counters_ = {backend, static_cast<std::size_t>(args_.slicing.slices)};
    steps_ = {backend,
              std::vector<std::int32_t>(static_cast<std::size_t>(args_.slicing.slices), 5000)};
    sums_ = {backend, static_cast<std::size_t>(args_.items())};
    args_.codes = codes_.data();
    args_.inputs = inputs_.data();
    args_.devices = constants_.data();
    args_.counters = counters_.data();
    args_.adc_step = steps_.data();
    args_.sums = sums_.data();
  }

  void run() {
    if (args_.mode == ReadMode::analog) {
      backend_.read_analog({args_, analog_.data(), false});
    } else {
      backend_.read(args_);
    }
  }

  /// MACs of one call by the definition of the mode.
  double products() const {
    return static_cast<double>(args_.shape.rows) * args_.shape.cols * args_.shape.planes *
           args_.examples * args_.stream_steps();
  }

  /// Compares with the definition: all of a small read, a sample of a large one.
  void validate() {
    run();
    auto const found = sums_.download();
    std::int64_t const stride = 1 + static_cast<std::int64_t>(products() / 1e8);
    if (args_.mode == ReadMode::analog) {
      compare(found, AnalogReadLine{{args_, analog_.data(), false}}, 16 * stride);
    } else {
      compare(found, ReadLine{args_}, stride);
    }
  }

 private:
  template <class Definition>
  void compare(std::vector<i128> const& found, Definition const& line, std::int64_t stride) {
    for (std::int64_t item = 0; item < args_.items(); item += stride) {
      line(item);
      if (sums_.data()[item] != found[static_cast<std::size_t>(item)]) {
        throw std::runtime_error("read differs from its definition at item " +
                                 std::to_string(item));
      }
    }
  }

  Backend& backend_;
  ReadArgs args_{};
  DeviceArray<AnalogConstants> analog_;
  DeviceArray<std::int16_t> codes_;
  DeviceArray<std::int16_t> inputs_;
  DeviceArray<DeviceConstants> constants_;
  DeviceArray<SliceCounters> counters_;
  DeviceArray<std::int32_t> steps_;
  DeviceArray<i128> sums_;
};

void measure(benchmark::State& state, Isa isa, Options const& options, Driven driven,
             int examples) {
  auto const backend = make_cpu_backend({.threads = 1, .isa = isa});
  Bench bench(*backend, options, driven, examples);
  try {
    bench.validate();
  } catch (std::runtime_error const& error) {
    state.SkipWithError(error.what());
    return;
  }
  double const top = ceiling(isa);
  double best = 1e9;
  for (auto _ : state) {
    Clock::time_point const start = Clock::now();
    bench.run();
    best = std::min(best, seconds(start));
  }
  double const rate = bench.products() / best;
  state.counters["GMAC_per_s"] = rate * 1e-9;
  state.counters["us"] = best * 1e6;
  if (top > 0.0) {
    state.counters["ceiling"] = top * 1e-9;
    state.counters["share"] = rate / top;
    state.counters["float_ceiling"] = float_ceiling(isa) * 1e-9;
  }
}

void add(Isa isa, Options const& options, int examples) {
  for (Driven const driven : {Driven::rows, Driven::columns}) {
    std::string const name = std::string(enum_name(isa)) + "/" + options.name +
                             (driven == Driven::rows ? "/mvm" : "/mtvm") +
                             "/batch:" + std::to_string(examples);
    benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
      measure(state, isa, options, driven, examples);
    })->Unit(benchmark::kMicrosecond);
  }
}

// State: 512 KiB (L2), 3 MiB (L3), 64 MiB (memory), 20 KiB (a last layer of ten classes).
Options const cases[] = {
    {"bit_serial/L2", 128, 256},
    {"bit_serial/L3", 784, 256},
    {"bit_serial/memory", 2048, 2048},
    {"bit_serial_ideal_adc/L2", 128, 256, ReadMode::bit_serial, 0},
    {"bit_serial_noisy/L2", 128, 256, ReadMode::bit_serial, 8, 0.02F, 0.5F},
    {"bit_serial_line_noise/L2", 128, 256, ReadMode::bit_serial, 8, 0.0F, 0.5F},
    analog_options("analog/L2", {}),
    analog_options("analog_line_noise/L2", {}, {}, 0.5F),
    analog_options("analog_driver_noise/L2", {.dac = {.noise = 0.02}}),
    analog_options("analog_shot/L2", {}, {.shot = true}),
    analog_options("analog_lines/L2", {.line = {.offset_std = 0.02, .s_shape = 0.1}}),
    analog_options("analog_sar/L2", {.adc = {.kind = AdcKind::sar, .capacitor_std = 0.02}}),
    analog_options("analog_accumulated/L2", {.adc = {.timing = AdcTiming::accumulated}}),
    analog_options("analog_telegraph/L2", {}, {.telegraph = {.amplitude = 0.1}}),
    analog_options("analog_flicker/L2", {}, {.flicker = {.sigma = 0.02}}),
    {"collapsed/L2", 128, 256, ReadMode::collapsed},
    {"collapsed/L3", 784, 256, ReadMode::collapsed},
    {"collapsed/memory", 2048, 2048, ReadMode::collapsed},
    {"collapsed_half_driven/L3", 784, 256, ReadMode::collapsed, 8, 0.0F, 0.0F, 0.5},
    {"collapsed_noisy/L3", 784, 256, ReadMode::collapsed, 8, 0.02F, 0.5F},
    {"collapsed_line_noise/L3", 784, 256, ReadMode::collapsed, 8, 0.0F, 0.5F},
    {"collapsed/128x10", 128, 10, ReadMode::collapsed},
};

[[maybe_unused]] int const registered = [] {
  for (Isa const isa : {Isa::avx512, Isa::avx2, Isa::scalar}) {
    if (!isa_available(isa)) continue;
    for (Options const& options : cases) {
      if (isa == Isa::scalar && (options.rows != 128 || options.cols != 256)) continue;
      for (int const examples : {1, 4, 16}) {
        if (isa == Isa::scalar && examples > 1) continue;
        add(isa, options, examples);
      }
    }
  }
  return 0;
}();

}  // namespace
}  // namespace panther
