// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <iterator>
#include <set>

#include "host/isa/registry.hpp"
#include "host/isa/text_form.hpp"

namespace panther::machine {
namespace {

/// Weights on one line; short enough for an editor.
constexpr std::size_t words_per_line = 16;

std::set<std::int32_t> jump_targets(Program const& program) {
  std::set<std::int32_t> targets;
  for (Instruction const& in : program) {
    InstructionRecord const& record = record_of(in);
    for (std::size_t i = 0; i < record.operands.size(); ++i) {
      if (record.operands[i].kind == OperandKind::label) targets.insert(in[i]);
    }
  }
  return targets;
}

void print_program(std::string& out, Program const& program) {
  std::set<std::int32_t> const targets = jump_targets(program);
  auto const write = std::back_inserter(out);
  for (std::size_t i = 0; i <= program.size(); ++i) {
    if (targets.contains(static_cast<std::int32_t>(i))) fmt::format_to(write, "L{}:\n", i);
    if (i == program.size()) break;
    InstructionRecord const& record = record_of(program[i]);
    fmt::format_to(write, "    {}", record.mnemonic);
    for (std::size_t o = 0; o < record.operands.size(); ++o) {
      Operand const& operand = record.operands[o];
      bool const label = operand.kind == OperandKind::label && program[i].at(o) <= program.size();
      fmt::format_to(write, "{} {}{}", o == 0 ? "" : ",", label ? "L" : "",
                     to_text(operand, program[i][o]));
    }
    out += '\n';
  }
}

void print_words(std::string& out, std::string const& head, std::vector<Word> const& words) {
  for (std::size_t first = 0; first < words.size(); first += words_per_line) {
    out += first == 0 ? head : "    .words";
    for (std::size_t i = first; i < std::min(first + words_per_line, words.size()); ++i) {
      fmt::format_to(std::back_inserter(out), "{} {}", i == first && first > 0 ? "" : ",",
                     words[i]);
    }
    out += '\n';
  }
  if (words.empty()) out += head + '\n';
}

void print_core(std::string& out, TileImage const& tile, CoreId core) {
  fmt::format_to(std::back_inserter(out), "\n.core {}\n", index(core));
  for (WeightBlock const& block : tile.weights) {
    if (block.core == core)
      print_words(out, fmt::format("    .weights {}", block.matrix), block.words);
  }
  auto const program = tile.cores.find(core);
  if (program != tile.cores.end() && program->second) print_program(out, *program->second);
}

}  // namespace

std::string disassemble(Image const& image) {
  std::string out = fmt::format(".tiles {}\n", image.tiles.size());
  for (std::size_t t = 0; t < image.tiles.size(); ++t) {
    TileImage const& tile = image.tiles[t];
    std::set<CoreId> cores;
    for (auto const& [core, program] : tile.cores) {
      if (program) cores.insert(core);
    }
    for (WeightBlock const& block : tile.weights) cores.insert(block.core);
    if (!tile.program && cores.empty() && tile.data.empty()) continue;
    fmt::format_to(std::back_inserter(out), "\n.tile {}\n", t);
    for (DataBlock const& block : tile.data) {
      print_words(out, fmt::format("    .data {}, {}", block.address, block.readers), block.words);
    }
    if (tile.program) print_program(out, *tile.program);
    for (CoreId const core : cores) print_core(out, tile, core);
  }
  return out;
}

}  // namespace panther::machine
