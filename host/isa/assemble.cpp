// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>

#include "host/base/suggest.hpp"
#include "host/isa/image_error.hpp"
#include "host/isa/image_limits.hpp"
#include "host/isa/registry.hpp"
#include "host/isa/text_form.hpp"

namespace panther::machine {
namespace {

struct Token {
  std::string_view text;
  std::size_t column = 0;
};

/// Words of a line, without commas and comments; a label keeps its colon.
std::vector<Token> split(std::string_view line) {
  line = line.substr(0, line.find_first_of("#;"));
  std::vector<Token> tokens;
  constexpr std::string_view gaps = " \t\r,";
  for (std::size_t at = line.find_first_not_of(gaps); at != std::string_view::npos;) {
    std::size_t const end = std::min(line.find_first_of(gaps, at), line.size());
    tokens.push_back({line.substr(at, end - at), at + 1});
    at = line.find_first_not_of(gaps, end);
  }
  return tokens;
}

bool is_name(std::string_view text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0]))) return false;
  for (char const c : text) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.') return false;
  }
  return text[0] != '.';
}

class Assembler {
 public:
  Assembler(std::string_view file, Organisation const& organisation)
      : file_(file), organisation_(organisation) {}

  Image run(std::string_view text) {
    while (!text.empty()) {
      ++line_;
      std::size_t const end = std::min(text.find('\n'), text.size());
      std::vector<Token> tokens = split(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (!tokens.empty()) read_line(tokens);
    }
    end_section();
    return std::move(image_);
  }

 private:
  struct Reference {
    std::size_t instruction;
    std::size_t operand;
    std::string name;
    std::size_t line;
    std::size_t column;
  };

  [[noreturn]] void fail(Token const& token, std::string_view message) const {
    throw ImageError::at(file_, line_, token.column, message);
  }

  void read_line(std::vector<Token>& tokens) {
    if (tokens[0].text.ends_with(':')) {
      define_label(tokens[0]);
      tokens.erase(tokens.begin());
      if (tokens.empty()) return;
    }
    if (tokens[0].text.starts_with('.')) return directive(tokens);
    instruction(tokens);
  }

  void define_label(Token const& token) {
    std::string_view const name = token.text.substr(0, token.text.size() - 1);
    if (!is_name(name))
      fail(token,
           fmt::format("'{}' is no name for a label (allowed: letters, digits, _ and .)", name));
    if (!program_)
      fail(token,
           fmt::format("label '{}' stands outside a program (allowed: behind .tile or .core)",
                       name));
    if (!labels_.emplace(name, program_->size()).second)
      fail(token, fmt::format("label '{}' is defined twice", name));
  }

  std::int64_t number(std::vector<Token> const& tokens, std::size_t i, std::string_view what,
                      std::int64_t lo, std::int64_t hi) {
    if (i >= tokens.size()) {
      fail(tokens.back(),
           fmt::format("{} needs {} (allowed: {}..{})", tokens[0].text, what, lo, hi));
    }
    auto const value = parse_integer(expand(tokens[i].text));
    if (!value || *value < lo || *value > hi) {
      fail(tokens[i], fmt::format("'{}' is not allowed as {} (allowed: {}..{})", tokens[i].text,
                                  what, lo, hi));
    }
    return *value;
  }

  void no_more(std::vector<Token> const& tokens, std::size_t from) const {
    if (tokens.size() > from)
      fail(tokens[from], fmt::format("'{}' is too much for {}", tokens[from].text, tokens[0].text));
  }

  void directive(std::vector<Token> const& tokens) {
    std::string_view const name = tokens[0].text;
    if (name == ".tiles") {
      auto const tiles = static_cast<std::size_t>(
          number(tokens, 1, "a number of tiles", 1, std::int64_t{most_image_tiles}));
      no_more(tokens, 2);
      if (tiles > image_.tiles.size()) image_.tiles.resize(tiles);
    } else if (name == ".tile") {
      begin_tile(tokens);
    } else if (name == ".core") {
      begin_core(tokens);
    } else if (name == ".data") {
      begin_data(tokens);
    } else if (name == ".weights") {
      begin_weights(tokens);
    } else if (name == ".words") {
      if (!words_)
        fail(tokens[0], ".words stands alone (allowed: behind .data, .weights or .words)");
      read_words(tokens, 1);
    } else if (name == ".equ") {
      define_symbol(tokens);
    } else {
      static std::vector<std::string> const known{".tiles",   ".tile",  ".core", ".data",
                                                  ".weights", ".words", ".equ"};
      fail(tokens[0], fmt::format("unknown directive '{}' (allowed: {}){}", name, join_words(known),
                                  did_you_mean(name, known)));
    }
  }

  void begin_tile(std::vector<Token> const& tokens) {
    auto const t = static_cast<std::size_t>(
        number(tokens, 1, "a tile", 0, std::int64_t{most_image_tiles} - 1));
    no_more(tokens, 2);
    end_section();
    if (t >= image_.tiles.size()) image_.tiles.resize(t + 1);
    tile_ = t;
    core_.reset();
    begin_section(Unit::tile, tokens[0]);
  }

  void begin_core(std::vector<Token> const& tokens) {
    if (!tile_) fail(tokens[0], ".core stands outside a tile (allowed: behind .tile)");
    auto const c = number(tokens, 1, "a core", 0, std::int64_t{most_image_cores} - 1);
    no_more(tokens, 2);
    end_section();
    core_ = static_cast<CoreId>(c);
    begin_section(Unit::core, tokens[0]);
  }

  void begin_section(Unit unit, Token const& token) {
    if (!begun_.emplace(*tile_, core_).second) fail(token, "this program was begun before");
    unit_ = unit;
    program_ = std::make_shared<Program>();
    labels_.clear();
    references_.clear();
    words_ = nullptr;
  }

  void begin_data(std::vector<Token> const& tokens) {
    if (!tile_ || core_)
      fail(tokens[0], ".data belongs to a tile (allowed: behind .tile, before its .core)");
    auto const address = static_cast<std::uint32_t>(number(tokens, 1, "an address", 0, UINT16_MAX));
    auto const readers = static_cast<int>(number(tokens, 2, "a counter", 0, INT16_MAX));
    image_.tiles[*tile_].data.push_back({address, readers, {}});
    words_ = &image_.tiles[*tile_].data.back().words;
    read_words(tokens, 3);
  }

  void begin_weights(std::vector<Token> const& tokens) {
    if (!core_) fail(tokens[0], ".weights belong to a core (allowed: behind .core)");
    auto const matrix = static_cast<std::uint32_t>(number(tokens, 1, "a matrix", 0, UINT16_MAX));
    image_.tiles[*tile_].weights.push_back({*core_, matrix, {}});
    words_ = &image_.tiles[*tile_].weights.back().words;
    read_words(tokens, 2);
  }

  void read_words(std::vector<Token> const& tokens, std::size_t first) {
    for (std::size_t i = first; i < tokens.size(); ++i) {
      words_->push_back(static_cast<Word>(number(tokens, i, "a word", INT16_MIN, UINT16_MAX)));
    }
  }

  void define_symbol(std::vector<Token> const& tokens) {
    if (tokens.size() < 3 || !is_name(tokens[1].text))
      fail(tokens[0], ".equ needs a name and a value");
    no_more(tokens, 3);
    std::string value(expand(tokens[2].text));
    symbols_[std::string(tokens[1].text)] = std::move(value);
  }

  std::string_view expand(std::string_view text) const {
    auto const found = symbols_.find(text);
    return found == symbols_.end() ? text : std::string_view(found->second);
  }

  void instruction(std::vector<Token> const& tokens) {
    if (!program_)
      fail(tokens[0], fmt::format("'{}' stands outside a program (allowed: behind .tile or .core)",
                                  tokens[0].text));
    words_ = nullptr;
    InstructionRecord const& record = record_named(tokens[0]);
    if (tokens.size() - 1 < record.operands.size()) {
      Operand const& missing = record.operands[tokens.size() - 1];
      fail(tokens.back(),
           fmt::format("{} lacks operand {} behind '{}' (allowed: {})", record.mnemonic,
                       missing.name, tokens.back().text, allowed(missing)));
    }
    no_more(tokens, record.operands.size() + 1);
    Instruction in{.opcode = record.opcode};
    for (std::size_t i = 0; i < record.operands.size(); ++i)
      in.operand[i] = operand(record.operands[i], tokens[i + 1], i);
    program_->push_back(in);
  }

  std::int32_t operand(Operand const& operand, Token const& token, std::size_t position) {
    std::string_view const text = expand(token.text);
    if (operand.kind == OperandKind::label && is_name(text)) {
      references_.push_back({program_->size(), position, std::string(text), line_, token.column});
      return 0;
    }
    try {
      return parse(operand, text, organisation_);
    } catch (OperandError const& error) {
      fail(token, error.what());
    }
  }

  InstructionRecord const& record_named(Token const& token) const {
    if (auto const* record = find_instruction(token.text, unit_)) return *record;
    std::vector<std::string> known;
    for (auto const* record : instructions()) {
      if (record->unit == unit_) known.emplace_back(record->mnemonic);
    }
    fail(token, fmt::format("unknown {} instruction '{}' (allowed: {}){}",
                            unit_ == Unit::core ? "core" : "tile", token.text, join_words(known),
                            did_you_mean(token.text, known)));
  }

  void end_section() {
    if (!program_) return;
    for (Reference const& reference : references_) {
      auto const found = labels_.find(reference.name);
      if (found == labels_.end()) {
        std::vector<std::string> known;
        for (auto const& [label, position] : labels_) known.emplace_back(label);
        throw ImageError::at(
            file_, reference.line, reference.column,
            fmt::format(
                "label '{}' is not defined in this program (allowed: {}){}", reference.name,
                known.empty() ? "an instruction's number; it has no labels" : join_words(known),
                did_you_mean(reference.name, known)));
      }
      (*program_)[reference.instruction].operand[reference.operand] =
          static_cast<std::int32_t>(found->second);
    }
    TileImage& tile = image_.tiles[*tile_];
    bool const empty = program_->empty();
    if (!empty && core_) tile.cores[*core_] = program_;
    if (!empty && !core_) tile.program = program_;
    program_.reset();
  }

  std::string_view file_;
  Organisation organisation_;
  Image image_;
  std::size_t line_ = 0;
  std::optional<std::size_t> tile_;
  std::optional<CoreId> core_;
  Unit unit_ = Unit::tile;
  std::shared_ptr<Program> program_;
  std::vector<Word>* words_ = nullptr;
  std::set<std::pair<std::size_t, std::optional<CoreId>>> begun_;
  std::map<std::string, std::size_t, std::less<>> labels_;
  std::map<std::string, std::string, std::less<>> symbols_;
  std::vector<Reference> references_;
};

}  // namespace

Image assemble(std::string_view text, std::string_view file, Organisation const& organisation) {
  return Assembler(file, organisation).run(text);
}

}  // namespace panther::machine
