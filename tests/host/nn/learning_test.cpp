// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Training works: every way to train reaches an accuracy on the synthetic glyphs that only a
// working gradient reaches. Seeds are fixed and results reproducible, so the margins guard against
// changes of the arithmetic, not against chance. Guessing gives 10 %.

#include <gtest/gtest.h>

#include <functional>

#include "host/nn/baseline.hpp"
#include "tests/host/nn/courses.hpp"

namespace panther::test {
namespace {

constexpr int epochs = 3;

struct Lesson {
  std::string name;
  std::function<void(RunConfig&)> change;
  double bound;
};

std::ostream& operator<<(std::ostream& out, Lesson const& lesson) { return out << lesson.name; }

RunConfig base_lesson() {
  RunConfig config;
  config.network.layers = dense_layers({16}, 10);
  config.training.learning_rate = 0.05;
  config.crs.every = 16;
  config.formats.input_frac = 8;
  return config;
}

double accuracy_of(RunConfig const& config) {
  auto const backend = make_cpu_backend({.threads = 1});
  TrainingData const data = synthetic_data(1500, 400);
  auto const trainer = single_trainer(config, data, *backend);
  train_epochs(*trainer, epochs);
  return trainer->evaluate(data.test).front().accuracy;
}

double float_accuracy_of(RunConfig const& config) {
  TrainingData const data = synthetic_data(1500, 400);
  Baseline baseline(config, data, config.training.seed);
  for (int epoch = 0; epoch < epochs; ++epoch) {
    while (!baseline.epoch_done()) baseline.run_batch();
    baseline.finish_epoch();
  }
  return baseline.evaluate(data.test).accuracy;
}

void variant(RunConfig& config, CrossbarVariant variant, UpdateMethod method) {
  config.crossbar.variant = variant;
  config.update.method = method;
  config.training.batch = 8;
  config.training.learning_rate = method == UpdateMethod::batch_digits ? 0.4 : 0.05;
}

void optimizer(RunConfig& config, Optimizer optimizer) {
  variant(config, CrossbarVariant::v2, UpdateMethod::batch_digits);
  config.training.optimizer = optimizer;
  config.training.learning_rate = optimizer == Optimizer::adam ? 0.01 : 0.03;
}

void activation(RunConfig& config, Activation activation) {
  config.network.layers = dense_layers({16}, 10, activation);
  config.network.init.kind = WeightInit::xavier_uniform;
  config.training.learning_rate = 0.1;
}

std::vector<Lesson> algorithms() {
  std::vector<Lesson> all;
  for (auto const& [v, v_name] : EnumNames<CrossbarVariant>::values) {
    for (auto const& [m, m_name] : EnumNames<UpdateMethod>::values) {
      all.push_back({std::string(v_name) + "_" + std::string(m_name),
                     [chosen = v, method = m](RunConfig& c) { variant(c, chosen, method); }, 0.7});
    }
  }
  all.push_back({"momentum", [](RunConfig& c) { optimizer(c, Optimizer::momentum); }, 0.7});
  all.push_back({"adam", [](RunConfig& c) { optimizer(c, Optimizer::adam); }, 0.7});
  all.push_back({"tanh", [](RunConfig& c) { activation(c, Activation::tanh); }, 0.7});
  all.push_back({"sigmoid", [](RunConfig& c) { activation(c, Activation::sigmoid); }, 0.5});
  all.push_back({"linear", [](RunConfig& c) { activation(c, Activation::identity); }, 0.5});
  all.push_back({"squared_error",
                 [](RunConfig& c) {
                   c.network.loss = Loss::squared_error;
                   c.training.learning_rate = 0.03;
                 },
                 0.4});
  all.push_back({"squared_error_sigmoid",
                 [](RunConfig& c) {
                   c.network.loss = Loss::squared_error;
                   c.network.layers.back().activation = Activation::sigmoid;
                   c.training.learning_rate = 0.2;
                 },
                 0.7});
  all.push_back(
      {"cosine", [](RunConfig& c) { c.training.schedule = LearningRateSchedule::cosine; }, 0.7});
  return all;
}

std::vector<Lesson> hardware() {
  return {
      {"dynamic", [](RunConfig& c) { c.formats.scale = Scale::dynamic_pow2; }, 0.7},
      {"wide_weights",
       [](RunConfig& c) {
         c.slicing.weight_bits = 32;
         c.slicing.cell_bits_lsb_first.assign(16, 6);
         c.formats.w_frac = 28;
         c.formats.u_frac = 20;
       },
       0.7},
      {"unsigned_digits", [](RunConfig& c) { c.slicing.digits = DigitSet::two_complement; }, 0.6},
      {"differential", [](RunConfig& c) { c.slicing.encoding = Encoding::differential; }, 0.7},
      {"vector",
       [](RunConfig& c) {
         c.slicing.encoding = Encoding::vector;
         c.slicing.devices_per_cell = 2;
         c.slicing.vector_policy = VectorPolicy::sequential;
       },
       0.6},
      {"reference", [](RunConfig& c) { c.slicing.encoding = Encoding::reference; }, 0.7},
      {"one_sided",
       [](RunConfig& c) {
         c.slicing.encoding = Encoding::one_sided;
         c.refresh.every = 1;
       },
       0.7},
      {"converters",
       [](RunConfig& c) {
         c.read.mode = ReadMode::bit_serial;
         c.read.adc_bits = 8;
         c.read.adc_range = AdcRange::calibrated;
       },
       0.7},
      {"mild_devices",
       [](RunConfig& c) {
         Exponential::Params law;
         law.alpha_up = law.alpha_down = 0.5;
         c.device.law = law;
         c.device.write_noise = {.kind = WriteNoiseKind::additive, .sigma = 0.02};
         c.device.spread = {.slope = 0.05, .window = 0.02};
       },
       0.6},
      {"noisy_reads", [](RunConfig& c) { c.device.read_noise.relative = 0.0005; }, 0.6},
      {"adaptive_carries",
       [](RunConfig& c) {
         c.crs.policy = CarryPolicy::adaptive;
         c.crs.every = 16;
       },
       0.7}};
}

class Learns : public ::testing::TestWithParam<Lesson> {};

TEST_P(Learns, TheSyntheticGlyphs) {
  RunConfig config = base_lesson();
  GetParam().change(config);
  double const accuracy = accuracy_of(config);
  RecordProperty("accuracy", std::to_string(accuracy));
  double const reference = float_accuracy_of(config);
  RecordProperty("float32_accuracy", std::to_string(reference));
  EXPECT_GT(accuracy, GetParam().bound);
  // 400 test examples: one sigma of the difference of two accuracies near 0.8 is 0.028.
  EXPECT_GT(accuracy, reference - 0.085);
}

std::string lesson_label(::testing::TestParamInfo<Lesson> const& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Algorithms, Learns, ::testing::ValuesIn(algorithms()), lesson_label);
INSTANTIATE_TEST_SUITE_P(Hardware, Learns, ::testing::ValuesIn(hardware()), lesson_label);

TEST(Learning, IdealDevicesKeepUpWithFloat32) {
  RunConfig const config = base_lesson();
  // 400 test examples: one sigma of the difference of two accuracies near 0.85 is 0.025.
  EXPECT_NEAR(accuracy_of(config), float_accuracy_of(config), 0.05);
}

TEST(Learning, NonlinearDevicesLoseAccuracyAndLessWithASmallerLabel) {
  auto const with_label = [](double label) {
    RunConfig config = base_lesson();
    Exponential::Params law;
    law.label_up = label;
    law.label_down = -2.0 * label;
    config.device.law = law;
    config.device.write_noise = {
        .kind = WriteNoiseKind::additive, .c2c = 0.035, .c2c_pulses = 100.0};
    return accuracy_of(config);
  };
  double const ideal = accuracy_of(base_lesson());
  double const strong = with_label(2.4);
  double const weak = with_label(0.3);
  EXPECT_LT(strong, ideal - 0.1);
  EXPECT_GT(weak, strong + 0.05);
}

}  // namespace
}  // namespace panther::test
