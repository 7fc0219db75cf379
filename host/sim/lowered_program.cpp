// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/sim/lowered_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/isa/image_error.hpp"
#include "host/isa/registry.hpp"

namespace panther::machine {
namespace {

/// Below this fraction of a cycle a latency counts as the whole number it is next to (rule
/// whole_cycles).
constexpr double float_artefact = 1e-9;

/// Checks one instruction against the machine; `place` and `position` say where it stands.
class Check {
 public:
  Check(Machine const& machine, std::size_t tiles, Program const& program,
        ProgramPlace const& place)
      : machine_(machine), tiles_(tiles), program_(program), place_(place) {}

  void core(std::size_t position, InstructionRecord const& record) {
    Instruction const& in = program_[position];
    RegisterMap const map(machine_.organisation);
    std::vector<RegisterRange> ranges;
    if (record.ranges) record.ranges(machine_, in, ranges);
    for (RegisterRange const& range : ranges) {
      if (range.first + range.count > map.size() || range.first + range.count < range.first) {
        fail(position, record,
             fmt::format("{} reaches register {} (allowed: 0..{})", range.operand,
                         range.first + range.count - 1, map.size() - 1));
      }
      if (range.data_only && range.first < map.data()) {
        fail(position, record,
             fmt::format("{} is register {} (allowed: data memory, {}..{})", range.operand,
                         range.first, map.data(), map.size() - 1));
      }
    }
    targets(position, record);
    width(position, record, record.memory ? record.memory(machine_, in).width : 0);
  }

  void tile(std::size_t position, InstructionRecord const& record) {
    TileAction const action = record.action(machine_, program_[position]);
    Organisation const& o = machine_.organisation;
    if (action.kind != TileAction::Kind::send && action.kind != TileAction::Kind::receive) return;
    std::uint64_t const end = action.address + std::uint64_t{action.units} * action.width;
    if (end > static_cast<std::uint64_t>(o.tile_memory_words)) {
      fail(position, record,
           fmt::format("mem_addr reaches word {} (allowed: 0..{})", end - 1,
                       o.tile_memory_words - 1));
    }
    if (action.slot >= static_cast<std::uint32_t>(o.receive_slots)) {
      fail(position, record,
           fmt::format("vtile is {} (allowed: 0..{})", action.slot, o.receive_slots - 1));
    }
    if (action.kind == TileAction::Kind::send && action.target >= tiles_) {
      fail(position, record,
           fmt::format("target is tile {} (allowed: 0..{})", action.target, tiles_ - 1));
    }
    width(position, record, action.width);
  }

 private:
  [[noreturn]] void fail(std::size_t position, InstructionRecord const& record,
                         std::string const& message) const {
    throw ImageError(fmt::format("{}, instruction {} ({}): {}", place_.text(), position,
                                 record.mnemonic, message));
  }

  void targets(std::size_t position, InstructionRecord const& record) const {
    for (std::size_t i = 0; i < record.operands.size(); ++i) {
      if (record.operands[i].kind != OperandKind::label) continue;
      auto const target = program_[position].at(i);
      if (target >= program_.size()) {
        fail(position, record,
             fmt::format("target is instruction {} (allowed: 0..{})", target, program_.size() - 1));
      }
    }
  }

  void width(std::size_t position, InstructionRecord const& record, std::uint32_t words) const {
    auto const most = static_cast<std::uint32_t>(machine_.organisation.packet_words);
    if (words > most)
      fail(position, record, fmt::format("width is {} (allowed: 1..{})", words, most));
  }

  Machine const& machine_;
  std::size_t tiles_;
  Program const& program_;
  ProgramPlace const& place_;
};

LoweredInstruction lower_one(Machine const& machine, Instruction const& in,
                             InstructionRecord const& record) {
  LoweredInstruction low;
  low.instruction = in;
  low.execute = record.execute;
  low.activity = record.activity;
  if (record.latency) low.cycles = occupancy(machine, record.latency(machine, in));
  if (record.memory) low.memory = record.memory(machine, in);
  if (record.action) low.action = record.action(machine, in);
  return low;
}

}  // namespace

std::string mix_name(InstructionRecord const& record, Instruction const& in) {
  std::string name = record.unit == Unit::core ? "core:" : "tile:";
  name += record.statistics_name.empty() ? record.mnemonic : record.statistics_name;
  if (record.variant) name += ":" + record.variant(in);
  return name;
}

Cycle occupancy(Machine const& machine, double latency) {
  if (machine.rules.whole_cycles)
    return static_cast<Cycle>(std::max(1.0, std::ceil(latency - float_artefact)));
  if (latency == 1) return 1;
  return 1 + static_cast<Cycle>(std::max(1.0, std::ceil(latency - 1)));
}

std::string ProgramPlace::text() const {
  return core ? fmt::format("tile {} core {}", index(tile), index(*core))
              : fmt::format("tile {}", index(tile));
}

std::uint32_t ProgramCache::number_of(InstructionRecord const& record, Instruction const& in) {
  std::optional<std::uint32_t>& by_opcode = numbers_by_opcode_[in.opcode];
  if (!record.variant && by_opcode) return *by_opcode;
  auto const [found, fresh] =
      numbers_.try_emplace(mix_name(record, in), static_cast<std::uint32_t>(names_.size()));
  if (fresh) names_.push_back(found->first);
  if (!record.variant) by_opcode = found->second;
  return found->second;
}

LoweredProgram* ProgramCache::lower(ProgramPtr const& program, ProgramPlace const& place) {
  if (!program) return nullptr;
  Unit const unit = place.unit();
  auto& known = known_[static_cast<std::size_t>(unit)];
  if (auto const found = known.find(program.get()); found != known.end()) {
    ++found->second->users;
    return found->second;
  }
  Organisation const& o = machine_->organisation;
  auto const longest =
      static_cast<std::size_t>(unit == Unit::core ? o.core_instructions : o.tile_instructions);
  if (program->size() > longest) {
    throw ImageError(fmt::format("{}: the program has {} instructions (allowed: at most {})",
                                 place.text(), program->size(), longest));
  }
  auto lowered = std::make_unique<LoweredProgram>();
  lowered->source = program;
  lowered->users = 1;
  lowered->runs.resize(program->size());
  lowered->runs_tile_0.resize(program->size());
  lowered->code.reserve(program->size());
  lowered->names.reserve(program->size());
  Check check(*machine_, tiles_, *program, place);
  for (std::size_t i = 0; i < program->size(); ++i) {
    InstructionRecord const& record = record_of((*program)[i]);
    if (record.unit != unit)
      throw ImageError(fmt::format("{}, instruction {}: {} stands in the wrong program",
                                   place.text(), i, record.mnemonic));
    if (unit == Unit::core) {
      check.core(i, record);
    } else {
      check.tile(i, record);
    }
    lowered->names.push_back(number_of(record, (*program)[i]));
    lowered->code.push_back(lower_one(*machine_, (*program)[i], record));
  }
  known[program.get()] = lowered.get();
  programs_.push_back(std::move(lowered));
  return programs_.back().get();
}

}  // namespace panther::machine
