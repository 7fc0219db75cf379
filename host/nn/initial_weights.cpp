// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nn/initial_weights.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "devicemodels/core/normal.hpp"
#include "devicemodels/core/philox.hpp"

namespace panther {

namespace {

/// The weight that a random word gives.
class Draw {
 public:
  Draw(WeightInitConfig const& init, int inputs, int units) : init_(init) {
    int const fan = init.kind == WeightInit::he_uniform ? inputs : inputs + units;
    limit_ = static_cast<float>(std::sqrt(6.0 / fan));
  }

  float operator()(std::uint32_t word) const {
    return init_.kind == WeightInit::grid ? on_grid(word)
                                          : limit_ * (2.0F * uniform_of(word) - 1.0F);
  }

 private:
  float on_grid(std::uint32_t word) const {
    auto const values = static_cast<std::uint64_t>(init_.values);
    auto const chosen = static_cast<double>((word * values) >> 32);
    return static_cast<float>(init_.limit * (2.0 * chosen / (init_.values - 1) - 1.0));
  }

  WeightInitConfig init_;
  float limit_;
};

/// A whole number below `count` for a position in an epoch.
std::uint64_t drawn_below(std::uint64_t seed, int epoch, std::uint64_t position,
                          std::uint64_t count) {
  PhiloxWords const words =
      draw(seed, Stream::example_order, position, static_cast<std::uint64_t>(epoch));
  std::uint64_t const random = (static_cast<std::uint64_t>(words.w[0]) << 32) | words.w[1];
  return random % count;
}

}  // namespace

void initial_weights(WeightInitConfig const& init, std::uint64_t seed, int layer, int inputs,
                     int units, std::size_t first, std::span<float> weights) {
  Draw const weight_of(init, inputs, units);
  std::size_t const drawn = static_cast<std::size_t>(inputs) * static_cast<std::size_t>(units);
  for (std::size_t i = first; i < first + weights.size(); ++i) {
    std::uint64_t const item = device_item(static_cast<std::uint64_t>(layer), 0, 0, 0, 0) | (i / 4);
    PhiloxWords const words = draw(seed, Stream::weight_init, item, 0);
    weights[i - first] = i < drawn ? weight_of(words.w[i % 4]) : 0.0F;
  }
}

std::vector<float> initial_weights(WeightInitConfig const& init, std::uint64_t seed, int layer,
                                   int inputs, int rows, int units) {
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
    std::swap(order[i - 1], order[drawn_below(seed, epoch, i, i)]);
  }
  return order;
}

std::vector<std::int32_t> example_draws(std::uint64_t seed, int epoch, std::int64_t count,
                                        std::int64_t available) {
  std::vector<std::int32_t> draws;
  for (std::int64_t i = 0; i < count; ++i) {
    draws.push_back(static_cast<std::int32_t>(drawn_below(
        seed, epoch, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(available))));
  }
  return draws;
}

std::vector<std::int32_t> epoch_order(TrainingConfig const& config, std::uint64_t seed, int epoch,
                                      std::int64_t available) {
  if (!config.epoch_examples) return example_order(seed, epoch, available, config.shuffle);
  return example_draws(seed, epoch, *config.epoch_examples, available);
}

}  // namespace panther
