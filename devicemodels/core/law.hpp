// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a device law is: the noise-free response of one cell to a number of level steps.
//
// A law is a struct with
//   Params     described fields with `static constexpr std::string_view name`;
//   Constants  trivially copyable; made on the host by prepare(params, cell_bits), one per slice;
//   moved(constants, traits, position, steps, up)
//              the position's change (>= 0 up, <= 0 down; codes) when `steps` level steps are
//              applied upward or downward from `position`.
// A law may also split moved, for kernels that move many like devices:
//   reach(constants, traits, steps, up)
//              the costly part, which does not depend on the position;
//   moved_by(constants, traits, position, steps, up, reach)
//              moved(...) of that reach, to the bit.
// A law may carry out whole pulses only:
//   carried_out(constants, steps, direction)
//              the level steps that its pulses carry out of a request. Write noise that knows the
//              pulses of a move counts these.
// A law may read a table:
//   table(params)
//              its numbers, the same for all cells; Constants::table points to them where a kernel
//              runs (prepare leaves it null; PreparedLaw and kernels/base/law_memory.hpp own them);
//   tables(params)
//              of how many devices the table tells; each device follows one, Traits::table.
// A law may draw, `static constexpr bool draws = true`: moved takes a uniform number in (0, 1) of
// the move after the direction, and
//   expected(constants, traits, position, steps, up)
//              is the mean of moved(...) over that number.
// Such a law has its own noise and gets no write noise. If it reads a table, too, it splits moved,
// for kernels that look up the numbers of many devices:
//   places(constants, traits, position, up, uniform)
//              where the two numbers of a move stand in the table;
//   moved_with(constants, traits, steps, up, first, second)
//              moved(...) with those numbers, to the bit.
// A law may keep a second state that its pulses move first (core/pulse_counter.hpp):
//   Constants::counter
//              tells how many of the level steps asked for reach the weight; kernels keep the
//              state and ask. moved knows nothing of it: it is the weight's own response.
// Clamping to the window, write noise, variation of the window and rounding belong to the kernels,
// so that they are the same for every law. Zero steps must change nothing. A law must be finite for
// every position in the window. See devicemodels/README.md for how to add one.

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "devicemodels/core/hd.hpp"
#include "devicemodels/core/pulse_counter.hpp"

namespace panther {

/// How one device differs from the nominal one. Frozen; functions of (seed, device).
struct Traits {
  float slope_up = 1.0F;    // factor on the steps applied upward
  float slope_down = 1.0F;  // factor on the steps applied downward
  float bend_up = 1.0F;     // factor on the nonlinearity, upward
  float bend_down = 1.0F;   // factor on the nonlinearity, downward
  float low = 0.0F;         // lowest reachable position, codes
  float high = 0.0F;        // highest reachable position, codes; low == high: the device is stuck
  std::int32_t table = 0;   // which one of its law's tables the device follows
};

enum class Direction : bool { down = false, up = true };

/// A law that draws.
template <class L>
concept DrawingLaw = requires(typename L::Constants const& constants, Traits const& traits) {
  requires L::draws;
  { L::moved(constants, traits, 0.0F, 1.0F, Direction::up, 0.5F) } -> std::same_as<float>;
  { L::expected(constants, traits, 0.0F, 1.0F, Direction::up) } -> std::same_as<float>;
};

/// A law that does not.
template <class L>
concept SteadyLaw = requires(typename L::Constants const& constants, Traits const& traits) {
  { L::moved(constants, traits, 0.0F, 1.0F, Direction::up) } -> std::same_as<float>;
};

template <class L>
concept DeviceLaw = requires(typename L::Params const& params) {
  requires SteadyLaw<L> || DrawingLaw<L>;
  requires std::is_trivially_copyable_v<typename L::Constants>;
  { L::prepare(params, 6) } -> std::same_as<typename L::Constants>;
};

/// Of the two numbers that a move looks up.
struct TablePlaces {
  std::int32_t first;
  std::int32_t second;
};

/// A law that reads a table.
template <class L>
concept TableLaw = DeviceLaw<L> &&
    requires(typename L::Params const& params, typename L::Constants const& constants) {
  { L::table(params) } -> std::same_as<std::vector<float>>;
  { L::tables(params) } -> std::same_as<int>;
  { constants.table } -> std::convertible_to<float const*>;
  requires std::equality_comparable<typename L::Params>;
};

/// A law that splits moved.
template <class L>
concept ReachLaw = DeviceLaw<L> &&
    requires(typename L::Constants const& constants, Traits const& traits) {
  { L::reach(constants, traits, 1.0F, Direction::up) } -> std::same_as<float>;
  { L::moved_by(constants, traits, 0.0F, 1.0F, Direction::up, 0.0F) } -> std::same_as<float>;
};

/// A law, or a motion of several, of whole pulses.
template <class L>
concept WholePulseLaw = requires(typename L::Constants const& constants) {
  { L::carried_out(constants, 1.0F, Direction::up) } -> std::same_as<float>;
};

/// A law that keeps a second state.
template <class L>
concept CountingLaw = DeviceLaw<L> && requires(typename L::Constants const& constants) {
  { constants.counter } -> std::same_as<PulseCounter const&>;
};

/// A law that draws from a table.
template <class L>
concept DrawnTableLaw = TableLaw<L> && DrawingLaw<L> &&
    requires(typename L::Constants const& constants, Traits const& traits) {
  { L::places(constants, traits, 0.0F, Direction::up, 0.5F) } -> std::same_as<TablePlaces>;
  { L::moved_with(constants, traits, 1.0F, Direction::up, 0.0F, 0.0F) } -> std::same_as<float>;
};

namespace detail {
template <class L>
struct MotionOfLaw {
  using Type = L;
};
template <class L>
requires requires { typename L::Motion; }
struct MotionOfLaw<L> {
  using Type = typename L::Motion;
};
}  // namespace detail

/// What kernels are compiled for: Constants and moved. Laws that differ in their parameters only
/// derive from one motion, which names itself Motion, and share its kernels.
template <DeviceLaw L>
using MotionOf = typename detail::MotionOfLaw<L>::Type;

/// Of the level steps of a request, those that the law's pulses carry out.
template <class L>
PANTHER_HD float steps_carried_out(typename L::Constants const& constants, float steps,
                                   Direction direction) {
  if constexpr (WholePulseLaw<L>) {
    return L::carried_out(constants, steps, direction);
  } else {
    return steps;
  }
}

/// The change without noise: what a law that draws does on average.
template <DeviceLaw L>
PANTHER_HD float expected_change(typename L::Constants const& constants, Traits const& traits,
                                 float position, float steps, Direction direction) {
  if constexpr (DrawingLaw<L>) {
    return L::expected(constants, traits, position, steps, direction);
  } else {
    return L::moved(constants, traits, position, steps, direction);
  }
}

/// A law's constants with the table that they point to, in the host's memory.
template <DeviceLaw L>
class PreparedLaw {
 public:
  /// Throws what prepare and table throw.
  PreparedLaw(typename L::Params const& params, int cell_bits)
      : constants_(L::prepare(params, cell_bits)) {
    if constexpr (TableLaw<L>) {
      table_ = L::table(params);
      constants_.table = table_.data();
    }
  }
  PreparedLaw(PreparedLaw const&) = delete;
  PreparedLaw& operator=(PreparedLaw const&) = delete;

  typename L::Constants const& constants() const { return constants_; }
  operator typename L::Constants const&() const { return constants_; }

 private:
  typename L::Constants constants_;
  std::vector<float> table_;
};

}  // namespace panther
