// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nn/config.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "devicemodels/aging.hpp"
#include "devicemodels/core/math.hpp"
#include "host/nn/analog_reading.hpp"
#include "kernels/wires/ladder.hpp"
#include "kernels/xbar/pair_devices.hpp"

namespace panther {

namespace {

void require(bool condition, std::string const& message) {
  if (!condition) throw std::invalid_argument(message);
}

void check_read(RunConfig const& config) {
  int const dac = config.read.dac_bits;
  require(dac == 1 || dac == 2 || dac == 4 || dac == 8,
          "read.dac_bits = " + std::to_string(dac) + " (must be 1, 2, 4 or 8: it divides 16)");
  require(config.read.mode != ReadMode::collapsed || config.read.adc_bits == 0,
          "read.mode = \"collapsed\" needs an ideal converter, but read.adc_bits = " +
              std::to_string(config.read.adc_bits) +
              ": set read.adc_bits = 0, or read.mode = \"bit_serial\"");
  require(config.read.adc_bits != 1,
          "read.adc_bits = 1 (must be 0 for an ideal converter, or lie in [2, 16])");
}

/// The exact model takes every circuit, the others those that a ladder has numbers for.
/// `operation`: the group of keys.
void check_wires(WireModel model, WireParams const& wires, std::string const& operation) {
  if (model == WireModel::off || model == WireModel::exact) return;
  try {
    for (Driven const driven : {Driven::rows, Driven::columns}) {
      check_ladders(circuit_of(wires, driven));
    }
  } catch (std::invalid_argument const& error) {
    throw std::invalid_argument(operation + "." + error.what());
  }
}

void check_update(RunConfig const& config) {
  bool const batch_digits = config.update.method == UpdateMethod::batch_digits;
  require(config.update.fidelity == Fidelity::aggregate ||
              config.update.method == UpdateMethod::opa_streamed,
          "update.fidelity = \"pulse\" needs update.method = \"opa_streamed\", not \"" +
              std::string(enum_name(config.update.method)) +
              "\": only streamed updates come in pulses");
  require(config.training.optimizer == Optimizer::sgd || batch_digits,
          "training.optimizer = \"" + std::string(enum_name(config.training.optimizer)) +
              "\" needs update.method = \"batch_digits\": moments are kept digitally");
}

void check_count(Endurance const& endurance) {
  bool const wears = endurance.top_per_decade > 0.0 || endurance.bottom_per_decade > 0.0 ||
                     endurance.failure_writes > 0.0 || endurance.by_curve();
  require(!wears || endurance.count != WriteCount::off,
          "device.endurance.count = \"off\" (top_per_decade, bottom_per_decade, failure_writes and "
          "curve_writes need writes that are counted: \"updates\" or \"steps\")");
}

void check_refresh(RunConfig const& config) {
  require(config.refresh.every == 0 || config.slicing.encoding == Encoding::one_sided,
          "refresh.every = " + std::to_string(config.refresh.every) +
              " needs slicing.encoding = \"one_sided\", not \"" +
              std::string(enum_name(config.slicing.encoding)) + "\": other cells do not fill up");
  require(config.refresh.smaller <= config.refresh.larger,
          "refresh.smaller = " + std::to_string(config.refresh.smaller) +
              " (must be no more than refresh.larger = " + std::to_string(config.refresh.larger) +
              ")");
}

void check_network(NetworkConfig const& network) {
  require(!network.layers.empty(), "network.layers is empty (at least one layer is needed)");
  Activation const last = network.layers.back().activation;
  require(last == Activation::identity || network.loss == Loss::squared_error,
          "network.loss = \"softmax_cross_entropy\" needs activation = \"identity\" in the last "
          "layer; network.layers[" +
              std::to_string(network.layers.size() - 1) + "] has \"" +
              std::string(enum_name(last)) + "\"");
  require(!network.layers.front().read_threshold,
          "network.layers[0].read_threshold: the first layer reads images; set data.binarise");
}

void check_epoch(TrainingConfig const& training) {
  require(!training.epoch_examples || training.shuffle,
          "training.epoch_examples = " + std::to_string(training.epoch_examples.value_or(0)) +
              " draws at random and needs training.shuffle = true");
}

void check_formats(RunConfig const& config, int weight_bits) {
  for (std::size_t i = 0; i < config.network.layers.size(); ++i) {
    std::optional<int> const own = config.network.layers[i].w_frac;
    int const w_frac = own.value_or(config.formats.w_frac);
    std::string const key =
        own ? "network.layers[" + std::to_string(i) + "].w_frac" : std::string("formats.w_frac");
    require(w_frac < weight_bits,
            key + " = " + std::to_string(w_frac) +
                " (must be below slicing.weight_bits = " + std::to_string(weight_bits) + ")");
  }
}

/// What the constants of devices are derived from must not contradict itself.
void check_device(DeviceConfig const& device) {
  try {
    static_cast<void>(device_constants(device, 0));
    static_cast<void>(programming_constants(device));
    visit_law(static_cast<int>(device.law.index()), [&]<class Law>() {
      PreparedLaw<Law> const tried(std::get<typename Law::Params>(device.law), 6);
    });
  } catch (std::invalid_argument const& error) {
    throw std::invalid_argument(std::string("device: ") + error.what());
  }
}

}  // namespace

std::vector<LayerConfig> default_layers() {
  LayerConfig hidden;
  hidden.units = 128;
  hidden.activation = Activation::relu;
  return {hidden, LayerConfig{}};
}

void check(RunConfig const& config) {
  check_network(config.network);
  check_epoch(config.training);
  check_formats(config, make_slicing(config.slicing).weight_bits);
  check_read(config);
  check_wires(config.read.wires.model, config.read.wires, "read");
  check_wires(config.update.wires.model, config.update.wires, "update");
  check_update(config);
  check_refresh(config);
  check_pair_devices(config.device, config.slicing.encoding);
  check_device(config.device);
  check_count(config.device.endurance);
  check_analog_read(config);
}

double learning_rate_of(TrainingConfig const& config, int epoch) {
  if (config.schedule == LearningRateSchedule::constant) return config.learning_rate;
  if (config.schedule == LearningRateSchedule::cosine) {
    float const turns =
        0.5F * static_cast<float>(epoch) / static_cast<float>(std::max(config.epochs, 1));
    return config.learning_rate * 0.5 * (1.0 + static_cast<double>(sincos_turns(turns).cos));
  }
  int const every = config.schedule == LearningRateSchedule::step ? config.decay_every : 1;
  double rate = config.learning_rate;
  for (int i = 0; i < epoch / every; ++i) rate *= config.decay;
  return rate;
}

std::int64_t examples_of_epoch(TrainingConfig const& config, std::int64_t available) {
  return config.epoch_examples ? *config.epoch_examples : available;
}

}  // namespace panther
