// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nn/initial_weights.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "devicemodels/core/normal.hpp"
#include "devicemodels/core/philox.hpp"

namespace panther {

void initial_weights(WeightInit init, std::uint64_t seed, int layer, int inputs, int units,
                     std::size_t first, std::span<float> weights) {
  int const fan = init == WeightInit::he_uniform ? inputs : inputs + units;
  auto const limit = static_cast<float>(std::sqrt(6.0 / fan));
  std::size_t const drawn = static_cast<std::size_t>(inputs) * static_cast<std::size_t>(units);
  for (std::size_t i = first; i < first + weights.size(); ++i) {
    std::uint64_t const item = device_item(static_cast<std::uint64_t>(layer), 0, 0, 0, 0) | (i / 4);
    PhiloxWords const words = draw(seed, Stream::weight_init, item, 0);
    weights[i - first] = i < drawn ? limit * (2.0F * uniform_of(words.w[i % 4]) - 1.0F) : 0.0F;
  }
}

std::vector<float> initial_weights(WeightInit init, std::uint64_t seed, int layer, int inputs,
                                   int rows, int units) {
  std::vector<float> weights(static_cast<std::size_t>(rows) * static_cast<std::size_t>(units));
  initial_weights(init, seed, layer, inputs, units, 0, weights);
  return weights;
}

std::vector<std::int32_t> weight_words(std::span<float const> weights, int fraction, int bits) {
  double const scale = std::ldexp(1.0, fraction);
  double const limit = std::ldexp(1.0, bits - 1);
  std::vector<std::int32_t> words;
  words.reserve(weights.size());
  for (float const weight : weights) {
    double const rounded = nearest(static_cast<double>(weight) * scale);
    words.push_back(static_cast<std::int32_t>(std::clamp(rounded, -limit, limit - 1.0)));
  }
  return words;
}

std::vector<std::int32_t> example_order(std::uint64_t seed, int epoch, std::int64_t count,
                                        bool shuffle) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  if (!shuffle) return order;
  for (std::size_t i = order.size(); i > 1; --i) {
    PhiloxWords const words =
        draw(seed, Stream::example_order, i, static_cast<std::uint64_t>(epoch));
    std::uint64_t const random = (static_cast<std::uint64_t>(words.w[0]) << 32) | words.w[1];
    std::swap(order[i - 1], order[random % i]);
  }
  return order;
}

}  // namespace panther
