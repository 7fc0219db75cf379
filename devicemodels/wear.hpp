// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The window of a worn device, as endurance.hpp describes it.

#include <algorithm>
#include <cmath>

#include "devicemodels/cell.hpp"
#include "devicemodels/endurance.hpp"

namespace panther {

/// Of one replica; trivially copyable.
struct WearConstants {
  float onset = 0.0F;    // octaves of writes
  float top = 0.0F;      // windows an octave
  float bottom = 0.0F;   // likewise
  float failure = 0.0F;  // octaves of writes; 0: no device fails
  float failure_spread = 0.0F;
  float failed = 1.0F;  // window
  bool by_curve = false;
  NodeCurve curve_top;  // windows by octaves of writes
  NodeCurve curve_bottom;

  bool wears() const { return top > 0 || bottom > 0 || failure > 0 || by_curve; }
};

inline WearConstants wear_constants(Endurance const& endurance) {
  double const octaves_per_decade = std::log2(10.0);
  WearConstants k;
  k.onset = static_cast<float>(std::log2(endurance.onset_writes));
  k.top = static_cast<float>(endurance.top_per_decade / octaves_per_decade);
  k.bottom = static_cast<float>(endurance.bottom_per_decade / octaves_per_decade);
  // A device that fails at its first write has more than no octaves, so that 0 stands for never.
  if (endurance.failure_writes > 0.0) {
    k.failure = static_cast<float>(std::max(std::log2(endurance.failure_writes), 1e-3));
  }
  k.failure_spread = static_cast<float>(endurance.failure_spread * octaves_per_decade);
  k.failed = static_cast<float>(endurance.failed_level);
  if (endurance.by_curve()) {
    check_endurance(endurance);
    std::vector<double> octaves;
    for (double const writes : endurance.curve_writes) octaves.push_back(std::log2(writes));
    k.by_curve = true;
    k.curve_top = node_curve(octaves, endurance.curve_top);
    k.curve_bottom = node_curve(octaves, endurance.curve_bottom);
  }
  return k;
}

/// The frozen draw of a device's failure, from the first word of Stream::wear_traits.
PANTHER_HD float wear_draw(std::uint32_t word) { return coarse_normal_pair(word).first; }

/// Octaves of a number of writes.
PANTHER_HD float write_octaves(std::uint32_t writes) {
  return log2(larger(static_cast<float>(writes), 1.0F));
}

PANTHER_HD bool has_failed(WearConstants const& k, float octaves, float draw) {
  return (k.failure > 0.0F) & (octaves >= fused(k.failure_spread, draw, k.failure));
}

/// Ends of the window after so many octaves of writes, which may have crossed: by the constants'
/// slopes, or by their curves.
PANTHER_HD Bounds straight_ends(WearConstants const& k, float range, float octaves) {
  float const worn = larger(octaves - k.onset, 0.0F);
  return {smaller(k.bottom * worn, 1.0F) * range, range - smaller(k.top * worn, 1.0F) * range};
}
PANTHER_HD Bounds curve_ends(WearConstants const& k, float range, float octaves) {
  return {clamped(k.curve_bottom.at(octaves), 0.0F, 1.0F) * range,
          clamped(k.curve_top.at(octaves), 0.0F, 1.0F) * range};
}

/// Positions between these ends within which a device can be.
PANTHER_HD Bounds bounds_between(WearConstants const& k, Bounds const& ends, float range,
                                 float octaves, float draw) {
  float const middle = 0.5F * (ends.low + ends.high);
  bool const open = ends.low <= ends.high;
  bool const failed = has_failed(k, octaves, draw);
  float const place = k.failed * range;
  return {chosen(failed, place, chosen(open, ends.low, middle)),
          chosen(failed, place, chosen(open, ends.high, middle))};
}

/// Positions within which a device of so many writes can be.
PANTHER_HD Bounds worn_bounds(WearConstants const& k, float range, std::uint32_t writes,
                              float draw) {
  float const octaves = write_octaves(writes);
  Bounds const ends = k.by_curve ? curve_ends(k, range, octaves) : straight_ends(k, range, octaves);
  return bounds_between(k, ends, range, octaves, draw);
}

/// The code nearest to a position within bounds; codes inside stay what they are.
PANTHER_HD std::int32_t held_code(Bounds const& bounds, float position) {
  float const inner_low = -static_cast<float>(floor_int(-bounds.low));  // whole codes
  float const inner_high = static_cast<float>(floor_int(bounds.high));
  float const kept = clamped(position, inner_low, larger(inner_low, inner_high));
  return static_cast<std::int32_t>(kept) + code_of_g_min;
}

/// More writes, saturating.
PANTHER_HD std::uint32_t more_writes(std::uint32_t writes, std::uint32_t more) {
  std::uint32_t const sum = writes + more;
  return sum < writes ? 0xFFFFFFFFU : sum;
}

}  // namespace panther
