// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Synthetic: glyph-like pictures of 12 x 12 pixels in 10 classes, made on the spot, so that tests
// and first runs need no files. Integer arithmetic only: the bytes are the same on every machine,
// and a test pins their digest.
//
// Each class has two glyphs that share a stroke and have one of their own; strokes are random walks
// that tend to go straight, blurred. An example is one of them, shifted by up to a pixel, at 50 to
// 100 % of the contrast, with a short stray stroke and noise. Two glyphs a class and the shifts
// keep a linear classifier from separating the classes (89 % where a small two-layer network
// reaches 95 %).
#include <algorithm>
#include <array>

#include "datasets/base/content.hpp"
#include "datasets/base/splitmix.hpp"
#include "datasets/dataset.hpp"

namespace panther {

DatasetRecord synthetic_dataset();

namespace {

constexpr int side = 12;
constexpr int margin = 2;  // strokes keep away from the border, so that shifts do not cut them
constexpr int glyphs_per_class = 2;
constexpr std::uint64_t seed = 0x70616e74686572;  // "panther"

using Picture = std::array<int, side * side>;

struct Point {
  int row;
  int col;
};

constexpr std::array<Point, 8> directions{
    {{0, 1}, {1, 1}, {1, 0}, {1, -1}, {0, -1}, {-1, -1}, {-1, 0}, {-1, 1}}};

int& pixel(Picture& picture, int row, int col) {
  return picture[static_cast<std::size_t>(row * side + col)];
}

int pixel_or_zero(Picture const& picture, int row, int col) {
  bool const inside = row >= 0 && row < side && col >= 0 && col < side;
  return inside ? picture[static_cast<std::size_t>(row * side + col)] : 0;
}

// A walk that turns by 45 degrees one time in three and bounces off the margin.
void draw_stroke(Picture& picture, SplitMix& random, int length) {
  Point at{margin + random.below(side - 2 * margin), margin + random.below(side - 2 * margin)};
  int heading = random.below(8);
  for (int step = 0; step < length; ++step) {
    pixel(picture, at.row, at.col) = 255;
    int const turn = random.below(6);
    if (turn < 2) heading = (heading + (turn == 0 ? 1 : 7)) % 8;
    auto const [down, right] = directions[static_cast<std::size_t>(heading)];
    Point const next{at.row + down, at.col + right};
    bool const inside =
        std::min(next.row, next.col) >= margin && std::max(next.row, next.col) < side - margin;
    if (inside) {
      at = next;
    } else {
      heading = (heading + 3) % 8;
    }
  }
}

// The binomial kernel 1 2 1 both ways.
Picture blurred(Picture const& source) {
  constexpr std::array<int, 3> weights{1, 2, 1};
  Picture result{};
  for (int row = 0; row < side; ++row) {
    for (int col = 0; col < side; ++col) {
      int sum = 0;
      for (int i = 0; i < 9; ++i) {
        int const weight =
            weights[static_cast<std::size_t>(i / 3)] * weights[static_cast<std::size_t>(i % 3)];
        sum += weight * pixel_or_zero(source, row + i / 3 - 1, col + i % 3 - 1);
      }
      pixel(result, row, col) = std::min(255, sum / 10);
    }
  }
  return result;
}

std::vector<Picture> make_glyphs(int classes) {
  constexpr int shared_length = 14;
  constexpr int own_length = 8;
  std::vector<Picture> glyphs;
  for (int label = 0; label < classes; ++label) {
    SplitMix random(seed + static_cast<std::uint64_t>(label) * 0x10000);
    Picture shared{};
    draw_stroke(shared, random, shared_length);
    for (int i = 0; i < glyphs_per_class; ++i) {
      Picture glyph = shared;
      draw_stroke(glyph, random, own_length);
      glyphs.push_back(blurred(glyph));
    }
  }
  return glyphs;
}

// About normal, standard deviation 37.
int noise(SplitMix& random) {
  return random.below(64) + random.below(64) - random.below(64) - random.below(64);
}

void append_example(std::vector<Picture> const& glyphs, SplitMix& random, int label,
                    std::vector<std::uint8_t>& images) {
  constexpr int distractor_length = 3;
  auto const& glyph =
      glyphs[static_cast<std::size_t>(label * glyphs_per_class + random.below(glyphs_per_class))];
  Picture distractor{};
  draw_stroke(distractor, random, distractor_length);
  distractor = blurred(distractor);
  int const down = random.below(3) - 1;
  int const right = random.below(3) - 1;
  int const contrast = 128 + random.below(129);  // of 256
  for (int i = 0; i < side * side; ++i) {
    int const shape = pixel_or_zero(glyph, i / side - down, i % side - right) * contrast / 256;
    int const value = shape + distractor[static_cast<std::size_t>(i)] / 2 + noise(random);
    images.push_back(static_cast<std::uint8_t>(std::clamp(value, 0, 255)));
  }
}

// Examples are independent of each other: example i has its own stream of numbers.
void append_examples(std::vector<Picture> const& glyphs, int classes, std::size_t first,
                     std::size_t count, std::vector<std::uint8_t>& images,
                     std::vector<std::uint8_t>& labels) {
  for (std::size_t i = 0; i < count; ++i) {
    SplitMix random(~seed + (first + i) * 0x100000);
    int const label = random.below(classes);
    append_example(glyphs, random, label, images);
    labels.push_back(static_cast<std::uint8_t>(label));
  }
}

Dataset generate(DatasetRecord const& record, DatasetSearch const&) {
  Dataset dataset = empty_dataset(record);
  auto const glyphs = make_glyphs(record.classes);
  append_examples(glyphs, record.classes, 0, record.train_count, dataset.train_images,
                  dataset.train_labels);
  append_examples(glyphs, record.classes, record.train_count, record.test_count,
                  dataset.test_images, dataset.test_labels);
  dataset.sources = {{"generated:train-images", sha256_of(dataset.train_images)},
                     {"generated:train-labels", sha256_of(dataset.train_labels)},
                     {"generated:test-images", sha256_of(dataset.test_images)},
                     {"generated:test-labels", sha256_of(dataset.test_labels)}};
  return dataset;
}

}  // namespace

DatasetRecord synthetic_dataset() {
  return {
      .name = "synthetic",
      .summary = "12 x 12 grey glyphs with noise, 10 classes, generated",
      .licence = "none needed: generated by this program",
      .get_it = "always there",
      .rows = side,
      .cols = side,
      .channels = 1,
      .classes = 10,
      .train_count = 4000,
      .test_count = 1000,
      .files = {},
      .other_folders = {},
      .load = generate,
  };
}

}  // namespace panther
