// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// "Did you mean": the nearest word of a list.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace panther {

/// Edit distance in which a swap of neighbours counts as one (optimal string alignment), ASCII case
/// ignored.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`: within a third of its length (at least one edit), or one that
/// begins with it (two characters or more). The first of equals wins.
std::optional<std::string> nearest_word(std::string_view word,
                                        std::span<std::string const> candidates);

/// " (did you mean 'x'?)", or nothing when no candidate is near.
std::string did_you_mean(std::string_view word, std::span<std::string const> candidates);

/// "a, b, c"
std::string join_words(std::span<std::string const> words);

}  // namespace panther
