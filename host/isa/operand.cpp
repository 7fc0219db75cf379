// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/operand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "host/arch/register_map.hpp"
#include "host/base/suggest.hpp"

namespace panther::machine {
namespace {

constexpr double fixed_scale = 4096;
constexpr std::size_t most_matrices = 4;

bool is_mask(Operand const& operand) {
  return operand.kind == OperandKind::crossbars || operand.kind == OperandKind::matrices;
}

std::size_t bits_each(Operand const& operand) {
  return operand.kind == OperandKind::crossbars ? 3 : 1;
}

int shift_of(Operand const& operand) {
  return operand.kind == OperandKind::crossbars ? crossbars_shift : matrices_shift;
}

[[noreturn]] void refuse(Operand const& operand, std::string_view text) {
  throw OperandError(
      fmt::format("{} is not allowed as {} (allowed: {})", text, operand.name, allowed(operand)));
}

std::vector<std::string> names_of(Operand const& operand) {
  std::vector<std::string> names;
  for (NamedValue const& word : operand.words()) names.emplace_back(word.name);
  return names;
}

std::int32_t parse_word(Operand const& operand, std::string_view text) {
  for (NamedValue const& word : operand.words()) {
    if (word.name == text) return word.value;
  }
  std::vector<std::string> const names = names_of(operand);
  throw OperandError(fmt::format("'{}' is not allowed as {} (allowed: {}){}", text, operand.name,
                                 allowed(operand), did_you_mean(text, names)));
}

std::int32_t parse_fixed(Operand const& operand, std::string_view text) {
  if (auto const raw = parse_integer(text)) {
    if (*raw < INT16_MIN || *raw > UINT16_MAX) refuse(operand, text);
    return static_cast<std::int16_t>(*raw);
  }
  double real = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), real);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(real))
    refuse(operand, text);
  double const scaled = std::round(real * fixed_scale);
  if (scaled < INT16_MIN || scaled > INT16_MAX) refuse(operand, text);
  return static_cast<std::int32_t>(scaled);
}

/// "name" and the index of "name[index]"; index 0 if there is none.
std::pair<std::string_view, std::int64_t> split_index(Operand const& operand,
                                                      std::string_view text) {
  std::size_t const open = text.find('[');
  if (open == std::string_view::npos) return {text, 0};
  auto const inner =
      text.back() == ']' ? text.substr(open + 1, text.size() - open - 2) : std::string_view{};
  auto const index = parse_integer(inner);
  if (!index) refuse(operand, text);
  return {text.substr(0, open), *index};
}

std::int32_t parse_register(Operand const& operand, std::string_view text,
                            Organisation const& organisation) {
  if (auto const number = parse_integer(text)) return checked(operand, *number);
  RegisterMap const map(organisation);
  // Not structured bindings: clang 14 cannot capture them.
  auto const name_and_index = split_index(operand, text);
  std::string_view const name = name_and_index.first;
  std::int64_t const offset = name_and_index.second;
  auto const place = [&](std::uint32_t base, std::uint32_t words) {
    if (offset < 0 || offset >= words) {
      throw OperandError(fmt::format("index {} in {} lies outside {} (allowed: 0..{})", offset,
                                     text, name, words - 1));
    }
    return checked(operand, base + offset);
  };
  if (name == "data") return place(map.data(), map.size() - map.data());
  for (std::uint32_t matrix = 0; matrix < map.matrices(); ++matrix) {
    for (Port const port : {Port::f, Port::b, Port::d}) {
      auto const stem = fmt::format("m{}.{}", matrix, port_names[static_cast<std::size_t>(port)]);
      if (name == stem + ".in") return place(map.input(matrix, port), map.block());
      if (name == stem + ".out") return place(map.output(matrix, port), map.block());
    }
  }
  throw OperandError(fmt::format(
      "'{}' is no register for {} (allowed: {}, data[i], m<matrix>.<f|b|d>.<in|out>[i])", text,
      operand.name, allowed(operand)));
}

std::int32_t parse_mask(Operand const& operand, std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t from = 0;;) {
    std::size_t const bar = std::min(text.find('|', from), text.size());
    parts.emplace_back(text.substr(from, bar - from));
    if (bar == text.size()) break;
    from = bar + 1;
  }
  return mask_from_parts(operand, parts);
}

}  // namespace

Operand register_operand(std::string_view name, std::string_view doc) {
  return {.name = name,
          .kind = OperandKind::register_word,
          .bits = 13,
          .lo = 0,
          .hi = 8191,
          .unit = "register",
          .doc = doc};
}

Operand length_operand(std::string_view doc, int bits) {
  return {.name = "vec",
          .kind = OperandKind::number,
          .bits = bits,
          .lo = 1,
          .hi = 1 << bits,
          .unit = "1",
          .doc = doc};
}

Operand width_operand(std::string_view name, std::string_view doc) {
  return {.name = name,
          .kind = OperandKind::number,
          .bits = 4,
          .lo = 1,
          .hi = 16,
          .unit = "word",
          .doc = doc};
}

std::string allowed(Operand const& operand) {
  if (operand.kind == OperandKind::word) return "one of " + join_words(names_of(operand));
  if (operand.kind == OperandKind::crossbars)
    return "three bits f b d for each matrix, such as 100|011";
  if (operand.kind == OperandKind::matrices) return "one bit for each matrix, such as 1|0";
  if (operand.kind == OperandKind::fixed)
    return "-32768..65535 raw, or a real number in -8.0..7.9997";
  return fmt::format("{}..{}", operand.lo, operand.hi);
}

std::int32_t checked(Operand const& operand, std::int64_t value) {
  if (operand.kind == OperandKind::fixed && value > INT16_MAX && value <= UINT16_MAX)
    value -= 1 << 16;
  if (value < operand.lo || value > operand.hi) refuse(operand, std::to_string(value));
  if (operand.kind == OperandKind::word) {
    auto const words = operand.words();
    bool const known = std::any_of(words.begin(), words.end(),
                                   [&](NamedValue const& w) { return w.value == value; });
    if (!known) refuse(operand, std::to_string(value));
  }
  if (is_mask(operand)) {
    auto const matrices = static_cast<std::size_t>(value >> shift_of(operand));
    auto const bits = static_cast<std::uint64_t>(value) & ((1U << shift_of(operand)) - 1U);
    if (matrices < 1 || matrices > most_matrices || bits >> (bits_each(operand) * matrices) != 0) {
      refuse(operand, fmt::format("mask {:#x}", value));
    }
  }
  return static_cast<std::int32_t>(value);
}

std::string to_text(Operand const& operand, std::int32_t value) {
  if (operand.kind == OperandKind::word) {
    for (NamedValue const& word : operand.words()) {
      if (word.value == value) return std::string(word.name);
    }
  }
  if (!is_mask(operand)) return std::to_string(value);
  std::string text;
  for (std::string const& part : mask_parts(operand, value))
    text += (text.empty() ? "" : "|") + part;
  return text;
}

std::int32_t parse(Operand const& operand, std::string_view text,
                   Organisation const& organisation) {
  if (text.empty()) refuse(operand, "nothing");
  if (operand.kind == OperandKind::word) return parse_word(operand, text);
  if (operand.kind == OperandKind::fixed) return parse_fixed(operand, text);
  if (operand.kind == OperandKind::register_word)
    return parse_register(operand, text, organisation);
  if (is_mask(operand)) return parse_mask(operand, text);
  auto const number = parse_integer(text);
  if (!number) refuse(operand, fmt::format("'{}'", text));
  return checked(operand, *number);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  bool const negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint64_t value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size() || value > INT64_MAX / 2)
    return std::nullopt;
  auto const magnitude = static_cast<std::int64_t>(value);
  return negative ? -magnitude : magnitude;
}

std::vector<std::string> mask_parts(Operand const& operand, std::int32_t value) {
  std::vector<std::string> parts;
  std::size_t const each = bits_each(operand);
  auto const matrices = static_cast<std::size_t>(value >> shift_of(operand));
  for (std::size_t matrix = 0; matrix < matrices; ++matrix) {
    std::string& part = parts.emplace_back();
    for (std::size_t bit = 0; bit < each; ++bit)
      part += (value >> (each * matrix + bit)) & 1 ? '1' : '0';
  }
  return parts;
}

std::int32_t mask_from_parts(Operand const& operand, std::span<std::string const> parts) {
  std::size_t const each = bits_each(operand);
  std::uint32_t bits = 0;
  if (parts.empty() || parts.size() > most_matrices)
    refuse(operand, fmt::format("a mask of {} parts", parts.size()));
  for (std::size_t matrix = 0; matrix < parts.size(); ++matrix) {
    std::string const& part = parts[matrix];
    if (part.size() != each || part.find_first_not_of("01") != std::string::npos)
      refuse(operand, "'" + part + "'");
    for (std::size_t bit = 0; bit < each; ++bit) {
      if (part[bit] == '1') bits |= 1U << (each * matrix + bit);
    }
  }
  return static_cast<std::int32_t>(bits | static_cast<std::uint32_t>(parts.size())
                                              << shift_of(operand));
}

}  // namespace panther::machine
