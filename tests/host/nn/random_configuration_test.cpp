// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Any values of any keys within their ranges: the run is refused with a message, or trains to the
// same bits on the plain and on the fastest CPU path, also after a restore.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/host/nn/courses.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

/// Visits every key of a described struct and gives some of them random values of their ranges.
class Scatter {
 public:
  Scatter(Random& random, double share) : random_(random), share_(share) {}

  template <class T>
  void operator()(std::string_view name, T& value, Field const& field) {
    if constexpr (requires { T::fields(value, *this); }) {
      T::fields(value, *this);
    } else if (random_.chance(share_)) {
      change(name, value, field);
    }
  }

 private:
  void change(std::string_view, bool& value, Field const&) { value = random_.chance(0.5); }
  void change(std::string_view, std::string&, Field const&) {}
  void change(std::string_view, std::uint64_t& value, Field const&) { value = random_.word(); }
  void change(std::string_view, double& value, Field const& field) { value = number(field); }
  void change(std::string_view name, int& value, Field const& field) {
    // Sizes that only cost time and memory.
    bool const size = name == "batch" || name == "calibration_examples" || name == "attempts" ||
                      name == "epoch_examples";
    double const high = size ? 40.0 : field.hi;
    value = static_cast<int>(number({.lo = field.lo, .hi = high}));
  }
  void change(std::string_view, std::int64_t&, Field const&) {}
  template <DescribedEnum E>
  void change(std::string_view, E& value, Field const&) {
    auto const& words = EnumNames<E>::values;
    value =
        words[static_cast<std::size_t>(random_.whole(0, static_cast<int>(words.size()) - 1))].first;
  }
  template <class T>
  void change(std::string_view name, std::optional<T>& value, Field const& field) {
    value.emplace();
    change(name, *value, field);
  }
  void change(std::string_view, std::vector<int>& cells, Field const&) {
    int const slices = random_.pick<int>({1, 2, 4, 8, 16});
    cells.clear();
    for (int s = 0; s < slices; ++s) cells.push_back(random_.whole(2, 16));
  }
  void change(std::string_view, std::vector<double>& values, Field const& field) {
    values.resize(5);
    for (double& value : values) value = number(field);
  }
  void change(std::string_view, std::vector<LayerConfig>& layers, Field const&) {
    for (LayerConfig& layer : layers) {
      int const units = layer.units;
      LayerConfig::fields(layer, *this);
      layer.units = units;
    }
  }
  void change(std::string_view, LawParams& law, Field const&) {
    visit_law(random_.whole(0, LawList::size - 1),
              [&]<class Law>() { law = typename Law::Params{}; });
    std::visit([this](auto& params) { std::decay_t<decltype(params)>::fields(params, *this); },
               law);
  }

  /// An end of the range, or something between, small values as likely as large ones.
  double number(Field const& field) {
    int const kind = random_.whole(0, 4);
    if (kind == 0) return field.lo;
    if (kind == 1) return field.hi;
    double const span = field.hi - field.lo;
    return field.lo + span * std::pow(random_.real(0.0, 1.0), kind == 2 ? 1.0 : 6.0);
  }

  Random& random_;
  double share_;
};

/// Keys that only one encoding takes.
void agree_on_cells(Random& random, RunConfig& config) {
  SlicingConfig& slicing = config.slicing;
  bool const several = slicing.encoding == Encoding::vector;
  slicing.devices_per_cell.reset();
  if (several) slicing.devices_per_cell = random.pick<int>({2, 4, 8});
  if (!several) slicing.vector_policy = VectorPolicy::all;
  if (slicing.encoding != Encoding::one_sided) config.refresh.every = 0;
  if (slicing.encoding == Encoding::one_sided) {
    config.device.write_noise.hidden_std = 0.0;
    if (counts_pulses(config.device.law)) config.device.law = Ideal::Params{};
  }
  config.refresh.smaller = std::min(config.refresh.smaller, config.refresh.larger);
}

/// Digits that make up a weight, and formats that fit in it.
void agree_on_digits(RunConfig& config) {
  SlicingConfig& slicing = config.slicing;
  auto const slices = static_cast<int>(slicing.cell_bits_lsb_first.size());
  slicing.weight_bits = std::clamp(slicing.weight_bits / slices, 2, 32 / slices) * slices;
  int const digit = slicing.weight_bits / slices;
  for (int& bits : slicing.cell_bits_lsb_first) bits = std::max(bits, std::min(digit + 1, 16));
  int const most = slicing.weight_bits - 1;
  config.formats.w_frac = std::min(config.formats.w_frac, most);
  for (LayerConfig& layer : config.network.layers) {
    if (layer.w_frac) layer.w_frac = std::min(*layer.w_frac, most);
  }
}

/// Keys that only one kind of write noise takes.
void agree_on_noise(WriteNoise& noise) {
  bool const per_write =
      noise.kind == WriteNoiseKind::per_pulse || noise.kind == WriteNoiseKind::constant;
  if (per_write) noise.sigma = 0.0;
  if (!per_write) noise.c2c = 0.0;
  if (noise.kind != WriteNoiseKind::state_dependent) noise.add = noise.slope = 0.0;
}

void agree_on_devices(DeviceConfig& device) {
  if (counts_pulses(device.law)) device.write_noise.hidden_std = 0.0;
  agree_on_noise(device.write_noise);
  if (device.endurance.count == WriteCount::off) device.endurance = {};
  device.spread.nonlinearity_labels = 0.0;
  StuckCells& stuck = device.stuck;
  double const cells = stuck.cells();
  if (cells > 1.0) {
    for (double* share : {&stuck.low, &stuck.high, &stuck.dead}) *share /= 2.0 * cells;
  }
}

/// What a method of training needs of the others.
void agree_on_training(RunConfig& config) {
  if (config.training.optimizer != Optimizer::sgd) {
    config.update.method = UpdateMethod::batch_digits;
  }
  if (config.update.method != UpdateMethod::opa_streamed) {
    config.update.fidelity = Fidelity::aggregate;
  }
  if (config.training.epoch_examples) config.training.shuffle = true;
  for (LayerConfig& layer : config.network.layers) layer.read_threshold.reset();
  bool const linear = config.network.layers.back().activation == Activation::identity;
  config.network.loss = linear ? Loss::softmax_cross_entropy : Loss::squared_error;
}

RunConfig scattered(Random& random) {
  RunConfig config = random.pick(courses()).config;
  Scatter scatter(random, random.real(0.02, 0.4));
  RunConfig::fields(config, scatter);
  // What half of all random configurations would be refused for.
  if (random.chance(0.8)) config.read.dac_bits = random.pick<int>({1, 2, 4, 8});
  if (random.chance(0.8) && config.read.adc_bits != 0) config.read.mode = ReadMode::bit_serial;
  if (random.chance(0.9) && config.read.mode != ReadMode::analog) {
    config.read.analog = {};
    config.device.reading = {};
  }
  if (random.chance(0.8)) config.read.analog.adc.bits_lsb_first.clear();
  if (config.read.analog.inputs.noise_management == NoiseManagement::off) {
    config.read.analog.inputs.limit = 1.0;
  }
  BoundManagementConfig& bounds = config.read.analog.bounds;
  if (bounds.management == BoundManagement::off) bounds = {};
  if (config.read.adc_bits == 0 && random.chance(0.8)) bounds = {};
  if (config.read.analog.inputs.noise_management != NoiseManagement::abs_max_np_sum &&
      bounds.management != BoundManagement::worst_case) {
    config.read.analog.inputs.full_lines = InputScalingConfig{}.full_lines;
  }
  // Lines a trillion times as resistive as devices take the iteration to its limit: that run ends.
  if (config.update.wires.model == WireModel::fixed_point) {
    config.update.wires = {};
    config.update.wires.model = WireModel::fixed_point;
  }
  if (config.read.wires.model == WireModel::fixed_point) {
    config.read.wires = {};
    config.read.wires.model = WireModel::fixed_point;
  }
  if (random.chance(0.8)) agree_on_cells(random, config);
  if (random.chance(0.9)) agree_on_digits(config);
  if (random.chance(0.9)) agree_on_devices(config.device);
  if (random.chance(0.9)) agree_on_training(config);
  return config;
}

/// False if the configuration was refused.
bool run_one(RunConfig const& config, Backend& plain, Backend& fast) {
  std::unique_ptr<Trainer> reference;
  try {
    reference = single_trainer(config, course_data(), plain);
  } catch (std::invalid_argument const& error) {
    EXPECT_GT(std::string(error.what()).size(), 20U) << error.what();
    return false;
  }
  train_batches(*reference, 2);
  StateMap middle = state_of(*reference);
  train_batches(*reference, 2);
  reference->evaluate(course_data().test);
  auto const other = single_trainer(config, course_data(), fast);
  train_batches(*other, 4);
  EXPECT_EQ(first_difference(state_of(*reference), state_of(*other)), "") << "backends differ";
  auto const restored = single_trainer(config, course_data(), fast);
  restored->archive(StateArchive::loader(middle));
  train_batches(*restored, 2);
  EXPECT_EQ(first_difference(state_of(*reference), state_of(*restored)), "") << "restored differs";
  return true;
}

TEST(RandomConfiguration, IsRefusedOrReproducible) {
  auto const plain = plain_backend();
  auto const fast = make_cpu_backend({.threads = 2});
  int accepted = 0;
  int const count = trials(400);
  for (int trial = 0; trial < count; ++trial) {
    Random random(1000 + static_cast<std::uint64_t>(trial));
    SCOPED_TRACE(random.trace());
    accepted += run_one(scattered(random), *plain, *fast) ? 1 : 0;
    if (HasFailure()) break;
  }
  EXPECT_GT(accepted, count / 3);
}

}  // namespace
}  // namespace panther::test
