// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/image_preparation.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "host/base/errors.hpp"

namespace panther {
namespace {

/// `count` training images and one test image of rows x cols, pixels numbered on and on.
Dataset numbered(int rows, int cols, int channels, std::size_t count) {
  Dataset dataset;
  dataset.name = "numbered";
  dataset.rows = rows;
  dataset.cols = cols;
  dataset.channels = channels;
  dataset.train_images.resize(count * dataset.image_size());
  std::iota(dataset.train_images.begin(), dataset.train_images.end(), std::uint8_t{0});
  dataset.test_images.assign(
      dataset.train_images.begin(),
      dataset.train_images.begin() + static_cast<std::ptrdiff_t>(dataset.image_size()));
  return dataset;
}

using Pixels = std::vector<std::uint8_t>;

TEST(Crop, KeepsTheCentralSquareOfEveryImage) {
  Dataset dataset = numbered(4, 6, 1, 2);
  prepare_images({.crop = 2}, dataset);
  // Rows 1 and 2, columns 2 and 3 of images that start at 0 and at 24.
  EXPECT_EQ(dataset.train_images, (Pixels{8, 9, 14, 15, 32, 33, 38, 39}));
  EXPECT_EQ(dataset.test_images, (Pixels{8, 9, 14, 15}));
  EXPECT_EQ(dataset.image_size(), 4U);
}

TEST(Crop, KeepsItInEveryChannel) {
  Dataset dataset = numbered(3, 3, 2, 1);
  prepare_images({.crop = 1}, dataset);
  EXPECT_EQ(dataset.train_images, (Pixels{4, 13}));
  EXPECT_EQ(dataset.image_size(), 2U);
}

TEST(Crop, OfTheWholeSideChangesNothing) {
  Dataset dataset = numbered(5, 5, 1, 3);
  Pixels const before = dataset.train_images;
  prepare_images({.crop = 5}, dataset);
  EXPECT_EQ(dataset.train_images, before);
}

TEST(Binarise, PixelsAboveThePartOfFullScaleAreWhite) {
  Dataset dataset = numbered(16, 16, 1, 1);
  prepare_images({.binarise = 0.5}, dataset);
  for (std::size_t pixel = 0; pixel < 256; ++pixel)
    ASSERT_EQ(dataset.train_images[pixel], pixel >= 128 ? 255 : 0) << pixel;
  EXPECT_EQ(dataset.test_images, dataset.train_images);
}

TEST(Binarise, AtZeroKeepsWhateverIsNotBlack) {
  Dataset dataset = numbered(1, 3, 1, 1);
  prepare_images({.binarise = 0.0}, dataset);
  EXPECT_EQ(dataset.train_images, (Pixels{0, 255, 255}));
}

std::string refusal_of(int side) {
  Dataset dataset = numbered(4, 6, 1, 1);
  try {
    prepare_images({.crop = side}, dataset);
  } catch (UserError const& error) {
    return error.what();
  }
  return "";
}

TEST(Crop, RefusesWhatIsLargerThanTheImages) {
  EXPECT_EQ(refusal_of(5), "data.crop = 5 (must be at most 4; images of 'numbered' are 4 x 6)");
}

TEST(Crop, RefusesWhatCannotBeCentral) {
  EXPECT_EQ(refusal_of(3),
            "data.crop = 3 (must leave margins of equal width; images of 'numbered' are 4 x 6)");
}

}  // namespace
}  // namespace panther
