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
// Clamping to the window, write noise, variation of the window and rounding belong to the kernels,
// so that they are the same for every law. Zero steps must change nothing. A law must be finite for
// every position in the window. See devicemodels/README.md for how to add one.

#include <concepts>
#include <type_traits>

#include "devicemodels/core/hd.hpp"

namespace panther {

/// How one device differs from the nominal one. Frozen; functions of (seed, device).
struct Traits {
  float slope_up = 1.0F;    // factor on the steps applied upward
  float slope_down = 1.0F;  // factor on the steps applied downward
  float bend_up = 1.0F;     // factor on the nonlinearity, upward
  float bend_down = 1.0F;   // factor on the nonlinearity, downward
  float low = 0.0F;         // lowest reachable position, codes
  float high = 0.0F;        // highest reachable position, codes; low == high: the device is stuck
};

enum class Direction : bool { down = false, up = true };

template <class L>
concept DeviceLaw = requires(typename L::Params const& params,
                             typename L::Constants const& constants, Traits const& traits) {
  requires std::is_trivially_copyable_v<typename L::Constants>;
  { L::prepare(params, 6) } -> std::same_as<typename L::Constants>;
  { L::moved(constants, traits, 0.0F, 1.0F, Direction::up) } -> std::same_as<float>;
};

/// A law that splits moved.
template <class L>
concept ReachLaw = DeviceLaw<L> &&
    requires(typename L::Constants const& constants, Traits const& traits) {
  { L::reach(constants, traits, 1.0F, Direction::up) } -> std::same_as<float>;
  { L::moved_by(constants, traits, 0.0F, 1.0F, Direction::up, 0.0F) } -> std::same_as<float>;
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

}  // namespace panther
