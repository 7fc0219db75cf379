// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Initial weights and the order of examples: functions of the seed alone, shared by the emulated
// network and its float32 baseline.

#include <cstdint>
#include <span>
#include <vector>

#include "host/nn/config.hpp"

namespace panther {

/// Weights [row][col] of a layer, row `inputs` (the bias) zero: uniform in +-sqrt(6 / inputs) (He
/// et al., ICCV 2015) or +-sqrt(6 / (inputs + units)) (Glorot and Bengio, AISTATS 2010), or one of
/// a grid's values. The first form writes weights [first, first + weights.size()) of them.
void initial_weights(WeightInitConfig const& init, std::uint64_t seed, int layer, int inputs,
                     int units, std::size_t first, std::span<float> weights);
std::vector<float> initial_weights(WeightInitConfig const& init, std::uint64_t seed, int layer,
                                   int inputs, int rows, int units);

/// Weights as words of `fraction` fraction bits, rounded half to even, saturated to `bits` bits.
std::vector<std::int32_t> weight_words(std::span<float const> weights, int fraction, int bits);

/// A permutation of 0 .. count-1 for an epoch (Fisher and Yates); the identity if not shuffled.
std::vector<std::int32_t> example_order(std::uint64_t seed, int epoch, std::int64_t count,
                                        bool shuffle);

/// `count` of `available` examples, each drawn at random from all.
std::vector<std::int32_t> example_draws(std::uint64_t seed, int epoch, std::int64_t count,
                                        std::int64_t available);

/// The examples of an epoch, in order: one of the above.
std::vector<std::int32_t> epoch_order(TrainingConfig const& config, std::uint64_t seed, int epoch,
                                      std::int64_t available);

}  // namespace panther
