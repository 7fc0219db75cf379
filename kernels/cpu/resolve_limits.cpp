// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/cpu/resolve_limits.hpp"

#include <limits>

namespace panther {

namespace {

/// |N(0,1)| of core/normal.hpp stays below.
constexpr float largest_normal = 5.8F;

/// Levels of canonical digits: any combination is a weight that digits_of gives back.
struct Levels {
  std::int64_t low;
  std::int64_t high;
};

Levels digit_levels(Slicing const& slicing) {
  std::int64_t const base = std::int64_t{1} << slicing.digit_bits;
  if (slicing.digits == DigitSet::balanced) return {-base / 2, base / 2 - 1};
  return {0, base - 1};
}

/// Of the top slice: with every choice of lower digits the weight lies in weight_range.
Levels top_levels(Slicing const& slicing) {
  Levels const digit = digit_levels(slicing);
  WeightRange const range = weight_range(slicing);
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
  for (int s = slicing.slices - 2; s >= 0; --s) {
    lowest += digit.low << (slicing.digit_bits * s);
    highest += digit.high << (slicing.digit_bits * s);
  }
  std::int64_t const place = std::int64_t{1} << (slicing.digit_bits * (slicing.slices - 1));
  return {-((lowest - range.low) / place), (range.high - highest) / place};
}

/// Codes by which noise and a coarse converter can move what a slice reads as.
std::int32_t largest_error(ResolveArgs const& args, int slice) {
  int const planes = args.slicing.planes_per_slice;
  int const bits = args.slicing.cell_bits[slice];
  float error = 0.0F;
  if (args.noisy_read) {
    ResolveWeight<LawMoves<Ideal>> const reader{args};
    for (int replica = 0; replica < args.shape.replicas; ++replica) {
      for (std::int16_t const code : {std::int16_t{-32768}, std::int16_t{32767}}) {
        float const deviation = reader.read_deviation(replica, slice, code, false);
        error = larger(error, static_cast<float>(planes) * (largest_normal * deviation + 1.0F));
      }
    }
  }
  if (args.adc_bits != 0 && args.adc_bits < bits) {
    error += static_cast<float>(1 << (16 - args.adc_bits + args.slicing.average_bits));
  }
  return static_cast<std::int32_t>(smaller(error, 1e6F)) + (error > 0.0F ? 1 : 0);
}

}  // namespace

ResolveLimits resolve_limits(ResolveArgs const& args) {
  ResolveLimits limits{};
  for (int slice = 0; slice < args.slicing.slices; ++slice) {
    int const shift = args.slicing.level_shift(slice);
    bool const top = slice + 1 == args.slicing.slices;
    Levels const levels = top ? top_levels(args.slicing) : digit_levels(args.slicing);
    // A tie at half a level rounds to even: not certain.
    std::int64_t const within = shift > 0 ? (std::int64_t{1} << (shift - 1)) - 1 : 0;
    std::int32_t const error = largest_error(args, slice);
    // What lies beyond the cell's last level reads as that level.
    limits.low[slice] = levels.low <= args.slicing.lowest(slice)
                            ? std::numeric_limits<std::int32_t>::min()
                            : static_cast<std::int32_t>((levels.low << shift) - within) + error;
    limits.high[slice] = levels.high >= args.slicing.highest(slice)
                             ? std::numeric_limits<std::int32_t>::max()
                             : static_cast<std::int32_t>((levels.high << shift) + within) - error;
  }
  Levels const top = top_levels(args.slicing);
  limits.top_low = static_cast<std::int32_t>(top.low);
  limits.top_high = static_cast<std::int32_t>(top.high);
  return limits;
}

}  // namespace panther
