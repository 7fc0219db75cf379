// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/gpu_check/throughput.hpp"

#include <chrono>
#include <cstdio>
#include <functional>
#include <type_traits>

#include "host/nn/trainer.hpp"
#include "host/tools/gpu_check/random_crossbar.hpp"
#include "kernels/cuda/ceilings.hpp"

namespace panther::gpu_check {

namespace {

constexpr int rows = 785;  // first layer of 784-256-...
constexpr int cols = 256;

/// Index in LawList.
template <class Law>
int law_index() {
  int found = 0;
  for (int law = 0; law < LawList::size; ++law) {
    visit_law(law, [&]<class Other>() { found = std::is_same_v<Law, Other> ? law : found; });
  }
  return found;
}

Exponential::Params labelled() {
  Exponential::Params params;
  params.label_up = 2.4;
  params.label_down = -4.88;
  return params;
}

/// The layer of a family of replicas, with random states and inputs.
class Family {
 public:
  Family(Backend& backend, int replicas)
      : slicing_(make_slicing({})),
        shape_{replicas, 1, slicing_.planes(), rows, cols, aligned_columns(cols)},
        codes_(backend, random_codes()),
        devices_(backend, constants(replicas)),
        ideal_(backend, std::vector<LawParams>(at(replicas), Ideal::Params{}), slicing_),
        exponential_(backend, std::vector<LawParams>(at(replicas), labelled()), slicing_),
        counters_(backend, at(replicas * slicing_.slices)),
        layer_counters_(backend, at(replicas)),
        x_(backend, words(replicas * rows)),
        u_(backend, words(replicas * cols)),
        drop_(backend, std::vector<std::int32_t>(at(replicas), 12)),
        adc_step_(backend, std::vector<std::int32_t>(at(replicas * slicing_.slices), 2048)),
        sums_(backend, at(replicas * rows)) {}

  double devices() const { return static_cast<double>(shape_.devices()); }

  ReadArgs read(Driven driven, ReadMode mode) {
    ReadArgs args{};
    args.shape = shape_;
    args.slicing = slicing_;
    args.codes = codes_.data();
    args.devices = devices_.data();
    args.counters = counters_.data();
    args.inputs = driven == Driven::rows ? x_.data() : u_.data();
    args.sums = sums_.data();
    args.examples = 1;
    args.block_lines = max_block_lines;
    args.dac_bits = 1;
    args.adc_bits = mode == ReadMode::bit_serial ? 8 : 0;
    args.adc_step = adc_step_.data();
    args.driven = driven;
    args.mode = mode;
    return args;
  }

  UpdateArgs update(int law, WriteNoiseKind noise, CodeRounding rounding) {
    UpdateArgs args{};
    args.shape = shape_;
    args.slicing = slicing_;
    args.codes = codes_.data();
    args.devices = devices_.data();
    args.law = law == law_index<Ideal>() ? ideal_.data() : exponential_.data();
    args.counters = counters_.data();
    args.layer_counters = layer_counters_.data();
    args.x = x_.data();
    args.u = u_.data();
    args.drop = drop_.data();
    args.set_mask = 1;
    args.examples = 1;
    args.batch = 1;
    args.noise = noise;
    args.rounding = rounding;
    return args;
  }

  ResolveArgs resolve() {
    ResolveArgs args{};
    args.shape = shape_;
    args.slicing = slicing_;
    args.codes = codes_.data();
    args.devices = devices_.data();
    args.law = ideal_.data();
    args.counters = counters_.data();
    args.layer_counters = layer_counters_.data();
    args.addend_set = no_set;
    args.target_mask = 1;
    return args;
  }

 private:
  static std::size_t at(int size) { return static_cast<std::size_t>(size); }

  static std::vector<DeviceConstants> constants(int replicas) {
    DeviceConfig device;
    device.write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.05};
    std::vector<DeviceConstants> all;
    for (int r = 0; r < replicas; ++r) {
      all.push_back(device_constants(device, static_cast<std::uint64_t>(r)));
    }
    return all;
  }

  /// Whole levels near the middle of the window, so that nothing saturates at once.
  std::vector<std::int16_t> random_codes() const {
    Draws draws(7000);
    std::vector<std::int16_t> codes(static_cast<std::size_t>(shape_.devices()));
    for (auto& code : codes) code = static_cast<std::int16_t>(draws.whole(-4, 3) * 1024);
    return codes;
  }

  /// Nonzero, so that every device moves.
  static std::vector<std::int16_t> words(int size) {
    Draws draws(7001);
    std::vector<std::int16_t> values(static_cast<std::size_t>(size));
    for (auto& value : values) value = static_cast<std::int16_t>(draws.whole(1, 16383) * 2 - 16383);
    return values;
  }

  Slicing slicing_;
  XbarShape shape_;
  DeviceArray<std::int16_t> codes_;
  DeviceArray<DeviceConstants> devices_;
  LawMemory ideal_;
  LawMemory exponential_;
  DeviceArray<SliceCounters> counters_;
  DeviceArray<LayerCounters> layer_counters_;
  DeviceArray<std::int16_t> x_;
  DeviceArray<std::int16_t> u_;
  DeviceArray<std::int32_t> drop_;
  DeviceArray<std::int32_t> adc_step_;
  DeviceArray<i128> sums_;
};

/// Seconds a call, of enough calls for a tenth of a second.
double seconds_of(Backend& backend, std::function<void()> const& call) {
  using Clock = std::chrono::steady_clock;
  for (int warm = 0; warm < 3; ++warm) call();
  backend.synchronise();
  for (int calls = 4;; calls *= 2) {
    auto const begin = Clock::now();
    for (int i = 0; i < calls; ++i) call();
    backend.synchronise();
    std::chrono::duration<double> const elapsed = Clock::now() - begin;
    if (elapsed.count() > 0.1) return elapsed.count() / calls;
  }
}

struct Measurement {
  char const* name;
  double bytes;     // a device, at least
  double products;  // a device; 0: not made of products
  std::function<void()> call;
};

std::vector<Measurement> measurements(Backend& backend, Family& family) {
  auto const read = [&](Driven driven, ReadMode mode) {
    return [&backend, args = family.read(driven, mode)] { backend.read(args); };
  };
  auto const update = [&](int law, WriteNoiseKind noise, CodeRounding rounding) {
    return
        [&backend, law, args = family.update(law, noise, rounding)] { backend.update(law, args); };
  };
  return {{"MVM, collapsed", 2, 2, read(Driven::rows, ReadMode::collapsed)},
          {"MTVM, collapsed", 2, 2, read(Driven::columns, ReadMode::collapsed)},
          {"MVM, bit-serial, 8-bit ADC", 2, 16, read(Driven::rows, ReadMode::bit_serial)},
          {"MTVM, bit-serial, 8-bit ADC", 2, 16, read(Driven::columns, ReadMode::bit_serial)},
          {"update, ideal", 4, 0,
           update(law_index<Ideal>(), WriteNoiseKind::off, CodeRounding::nearest)},
          {"update, exponential", 4, 0,
           update(law_index<Exponential>(), WriteNoiseKind::off, CodeRounding::nearest)},
          {"update, exponential with noise", 4, 0,
           update(law_index<Exponential>(), WriteNoiseKind::additive, CodeRounding::stochastic)},
          {"carry resolution, ideal", 2, 0,
           [&backend, args = family.resolve()] { backend.resolve(law_index<Ideal>(), args); }}};
}

void print_row(int replicas, double devices, Measurement const& measured, double seconds,
               cuda::Ceilings const& ceilings) {
  double const rate = devices / seconds;
  std::printf("  %-32s R %3d  %10.1f us  %9.2f G devices/s  %5.1f %% of copy", measured.name,
              replicas, 1e6 * seconds, 1e-9 * rate,
              100.0 * rate * measured.bytes / ceilings.copy_bytes);
  if (measured.products > 0) {
    std::printf("  %5.1f %% of dp2a", 100.0 * rate * measured.products / ceilings.dp2a_products);
  }
  std::printf("\n");
}

/// A 784-256-128-10 network, batch 1, collapsed reads, exponential devices with noise and
/// variation.
RunConfig training_config() {
  RunConfig config;
  config.network.layers.resize(3);
  config.network.layers[0].units = 256;
  config.network.layers[0].activation = Activation::relu;
  config.network.layers[1].units = 128;
  config.network.layers[1].activation = Activation::relu;
  config.network.layers[2].units = 10;
  config.device.law = labelled();
  config.device.write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.05};
  config.device.spread.slope = 0.1;
  return config;
}

void print_training(Backend& cuda, int replicas) {
  constexpr int images = 1024;
  constexpr int warm = 64;
  Draws draws(7002);
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(images) * 784);
  for (auto& pixel : pixels) {  // one in five is not dark, as in handwritten digits
    pixel = static_cast<std::uint8_t>(draws.one_in(5) ? draws.whole(1, 255) : 0);
  }
  std::vector<std::uint8_t> labels(images);
  for (auto& label : labels) label = static_cast<std::uint8_t>(draws.whole(0, 9));
  RunConfig const config = training_config();
  std::vector<Replica> family;
  for (int r = 0; r < replicas; ++r) family.push_back({draws.wide(), config.device});
  Trainer trainer(config, {784, 10, {pixels, labels}, {pixels, labels}}, cuda, family, {});
  for (int i = 0; i < warm; ++i) trainer.run_batch();
  cuda.synchronise();
  auto const begin = std::chrono::steady_clock::now();
  while (!trainer.epoch_done()) trainer.run_batch();
  cuda.synchronise();
  std::chrono::duration<double> const elapsed = std::chrono::steady_clock::now() - begin;
  double const step = elapsed.count() / (images - warm);
  std::printf("  %-32s R %3d  %10.1f us  %9.0f examples/s of all replicas\n",
              "training step, batch 1", replicas, 1e6 * step, replicas / step);
}

}  // namespace

void print_throughput(Backend& cuda) {
  cuda::Ceilings const ceilings = cuda::measure_ceilings();
  std::printf(
      "ceilings, measured: copy %.0f GB/s (read + written), integer products in T/s: IMAD %.2f, "
      "dp2a %.2f, dp4a %.2f\n"
      "throughput, one layer of %d x %d weights in 8 slices, R replicas:\n",
      1e-9 * ceilings.copy_bytes, 1e-12 * ceilings.imad_products, 1e-12 * ceilings.dp2a_products,
      1e-12 * ceilings.dp4a_products, rows, cols);
  for (int const replicas : {1, 4, 16, 64, 256}) {
    Family family(cuda, replicas);
    for (Measurement const& measured : measurements(cuda, family)) {
      print_row(replicas, family.devices(), measured, seconds_of(cuda, measured.call), ceilings);
    }
  }
  std::printf("training, 784-256-128-10, one call per image and replica:\n");
  for (int const replicas : {1, 16, 64}) print_training(cuda, replicas);
}

}  // namespace panther::gpu_check
