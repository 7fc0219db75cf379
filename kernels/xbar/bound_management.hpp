// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bound management of analog reads: a vector one of whose sums exceeds its converter's range is
// read again with its inputs halved, until none does (Gokmen, Onen, Haensch, Front. Neurosci. 11,
// 538, 2017; aihwkit's BoundManagementType).
//
// The periphery of a layer sees the clipping flags of all converters (tiles, slices, signs, stream
// steps) of one vector, and repeats that vector alone. Attempt r reads with the scale
// alpha_r = 2^r alpha of input_scaling.hpp: drivers lose r bits of their resolution, the outputs
// count 2^r times as much. The last attempt's sums are the result, clipped or not.
// worst_case goes at once to the scale at which no sum should clip, as abs_max_np_sum finds it, and
// only then on by halves: alpha_r = 2^(r-1) max(2 alpha, alpha of abs_max_np_sum), r > 0.
// Repeated while 2^r <= max_factor and 2^r / 65534 <= max_resolution; 65534 are the 16-bit steps of
// the drivers' range, aihwkit's 1 / inp_res.
//
// Draws: every attempt has its own noise of drivers, lines and converters; attempt r of stream step
// t draws as step 16 r + t. The first attempt draws what a read without bound management draws.
// Telegraph and 1/f noise know reads, not attempts: a vector's attempts see the same state.
// Counts: conversions and clips of all attempts count; so do the repetitions themselves.
//
// As in the source, it is for forward reads only: errors that clip are clipped.
// Halving an input moves its digits down a stream step, so that converters which see each step
// (adc.timing every_step) meet the same digits again until inputs have run out of bits; it is for
// converters of accumulated charge. Small negative inputs have ones in all digits but accumulate to
// little.
//
// Deviations: aihwkit halves real numbers; here a halved input is rounded to its LSB. Its
// IterativeWorstCase repeats a vector at the same scale where AbsMaxNPSum asks for no more; here
// the second attempt halves at least. Left out: Shift, which aihwkit lists and does not compute.

#include <array>
#include <cstdint>
#include <string_view>

#include "devicemodels/core/fields.hpp"
#include "kernels/base/counters.hpp"
#include "kernels/xbar/input_scaling.hpp"

namespace panther {

enum class BoundManagement : std::uint8_t { off, iterative, worst_case };
template <>
struct EnumNames<BoundManagement> {
  static constexpr std::array values{
      std::pair{BoundManagement::off, std::string_view{"off"}},
      std::pair{BoundManagement::iterative, std::string_view{"iterative"}},
      std::pair{BoundManagement::worst_case, std::string_view{"worst_case"}}};
};

struct BoundManagementConfig {
  BoundManagement management = BoundManagement::off;
  double max_factor = 1000.0;
  double max_resolution = 0.25;
  bool test_negative = true;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("management", self.management,
          Field{.doc = "forward reads of vectors that clip at a converter: kept; repeated with "
                       "inputs halved until none clips; repeated at the scale of abs_max_np_sum, "
                       "then halved"});
    visit("max_factor", self.max_factor,
          Field{.unit = "1",
                .doc = "inputs are divided by no more than this (aihwkit's max_bm_factor)",
                .lo = 2,
                .hi = 32768});
    visit(
        "max_resolution", self.max_resolution,
        Field{.unit = "full scale",
              .doc = "largest step of divided inputs, of 1/65534 undivided (aihwkit's max_bm_res)",
              .lo = 0.0001,
              .hi = 0.5});
    visit("test_negative", self.test_negative,
          Field{.doc = "sums below the range count as clipped, not only those above it"});
  }
};

/// Repetitions of a read at most, below 16. Throws std::invalid_argument, naming the key, for
/// settings that have no effect.
int bound_repeats(BoundManagementConfig const& config);

/// What inputs may be divided by for their sums' sake, a driver's step in mind.
std::int32_t most_by_sum(BoundManagementConfig const& config);

/// alpha_r.
PANTHER_HD std::int64_t attempt_scale(InputScaling const& k, InputVector const& v, int attempt) {
  std::int64_t const first = input_scale(k, v);
  if (attempt == 0 || !k.worst_case) return first << attempt;
  return larger(2 * first, scale_by_sum(k, v)) << (attempt - 1);
}

/// Stream steps that an attempt's draws have room for.
inline constexpr int steps_of_attempt = 16;

/// Bound management in one pass over the vectors of a read.
struct BoundedPass {
  std::int32_t* clipped = nullptr;  // [replica][example] 1 + latest attempt that clipped; null: off
  std::uint64_t* repeats = nullptr;  // [replica] repeated vectors
  int most_repeats = 0;
  bool test_negative = true;
  int attempt = 0;

  /// True if this attempt reads a vector; the same whatever the attempt has found so far.
  PANTHER_HD bool reads(std::int64_t vector) const {
    return attempt == 0 || raised(clipped[vector]) >= attempt;
  }
  /// A stream step's number among those of all attempts: addresses its draws.
  PANTHER_HD int drawn_step(int step) const { return steps_of_attempt * attempt + step; }
};

/// Conversions beyond a converter's range.
struct ClipCount {
  std::uint64_t all = 0;
  std::uint64_t above = 0;
};

/// Notes what an attempt at a vector clipped.
PANTHER_HD void note_clips(BoundedPass const& pass, std::int64_t vector, ClipCount const& clips) {
  if (pass.clipped == nullptr) return;
  if ((pass.test_negative ? clips.all : clips.above) == 0) return;
  raise(pass.clipped[vector], pass.attempt + 1);
}

}  // namespace panther
