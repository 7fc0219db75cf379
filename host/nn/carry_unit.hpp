// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What periods of maintenance, such as carry resolution and refresh, are counted in.

#include <cstdint>

#include "devicemodels/core/fields.hpp"

namespace panther {

enum class CarryUnit : std::uint8_t { examples, batches };
template <>
struct EnumNames<CarryUnit> {
  static constexpr std::array values{std::pair{CarryUnit::examples, std::string_view{"examples"}},
                                     std::pair{CarryUnit::batches, std::string_view{"batches"}}};
};

}  // namespace panther
