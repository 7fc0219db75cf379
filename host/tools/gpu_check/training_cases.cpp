// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Short training runs: the operations in the order and with the arguments that training gives them.

#include <memory>

#include "host/nn/trainer.hpp"
#include "host/tools/gpu_check/cases.hpp"
#include "host/tools/gpu_check/random_crossbar.hpp"

namespace panther::gpu_check {

namespace {

constexpr int pixels = 42;
constexpr int classes = 5;
constexpr int examples = 26;
constexpr int epochs = 2;

struct TrainingCase {
  RunConfig config;
  std::vector<Replica> replicas;
  std::vector<std::uint8_t> images;
  std::vector<std::uint8_t> labels;
  bool store_variation;

  Outcome operator()(Backend& backend, Replicas chosen) const;
};

template <class T>
void append(std::vector<std::byte>& bytes, std::vector<T> const& values) {
  auto const* const from = reinterpret_cast<std::byte const*>(values.data());
  bytes.insert(bytes.end(), from, from + values.size() * sizeof(T));
}

std::vector<std::byte> activity_bytes(Trainer const& trainer, int replica) {
  std::vector<std::byte> bytes;
  for (LayerActivity const& activity : trainer.activity(replica)) {
    append(bytes, activity.slices);
    append(bytes, std::vector<LayerCounters>{activity.layer});
    append(bytes, std::vector<std::uint64_t>{activity.carries});
  }
  return bytes;
}

std::vector<std::byte> code_bytes(Trainer const& trainer, int replica) {
  std::vector<std::byte> bytes;
  for (DenseLayer const& layer : trainer.layers()) {
    for (int set = 0; set < layer.shape().sets; ++set) append(bytes, layer.codes(replica, set));
  }
  return bytes;
}

Outcome TrainingCase::operator()(Backend& backend, Replicas chosen) const {
  TrainingData const data{pixels, classes, {images, labels}, {images, labels}};
  auto const first = replicas.begin() + chosen.first;
  Trainer trainer(config, data, backend, {first, first + chosen.count},
                  {.store_variation = store_variation, .evaluation_batch = 10});
  Outcome outcome;
  for (char const* const name : {"scores", "activity", "codes"}) {
    outcome.push_back(
        {name, std::vector<std::vector<std::byte>>(static_cast<std::size_t>(chosen.count))});
  }
  for (int epoch = 0; epoch < epochs; ++epoch) {
    while (!trainer.epoch_done()) trainer.run_batch();
    std::vector<Score> const training = trainer.training_scores();
    trainer.finish_epoch();
    std::vector<Score> const test = trainer.evaluate(data.test);
    for (std::size_t r = 0; r < training.size(); ++r) {
      append(outcome[0].replicas[r], std::vector<Score>{training[r], test[r]});
    }
  }
  for (int r = 0; r < chosen.count; ++r) {
    outcome[1].replicas[static_cast<std::size_t>(r)] = activity_bytes(trainer, r);
    outcome[2].replicas[static_cast<std::size_t>(r)] = code_bytes(trainer, r);
  }
  return outcome;
}

/// Exponential devices with every kind of imperfection.
DeviceConfig imperfect_device(WriteNoiseKind noise) {
  DeviceConfig device;
  Exponential::Params law;
  law.label_up = 2.4;
  law.label_down = -4.88;
  device.law = law;
  device.write_noise.kind = noise;
  device.write_noise.sigma = 0.05;
  device.spread = {.slope = 0.1, .slope_correlation = 0.5, .window = 0.02, .nonlinearity = 0.1};
  device.read_noise = {.relative = 0.02, .line = 0.5};
  device.stuck = {.low = 0.01, .high = 0.01};
  return device;
}

RunConfig base_config() {
  RunConfig config;
  LayerConfig hidden;
  hidden.units = 12;
  hidden.activation = Activation::relu;
  LayerConfig output;
  output.units = classes;
  config.network.layers = {hidden, output};
  config.training.epochs = epochs;
  config.crs.every = 8;
  return config;
}

struct Named {
  std::string name;
  RunConfig config;
};

std::vector<Named> one_by_one_configs() {
  Named ideal{"streamed", base_config()};
  Named devices{"streamed/imperfect", base_config()};
  devices.config.device = imperfect_device(WriteNoiseKind::additive);
  Named pulses{"pulses/bit_serial/calibrated", base_config()};
  pulses.config.device = imperfect_device(WriteNoiseKind::proportional);
  pulses.config.update.fidelity = Fidelity::pulse;
  pulses.config.read = {.mode = ReadMode::bit_serial,
                        .dac_bits = 2,
                        .adc_bits = 8,
                        .adc_range = AdcRange::calibrated,
                        .calibration_examples = 10};
  Named digits{"digits/dynamic/tanh/differential", base_config()};
  digits.config.update.method = UpdateMethod::opa_digits;
  digits.config.formats.scale = Scale::dynamic_pow2;
  digits.config.network.layers[0].activation = Activation::tanh;
  digits.config.network.layers[1].activation = Activation::sigmoid;
  digits.config.network.loss = Loss::squared_error;
  digits.config.slicing.encoding = Encoding::differential;
  return {ideal, devices, pulses, digits};
}

std::vector<Named> batch_configs() {
  Named v2{"v2/imperfect/open_loop", base_config()};
  v2.config.crossbar = {.variant = CrossbarVariant::v2, .block_lines = 32};
  v2.config.training.batch = 4;
  v2.config.device = imperfect_device(WriteNoiseKind::inverse);
  v2.config.crs.write = WriteMode::open_loop;
  Named v3{"v3/adaptive/32 bits", base_config()};
  v3.config.crossbar.variant = CrossbarVariant::v3;
  v3.config.training.batch = 5;
  v3.config.slicing.weight_bits = 32;
  v3.config.formats.w_frac = 24;
  v3.config.crs.policy = CarryPolicy::adaptive;
  v3.config.crs.threshold = 0.001;
  Named adam{"batch_digits/adam/write_verify", base_config()};
  adam.config.training.batch = 6;
  adam.config.training.optimizer = Optimizer::adam;
  adam.config.update.method = UpdateMethod::batch_digits;
  adam.config.device = imperfect_device(WriteNoiseKind::off);
  adam.config.crs.write = WriteMode::write_verify;
  return {v2, v3, adam};
}

/// Updates behind resistive wires.
std::vector<Named> wire_configs() {
  Named first_order{"first_order", base_config()};
  first_order.config.device = imperfect_device(WriteNoiseKind::additive);
  first_order.config.crossbar.block_lines = 16;
  first_order.config.update.wires.model = WireModel::first_order;
  first_order.config.update.wires.word_ohm = 500.0;
  first_order.config.update.wires.active = 0.5;
  first_order.config.update.wires.refresh_every = 4;
  Named iterated{"fixed_point/ideal", base_config()};
  iterated.config.update.wires.model = WireModel::fixed_point;
  iterated.config.update.wires.bit_ohm = 300.0;
  iterated.config.update.wires.refresh_every = 8;
  return {first_order, iterated};
}

/// Devices that hide their state, aged, worn and written with an error.
Named hiding_config() {
  Named hiding{"v2/write_verify/aged/worn", base_config()};
  RunConfig& config = hiding.config;
  config.crossbar.variant = CrossbarVariant::v2;
  config.training.batch = 4;
  config.device = imperfect_device(WriteNoiseKind::additive);
  config.device.write_noise.hidden_std = 0.03;
  config.device.programming.model = ProgrammingModel::hermes_1;
  config.device.retention = {.every = 10, .lifetime_s = 1000.0};
  config.device.endurance = {
      .count = WriteCount::updates, .onset_writes = 5.0, .top_per_decade = 0.1};
  config.crs.write = WriteMode::write_verify;
  return hiding;
}

Case make_case(std::uint64_t seed, std::string const& group, Named const& named) {
  Draws draws(seed);
  auto run = std::make_shared<TrainingCase>();
  run->config = named.config;
  run->store_variation = draws.one_in(2);
  for (int i = 0; i < examples * pixels; ++i) {
    run->images.push_back(static_cast<std::uint8_t>(draws.whole(0, 1) * draws.whole(0, 255)));
  }
  for (int i = 0; i < examples; ++i) {
    run->labels.push_back(static_cast<std::uint8_t>(draws.whole(0, classes - 1)));
  }
  for (int r = 0; r < 3; ++r) {
    Replica replica{draws.wide(), named.config.device};
    replica.device.write_noise.sigma *= 1.0 + 0.5 * r;
    run->replicas.push_back(replica);
  }
  return {group, named.name, 3,
          [run](Backend& backend, Replicas chosen) { return (*run)(backend, chosen); }};
}

}  // namespace

std::vector<Case> training_cases() {
  std::vector<Case> cases;
  for (auto const& configs : {one_by_one_configs(), batch_configs()}) {
    for (Named const& named : configs) {
      cases.push_back(make_case(6000 + cases.size(), "train", named));
    }
  }
  for (Named const& named : wire_configs()) {
    cases.push_back(make_case(6000 + cases.size(), "train/wires", named));
  }
  cases.push_back(make_case(6007, "train/hiding", hiding_config()));
  return cases;
}

}  // namespace panther::gpu_check
