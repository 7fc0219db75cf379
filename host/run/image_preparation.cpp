// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/image_preparation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/base/errors.hpp"

namespace panther {

namespace {

void check_crop(int side, Dataset const& dataset) {
  auto const refuse = [&](std::string const& allowed) {
    throw UserError(fmt::format("data.crop = {} ({}; images of '{}' are {} x {})", side, allowed,
                                dataset.name, dataset.rows, dataset.cols));
  };
  int const largest = std::min(dataset.rows, dataset.cols);
  if (side > largest) refuse(fmt::format("must be at most {}", largest));
  if ((dataset.rows - side) % 2 != 0 || (dataset.cols - side) % 2 != 0)
    refuse("must leave margins of equal width");
}

/// Central squares of images that lie back to back as `planes` of rows x cols.
std::vector<std::uint8_t> cropped(std::vector<std::uint8_t> const& images, Dataset const& dataset,
                                  int side) {
  auto const rows = static_cast<std::size_t>(dataset.rows);
  auto const cols = static_cast<std::size_t>(dataset.cols);
  auto const kept = static_cast<std::size_t>(side);
  std::size_t const planes = images.size() / (rows * cols);
  std::size_t const corner = (rows - kept) / 2 * cols + (cols - kept) / 2;
  std::vector<std::uint8_t> result;
  result.reserve(planes * kept * kept);
  for (std::size_t line = 0; line < planes * kept; ++line) {
    std::size_t const start = line / kept * rows * cols + corner + line % kept * cols;
    auto const from = images.begin() + static_cast<std::ptrdiff_t>(start);
    result.insert(result.end(), from, from + side);
  }
  return result;
}

void binarise(std::vector<std::uint8_t>& images, double threshold) {
  for (std::uint8_t& pixel : images) pixel = pixel > threshold * 255.0 ? 255 : 0;
}

}  // namespace

void prepare_images(DataConfig const& config, Dataset& dataset) {
  if (config.crop) {
    check_crop(*config.crop, dataset);
    dataset.train_images = cropped(dataset.train_images, dataset, *config.crop);
    dataset.test_images = cropped(dataset.test_images, dataset, *config.crop);
    dataset.rows = dataset.cols = *config.crop;
  }
  if (config.binarise) {
    binarise(dataset.train_images, *config.binarise);
    binarise(dataset.test_images, *config.binarise);
  }
}

}  // namespace panther
