// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/sim/memory_controller.hpp"

#include <algorithm>
#include <bit>

namespace panther::machine {
namespace {

/// Cycles from one attempt to the next.
constexpr Cycle period = 2;

bool ready(Machine const& machine, TileMemory const& memory, CoreRun const& core) {
  std::uint32_t const words = machine.rules.check_every_word ? core.request_width() : 1;
  if (core.request_kind() == MemoryAccess::Kind::load)
    return memory.all_valid(core.request_address(), words);
  return memory.all_invalid(core.request_address(), words);
}

}  // namespace

std::size_t MemoryController::next_after(std::size_t position) const {
  std::uint32_t const behind = position >= 31 ? 0 : requests_ & ~((2U << position) - 1U);
  return static_cast<std::size_t>(std::countr_zero(behind != 0 ? behind : requests_));
}

unsigned MemoryController::tries(Machine const& machine) const {
  if (machine.rules.try_each_core_once) return static_cast<unsigned>(std::popcount(requests_));
  return static_cast<unsigned>(machine.organisation.cores_per_tile);
}

void MemoryController::skip(unsigned tries) {
  for (unsigned i = tries % static_cast<unsigned>(std::popcount(requests_)); i > 0; --i)
    last_ = static_cast<std::uint32_t>(next_after(last_));
}

void MemoryController::fail(Machine const& machine, std::span<CoreRun> cores) {
  ++counts_.attempts;
  free_from_ += period;
  bool const load = cores[last_].request_kind() == MemoryAccess::Kind::load;
  if (load && !machine.rules.free_failed_loads) ++counts_.memory_accesses;
}

void MemoryController::catch_up(Machine const& machine, std::span<CoreRun> cores, Cycle cycle) {
  if (requests_ == 0 || free_from_ >= cycle) return;
  std::uint64_t left = (cycle - free_from_ + period - 1) / period;
  // From the second attempt on the tries go round the requesters, so as many attempts as there are
  // requesters lead back to the same core.
  auto const round = static_cast<std::uint64_t>(std::popcount(requests_));
  auto const fail_once = [&] {
    // The first try is apart: it may start from a core that does not wait any more.
    last_ = static_cast<std::uint32_t>(next_after(last_));
    skip(tries(machine) - 1);
    fail(machine, cores);
    --left;
  };
  fail_once();
  ControllerCounts const before = counts_;
  for (std::uint64_t i = 0; i < round && left > 0; ++i) fail_once();
  if (left == 0) return;
  std::uint64_t const rounds = left / round;
  counts_.attempts += rounds * (counts_.attempts - before.attempts);
  counts_.memory_accesses += rounds * (counts_.memory_accesses - before.memory_accesses);
  free_from_ += rounds * round * period;
  left -= rounds * round;
  while (left > 0) fail_once();
}

Granted MemoryController::attempt(Machine const& machine, std::span<CoreRun> cores,
                                  TileMemory& memory, Cycle cycle) {
  if (requests_ == 0 || !changed_ || free_from_ > cycle) return {};
  free_from_ = cycle;
  changed_ = false;
  // Requests do not change in between, so whoever failed once fails in all tries.
  auto const requesters = static_cast<unsigned>(std::popcount(requests_));
  unsigned const all = tries(machine);
  for (unsigned i = std::min(all, requesters); i > 0; --i) {
    last_ = static_cast<std::uint32_t>(next_after(last_));
    CoreRun& core = cores[last_];
    if (!ready(machine, memory, core)) continue;
    if (core.request_kind() == MemoryAccess::Kind::load) {
      memory.consume(core.request_address(), core.words());
    } else {
      memory.produce(core.request_address(), core.store_words(), core.request_readers());
    }
    requests_ &= ~(1U << last_);
    changed_ = true;
    free_from_ += period;
    ++counts_.attempts;
    ++counts_.grants;
    ++counts_.memory_accesses;
    return {true, &core, core.request_address(), core.request_width()};
  }
  if (all > requesters) skip(all - requesters);
  fail(machine, cores);
  return {};
}

}  // namespace panther::machine
