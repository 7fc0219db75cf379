// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "tests/host/nn/courses.hpp"

#include <algorithm>
#include <functional>
#include <optional>

namespace panther::test {

namespace {

std::string name_of(std::string_view variant, std::string_view rest) {
  return std::string(variant) + "_" + std::string(rest);
}

RunConfig base_course() {
  RunConfig config;
  config.network.layers = dense_layers({7}, 3);
  config.training.seed = 11;
  config.training.epochs = 3;
  config.training.batch = 5;
  config.training.learning_rate = 0.05;
  config.training.schedule = LearningRateSchedule::exponential;
  config.device = rough_device();
  config.crs.every = 6;
  return config;
}

using Change = std::function<void(RunConfig&)>;

class CourseList {
 public:
  void add(std::string name, Change const& change) {
    RunConfig config = base_course();
    change(config);
    courses.push_back({std::move(name), config});
  }
  /// The same for each of the variants.
  void add_variants(std::string_view name, Change const& change) {
    for (auto const& [variant, word] : EnumNames<CrossbarVariant>::values) {
      add(name_of(word, name), [&, chosen = variant](RunConfig& config) {
        config.crossbar.variant = chosen;
        change(config);
      });
    }
  }

  std::vector<Course> courses;
};

void use_converters(RunConfig& config) {
  config.read.mode = ReadMode::bit_serial;
  config.read.adc_bits = 5;
  config.read.adc_range = AdcRange::calibrated;
  config.read.calibration_examples = 8;
}

void add_algorithms(CourseList& list) {
  for (auto const& [method, word] : EnumNames<UpdateMethod>::values) {
    list.add_variants(word, [chosen = method](RunConfig& c) { c.update.method = chosen; });
  }
  for (Optimizer const optimizer : {Optimizer::momentum, Optimizer::adam}) {
    list.add_variants(enum_name(optimizer), [optimizer](RunConfig& c) {
      c.update.method = UpdateMethod::batch_digits;
      c.training.optimizer = optimizer;
      c.training.learning_rate = 0.01;
    });
  }
  list.add_variants("dynamic", [](RunConfig& c) { c.formats.scale = Scale::dynamic_pow2; });
  list.add("squared_error", [](RunConfig& c) {
    c.network.loss = Loss::squared_error;
    c.network.layers = dense_layers({6, 5}, 3, Activation::tanh);
    c.network.layers.back().activation = Activation::sigmoid;
  });
  list.add("layer_options", [](RunConfig& c) {
    c.network.layers = dense_layers({8, 6}, 3, Activation::tanh);
    c.network.layers[0].forward_shift = 1;
    c.network.layers[1].learning_rate_factor = 0.5;
    c.network.layers[1].read_threshold = 0.25;
    c.network.layers[2].forward_shift = 2;
    c.network.layers[2].read_threshold = 0.0;
    c.network.init = {.kind = WeightInit::grid, .limit = 0.5, .values = 4};
    c.training.epoch_examples = 31;
  });
  list.add("no_bias", [](RunConfig& c) {
    for (LayerConfig& layer : c.network.layers) layer.bias = false;
  });
}

/// Every effect of analog reads alone, then all at once.
void add_analog(CourseList& list) {
  struct Effect {
    char const* name;
    Change change;
  };
  std::vector<Effect> const effects = {
      {"driver", [](RunConfig& c) { c.read.analog.dac = {.noise = 0.02, .cubic = 0.05}; }},
      {"curve", [](RunConfig& c) { c.device.reading.iv.kind = IvKind::sinh; }},
      {"physical_noise",
       [](RunConfig& c) { c.device.reading.thermal = c.device.reading.shot = true; }},
      {"telegraph", [](RunConfig& c) { c.device.reading.telegraph.amplitude = 0.1; }},
      {"flicker", [](RunConfig& c) { c.device.reading.flicker = {.sigma = 0.02, .processes = 2}; }},
      {"line",
       [](RunConfig& c) { c.read.analog.line = {.noise_spread = 0.3, .offset_std = 0.02}; }},
      {"sar",
       [](RunConfig& c) {
         c.read.analog.adc.kind = AdcKind::sar;
         c.read.analog.adc.capacitor_std = 0.05;
       }},
      {"accumulated", [](RunConfig& c) { c.read.analog.adc.timing = AdcTiming::accumulated; }},
      {"noise_management", [](RunConfig& c) {
         c.read.analog.inputs = {.noise_management = NoiseManagement::abs_max, .limit = 0.7};
       }}};
  auto const analog = [](RunConfig& c) {
    use_converters(c);
    c.read.mode = ReadMode::analog;
    c.read.dac_bits = 4;
  };
  for (Effect const& effect : effects) {
    list.add(std::string("analog_") + effect.name, [&](RunConfig& c) {
      analog(c);
      effect.change(c);
    });
  }
  list.add("analog_everything", [&](RunConfig& c) {
    analog(c);
    for (Effect const& effect : effects) effect.change(c);
  });
  list.add("analog_average_abs_max", [&](RunConfig& c) {
    analog(c);
    c.read.adc_range = AdcRange::calibrated;
    c.read.calibration_examples = 5;
    c.read.analog.inputs.noise_management = NoiseManagement::average_abs_max;
  });
  list.add("analog_worst_case", [&](RunConfig& c) {
    analog(c);
    c.read.adc_range = AdcRange::fixed;
    c.read.adc_fixed_range = 4.0;
    c.read.analog.inputs = {.noise_management = NoiseManagement::abs_max, .full_lines = 2.0};
    c.read.analog.bounds.management = BoundManagement::worst_case;
  });
  list.add("analog_bound_management", [&](RunConfig& c) {
    analog(c);
    for (Effect const& effect : effects) effect.change(c);
    c.read.adc_range = AdcRange::fixed;
    c.read.adc_fixed_range = 4.0;
    c.read.analog.bounds.management = BoundManagement::iterative;
  });
}

void add_hardware(CourseList& list) {
  list.add_variants("calibrated", use_converters);
  list.add_variants("adaptive", [](RunConfig& c) {
    c.crs.policy = CarryPolicy::adaptive;
    c.crs.every = 4;
    c.crs.threshold = 0.001;
  });
  list.add_variants("carry_batches", [](RunConfig& c) {
    c.crs.unit = CarryUnit::batches;
    c.crs.every = 3;
  });
  list.add("pulses", [](RunConfig& c) { c.update.fidelity = Fidelity::pulse; });
  list.add("differential", [](RunConfig& c) { c.slicing.encoding = Encoding::differential; });
  list.add_variants("vector", [](RunConfig& c) {
    c.slicing.encoding = Encoding::vector;
    c.slicing.devices_per_cell = 4;
    c.slicing.vector_policy = VectorPolicy::random;
  });
  list.add("reference", [](RunConfig& c) { c.slicing.encoding = Encoding::reference; });
  list.add_variants("one_sided", [](RunConfig& c) {
    c.slicing.encoding = Encoding::one_sided;
    c.crs.write = WriteMode::open_loop;
    c.refresh.every = 5;
    c.refresh.unit = CarryUnit::examples;
    c.refresh.larger = 0.5;
  });
  list.add("wide_weights", [](RunConfig& c) {
    c.slicing.weight_bits = 32;
    c.slicing.digits = DigitSet::two_complement;
    c.formats.w_frac = 28;
    c.formats.u_frac = 20;
  });
  list.add_variants("write_verify", [](RunConfig& c) {
    c.crs.write = WriteMode::write_verify;
    c.crs.initial_write = WriteMode::open_loop;
    c.crs.adc_bits = 6;
  });
  list.add("single_cell", [](RunConfig& c) {
    c.slicing.cell_bits_lsb_first = {16};
    c.crs.policy = CarryPolicy::never;
  });
}

void add_wires(CourseList& list) {
  list.add_variants("wires", [](RunConfig& c) {
    c.read.wires.model = WireModel::first_order;
    c.read.wires.word_ohm = 500.0;
    c.read.wires.sense_ohm = 900.0;
    c.read.wires.refresh_every = 15;
    c.crossbar.block_lines = 6;
    c.crs.every = 20;
  });
  for (WireModel const model : {WireModel::fixed_point, WireModel::exact}) {
    list.add(name_of("wires", enum_name(model)), [model](RunConfig& c) {
      c.read.wires.model = model;
      c.read.wires.bit_ohm = 700.0;
      c.read.wires.senses = LineEnds::both;
      c.read.wires.refresh_every = 15;
      c.crs.every = 20;
    });
  }
  list.add_variants("update_wires", [](RunConfig& c) {
    c.update.wires.model = WireModel::first_order;
    c.update.wires.word_ohm = 500.0;
    c.update.wires.sense_ohm = 900.0;
    c.update.wires.active = 0.5;
    c.update.wires.refresh_every = 4;
    c.crossbar.block_lines = 6;
  });
  for (WireModel const model : {WireModel::fixed_point, WireModel::exact}) {
    list.add(name_of("update_wires", enum_name(model)), [model](RunConfig& c) {
      c.update.wires.model = model;
      c.update.wires.bit_ohm = 700.0;
      c.update.fidelity = Fidelity::pulse;
      c.read.wires.model = WireModel::first_order;
    });
  }
}

void add_time(CourseList& list) {
  auto const relax = [](RunConfig& c, AgeUnit unit, int every) {
    Retention& retention = c.device.retention;
    retention.every = every;
    retention.unit = unit;
    retention.lifetime_s = 50.0;
    retention.lifetime_spread = 0.2;
    retention.diffusion = 0.002;
    retention.drift = DriftModel::power;
    retention.nu_spread = 0.3;
  };
  list.add_variants("aging", [relax](RunConfig& c) { relax(c, AgeUnit::examples, 3); });
  list.add("aging_batches", [relax](RunConfig& c) { relax(c, AgeUnit::batches, 2); });
  list.add("aging_epochs", [relax](RunConfig& c) { relax(c, AgeUnit::epochs, 1); });
  list.add_variants("programming_error", [](RunConfig& c) {
    c.device.programming.model = ProgrammingModel::pcm;
    c.device.programming.transfer = true;
    c.device.retention.drift = DriftModel::pcm;
    c.device.retention.wait_s = 3600.0;
    c.slicing.encoding = Encoding::differential;
  });
}

void add_wear(CourseList& list) {
  list.add_variants("wear", [](RunConfig& c) {
    c.device.endurance = {.count = WriteCount::steps,
                          .onset_writes = 4.0,
                          .top_per_decade = 0.1,
                          .bottom_per_decade = 0.05,
                          .failure_writes = 300.0,
                          .failure_spread = 0.5,
                          .failed_level = 0.9};
  });
  list.add("writes_counted", [](RunConfig& c) {
    c.update.method = UpdateMethod::batch_digits;
    c.device.endurance.count = WriteCount::updates;
    c.device.programming.model = ProgrammingModel::hermes_1;
  });
}

void add_hiding(CourseList& list) {
  list.add_variants("hiding", [](RunConfig& c) {
    c.device.write_noise.hidden_std = 0.03;
    c.crs.write = WriteMode::write_verify;
  });
  list.add("hiding_aged_worn", [](RunConfig& c) {
    c.update.method = UpdateMethod::batch_digits;
    c.device.write_noise.hidden_std = 0.03;
    c.device.programming = {.model = ProgrammingModel::hermes_1, .transfer = true};
    c.device.retention = {.every = 7, .wait_s = 100.0, .lifetime_s = 1000.0};
    c.device.endurance = {.count = WriteCount::updates, .onset_writes = 5.0, .top_per_decade = 0.1};
  });
}

/// A law with a hidden state of its own, in whole numbers of pulses and parts of them.
void add_counting(CourseList& list) {
  HiddenStep::Params law;
  law.dw_min = 0.004;
  law.hidden_states = 3.0;
  list.add_variants("counting", [law](RunConfig& c) {
    c.device.law = law;
    c.crs.write = WriteMode::write_verify;
  });
  list.add("counting_batches", [law](RunConfig& c) {
    c.device.law = law;
    c.update.method = UpdateMethod::batch_digits;
    c.slicing.encoding = Encoding::differential;
    c.crs.initial_write = c.crs.write = WriteMode::open_loop;
  });
  list.add("counting_aged_worn", [law](RunConfig& c) {
    c.device.law = law;
    c.update.fidelity = Fidelity::pulse;
    c.update.wires.model = WireModel::first_order;
    c.device.programming = {.model = ProgrammingModel::hermes_1, .transfer = true};
    c.device.retention = {.every = 7, .wait_s = 100.0, .lifetime_s = 1000.0};
    c.device.endurance = {.count = WriteCount::steps, .onset_writes = 5.0, .top_per_decade = 0.1};
  });
}

}  // namespace

DeviceConfig rough_device() {
  DeviceConfig device;
  Exponential::Params law;
  law.alpha_up = 0.8;
  law.alpha_down = 0.3;
  device.law = law;
  device.write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.05};
  device.spread = {.slope = 0.1, .slope_correlation = 0.5, .window = 0.05, .nonlinearity = 0.1};
  device.read_noise = {.relative = 0.02, .line = 0.1};
  device.stuck = {.low = 0.01, .high = 0.01};
  return device;
}

std::vector<Course> const& courses() {
  static std::vector<Course> const all = [] {
    CourseList list;
    add_algorithms(list);
    add_hardware(list);
    add_wires(list);
    add_time(list);
    add_wear(list);
    add_hiding(list);
    add_counting(list);
    add_analog(list);
    return list.courses;
  }();
  return all;
}

TrainingData course_data() {
  static RandomData const data(13, 3, 37, 9, 5);
  return data.view;
}

}  // namespace panther::test
