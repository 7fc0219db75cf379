// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Makes a vector operation of a function of one or two real numbers or raw words.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "host/isa/alu_op.hpp"

namespace panther::machine {

/// Round half away from zero to a raw word, upper bits dropped: the reference's conversion.
inline Word wrap(double scaled) {
  return static_cast<Word>(
      static_cast<std::uint16_t>(static_cast<std::int64_t>(std::round(scaled))));
}

/// Round half away from zero to a raw word, kept at the ends of the range; not a number becomes 0.
inline Word saturate(double scaled) {
  if (std::isnan(scaled)) return 0;
  return static_cast<Word>(std::clamp(std::round(scaled), double{INT16_MIN}, double{INT16_MAX}));
}

inline Word wrap(std::int64_t raw) { return static_cast<Word>(static_cast<std::uint16_t>(raw)); }

/// f(int a, int b) -> int64, wrapped. Exact, because sums of raw words are the words of sums.
template <auto f>
void each_raw(AluInput const& in, std::span<Word> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = wrap(std::int64_t{f(in.a[i], in.b[i])});
}

template <auto f>
void each_raw_unary(AluInput const& in, std::span<Word> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = wrap(std::int64_t{f(in.a[i])});
}

/// f(double a, double b) -> double, wrapped.
template <auto f>
void each_wrapped(AluInput const& in, std::span<Word> out) {
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = wrap(f(in.a[i] / in.scale, in.b[i] / in.scale) * in.scale);
}

template <auto f>
void each_wrapped_unary(AluInput const& in, std::span<Word> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = wrap(f(in.a[i] / in.scale) * in.scale);
}

/// f(double a, double b) -> double, saturated.
template <auto f>
void each_saturated(AluInput const& in, std::span<Word> out) {
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = saturate(f(in.a[i] / in.scale, in.b[i] / in.scale) * in.scale);
}

template <auto f>
void each_saturated_unary(AluInput const& in, std::span<Word> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = saturate(f(in.a[i] / in.scale) * in.scale);
}

}  // namespace panther::machine
