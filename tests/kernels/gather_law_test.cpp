// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Images to a layer's inputs against a naive model in whole numbers: X = round(pixel / 255 2^f),
// saturated, of the images that each replica's list names, then the bias element 1. A pixel is
// never next to the middle of two words: 255 is odd, so pixel 2^f / 255 is 1/510 or more away from
// it, while float32 errs by less than 2^-9 below 2^15.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/backends.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

class GatherLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, GatherLaw, every_backend(), backend_label);

struct Case {
  int replicas = 1;
  int examples = 1;
  int pixels = 1;
  bool bias = false;
  int fraction = 0;
  std::vector<std::uint8_t> images;  // [image][pixel]
  std::vector<std::int32_t> order;   // [replica][example] image

  int vectors() const { return replicas * examples; }
  int rows() const { return pixels + (bias ? 1 : 0); }
};

struct Result {
  std::vector<std::int16_t> x;
  std::vector<std::int32_t> x_fraction;
};

std::size_t at(int index) { return static_cast<std::size_t>(index); }

constexpr int guards = 5;  // elements behind each result that no one may write
constexpr std::int16_t unwritten = -21846;

Result gather(Backend& backend, Case const& c) {
  DeviceArray<std::uint8_t> const images(backend, c.images);
  DeviceArray<std::int32_t> const order(backend, c.order);
  DeviceArray<std::int16_t> x(
      backend, std::vector<std::int16_t>(at(c.vectors() * c.rows() + guards), unwritten));
  DeviceArray<std::int32_t> x_fraction(
      backend, std::vector<std::int32_t>(at(c.vectors() + guards), unwritten));
  backend.gather({.images = images.data(),
                  .order = order.data(),
                  .x = x.data(),
                  .x_fraction = x_fraction.data(),
                  .vectors = c.vectors(),
                  .pixels = c.pixels,
                  .rows = c.rows(),
                  .fraction = c.fraction});
  return {x.download(), x_fraction.download()};
}

/// floor(pixel 2^f / 255 + 1/2)
std::int16_t word_of_pixel(std::uint8_t pixel, int fraction) {
  std::int64_t const twice = 2 * (std::int64_t{pixel} << fraction);
  return static_cast<std::int16_t>(std::min<std::int64_t>((twice + 255) / 510, 32767));
}

Result expected_of(Case const& c) {
  Result expected;
  for (int const image : c.order) {
    for (int pixel = 0; pixel < c.pixels; ++pixel) {
      expected.x.push_back(word_of_pixel(c.images[at(image * c.pixels + pixel)], c.fraction));
    }
    if (c.bias) expected.x.push_back(static_cast<std::int16_t>(1 << c.fraction));
    expected.x_fraction.push_back(c.fraction);
  }
  expected.x.insert(expected.x.end(), guards, unwritten);
  expected.x_fraction.insert(expected.x_fraction.end(), guards, unwritten);
  return expected;
}

void expect_inputs(Backend& backend, Case const& c) {
  Result const result = gather(backend, c);
  Result const expected = expected_of(c);
  ASSERT_EQ(result.x, expected.x);
  ASSERT_EQ(result.x_fraction, expected.x_fraction);
}

/// Lists name images more than once, in any order, and not all of them. 14 fraction bits are the
/// most that hold the bias element.
TEST_P(GatherLaw, EachReplicaReadsTheImagesOfItsList) {
  Random random(341);
  for (int trial = 0; trial < trials(150); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    Case c;
    c.replicas = random.whole(1, 3);
    c.examples = random.pick<int>({1, 2, 3, 7, 23});
    c.pixels = random.pick<int>({1, 2, 15, 17, 63, 65, 130, 257, 785});
    c.bias = random.chance(0.5);
    c.fraction = random.whole(0, 14);
    int const images = random.whole(1, 9);
    for (int i = 0; i < images * c.pixels; ++i) {
      int const kind = random.whole(0, 5);
      c.images.push_back(
          static_cast<std::uint8_t>(kind == 0 ? 0 : (kind == 1 ? 255 : random.whole(0, 255))));
    }
    for (int vector = 0; vector < c.vectors(); ++vector) {
      c.order.push_back(random.whole(0, images - 1));
    }
    expect_inputs(backend(), c);
    if (HasFatalFailure()) return;
  }
}

/// All 256 values in all formats; white leaves the word from 15 fraction bits on.
TEST_P(GatherLaw, EveryPixelRoundsAndSaturatesInEveryFormat) {
  Case c;
  c.pixels = 256;
  for (int value = 0; value < 256; ++value) c.images.push_back(static_cast<std::uint8_t>(value));
  c.order = {0};
  for (c.fraction = 0; c.fraction <= 20; ++c.fraction) {
    SCOPED_TRACE(std::to_string(c.fraction) + " fraction bits");
    c.bias = c.fraction <= 14;
    expect_inputs(backend(), c);
  }
}

/// By hand: 127 256 / 255 = 127.498, 128 256 / 255 = 128.502; with no fraction bits half of white
/// and more is 1.
TEST_P(GatherLaw, WordsByHand) {
  Case c;
  c.pixels = 5;
  c.images = {0, 1, 127, 128, 255};
  c.order = {0};
  c.fraction = 8;
  std::vector<std::int16_t> const eight_bits = gather(backend(), c).x;
  EXPECT_EQ(std::vector(eight_bits.begin(), eight_bits.begin() + 5),
            (std::vector<std::int16_t>{0, 1, 127, 129, 256}));
  c.fraction = 0;
  std::vector<std::int16_t> const no_bits = gather(backend(), c).x;
  EXPECT_EQ(std::vector(no_bits.begin(), no_bits.begin() + 5),
            (std::vector<std::int16_t>{0, 0, 0, 1, 1}));
}

}  // namespace
}  // namespace panther::test
