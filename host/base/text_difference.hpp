// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where two configurations, printed as TOML, first differ.

#include <string>
#include <string_view>

namespace panther {

/// "first difference in [training], line 12: it has `epochs = 2`, now it is `epochs = 3`"; empty if
/// the texts are equal.
std::string first_difference(std::string_view stored, std::string_view present);

}  // namespace panther
