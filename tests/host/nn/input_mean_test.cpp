// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Noise management average_abs_max of a layer: it is the constant scaling by the mean largest
// magnitude of the examples of its calibration, replica by replica.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "tests/host/nn/training_support.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

constexpr int rows = 9;
constexpr int cols = 5;
constexpr int examples = 4;
constexpr int replicas = 2;

class Layer {
 public:
  Layer(Backend& backend, InputScalingConfig const& scaling)
      : layer_(backend, config_of(scaling), spec(), {Replica{}, Replica{.seed = 2}}, false),
        y_(backend, replicas * examples * cols),
        y_fraction_(backend, replicas * examples) {
    std::vector<std::int16_t> codes;
    Random random(641);
    while (codes.size() < layer_.codes(0).size() / static_cast<std::size_t>(layer_.shape().stride) *
                              static_cast<std::size_t>(cols)) {
      codes.push_back(static_cast<std::int16_t>(random.whole(-9000, 9000)));
    }
    layer_.load_codes(codes);
  }

  DenseLayer& layer() { return layer_; }

  std::vector<std::int16_t> read(std::vector<std::int16_t> const& x) {
    layer_.x.upload(x);
    layer_.x_fraction.upload(std::vector<std::int32_t>(replicas * examples, 14));
    layer_.forward({examples, 0}, {.y = y_.data(), .y_fraction = y_fraction_.data(), .rows = cols});
    return y_.download();
  }

  std::vector<std::int32_t> means() {
    StateMap state;
    auto archive = StateArchive::saver(state);
    layer_.archive(archive);
    std::vector<std::int32_t> means(replicas);
    StateArchive::loader(state).vector("layers/0/input_mean_forward", means);
    return means;
  }

 private:
  static RunConfig config_of(InputScalingConfig const& scaling) {
    RunConfig config;
    config.read.mode = ReadMode::analog;
    config.read.adc_bits = 6;
    config.read.analog.inputs = scaling;
    return config;
  }
  static DenseSpec spec() {
    return {.index = 0,
            .inputs = rows,
            .units = cols,
            .bias = false,
            .activation = Activation::identity,
            .formats = {.x = 14, .z = 6, .y = 6, .e = 14, .u = 14, .w = 10},
            .capacity = examples};
  }

  DenseLayer layer_;
  DeviceArray<std::int16_t> y_;
  DeviceArray<std::int32_t> y_fraction_;
};

std::vector<std::int16_t> inputs_of(Random& random, int most) {
  std::vector<std::int16_t> x;
  for (int i = 0; i < replicas * examples * rows; ++i) {
    int const size = i < examples * rows ? most : most / 3;
    x.push_back(static_cast<std::int16_t>(random.whole(-size, size)));
  }
  return x;
}

std::vector<std::int32_t> naive_means(std::vector<std::int16_t> const& x) {
  std::vector<std::int32_t> means;
  for (std::size_t replica = 0; replica < replicas; ++replica) {
    double sum = 0.0;
    for (std::size_t example = 0; example < examples; ++example) {
      int largest = 0;
      for (std::size_t row = 0; row < rows; ++row) {
        largest = std::max(largest, std::abs(int{x[(replica * examples + example) * rows + row]}));
      }
      sum += largest;
    }
    means.push_back(static_cast<std::int32_t>(std::floor(sum / examples + 0.5)));
  }
  return means;
}

TEST(InputMean, IsAConstantScalingByTheMeanOfTheCalibration) {
  auto const backend = plain_backend();
  Random random(642);
  Layer average(*backend, {.noise_management = NoiseManagement::average_abs_max});
  std::vector<std::int16_t> const calibration = inputs_of(random, 20000);
  average.layer().begin_calibration(Calibration::input_means);
  static_cast<void>(average.read(calibration));
  average.layer().end_calibration({examples, 0});
  std::vector<std::int32_t> const means = naive_means(calibration);
  EXPECT_EQ(average.means(), means);
  ASSERT_NE(means[0], means[1]);
  std::vector<std::int16_t> const x = inputs_of(random, 30000);
  std::vector<std::int16_t> const found = average.read(x);
  std::size_t const own = examples * cols;
  for (std::size_t replica = 0; replica < replicas; ++replica) {
    SCOPED_TRACE(replica);
    Layer constant(*backend,
                   {NoiseManagement::constant, static_cast<double>(means[replica]) / 32767.0});
    std::vector<std::int16_t> const expected = constant.read(x);
    auto const first = static_cast<std::ptrdiff_t>(replica * own);
    auto const end = first + static_cast<std::ptrdiff_t>(own);
    EXPECT_TRUE(std::equal(found.begin() + first, found.begin() + end, expected.begin() + first));
    auto const other = static_cast<std::ptrdiff_t>((1 - replica) * own);
    EXPECT_FALSE(std::equal(found.begin() + other, found.begin() + other + (end - first),
                            expected.begin() + other));
  }
}

}  // namespace
}  // namespace panther::test
