// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/json_form.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "host/isa/image_error.hpp"
#include "host/isa/image_limits.hpp"
#include "host/isa/registry.hpp"

namespace panther::machine {
namespace {

using nlohmann::json;

/// Programs need 4; a bound keeps whatever walks a value recursively from running out of stack.
constexpr int deepest_nesting = 16;
/// Characters of a wrong value that a message quotes.
constexpr std::size_t longest_quote = 60;

/// Where in a file something stands, for messages.
struct Place {
  std::string_view file;
  std::string where;
  [[noreturn]] void fail(std::string_view message) const {
    throw ImageError::in(file, where, message);
  }
};

/// "tile12", "tile12/core3", "tile12/data", "tile12/core3/weights"
struct Key {
  std::size_t tile = 0;
  std::optional<std::size_t> core;
  std::string_view what;
};

std::optional<std::size_t> take_number(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  std::size_t const end = std::min(text.find('/'), text.size());
  auto const number = parse_integer(text.substr(prefix.size(), end - prefix.size()));
  if (!number || *number < 0 || !std::isdigit(static_cast<unsigned char>(text[prefix.size()])))
    return std::nullopt;
  text.remove_prefix(std::min(end + 1, text.size()));
  return static_cast<std::size_t>(*number);
}

std::optional<Key> parse_key(std::string_view text) {
  Key key;
  auto const tile = take_number(text, "tile");
  if (!tile || *tile >= most_image_tiles) return std::nullopt;
  key.tile = *tile;
  if (auto const core = take_number(text, "core")) key.core = core;
  if (key.core.value_or(0) >= most_image_cores) return std::nullopt;
  key.what = text;
  bool const known =
      text.empty() || (text == "data" && !key.core) || (text == "weights" && key.core);
  return known ? std::optional(key) : std::nullopt;
}

std::string quote(json const& value) {
  std::string const text = value.dump(-1, ' ', true);
  return text.size() <= longest_quote ? text : text.substr(0, longest_quote) + "...";
}

std::string text_of(json const& value, Place const& place) {
  if (!value.is_string()) place.fail(fmt::format("{} is no text", quote(value)));
  return value.get<std::string>();
}

std::int64_t number_of(json const& value, Place const& place) {
  if (!value.is_number_integer()) place.fail(fmt::format("{} is no whole number", quote(value)));
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX)
    place.fail(quote(value) + " is too large");
  return value.get<std::int64_t>();
}

bool takes_parts(Operand const& operand) {
  return operand.kind == OperandKind::crossbars || operand.kind == OperandKind::matrices;
}

std::int32_t operand_value(Operand const& operand, json const& list, std::size_t& next,
                           Place const& place) {
  if (takes_parts(operand)) {
    std::vector<std::string> parts;
    while (next < list.size()) parts.push_back(text_of(list[next++], place));
    return mask_from_parts(operand, parts);
  }
  if (next >= list.size())
    place.fail(fmt::format("operand {} is missing (allowed: {})", operand.name, allowed(operand)));
  json const& value = list[next++];
  if (operand.kind == OperandKind::word) return parse(operand, text_of(value, place), {});
  return checked(operand, number_of(value, place));
}

/// The mnemonic under which "mvm" of the statistics is assembled.
InstructionRecord const& record_named(std::string const& name, Unit unit, Place const& place) {
  if (auto const* record = find_instruction(name, unit)) return *record;
  std::string known;
  for (auto const* record : instructions()) {
    if (record->unit == unit) known += (known.empty() ? "" : ", ") + std::string(record->mnemonic);
  }
  place.fail(fmt::format("unknown {} instruction '{}' (allowed: {})",
                         unit == Unit::core ? "core" : "tile", name, known));
}

Instruction parse_instruction(json const& list, Unit unit, Place const& place) {
  if (!list.is_array() || list.empty())
    place.fail("an instruction is a list [mnemonic, operands...], not " + quote(list));
  InstructionRecord const& record = record_named(text_of(list[0], place), unit, place);
  Instruction in{.opcode = record.opcode};
  std::size_t next = 1;
  for (std::size_t i = 0; i < record.operands.size(); ++i) {
    try {
      in.operand[i] = operand_value(record.operands[i], list, next, place);
    } catch (OperandError const& error) {
      place.fail(fmt::format("{}: {}", record.mnemonic, error.what()));
    }
  }
  if (next != list.size())
    place.fail(fmt::format("{} takes {} operands", record.mnemonic, record.operands.size()));
  return in;
}

ProgramPtr parse_program(json const& list, Unit unit, std::string_view file,
                         std::string const& key) {
  if (!list.is_array() || list.empty())
    throw ImageError::in(file, key, "a program is a list of instructions, one at least");
  auto program = std::make_shared<Program>();
  for (std::size_t i = 0; i < list.size(); ++i) {
    program->push_back(parse_instruction(list[i], unit, {file, fmt::format("{}[{}]", key, i)}));
  }
  return program;
}

std::vector<Word> words_from(json const& list, std::size_t first, Place const& place) {
  std::vector<Word> words;
  for (std::size_t i = first; i < list.size(); ++i) {
    std::int64_t const value = number_of(list[i], place);
    if (value < INT16_MIN || value > UINT16_MAX)
      place.fail(fmt::format("{} is no word (allowed: -32768..65535)", value));
    words.push_back(static_cast<Word>(value));
  }
  return words;
}

void read_blocks(json const& list, Key const& key, TileImage& tile, Place const& place) {
  if (!list.is_array()) place.fail("a list of blocks is needed");
  for (json const& block : list) {
    std::size_t const head = key.core ? 1 : 2;
    if (!block.is_array() || block.size() <= head) place.fail("a block is a list of numbers");
    std::int64_t const first = number_of(block[0], place);
    if (first < 0 || first > UINT16_MAX)
      place.fail(fmt::format("{} is not allowed (allowed: 0..65535)", first));
    if (key.core) {
      tile.weights.push_back({static_cast<CoreId>(*key.core), static_cast<std::uint32_t>(first),
                              words_from(block, 1, place)});
      continue;
    }
    std::int64_t const readers = number_of(block[1], place);
    if (readers < 0 || readers > INT16_MAX)
      place.fail(fmt::format("{} readers are not allowed (allowed: 0..32767)", readers));
    tile.data.push_back({static_cast<std::uint32_t>(first), static_cast<int>(readers),
                         words_from(block, 2, place)});
  }
}

Image parse_object(json const& object, std::string_view file) {
  Image image;
  for (auto const& [name, value] : object.items()) {
    Place const place{file, name};
    if (name == "_tiles") {
      std::int64_t const tiles = number_of(value, place);
      if (tiles < 1 || tiles > std::int64_t{most_image_tiles})
        place.fail(fmt::format("allowed: 1..{}", most_image_tiles));
      image.tiles.resize(std::max(image.tiles.size(), static_cast<std::size_t>(tiles)));
      continue;
    }
    auto const key = parse_key(name);
    if (!key)
      place.fail(
          fmt::format("unknown key (allowed: _tiles, tileT, tileT/coreC, tileT/data, "
                      "tileT/coreC/weights with T < {} and C < {})",
                      most_image_tiles, most_image_cores));
    if (key->tile >= image.tiles.size()) image.tiles.resize(key->tile + 1);
    TileImage& tile = image.tiles[key->tile];
    if (!key->what.empty()) {
      read_blocks(value, *key, tile, place);
    } else if (key->core) {
      tile.cores[static_cast<CoreId>(*key->core)] = parse_program(value, Unit::core, file, name);
    } else {
      tile.program = parse_program(value, Unit::tile, file, name);
    }
  }
  return image;
}

json parse_text(std::string_view text, std::string_view file) {
  auto const bounded = [file](int depth, json::parse_event_t, json const&) {
    if (depth > deepest_nesting)
      throw ImageError(
          fmt::format("{}: lists nested deeper than {} levels", file, deepest_nesting));
    return true;
  };
  try {
    json root = json::parse(text, bounded);
    if (!root.is_object()) throw ImageError::in(file, "top", "an object of programs is needed");
    return root;
  } catch (json::parse_error const& error) {
    throw ImageError(
        fmt::format("{}: byte {}: no valid JSON ({})", file, error.byte, error.what()));
  } catch (json::out_of_range const& error) {
    throw ImageError(fmt::format("{}: a number too large for JSON ({})", file, error.what()));
  }
}

bool is_program(json const& object) {
  for (auto const& [name, value] : object.items()) {
    if (name == "_tiles" || parse_key(name)) return true;
  }
  return false;
}

json program_json(Program const& program) {
  json list = json::array();
  for (Instruction const& in : program) {
    InstructionRecord const& record = record_of(in);
    json entry = json::array({record.mnemonic});
    for (std::size_t i = 0; i < record.operands.size(); ++i) {
      Operand const& operand = record.operands[i];
      if (takes_parts(operand)) {
        for (std::string const& part : mask_parts(operand, in[i])) entry.push_back(part);
      } else if (operand.kind == OperandKind::word) {
        entry.push_back(to_text(operand, in[i]));
      } else {
        entry.push_back(in[i]);
      }
    }
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

std::vector<std::string> json_program_names(std::string_view text, std::string_view file) {
  json const root = parse_text(text, file);
  std::vector<std::string> names;
  if (is_program(root)) return names;
  for (auto const& [name, value] : root.items()) {
    if (value.is_object() && is_program(value)) names.push_back(name);
  }
  return names;
}

Image parse_json_program(std::string_view text, std::string_view file, std::string_view name) {
  json const root = parse_text(text, file);
  if (is_program(root) && name.empty()) return parse_object(root, file);
  std::string known;
  json const* only = nullptr;
  std::size_t programs = 0;
  for (auto const& [key, value] : root.items()) {
    if (!value.is_object() || !is_program(value)) continue;
    if (key == name) return parse_object(value, file);
    known += (known.empty() ? "" : ", ") + key;
    only = &value;
    ++programs;
  }
  if (name.empty() && programs == 1) return parse_object(*only, file);
  throw ImageError(
      fmt::format("{}: {} (programs in the file: {})", file,
                  name.empty() ? "name one of its programs" : fmt::format("no program '{}'", name),
                  known.empty() ? "none" : known));
}

std::string to_json(Image const& image) {
  json root = json::object();
  root["_tiles"] = image.tiles.size();
  for (std::size_t t = 0; t < image.tiles.size(); ++t) {
    TileImage const& tile = image.tiles[t];
    std::string const key = fmt::format("tile{}", t);
    if (tile.program) root[key] = program_json(*tile.program);
    for (auto const& [core, program] : tile.cores) {
      if (program) root[fmt::format("{}/core{}", key, index(core))] = program_json(*program);
    }
    for (DataBlock const& block : tile.data) {
      json entry = json::array({block.address, block.readers});
      for (Word const word : block.words) entry.push_back(word);
      root[key + "/data"].push_back(std::move(entry));
    }
    for (WeightBlock const& block : tile.weights) {
      json entry = json::array({block.matrix});
      for (Word const word : block.words) entry.push_back(word);
      root[fmt::format("{}/core{}/weights", key, index(block.core))].push_back(std::move(entry));
    }
  }
  return root.dump() + "\n";
}

}  // namespace panther::machine
