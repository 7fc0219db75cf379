// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows cut into bands with equally many driven ones, a band for a thread. Reads and updates of a
// layer cut alike, so that a core reads the codes that it has written: they lie in its caches, not
// in another core's.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace panther {

/// How many of `rows` are not zero.
inline std::int64_t driven_rows(std::span<std::int16_t const> rows) {
  return static_cast<std::int64_t>(rows.size()) - std::ranges::count(rows, 0);
}

/// Sets ends to the bounds of `bands` bands, [band + 1], of rows of which before(band) driven ones
/// (those that are not zero) lie in earlier bands; before(band) ascends.
template <class Before>
void place_bands(std::span<std::int16_t const> rows, int bands, Before const& before,
                 std::vector<std::size_t>& ends) {
  constexpr std::size_t chunk = 32;  // counted at once
  ends.assign(1, 0);
  std::size_t row = 0;
  std::int64_t seen = 0;
  for (int band = 1; band < bands; ++band) {
    std::int64_t const wanted = before(band);
    while (seen < wanted) {
      std::size_t const next = std::min(row + chunk, rows.size());
      std::int64_t const more = driven_rows(rows.subspan(row, next - row));
      if (seen + more > wanted) break;
      seen += more;
      row = next;
    }
    for (; seen < wanted; ++row) seen += rows[row] != 0 ? 1 : 0;
    ends.push_back(row);
  }
  ends.push_back(rows.size());
}

/// The same for bands with equally many driven rows, `driven` in all.
inline void place_even_bands(std::span<std::int16_t const> rows, std::int64_t driven, int bands,
                             std::vector<std::size_t>& ends) {
  place_bands(
      rows, bands, [&](int band) { return driven * band / bands; }, ends);
}

}  // namespace panther
