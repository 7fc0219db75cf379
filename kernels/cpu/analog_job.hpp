// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The vector analog read of the CPU, in parts that are compiled once per instruction set.
//
// Idea list
// - Panels, packing and the integer products are the bit-serial read's (read_job.hpp). What an
//   effect adds to a sum is a float product of the same shape, [stream][line] weights by
//   [line][lane] values, for which add_powers serves.
// - Order of the loops: plane, block, panel. The voltages of a block's lines are formed once for
// all
//   panels of a call; frozen properties of converters once for a group of examples.
// - Fluctuations: all devices of a block and panel look for the latest reset of their process;
//   those that found it leave the list. Examples of a group are taken from the last to the first,
//   so that a reset that is old enough serves several. Rejected: a search per panel line, whose
//   vectors wait for their slowest device (1.5 times slower).
// - A further attempt at vectors that clipped (bound management) reads neighbours among them
//   together, a group's packed panels serving as many as there are.
// - Every sum is finished in double, lane by lane, by the definition's own functions.
// Bound: the draws (a conversion's normal, a driver's, a device's); without any, the conversions in
// double.

#include <cstdint>

#include "kernels/cpu/read_job.hpp"
#include "kernels/xbar/analog_read.hpp"

namespace panther::PANTHER_ISA_NAMESPACE {

constexpr int max_lines = 2 * max_pairs;  // of a block, those included that only fill up
constexpr int analog_group = 4;           // examples that share a packed panel

struct AnalogJob {
  AnalogReadArgs const* args;
  AnalogConstants const* k;
  AnalogTerms terms;
  Job job;

  std::uint64_t seed() const { return job.args->devices[job.replica].seed; }
  std::uint64_t read_of(int example) const {
    return job.args->first_read + static_cast<std::uint64_t>(job.first_example + example);
  }
  std::int64_t vector_of(int example) const {
    return static_cast<std::int64_t>(job.replica) * job.args->examples + job.first_example +
           example;
  }
};

/// One block of driven lines of one plane, for all panels of a call.
struct LineInputs {
  int count;                                             // lines of the panel's layout
  std::int32_t line[max_lines];                          // of the array; -1: fills up
  alignas(64) float present[max_lines];                  // 1 for a line of the array, else 0
  alignas(64) float voltage[max_streams * max_lines];    // [stream][line] u
  alignas(64) float drift[max_streams * max_lines];      // u - digit
  alignas(64) float square[max_streams * max_lines];     // u^2
  alignas(64) float magnitude[max_streams * max_lines];  // |u|
};

/// Values of a panel, [line][lane], and their sums, [stream][lane].
struct AnalogPanel {
  alignas(64) float codes[max_lines * panel_lines];
  alignas(64) float g[max_lines * panel_lines];
  alignas(64) float squares[max_lines * panel_lines];
  alignas(64) float changes[analog_group * max_lines * panel_lines];  // [example][line][lane]
  alignas(64) float drift[max_streams * panel_lines];
  alignas(64) float change[max_streams * panel_lines];
  alignas(64) float power[max_streams * panel_lines];
  alignas(64) float flow[max_streams * panel_lines];
  alignas(64) float conductance[panel_lines];
};

/// Frozen properties of a panel's converters.
struct PanelTraits {
  alignas(64) double gain[panel_lines];
  alignas(64) double offset[panel_lines];
  alignas(64) float sense_offset[panel_lines];
  alignas(64) float noise[panel_lines];
  alignas(64) float s_shape[panel_lines];
  alignas(64) float weights[max_adc_bits * panel_lines];  // [bit][lane] of a SAR
};

/// Devices whose latest reset is being looked for, without gaps.
struct SearchList {
  int size;
  alignas(64) std::int32_t device[max_lines * panel_lines];
  alignas(64) std::uint64_t item[max_lines * panel_lines];
  alignas(64) float inverse_log[max_lines * panel_lines];
  alignas(64) std::int32_t window_bits[max_lines * panel_lines];
  alignas(64) std::uint64_t window[max_lines * panel_lines];
  alignas(64) std::int32_t reach[max_lines * panel_lines];
  alignas(64) std::int32_t at[max_lines * panel_lines];
  alignas(64) std::int32_t pair[max_lines * panel_lines];
  alignas(64) std::int32_t found[max_lines * panel_lines];
  alignas(64) std::uint32_t word[max_lines * panel_lines];
  alignas(64) std::int32_t age[max_lines * panel_lines];
};

/// The processes of a panel's devices, [line][lane].
struct Fluctuations {
  int devices;
  alignas(64) std::uint64_t item[max_lines * panel_lines];
  alignas(64) float inverse_log[max_lines * panel_lines];
  alignas(64) std::int32_t window_bits[max_lines * panel_lines];
  alignas(64) float amplitude[max_lines * panel_lines];
  alignas(64) float factor[max_lines * panel_lines];
  alignas(64) std::uint32_t word[max_lines * panel_lines];
  alignas(
      64) std::int32_t age[max_lines * panel_lines];  // reads since word was drawn; < 0: unknown
  SearchList list;
};

struct AnalogScratch {
  PanelBuffers buffers;
  LineInputs inputs;
  AnalogPanel panel;
  PanelTraits traits;
  Fluctuations fluctuations;
};

/// Which lines a block's layout holds.
void find_lines(AnalogJob const& job, int block, LineInputs& inputs);
/// What drives them in a plane.
void drive_lines(AnalogJob const& job, int plane, int block, LineInputs& inputs);
/// All sums of a panel that the terms ask for; the integer ones in scratch.buffers.sums.
void add_analog_sums(AnalogJob const& job, PanelLanes const& lanes, int plane, int block,
                     AnalogScratch& scratch);
/// Changes of conductance of a panel's devices in the reads of all examples.
void fluctuate(AnalogJob const& job, PanelLanes const& lanes, int plane, AnalogScratch& scratch);
/// Converts the sums of a block and adds them to the panel's totals, [example][lane].
void add_analog_converted(AnalogJob const& job, PanelLanes const& lanes, int plane, int block,
                          AnalogScratch& scratch, std::int64_t* totals, JobCounts& counts);

}  // namespace panther::PANTHER_ISA_NAMESPACE
