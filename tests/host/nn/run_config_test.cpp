// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Combinations of keys that are refused, and learning-rate schedules.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "tests/host/nn/courses.hpp"

namespace panther::test {
namespace {

struct Refusal {
  std::string name;
  std::function<void(RunConfig&)> change;
  std::vector<std::string> words;  // that the message must have: key, value, what is allowed
};

std::ostream& operator<<(std::ostream& out, Refusal const& refusal) { return out << refusal.name; }

class Refused : public ::testing::TestWithParam<Refusal> {};

TEST_P(Refused, NamesKeyValueAndWhatIsAllowed) {
  RunConfig config;
  check(config);
  GetParam().change(config);
  try {
    check(config);
    FAIL() << "accepted";
  } catch (std::invalid_argument const& error) {
    std::string const message = error.what();
    for (std::string const& word : GetParam().words)
      EXPECT_NE(message.find(word), std::string::npos) << message << "\nlacks: " << word;
  }
}

void exponential_law(RunConfig& config, double alpha, double label) {
  Exponential::Params law;
  law.alpha_up = alpha;
  law.label_up = label;
  config.device.law = law;
}

INSTANTIATE_TEST_SUITE_P(
    Combinations, Refused,
    ::testing::Values(
        Refusal{"no_layers", [](RunConfig& c) { c.network.layers.clear(); }, {"network.layers"}},
        Refusal{"dac_bits",
                [](RunConfig& c) { c.read.dac_bits = 3; },
                {"read.dac_bits = 3", "1, 2, 4 or 8"}},
        Refusal{"collapsed_adc",
                [](RunConfig& c) { c.read.adc_bits = 6; },
                {"read.mode = \"collapsed\"", "read.adc_bits = 6", "bit_serial"}},
        Refusal{"one_bit_adc",
                [](RunConfig& c) {
                  c.read.mode = ReadMode::bit_serial;
                  c.read.adc_bits = 1;
                },
                {"read.adc_bits = 1", "[2, 16]"}},
        Refusal{"analog_key_in_another_mode",
                [](RunConfig& c) { c.read.analog.dac.noise = 0.1; },
                {"read.analog.dac.noise", "read.mode = \"collapsed\"", "\"analog\""}},
        Refusal{"noise_management_in_another_mode",
                [](RunConfig& c) {
                  c.read.analog.inputs.noise_management = NoiseManagement::abs_max;
                },
                {"read.analog.inputs.noise_management", "read.mode = \"collapsed\"", "\"analog\""}},
        Refusal{"limit_of_inputs_that_are_not_scaled",
                [](RunConfig& c) {
                  c.read.mode = ReadMode::analog;
                  c.read.analog.inputs.limit = 0.5;
                },
                {"read.analog.inputs.limit = 0.5", "inputs.noise_management = \"off\""}},
        Refusal{"lines_that_no_management_asks_for",
                [](RunConfig& c) {
                  c.read.mode = ReadMode::analog;
                  c.read.analog.inputs = {.noise_management = NoiseManagement::abs_max,
                                          .full_lines = 4.0};
                },
                {"read.analog.inputs.full_lines = 4", "\"abs_max_np_sum\"", "\"worst_case\""}},
        Refusal{"bound_management_in_another_mode",
                [](RunConfig& c) {
                  c.read.analog.bounds.management = BoundManagement::iterative;
                },
                {"read.analog.bounds.management", "read.mode = \"collapsed\"", "\"analog\""}},
        Refusal{"limit_of_bounds_that_are_not_managed",
                [](RunConfig& c) {
                  c.read.mode = ReadMode::analog;
                  c.read.analog.bounds.max_factor = 8.0;
                },
                {"read.analog.bounds.max_factor", "bounds.management = \"off\""}},
        Refusal{"bound_management_of_ideal_converters",
                [](RunConfig& c) {
                  c.read.mode = ReadMode::analog;
                  c.read.analog.bounds.management = BoundManagement::iterative;
                },
                {"read.analog.bounds.management = \"iterative\"", "read.adc_bits"}},
        Refusal{"reading_key_in_another_mode",
                [](RunConfig& c) { c.device.reading.telegraph.amplitude = 0.1; },
                {"device.reading.telegraph.amplitude", "read.mode = \"analog\""}},
        Refusal{"analog_converters_without_bits",
                [](RunConfig& c) {
                  c.read.mode = ReadMode::analog;
                  c.read.analog.adc.gain_std = 0.1;
                },
                {"read.analog.adc", "read.adc_bits"}},
        Refusal{"one_bit_of_a_slice",
                [](RunConfig& c) {
                  c.read.mode = ReadMode::analog;
                  c.read.analog.adc.bits_lsb_first = {8, 8, 8, 1, 8, 8, 8, 8};
                },
                {"read.analog.adc.bits_lsb_first[3] = 1", "[2, 16]"}},
        Refusal{"bits_of_too_few_slices",
                [](RunConfig& c) {
                  c.read.mode = ReadMode::analog;
                  c.read.analog.adc.bits_lsb_first = {8, 8};
                },
                {"read.analog.adc.bits_lsb_first has 2 entries", "8 slices"}},
        Refusal{"capacitors_without_sar",
                [](RunConfig& c) {
                  c.read.mode = ReadMode::analog;
                  c.read.adc_bits = 8;
                  c.read.analog.adc.capacitor_std = 0.1;
                },
                {"read.analog.adc.capacitor_std", "adc.kind = \"sar\"", "uniform"}},
        Refusal{"stochastic_sar",
                [](RunConfig& c) {
                  c.read.mode = ReadMode::analog;
                  c.read.adc_bits = 8;
                  c.read.analog.adc.kind = AdcKind::sar;
                  c.read.analog.adc.rounding = AdcRounding::stochastic;
                },
                {"read.analog.adc.rounding = \"stochastic\"", "sar"}},
        Refusal{"flicker_band",
                [](RunConfig& c) {
                  c.read.mode = ReadMode::analog;
                  c.device.reading.flicker = {.sigma = 0.1, .fastest = 10, .slowest = 3};
                },
                {"device.reading.flicker.fastest = 10", "flicker.slowest = 3"}},
        Refusal{"pulses_of_digits",
                [](RunConfig& c) {
                  c.update.fidelity = Fidelity::pulse;
                  c.update.method = UpdateMethod::opa_digits;
                },
                {"update.fidelity = \"pulse\"", "opa_streamed", "opa_digits"}},
        Refusal{"streamed_adam",
                [](RunConfig& c) { c.training.optimizer = Optimizer::adam; },
                {"training.optimizer = \"adam\"", "update.method = \"batch_digits\""}},
        Refusal{"softmax_of_relu",
                [](RunConfig& c) { c.network.layers.back().activation = Activation::relu; },
                {"softmax_cross_entropy", "identity", "relu", "network.layers[1]"}},
        Refusal{"thresholded_images",
                [](RunConfig& c) { c.network.layers[0].read_threshold = 0.5; },
                {"network.layers[0].read_threshold", "data.binarise"}},
        Refusal{"draws_in_order",
                [](RunConfig& c) {
                  c.training.epoch_examples = 12;
                  c.training.shuffle = false;
                },
                {"training.epoch_examples = 12", "training.shuffle = true"}},
        Refusal{"w_frac",
                [](RunConfig& c) { c.formats.w_frac = 16; },
                {"w_frac = 16", "slicing.weight_bits = 16"}},
        Refusal{"w_frac_of_layer",
                [](RunConfig& c) { c.network.layers[1].w_frac = 20; },
                {"network.layers[1].w_frac = 20", "slicing.weight_bits = 16"}},
        Refusal{"slices",
                [](RunConfig& c) { c.slicing.weight_bits = 15; },
                {"weight_bits = 15", "multiple"}},
        Refusal{"narrow_cell",
                [](RunConfig& c) {
                  c.slicing.digits = DigitSet::two_complement;
                  c.slicing.cell_bits_lsb_first[2] = 2;
                },
                {"cell_bits_lsb_first[2] = 2", "[3, 16]"}},
        Refusal{"vector_of_no_devices",
                [](RunConfig& c) { c.slicing.encoding = Encoding::vector; },
                {"devices_per_cell = off", "2, 4 or 8", "encoding = \"vector\""}},
        Refusal{"vector_of_three_devices",
                [](RunConfig& c) {
                  c.slicing.encoding = Encoding::vector;
                  c.slicing.devices_per_cell = 3;
                },
                {"devices_per_cell = 3", "2, 4 or 8"}},
        Refusal{"devices_of_a_pair",
                [](RunConfig& c) {
                  c.slicing.encoding = Encoding::differential;
                  c.slicing.devices_per_cell = 2;
                },
                {"devices_per_cell = 2", "encoding = \"vector\"", "\"differential\""}},
        Refusal{"policy_of_a_pair",
                [](RunConfig& c) {
                  c.slicing.encoding = Encoding::one_sided;
                  c.slicing.vector_policy = VectorPolicy::random;
                },
                {"vector_policy = \"random\"", "encoding = \"vector\"", "\"one_sided\""}},
        Refusal{"too_many_devices",
                [](RunConfig& c) {
                  c.slicing.encoding = Encoding::vector;
                  c.slicing.devices_per_cell = 8;
                  c.slicing.cell_bits_lsb_first.assign(16, 6);
                },
                {"devices_per_cell = 8", "16 slices", "64 devices"}},
        Refusal{"refresh_of_other_cells",
                [](RunConfig& c) { c.refresh.every = 5; },
                {"refresh.every = 5", "slicing.encoding = \"one_sided\"", "\"offset\""}},
        Refusal{"crossed_thresholds",
                [](RunConfig& c) {
                  c.slicing.encoding = Encoding::one_sided;
                  c.refresh.smaller = 0.9;
                },
                {"refresh.smaller = 0.9", "refresh.larger = 0.75"}},
        Refusal{"no_cells",
                [](RunConfig& c) { c.slicing.cell_bits_lsb_first.clear(); },
                {"cell_bits_lsb_first", "0 entries"}},
        Refusal{"label_and_alpha",
                [](RunConfig& c) { exponential_law(c, 1.0, 2.0); },
                {"device: alpha_up = 1 with label_up = 2", "must be 0"}},
        Refusal{"sigma_and_c2c",
                [](RunConfig& c) {
                  c.device.write_noise = {
                      .kind = WriteNoiseKind::additive, .sigma = 0.1, .c2c = 0.1};
                },
                {"device: write_noise.sigma = 0.1 with write_noise.c2c = 0.1", "must be 0"}},
        Refusal{"hidden_pairs",
                [](RunConfig& c) {
                  c.slicing.encoding = Encoding::one_sided;
                  c.device.write_noise.hidden_std = 0.25;
                },
                {"device.write_noise.hidden_std = 0.25", "slicing.encoding = \"one_sided\"", "0"}},
        Refusal{"counting_pairs",
                [](RunConfig& c) {
                  c.slicing.encoding = Encoding::one_sided;
                  c.device.law = HiddenStep::Params{};
                },
                {"device.law = \"hidden_step\"", "slicing.encoding = \"one_sided\""}},
        Refusal{"two_hidden_states",
                [](RunConfig& c) {
                  c.device.law = HiddenStep::Params{};
                  c.device.write_noise.hidden_std = 0.25;
                },
                {"device: write_noise.hidden_std = 0.25", "law = \"hidden_step\"", "0"}},
        Refusal{"all_stuck",
                [](RunConfig& c) { c.device.stuck = {.low = 0.6, .high = 0.5}; },
                {"device: stuck.low = 0.6, stuck.high = 0.5 and stuck.dead = 0",
                 "must not exceed 1"}},
        Refusal{"crossed_dead_levels",
                [](RunConfig& c) { c.device.stuck = {.dead_low = 0.7, .dead_high = 0.2}; },
                {"device: stuck.dead_low = 0.7", "must not exceed stuck.dead_high = 0.2"}},
        Refusal{"sparse_clusters",
                [](RunConfig& c) {
                  c.device.stuck = {
                      .low = 0.25, .map = FaultMap::clustered, .cluster_density = 0.125};
                },
                {"device: stuck.cluster_density = 0.125",
                 "at least stuck.low + stuck.high + stuck.dead = 0.25"}}),
    [](auto const& test) { return test.param.name; });

template <class Params>
void set_window(RunConfig& config, std::optional<double> low, std::optional<double> high,
                Params law = {}) {
  law.window_min = low;
  law.window_max = high;
  config.device.law = law;
}

void set_exponents(RunConfig& config, double a, double up, double down) {
  ExpStep::Params law;
  law.a = a;
  law.gamma_up = up;
  law.gamma_down = down;
  config.device.law = law;
}

void set_labels(RunConfig& config, std::optional<double> down, Spread const& spread) {
  Exponential::Params law;
  law.label_up = 2.4;
  law.label_down = down;
  config.device.law = law;
  config.device.spread = spread;
}

void set_noise(RunConfig& config, WriteNoise const& noise) { config.device.write_noise = noise; }

INSTANTIATE_TEST_SUITE_P(
    Laws, Refused,
    ::testing::Values(
        Refusal{"crossed_window",
                [](RunConfig& c) { set_window<SoftBounds::Params>(c, 2.0, 1.0); },
                {"device: window_min = 2", "must lie below window_max = 1"}},
        Refusal{"window_below_the_bounds",
                [](RunConfig& c) { set_window<ConstantStep::Params>(c, {}, -1.0); },
                {"device: w_min = -0.6", "must lie below window_max = -1"}},
        Refusal{"window_beyond_the_bounds",
                [](RunConfig& c) { set_window<LinearStep::Params>(c, 1.0, 2.0); },
                {"device: window_min = 1 and window_max = 2",
                 "must hold a weight between w_min = -0.6 and w_max = 0.6"}},
        Refusal{"window_beyond_shifted_bounds",
                [](RunConfig& c) {
                  SoftBoundsReference::Params law;
                  law.reference = 0.125;
                  set_window(c, 0.5, 2.0, law);
                },
                {"window_min = 0.5 and window_max = 2", "w_max = 0.6, less the reference, 0.125"}},
        Refusal{"window_of_a_range",
                [](RunConfig& c) {
                  SoftBoundsPmax::Params law;
                  law.range_min = 0.0;
                  set_window(c, 3.0, 4.0, law);
                },
                {"window_min = 3 and window_max = 4", "range_min = 0 and range_max = 1"}},
        Refusal{"steep_exponent_up",
                [](RunConfig& c) { set_exponents(c, -0.75, 12.0, 2.0); },
                {"device: gamma_up = 12 with a = -0.75", "18", "at most 13.86"}},
        Refusal{"steep_exponent_down",
                [](RunConfig& c) { set_exponents(c, 1.0, 2.0, 16.0); },
                {"device: gamma_down = 16 with a = 1", "32", "at most 13.86"}},
        Refusal{"wide_labels",
                [](RunConfig& c) { set_labels(c, -0.5, {.nonlinearity_labels = 0.3}); },
                {"device: spread.nonlinearity_labels = 0.3 with label_down = -0.5",
                 "at most half of |label_down|"}},
        Refusal{"spread_of_a_missing_label",
                [](RunConfig& c) { set_labels(c, {}, {.nonlinearity_labels = 0.3}); },
                {"spread.nonlinearity_labels = 0.3 with label_down = off", "must be given"}},
        Refusal{"two_spreads_of_nonlinearity",
                [](RunConfig& c) {
                  set_labels(c, -1.0, {.nonlinearity = 0.2, .nonlinearity_labels = 0.3});
                },
                {"spread.nonlinearity = 0.2 with spread.nonlinearity_labels = 0.3", "must be 0"}},
        Refusal{
            "spread_of_no_labels",
            [](RunConfig& c) { c.device.spread.nonlinearity_labels = 0.3; },
            {"spread.nonlinearity_labels = 0.3", "law = \"exponential\"", "spread.nonlinearity"}},
        Refusal{
            "sigma_of_pulses",
            [](RunConfig& c) { set_noise(c, {.kind = WriteNoiseKind::per_pulse, .sigma = 0.5}); },
            {"device: write_noise.sigma = 0.5 with write_noise.kind = \"per_pulse\"", "must be 0",
             "c2c"}},
        Refusal{"c2c_of_steps",
                [](RunConfig& c) {
                  set_noise(c, {.kind = WriteNoiseKind::multiplicative, .c2c = 0.5});
                },
                {"write_noise.c2c = 0.5 with write_noise.kind = \"multiplicative\"", "must be 0",
                 "sigma"}},
        Refusal{"slope_of_another_kind",
                [](RunConfig& c) {
                  set_noise(c, {.kind = WriteNoiseKind::additive, .sigma = 0.5, .slope = 0.25});
                },
                {"write_noise.slope = 0.25 with write_noise.kind = \"additive\"", "must be 0",
                 "state_dependent"}}),
    [](auto const& test) { return test.param.name; });

TEST(RunConfigCheck, AcceptsEveryCourse) {
  for (Course const& course : courses()) EXPECT_NO_THROW(check(course.config)) << course.name;
}

TEST(LayerSpecs, LastLayerMustHaveAUnitForEveryClass) {
  RunConfig config;
  config.network.layers = dense_layers({7}, 4);
  try {
    layer_specs(config, 13, 3, 1);
    FAIL() << "accepted";
  } catch (std::invalid_argument const& error) {
    std::string const message = error.what();
    EXPECT_NE(message.find("network.layers"), std::string::npos) << message;
    EXPECT_NE(message.find("4 units"), std::string::npos) << message;
    EXPECT_NE(message.find("3 classes"), std::string::npos) << message;
  }
}

TEST(LayerSpecs, FormatsComeFromTheLayerOrFromFormats) {
  RunConfig config;
  config.network.layers = dense_layers({7, 5}, 3);
  config.network.layers[1].x_frac = 9;
  config.network.layers[0].w_frac = 12;
  auto const specs = layer_specs(config, 13, 3, 1);
  EXPECT_EQ(specs[0].formats.x, config.formats.input_frac);
  EXPECT_EQ(specs[0].formats.y, 9);
  EXPECT_EQ(specs[0].formats.w, 12);
  EXPECT_EQ(specs[1].formats.x, 9);
  EXPECT_EQ(specs[1].formats.w, config.formats.w_frac);
  EXPECT_EQ(specs[2].formats.y, config.formats.output_frac);
  EXPECT_EQ(specs[1].inputs, 7);
  EXPECT_EQ(specs[1].rows(), 8);
}

double rate_at(LearningRateSchedule schedule, int epoch) {
  TrainingConfig config;
  config.learning_rate = 0.4;
  config.epochs = 8;
  config.schedule = schedule;
  config.decay = 0.5;
  config.decay_every = 3;
  return learning_rate_of(config, epoch);
}

TEST(LearningRate, FollowsItsSchedule) {
  for (int epoch = 0; epoch < 8; ++epoch) {
    EXPECT_EQ(rate_at(LearningRateSchedule::constant, epoch), 0.4);
    EXPECT_DOUBLE_EQ(rate_at(LearningRateSchedule::step, epoch), 0.4 * std::pow(0.5, epoch / 3));
    EXPECT_DOUBLE_EQ(rate_at(LearningRateSchedule::exponential, epoch), 0.4 * std::pow(0.5, epoch));
    // The cosine is a float32 polynomial of a few ulp.
    EXPECT_NEAR(rate_at(LearningRateSchedule::cosine, epoch),
                0.2 * (1.0 + std::cos(std::numbers::pi * epoch / 8)), 1e-7);
  }
}

}  // namespace
}  // namespace panther::test
