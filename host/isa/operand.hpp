// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an operand is: its range, its width in the binary form, and how it is read and written as
// text.

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "host/arch/organisation.hpp"

namespace panther::machine {

enum class OperandKind : std::uint8_t {
  number,         // an integer
  register_word,  // an address in the core's register space
  tile_word,      // an address in the tile's memory
  fixed,          // a raw machine word, or a real number in text
  word,           // one of a list of names
  label,          // an instruction of the same program
  crossbars,      // three bits f b d for every matrix
  matrices,       // one bit for every matrix
};

struct NamedValue {
  std::string_view name = {};
  std::int32_t value = 0;
};

/// Values of kind crossbars hold bit 3 * matrix + {f 0, b 1, d 2} below `mask_shift` and the number
/// of matrices above; matrices likewise with one bit for each.
inline constexpr int crossbars_shift = 12;
inline constexpr int matrices_shift = 4;

struct Operand {
  std::string_view name = {};
  OperandKind kind = OperandKind::number;
  /// Width in the binary form, which holds value - lo.
  int bits = 0;
  std::int32_t lo = 0;
  std::int32_t hi = 0;
  std::string_view unit = {};
  std::string_view doc = {};
  /// Kind word: the names, in order.
  std::vector<NamedValue> (*words)() = nullptr;
};

/// Operands that many instructions share.
Operand register_operand(std::string_view name, std::string_view doc);
Operand length_operand(std::string_view doc, int bits = 11);
Operand width_operand(std::string_view name, std::string_view doc);

/// A text that is no value of the operand. what() says which values are allowed.
class OperandError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What an operand allows, e.g. "1..16" or "one of add, sub".
std::string allowed(Operand const& operand);

/// Throws OperandError unless lo <= value <= hi.
std::int32_t checked(Operand const& operand, std::int64_t value);

/// The text form of a value. Labels are written as numbers.
std::string to_text(Operand const& operand, std::int32_t value);

/// The value of a text; registers may be symbolic (data[3], m0.f.in[2]), which needs
/// `organisation`.
std::int32_t parse(Operand const& operand, std::string_view text, Organisation const& organisation);

/// A decimal or 0x integer with sign; nothing else.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// One string for each matrix, as the JSON form has them: "100", "011" or "1", "0".
std::vector<std::string> mask_parts(Operand const& operand, std::int32_t value);
std::int32_t mask_from_parts(Operand const& operand, std::span<std::string const> parts);

}  // namespace panther::machine
