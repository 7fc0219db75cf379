// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A random word that is drawn anew at random reads and kept in between: before each read, with
// probability p and independently of everything else, it is reset. Its value at a read is the draw
// of the latest reset. So the process is stationary, whatever is made of the word is distributed as
// if it were drawn fresh, and the autocorrelation over k reads is (1 - p)^k: a two-state telegraph
// signal if the word is compared with a threshold, a process with a Lorentzian spectrum if it
// becomes a normal.
//
// Nothing is stored: the word is a function of (seed, stream, item, read). Reads are cut into
// windows of about 1/p. Within a window, resets are laid out from its end backwards, a geometric
// gap apart; as resets have no memory, starting afresh at every window's end keeps them independent
// at every read. A look-up begins at the end of the read's own window and goes back until a reset
// lies at or before the read: about two gaps.
//
// Deviation: gaps come from 23 random bits, so that the law of a gap is exact to 2^-23 in its
// distribution function.

#include "devicemodels/core/math.hpp"
#include "devicemodels/core/normal.hpp"
#include "devicemodels/core/philox.hpp"

namespace panther {

/// How often a process is reset.
struct ResetRate {
  float inverse_log;         // 1 / log2(1 - p); 0 if p = 1
  std::int32_t window_bits;  // a window is 2^this reads
};

/// `probability` of a reset before a read: at least least_reset_probability.
inline constexpr float least_reset_probability = 1e-5F;
PANTHER_HD ResetRate reset_rate(float probability) {
  float const p = clamped(probability, least_reset_probability, 1.0F);
  float const logarithm = chosen(p < 1.0F, log2p1(-p), -1.0F);
  return {chosen(p < 1.0F, 1.0F / logarithm, 0.0F), -floor_int(log2(p))};
}

/// Reads before the gap's end that are not reset: geometric, at most `most`.
PANTHER_HD std::int32_t reset_gap(ResetRate const& rate, std::uint32_t word, std::int32_t most) {
  float const reads = log2p1(-uniform_of(word)) * rate.inverse_log;
  return smaller(static_cast<std::int32_t>(reads), most);
}

/// Reads before the first one whose past a process may reach.
inline constexpr std::uint64_t reads_before_first = std::uint64_t{1} << 44;

/// Where the search for the latest reset stands.
struct ResetSearch {
  std::uint64_t window;  // counted from reads_before_first before read 0
  std::int32_t reach;    // reads from the window's start to the read
  std::int32_t at;       // position of the reset that was passed last; window length: none yet
  std::int32_t pair;     // pairs of gaps used up in this window
};

PANTHER_HD ResetSearch reset_search(ResetRate const& rate, std::uint64_t read) {
  std::uint64_t const time = read + reads_before_first;
  std::int32_t const length = 1 << rate.window_bits;
  return {time >> rate.window_bits, static_cast<std::int32_t>(time) & (length - 1), length, 0};
}

inline constexpr std::int32_t reset_pairs = 16;  // sub-steps that a process may use

PANTHER_HD std::uint32_t reset_sub_step(ResetSearch const& search, int process) {
  return static_cast<std::uint32_t>(process * reset_pairs + (search.pair & (reset_pairs - 1)));
}

struct ResetFound {
  std::int32_t found;  // 1: the others are known
  std::uint32_t word;  // value of the process
  std::int32_t age;    // reads since it was drawn
};

/// Passes two gaps back in time. Straight-line: vector loops run it on lanes.
PANTHER_HD ResetFound pass_resets(ResetRate const& rate, PhiloxWords const& words,
                                  ResetSearch& search) {
  std::int32_t const length = 1 << rate.window_bits;
  std::int32_t const first = search.at - 1 - reset_gap(rate, words.w[0], length);
  std::int32_t const second = first - 1 - reset_gap(rate, words.w[1], length);
  bool const is_first = (first >= 0) & (first <= search.reach);
  bool const is_second = (second >= 0) & (second <= search.reach);
  std::int32_t const age = search.reach - (is_first ? first : second);
  bool const left = second < 0;
  search.window -= left ? 1U : 0U;
  search.reach += left ? length : 0;
  search.at = left ? length : second;
  search.pair = left ? 0 : search.pair + 1;
  return {(is_first | is_second) ? 1 : 0, is_first ? words.w[2] : words.w[3], age};
}

/// The word of process `process` of an item at a read.
PANTHER_HD std::uint32_t renewed_word(ResetRate const& rate, std::uint64_t seed, Stream stream,
                                      std::uint64_t item, int process, std::uint64_t read) {
  ResetSearch search = reset_search(rate, read);
  for (;;) {
    ResetFound const result = pass_resets(
        rate, draw(seed, stream, item, search.window, reset_sub_step(search, process)), search);
    if (result.found != 0) return result.word;
  }
}

}  // namespace panther
