// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/sim/trace_writers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "host/isa/registry.hpp"

namespace panther::machine {
namespace {

std::string instruction_text(Instruction const& in) {
  InstructionRecord const& record = record_of(in);
  std::string text(record.mnemonic);
  for (std::size_t i = 0; i < record.operands.size(); ++i) {
    text += (i == 0 ? " " : ", ") + to_text(record.operands[i], in[i]);
  }
  return text;
}

std::string unit_name(int core) { return core < 0 ? "control" : fmt::format("core {}", core); }

}  // namespace

void TraceRecorder::core_instruction(TileId tile, CoreId core, std::uint32_t position,
                                     Instruction const& instruction, Cycle decoded, Cycle last) {
  spans_.push_back({decoded + 1, last, static_cast<std::uint32_t>(index(tile)),
                    static_cast<int>(index(core)), position, instruction});
}

void TraceRecorder::tile_instruction(TileId tile, std::uint32_t position,
                                     Instruction const& instruction, Cycle fetched, Cycle last) {
  spans_.push_back({fetched, last, static_cast<std::uint32_t>(index(tile)), control_unit, position,
                    instruction});
}

std::vector<TraceRecorder::Span> TraceRecorder::sorted() const {
  std::vector<Span> spans = spans_;
  std::stable_sort(spans.begin(), spans.end(), [](Span const& a, Span const& b) {
    return std::tuple(a.first, a.tile, a.core) < std::tuple(b.first, b.tile, b.core);
  });
  return spans;
}

std::string TraceRecorder::text() const {
  std::string text =
      fmt::format("{:>10} {:>10}  {:<18}{:>6}  {}\n", "first", "last", "unit", "at", "instruction");
  for (Span const& span : sorted()) {
    fmt::format_to(std::back_inserter(text), "{:>10} {:>10}  {:<18}{:>6}  {}\n", span.first,
                   span.last, fmt::format("tile {} {}", span.tile, unit_name(span.core)),
                   span.position, instruction_text(span.instruction));
  }
  return text;
}

std::string TraceRecorder::chrome_json() const {
  std::string json = "{\"traceEvents\":[";
  auto const out = std::back_inserter(json);
  std::set<std::uint32_t> tiles;
  std::set<std::pair<std::uint32_t, int>> units;
  for (Span const& span : spans_) {
    tiles.insert(span.tile);
    units.insert({span.tile, span.core});
  }
  char const* gap = "\n";
  auto const next = [&gap] { return std::exchange(gap, ",\n"); };
  for (std::uint32_t const tile : tiles) {
    fmt::format_to(out,
                   R"({}{{"name":"process_name","ph":"M","pid":{},"args":{{"name":"tile {}"}}}})",
                   next(), tile, tile);
  }
  for (auto const& [tile, core] : units) {
    fmt::format_to(
        out, R"({}{{"name":"thread_name","ph":"M","pid":{},"tid":{},"args":{{"name":"{}"}}}})",
        next(), tile, core + 1, unit_name(core));
  }
  for (Span const& span : sorted()) {
    fmt::format_to(
        out,
        R"({}{{"name":"{}","ph":"X","ts":{},"dur":{},"pid":{},"tid":{},"args":{{"instruction":"{}","at":{}}}}})",
        next(), record_of(span.instruction).mnemonic, span.first, span.last + 1 - span.first,
        span.tile, span.core + 1, instruction_text(span.instruction), span.position);
  }
  return json + "\n],\"displayTimeUnit\":\"ns\"}\n";
}

}  // namespace panther::machine
