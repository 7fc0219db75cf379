// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/compiler_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "host/base/suggest.hpp"
#include "host/isa/image_error.hpp"
#include "host/isa/image_limits.hpp"
#include "host/isa/registry.hpp"

namespace panther::machine {
namespace {

constexpr double fixed_scale = 4096;

struct Argument {
  std::string_view name;
  std::string_view value;
  std::size_t column = 0;
};

struct Call {
  std::string_view name;
  std::size_t column = 0;
  std::vector<Argument> arguments;
};

std::string_view trim(std::string_view text) {
  std::size_t const first = std::min(text.find_first_not_of(" \t\r"), text.size());
  std::size_t const last = text.find_last_not_of(" \t\r");
  return last == std::string_view::npos ? std::string_view{} : text.substr(first, last + 1 - first);
}

std::string_view unquoted(std::string_view text) {
  bool const quoted =
      text.size() >= 2 && (text[0] == '\'' || text[0] == '"') && text.back() == text[0];
  return quoted ? text.substr(1, text.size() - 2) : text;
}

class LineReader {
 public:
  LineReader(std::string_view file, std::size_t line, std::string_view text)
      : file_(file), line_(line), text_(text) {}

  [[noreturn]] void fail(std::size_t column, std::string_view message) const {
    throw ImageError::at(file_, line_, column, message);
  }

  Call read() const {
    std::size_t const open = text_.find('(');
    std::size_t const close = text_.find_last_of(')');
    std::size_t const start = text_.find_first_not_of(" \t\r") + 1;
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
      fail(start, fmt::format("'{}' is no instruction (allowed: name(arguments))", trim(text_)));
    }
    if (!trim(text_.substr(close + 1)).empty())
      fail(close + 2,
           fmt::format("'{}' stands behind the instruction", trim(text_.substr(close + 1))));
    Call call{trim(text_.substr(0, open)), start, {}};
    read_arguments(open + 1, close, call);
    return call;
  }

 private:
  void read_arguments(std::size_t at, std::size_t close, Call& call) const {
    while (at < close) {
      std::size_t const end = end_of_argument(at, close);
      std::string_view const piece = text_.substr(at, end - at);
      std::size_t const column = at + std::min(piece.find_first_not_of(" \t"), piece.size()) + 1;
      std::size_t const equals = piece.find('=');
      bool const named = equals != std::string_view::npos;
      std::string_view const value = trim(named ? piece.substr(equals + 1) : piece);
      if (!trim(piece).empty())
        call.arguments.push_back(
            {named ? trim(piece.substr(0, equals)) : std::string_view{}, value, column});
      at = end + 1;
    }
  }

  /// The next comma outside brackets.
  std::size_t end_of_argument(std::size_t at, std::size_t close) const {
    bool inside = false;
    for (; at < close; ++at) {
      if (text_[at] == '[') inside = true;
      if (text_[at] == ']') inside = false;
      if (text_[at] == ',' && !inside) return at;
    }
    return close;
  }

  std::string_view file_;
  std::size_t line_;
  std::string_view text_;
};

InstructionRecord const* find_by_compiler_name(std::string_view name, Unit unit) {
  for (auto const* record : instructions()) {
    if (record->unit == unit && record->compiler_name == name) return record;
  }
  return nullptr;
}

/// ['100100'], ['100', '100'] or ['1', '0'] as one string of bits.
std::string joined_bits(std::string_view text) {
  std::string bits;
  for (char const c : text) {
    if (c != '[' && c != ']' && c != '\'' && c != '"' && c != ',' && c != ' ') bits += c;
  }
  return bits;
}

std::int32_t mask_value(Operand const& operand, std::string_view text) {
  std::size_t const each = operand.kind == OperandKind::crossbars ? 3 : 1;
  std::string const bits = joined_bits(text);
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < bits.size(); i += each) parts.push_back(bits.substr(i, each));
  return mask_from_parts(operand, parts);
}

std::int32_t argument_value(Operand const& operand, std::string_view text) {
  if (operand.kind == OperandKind::crossbars || operand.kind == OperandKind::matrices)
    return mask_value(operand, text);
  std::string_view const plain = unquoted(text);
  // The compiler writes real constants, whole ones without a point.
  bool const whole_real = operand.kind == OperandKind::fixed && parse_integer(plain);
  return parse(operand, whole_real ? std::string(plain) + ".0" : std::string(plain), {});
}

class CallReader {
 public:
  CallReader(LineReader const& line, Call const& call, InstructionRecord const& record)
      : line_(line), call_(call), record_(record) {}

  Instruction read() {
    Instruction in{.opcode = record_.opcode};
    std::vector<Argument const*> given(record_.compiler_arguments.size());
    for (std::size_t i = 0; i < call_.arguments.size(); ++i) place(call_.arguments[i], i, given);
    for (std::size_t i = 0; i < given.size(); ++i) {
      CompilerArgument const& declared = record_.compiler_arguments[i];
      if (declared.operand == CompilerArgument::dropped) continue;
      in.operand[static_cast<std::size_t>(declared.operand)] = value(declared, given[i]);
    }
    return in;
  }

 private:
  std::string allowed_names() const {
    std::string names;
    for (CompilerArgument const& declared : record_.compiler_arguments) {
      names += (names.empty() ? "" : ", ") + std::string(declared.name);
    }
    return names.empty() ? "none" : names;
  }

  void place(Argument const& argument, std::size_t position,
             std::vector<Argument const*>& given) const {
    std::size_t index = position;
    if (!argument.name.empty()) {
      auto const& list = record_.compiler_arguments;
      auto const found = std::find_if(list.begin(), list.end(),
                                      [&](auto const& d) { return d.name == argument.name; });
      index = static_cast<std::size_t>(found - list.begin());
    }
    if (index >= given.size()) {
      line_.fail(argument.column,
                 fmt::format("'{}' is no argument of {} (allowed: {})",
                             argument.name.empty() ? argument.value : argument.name, call_.name,
                             allowed_names()));
    }
    if (given[index])
      line_.fail(argument.column, fmt::format("{} of {} is given twice",
                                              record_.compiler_arguments[index].name, call_.name));
    given[index] = &argument;
  }

  std::int32_t value(CompilerArgument const& declared, Argument const* argument) const {
    if (!argument && declared.value_if_absent != CompilerArgument::required)
      return declared.value_if_absent;
    Operand const& operand = record_.operands[static_cast<std::size_t>(declared.operand)];
    if (!argument) {
      line_.fail(call_.column, fmt::format("{} lacks argument {} (allowed: {})", call_.name,
                                           declared.name, allowed(operand)));
    }
    try {
      return argument_value(operand, argument->value);
    } catch (OperandError const& error) {
      line_.fail(argument->column, fmt::format("{}: {}", declared.name, error.what()));
    }
  }

  LineReader const& line_;
  Call const& call_;
  InstructionRecord const& record_;
};

/// The inference form mvm(['10...']): a product for every matrix whose character is 1.
std::optional<Instruction> inference_product(LineReader const& line, Call const& call, Unit unit) {
  if (call.name != "mvm" || unit != Unit::core || call.arguments.size() != 1) return std::nullopt;
  InstructionRecord const& train = *find_by_compiler_name("train", unit);
  std::string bits;
  for (char const c : joined_bits(call.arguments[0].value)) bits += std::string(1, c) + "00";
  Call const widened{"train", call.column, {{{}, bits, call.arguments[0].column}}};
  return CallReader(line, widened, train).read();
}

std::string argument_text(Operand const& operand, std::int32_t value) {
  if (operand.kind == OperandKind::word) return "'" + to_text(operand, value) + "'";
  if (operand.kind == OperandKind::fixed) return fmt::format("{}", value / fixed_scale);
  if (operand.kind != OperandKind::crossbars && operand.kind != OperandKind::matrices)
    return to_text(operand, value);
  std::string text;
  bool const apart = operand.kind == OperandKind::matrices;
  for (std::string const& part : mask_parts(operand, value))
    text += (apart && !text.empty() ? "','" : "") + part;
  return "['" + text + "']";
}

std::string program_text(Program const& program) {
  std::string out;
  for (Instruction const& in : program) {
    InstructionRecord const& record = record_of(in);
    fmt::format_to(std::back_inserter(out), "{}(", record.compiler_name);
    char const* gap = "";
    for (CompilerArgument const& argument : record.compiler_arguments) {
      if (argument.operand == CompilerArgument::dropped) continue;
      auto const i = static_cast<std::size_t>(argument.operand);
      std::string const text = argument_text(record.operands[i], in[i]);
      fmt::format_to(std::back_inserter(out), "{}{}{}{}", gap, text[0] == '[' ? "" : argument.name,
                     text[0] == '[' ? "" : "=", text);
      gap = ", ";
    }
    out += ")\n";
  }
  return out;
}

std::optional<std::size_t> number_behind(std::string_view path, std::string_view word,
                                         std::size_t most) {
  for (std::size_t at = path.rfind(word); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : path.rfind(word, at - 1)) {
    std::size_t const first = at + word.size();
    std::size_t const end = std::min(path.find_first_not_of("0123456789", first), path.size());
    if (end == first) continue;
    auto const number = parse_integer(path.substr(first, end - first));
    if (number && *number < static_cast<std::int64_t>(most))
      return static_cast<std::size_t>(*number);
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

ProgramPtr parse_compiler_program(std::string_view text, std::string_view file, Unit unit) {
  auto program = std::make_shared<Program>();
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::size_t const end = std::min(text.find('\n'), text.size());
    std::string_view const content = text.substr(0, std::min(end, text.find('#')));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (trim(content).empty()) continue;
    LineReader const line(file, number, content);
    Call const call = line.read();
    if (auto const product = inference_product(line, call, unit)) {
      program->push_back(*product);
      continue;
    }
    InstructionRecord const* record = find_by_compiler_name(call.name, unit);
    if (!record) {
      std::vector<std::string> known;
      for (auto const* other : instructions()) {
        if (other->unit == unit) known.emplace_back(other->compiler_name);
      }
      line.fail(call.column, fmt::format("unknown {} instruction '{}' (allowed: {}){}",
                                         unit == Unit::core ? "core" : "tile", call.name,
                                         join_words(known), did_you_mean(call.name, known)));
    }
    program->push_back(CallReader(line, call, *record).read());
  }
  return program->empty() ? nullptr : program;
}

bool place_of_compiler_file(std::string_view path, CompilerFile& place) {
  auto const tile = number_behind(path, "tile", most_image_tiles);
  if (!tile) return false;
  std::string_view const behind = path.substr(path.rfind("tile" + std::to_string(*tile)) + 4);
  auto const core = number_behind(behind, "core_imem", most_image_cores);
  auto const plain = core ? core : number_behind(behind, "core", most_image_cores);
  place = {*tile, plain.has_value(), plain.value_or(0)};
  return true;
}

Image parse_compiler_files(std::map<std::string, std::string> const& files,
                           std::string_view folder) {
  Image image;
  for (auto const& [path, content] : files) {
    CompilerFile place;
    if (!place_of_compiler_file(path, place)) continue;
    if (place.tile >= image.tiles.size()) image.tiles.resize(place.tile + 1);
    ProgramPtr program =
        parse_compiler_program(content, path, place.has_core ? Unit::core : Unit::tile);
    TileImage& tile = image.tiles[place.tile];
    bool const taken = place.has_core ? tile.cores.contains(static_cast<CoreId>(place.core))
                                      : tile.program != nullptr;
    if (taken)
      throw ImageError(
          fmt::format("{}: another file in {} is for the same tile and core", path, folder));
    if (place.has_core) {
      tile.cores[static_cast<CoreId>(place.core)] = std::move(program);
    } else {
      tile.program = std::move(program);
    }
  }
  if (image.tiles.empty()) {
    throw ImageError(fmt::format(
        "{}: no file names a tile (allowed: names like net-tile2.puma, net-tile2-core0.puma)",
        folder));
  }
  return image;
}

std::map<std::string, std::string> to_compiler_files(Image const& image) {
  std::map<std::string, std::string> files;
  for (std::size_t t = 0; t < image.tiles.size(); ++t) {
    TileImage const& tile = image.tiles[t];
    files[fmt::format("tile{}.puma", t)] = tile.program ? program_text(*tile.program) : "halt()\n";
    for (auto const& [core, program] : tile.cores) {
      if (program)
        files[fmt::format("tile{}-core{}.puma", t, index(core))] = program_text(*program);
    }
  }
  return files;
}

}  // namespace panther::machine
