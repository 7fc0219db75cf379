// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include "datasets/base/splitmix.hpp"
#include "tests/datasets/support.hpp"

namespace panther {
namespace {

// First outputs for seed 1234567 as published with the algorithm (Rosetta Code, "Pseudo-random
// numbers/Splitmix64").
TEST(SplitMixTest, KnownAnswers) {
  SplitMix random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
  EXPECT_EQ(random.next(), 9817491932198370423u);
}

TEST(SplitMixTest, BelowCoversItsRange) {
  SplitMix random(1);
  std::array<int, 7> counts{};
  for (int i = 0; i < 7000; ++i) ++counts.at(static_cast<std::size_t>(random.below(7)));
  // Six standard deviations of a binomial count, sqrt(7000 * 6 / 49) = 29.
  for (int const count : counts) EXPECT_NEAR(count, 1000, 175);
}

// The bytes are part of the promise that a name means the same data everywhere. Frozen from this
// generator.
TEST(Synthetic, ContentIsFrozen) {
  Dataset const dataset = load_dataset("synthetic", {});
  ASSERT_EQ(dataset.sources.size(), 4u);
  EXPECT_EQ(dataset.sources[0].sha256,
            "c58aa38227a4a9229f29c691670a9f888a20e69ff54e55d96842cada7247a894");
  EXPECT_EQ(dataset.sources[1].sha256,
            "3f9fbeb5b365eec9e5d283072db034df83079beb3a23b0155065e61f5c27506e");
  EXPECT_EQ(dataset.sources[2].sha256,
            "deb2d0d17521574ea1377b3d92a6bcd795709411f941a87cc99ba58d58bf8845");
  EXPECT_EQ(dataset.sources[3].sha256,
            "1518ef72b8d1c368ac0509559d2f5ef8d1545381586dcaa3e3a512499f288507");
}

// Softmax regression by plain gradient descent.
class LinearModel {
 public:
  explicit LinearModel(Dataset const& dataset)
      : dataset_(dataset), weights_(classes * (pixels + 1)) {}

  void train_epoch(double rate) {
    for (std::size_t i = 0; i < dataset_.train_count(); ++i) {
      auto const* image = &dataset_.train_images[i * pixels];
      auto shares = scores(image);
      double sum = 0;
      for (double& share : shares) sum += share = std::exp(share);
      for (std::size_t c = 0; c < classes; ++c) {
        update(c, image, rate * ((c == dataset_.train_labels[i] ? 1.0 : 0.0) - shares[c] / sum));
      }
    }
  }

  double accuracy() const {
    std::size_t right = 0;
    for (std::size_t i = 0; i < dataset_.test_count(); ++i) {
      auto const values = scores(&dataset_.test_images[i * pixels]);
      auto const best = std::max_element(values.begin(), values.end()) - values.begin();
      if (best == dataset_.test_labels[i]) ++right;
    }
    return static_cast<double>(right) / static_cast<double>(dataset_.test_count());
  }

 private:
  static constexpr std::size_t classes = 10;
  static constexpr std::size_t pixels = 144;

  std::array<double, classes> scores(std::uint8_t const* image) const {
    std::array<double, classes> values{};
    for (std::size_t c = 0; c < classes; ++c) {
      double const* row = &weights_[c * (pixels + 1)];
      values[c] = row[pixels];
      for (std::size_t p = 0; p < pixels; ++p) values[c] += row[p] * image[p] / 255.0;
    }
    return values;
  }

  void update(std::size_t c, std::uint8_t const* image, double step) {
    double* row = &weights_[c * (pixels + 1)];
    for (std::size_t p = 0; p < pixels; ++p) row[p] += step * image[p] / 255.0;
    row[pixels] += step;
  }

  Dataset const& dataset_;
  std::vector<double> weights_;
};

TEST(Synthetic, ALinearModelLearnsButIsNotEnough) {
  Dataset const dataset = load_dataset("synthetic", {});
  LinearModel model(dataset);
  for (int epoch = 0; epoch < 10; ++epoch) model.train_epoch(0.02);
  // 0.89 measured with two implementations; chance is 0.1.
  EXPECT_GT(model.accuracy(), 0.80);
  EXPECT_LT(model.accuracy(), 0.95);
}

}  // namespace
}  // namespace panther
