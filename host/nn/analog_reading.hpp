// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Analog reads of a run: checks, and what a layer derives for them.

#include <cstdint>
#include <span>
#include <vector>

#include "host/nn/config.hpp"
#include "kernels/xbar/analog_constants.hpp"

namespace panther {

/// Throws std::invalid_argument, naming keys, if the settings of analog reads contradict each other
/// or would have no effect.
void check_analog_read(RunConfig const& config);

/// Resolution of a slice's converters; 0: ideal.
int adc_bits_of(ReadConfig const& config, int slice);

/// True if inputs are scaled by the mean of calibration examples: noise management
/// average_abs_max.
bool averages_inputs(ReadConfig const& config);

/// [replica]: the mean largest magnitude of a replica's vectors of `lines` inputs, rounded to the
/// nearest, at least 1. `all` holds `inputs` words of each replica, one after another.
std::vector<std::int32_t> means_abs_max(std::span<std::int16_t const> all, int replicas,
                                        std::size_t inputs, std::size_t lines);

/// Half the range of sums that a converter of a slice meets at most, codes.
double largest_sum(ReadConfig const& config, int lines);

/// The step, in codes, of a slice's converter whose half range is given, codes.
std::int32_t adc_step_for(ReadConfig const& config, Slicing const& slicing, int slice,
                          double half_range);

}  // namespace panther
