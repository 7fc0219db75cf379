// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/sim/simulator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "host/isa/image_error.hpp"
#include "host/isa/registry.hpp"
#include "host/sim/simulator_impl.hpp"

namespace panther::machine {
namespace {

/// Events of the wheel: a tile's step, or a delivery from the tile's queue.
constexpr std::uint32_t step_event(TileId tile) {
  return static_cast<std::uint32_t>(index(tile)) * 2;
}
constexpr std::uint32_t delivery_event(TileId tile) { return step_event(tile) + 1; }
constexpr bool is_delivery(std::uint32_t event) { return event % 2 == 1; }
constexpr TileId tile_of(std::uint32_t event) { return static_cast<TileId>(event / 2); }

ProgramPtr stop_tile_program() {
  static ProgramPtr const program = std::make_shared<Program const>(
      Program{{.opcode = find_instruction("halt", Unit::tile)->opcode}});
  return program;
}

/// Whether the core does what a core without a program does.
bool only_stops(ProgramPtr const& program) {
  return !program || (program->size() == 1 && record_of(program->front()).mnemonic == "hlt");
}

}  // namespace

Simulator::Impl::Impl(Machine machine_description, Image const& image, RunOptions options)
    : machine(std::move(machine_description)),
      options_(std::move(options)),
      context_{.machine = &machine,
               .cores = {&machine, RegisterMap(machine.organisation), options_.make_engine},
               .trace = options_.trace,
               .breakpoints = options_.breakpoints},
      programs_(machine, image.tiles.size()),
      network_(machine, image.tiles.size()),
      running_tiles_(image.tiles.size()) {
  if (image.tiles.empty()) throw ImageError("the image has no tiles");
  tile_runs.reserve(image.tiles.size());
  for (std::size_t t = 0; t < image.tiles.size(); ++t) {
    TileImage const& tile = image.tiles[t];
    LoweredProgram* program = programs_.lower(tile.program ? tile.program : stop_tile_program(),
                                              {.tile = static_cast<TileId>(t)});
    tile_runs.emplace_back(machine, static_cast<TileId>(t), program, load_cores(tile, t));
    load(tile, tile_runs.back());
  }
  check_breakpoints();
}

void Simulator::Impl::check_breakpoints() {
  for (Breakpoint const& place : options_.breakpoints) {
    auto const fail = [&](std::string const& what) {
      throw UserError(fmt::format("breakpoint {}:{}:{}: {}", index(place.tile), index(place.core),
                                  place.position, what));
    };
    if (index(place.tile) >= tile_runs.size())
      fail(fmt::format("no tile {} (allowed: 0..{})", index(place.tile), tile_runs.size() - 1));
    CoreRun const* const core = find_core(place.tile, place.core);
    if (!core) {
      std::string cores;
      for (CoreRun const& one : tile_runs[index(place.tile)].cores())
        cores += fmt::format("{}{}", cores.empty() ? "" : ", ", index(one.id()));
      fail(fmt::format("core {} has no program (allowed in this tile: {})", index(place.core),
                       cores.empty() ? "none" : cores));
    }
    std::size_t const length = core->program().code.size();
    if (place.position >= length)
      fail(fmt::format("no instruction {} (allowed: 0..{})", place.position, length - 1));
  }
}

std::vector<CoreRun> Simulator::Impl::load_cores(TileImage const& image, std::size_t tile) {
  std::vector<CoreRun> cores;
  for (auto const& [core, program] : image.cores) {
    if (index(core) >= static_cast<std::size_t>(machine.organisation.cores_per_tile)) {
      throw ImageError(fmt::format("tile {}: core {} does not exist (allowed: 0..{})", tile,
                                   index(core), machine.organisation.cores_per_tile - 1));
    }
    if (only_stops(program)) continue;
    cores.emplace_back(core, programs_.lower(program, {static_cast<TileId>(tile), core}));
  }
  return cores;
}

void Simulator::Impl::load(TileImage const& image, TileRun& tile) {
  for (DataBlock const& block : image.data) {
    if (block.address + block.words.size() > tile.memory().size()) {
      throw ImageError(fmt::format("tile {}: data reaches word {} (allowed: 0..{})",
                                   index(tile.id()), block.address + block.words.size() - 1,
                                   tile.memory().size() - 1));
    }
    tile.memory().produce(block.address, block.words, block.readers);
  }
  for (WeightBlock const& block : image.weights) {
    auto const side = static_cast<std::size_t>(machine.organisation.xbar_size);
    if (block.matrix >= context_.cores.map.matrices() || block.words.size() != side * side) {
      throw ImageError(fmt::format(
          "tile {} core {}: weights of matrix {} with {} words (allowed: matrices 0..{}, {} words)",
          index(tile.id()), index(block.core), block.matrix, block.words.size(),
          context_.cores.map.matrices() - 1, side * side));
    }
    CoreRun* core = nullptr;
    for (CoreRun& candidate : tile.cores()) {
      if (candidate.id() == block.core) core = &candidate;
    }
    if (!core) continue;
    core->create_state(context_, tile.id());
    if (MatrixEngine* engine = core->state()->engine())
      engine->set_weights(block.matrix, block.words);
  }
}

void Simulator::Impl::schedule(TileRun& tile) {
  Cycle const wake = tile.wake();
  if (wake >= tile.scheduled || wake == EventWheel::never) return;
  tile.scheduled = wake;
  wheel_.add(wake, step_event(tile.id()));
}

RunResult Simulator::Impl::run() {
  context_.hit.reset();
  context_.horizon = options_.breakpoints.empty() ? options_.max_cycles : now_;
  if (!started_) {
    started_ = true;
    for (TileRun& tile : tile_runs) {
      tile.start(context_);
      schedule(tile);
    }
  }
  return collect(loop());
}

Outcome Simulator::Impl::loop() {
  while (running_tiles_ > 0) {
    if (context_.hit) return Outcome::breakpoint;
    Cycle const cycle = wheel_.take(ids_);
    if (cycle == EventWheel::never) return Outcome::deadlock;
    if (cycle >= options_.max_cycles) {
      now_ = options_.max_cycles;
      return Outcome::cycle_limit;
    }
    now_ = cycle;
    if (!options_.breakpoints.empty()) context_.horizon = cycle;
    network_.settle(cycle);
    step(cycle);
    network_.keep_books(cycle);
    deliver(cycle);
  }
  return Outcome::halted;
}

void Simulator::Impl::step(Cycle cycle) {
  senders_.clear();
  for (std::uint32_t const event : ids_) {
    if (is_delivery(event)) {
      senders_.push_back(tile_of(event));
      continue;
    }
    TileRun& tile = tile_runs[index(tile_of(event))];
    if (tile.scheduled != cycle) continue;
    tile.scheduled = EventWheel::never;
    tile.step(context_, network_, cycle);
    if (tile.halted()) {
      --running_tiles_;
    } else {
      schedule(tile);
    }
  }
}

void Simulator::Impl::deliver(Cycle cycle) {
  if (!senders_.empty() || network_.senders_released()) {
    effects_.received.clear();
    effects_.queue_emptied.clear();
    network_.deliver(cycle, senders_, effects_);
    for (auto const* list : {&effects_.received, &effects_.queue_emptied}) {
      for (TileId const id : *list) {
        TileRun& tile = tile_runs[index(id)];
        if (tile.halted()) continue;
        tile.network_changed(cycle);
        schedule(tile);
      }
    }
  }
  for (Network::Due const& due : network_.due()) wheel_.add(due.cycle, delivery_event(due.sender));
  network_.due().clear();
}

CoreRun* Simulator::Impl::find_core(TileId tile, CoreId core) {
  if (index(tile) >= tile_runs.size()) return nullptr;
  for (CoreRun& candidate : tile_runs[index(tile)].cores()) {
    if (candidate.id() == core) return &candidate;
  }
  return nullptr;
}

Simulator::Simulator(Machine machine, Image const& image, RunOptions options)
    : impl_(std::make_unique<Impl>(std::move(machine), image, std::move(options))) {}

Simulator::~Simulator() = default;

RunResult Simulator::run() { return impl_->run(); }

Machine const& Simulator::machine() const { return impl_->machine; }

std::size_t Simulator::tiles() const { return impl_->tile_runs.size(); }

std::vector<Simulator::TileWord> Simulator::tile_words(TileId tile, std::uint32_t first,
                                                       std::uint32_t count) const {
  TileMemory const& memory = impl_->tile_runs.at(index(tile)).memory();
  if (first > memory.size() || count > memory.size() - first) {
    throw UserError(fmt::format("tile words {}..{} do not exist (allowed: 0..{})", first,
                                std::uint64_t{first} + count - 1, memory.size() - 1));
  }
  std::vector<TileWord> words;
  for (std::uint32_t i = first; i < first + count; ++i)
    words.push_back({memory.peek(i), memory.valid(i), memory.counter(i)});
  return words;
}

std::vector<Word> Simulator::registers(TileId tile, CoreId core, std::uint32_t first,
                                       std::uint32_t count) const {
  std::uint32_t const size = RegisterMap(machine().organisation).size();
  if (first > size || count > size - first) {
    throw UserError(fmt::format("registers {}..{} do not exist (allowed: 0..{})", first,
                                std::uint64_t{first} + count - 1, size - 1));
  }
  std::vector<Word> words(count);
  CoreRun* const run = impl_->find_core(tile, core);
  if (run && run->state()) run->state()->registers.read(first, words);
  return words;
}

MatrixEngine* Simulator::engine(TileId tile, CoreId core) {
  CoreRun* const run = impl_->find_core(tile, core);
  if (!run) return nullptr;
  return run->state() ? run->state()->engine() : nullptr;
}

}  // namespace panther::machine
