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
/// et al., ICCV 2015) or +-sqrt(6 / (inputs + units)) (Glorot and Bengio, AISTATS 2010). The first
/// form writes weights [first, first + weights.size()) of them.
void initial_weights(WeightInit init, std::uint64_t seed, int layer, int inputs, int units,
                     std::size_t first, std::span<float> weights);
std::vector<float> initial_weights(WeightInit init, std::uint64_t seed, int layer, int inputs,
                                   int rows, int units);

/// Weights as words of `fraction` fraction bits, rounded half to even, saturated to `bits` bits.
std::vector<std::int32_t> weight_words(std::span<float const> weights, int fraction, int bits);

/// A permutation of 0 .. count-1 for an epoch (Fisher and Yates); the identity if not shuffled.
std::vector<std::int32_t> example_order(std::uint64_t seed, int epoch, std::int64_t count,
                                        bool shuffle);

}  // namespace panther
