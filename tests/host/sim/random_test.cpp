// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// The event-driven simulator against the slow model on random programs: every cycle, count and
// word. PANTHER_RANDOM_PROGRAMS sets how many (1000 by default), PANTHER_RANDOM_SEED where to
// begin.

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "host/arch/presets.hpp"
#include "host/isa/json_form.hpp"
#include "host/sim/reference_engine.hpp"
#include "host/sim/simulator.hpp"
#include "tests/host/sim/gold.hpp"
#include "tests/host/sim/random_program.hpp"
#include "tests/host/sim/slow_model.hpp"

namespace panther::machine::test {
namespace {

constexpr std::int64_t slow_limit = 2'000'000;

std::uint64_t setting(char const* name, std::uint64_t value_if_absent) {
  char const* const text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : value_if_absent;
}

/// The variation of machine and program that a seed stands for.
struct Variation {
  SlowConstants constants;
  RandomProgramLimits limits;

  explicit Variation(std::uint64_t seed) {
    std::mt19937_64 random(seed ^ 0x9E3779B97F4A7C15U);
    auto const one_in = [&](std::uint64_t n) { return random() % n == 0; };
    constants.ip_lat = one_in(4) ? 8.97 : one_in(3) ? 100 : 3;
    constants.op_lat = one_in(2) ? 20 : 7.5;
    constants.tiles_per_node = one_in(3) ? 2 : one_in(2) ? 3 : 168;
    if (one_in(5)) constants.router_lat = static_cast<std::int64_t>(random() % 40 + 1);
    if (one_in(4)) {
      constants.infinity = static_cast<std::int64_t>(random() % 200 + 3);
      limits.channels = false;
    }
    constants.function = one_in(25);
    limits.matrices = constants.function ? 8 : 2;
    limits.tiles = one_in(10) ? 12 : 5;
    limits.actions = one_in(10) ? 200 : 40;
  }

  Machine machine() const {
    Machine m = make_preset("reference-panther");
    m.constants.crossbar.read_step_ns = constants.ip_lat;
    m.constants.crossbar.update_phase_ns = constants.op_lat;
    m.constants.router.latency_cycles = static_cast<double>(constants.router_lat);
    m.constants.node_link.latency_cycles = static_cast<double>(constants.link_lat);
    m.constants.load_timeout_cycles = static_cast<int>(constants.infinity);
    m.organisation.tiles_per_node = static_cast<int>(constants.tiles_per_node);
    return m;
  }
};

class DecodeTrace final : public TraceSink {
 public:
  std::map<std::pair<std::size_t, std::size_t>, std::vector<std::int64_t>> decoded;
  std::map<std::size_t, std::vector<std::int64_t>> fetched;

  void core_instruction(TileId tile, CoreId core, std::uint32_t, Instruction const&, Cycle at,
                        Cycle) override {
    decoded[{index(tile), index(core)}].push_back(static_cast<std::int64_t>(at));
  }
  void tile_instruction(TileId tile, std::uint32_t, Instruction const&, Cycle at, Cycle) override {
    fetched[index(tile)].push_back(static_cast<std::int64_t>(at));
  }
};

void compare_cores(Simulator const& fast, RunResult const& result, SlowModel const& slow,
                   DecodeTrace& trace) {
  for (std::size_t t = 0; t < slow.tiles.size(); ++t) {
    EXPECT_EQ(static_cast<std::int64_t>(result.tiles[t].cycles), slow.tiles[t].cycles)
        << "tile " << t;
    EXPECT_EQ(trace.fetched[t], slow.tiles[t].fetched) << "tile " << t;
    for (CoreResult const& core : result.tiles[t].cores) {
      SlowCore const& other = slow.tiles[t].cores[index(core.core)];
      EXPECT_EQ(static_cast<std::int64_t>(core.cycles), other.cycles)
          << "tile " << t << " core " << index(core.core);
      EXPECT_EQ((trace.decoded[{t, index(core.core)}]), other.decoded)
          << "tile " << t << " core " << index(core.core);
      auto const words = fast.registers(static_cast<TileId>(t), core.core, 0,
                                        static_cast<std::uint32_t>(other.registers.size()));
      EXPECT_EQ(std::vector<int>(words.begin(), words.end()), other.registers)
          << "tile " << t << " core " << index(core.core);
    }
  }
}

void compare_memories(Simulator const& fast, SlowModel const& slow) {
  for (std::size_t t = 0; t < slow.tiles.size(); ++t) {
    auto const words = fast.tile_words(static_cast<TileId>(t), 0,
                                       static_cast<std::uint32_t>(slow.tiles[t].memory.size()));
    for (std::size_t a = 0; a < words.size(); ++a) {
      SlowWord const& other = slow.tiles[t].memory[a];
      bool const equal = words[a].value == other.value && words[a].valid == other.valid &&
                         words[a].counter == other.counter;
      if (!equal) FAIL() << "tile " << t << " word " << a;
    }
  }
}

void compare_counts(RunResult const& result, SlowModel const& slow) {
  std::map<std::string, std::uint64_t> expected = slow.counts();
  for (std::size_t i = 0; i < access_kinds; ++i) {
    auto const access = static_cast<Access>(i);
    EXPECT_EQ(result.counts[access], expected[std::string(name_of(access))]) << name_of(access);
  }
  EXPECT_EQ(result.packets_intra, slow.packets_intra);
  EXPECT_EQ(result.packets_inter, slow.packets_inter);
}

void compare(nlohmann::json const& program, Machine const& machine,
             SlowConstants const& constants) {
  DecodeTrace trace;
  RunOptions options;
  options.trace = &trace;
  if (constants.function) options.make_engine = make_reference_engine;
  Simulator fast(machine, parse_json_program(program.dump(), "random"), options);
  RunResult const result = fast.run();
  ASSERT_EQ(result.outcome, Outcome::halted) << testing::PrintToString(result.waiting);
  SlowModel slow(program, constants);
  ASSERT_TRUE(slow.run(slow_limit));
  EXPECT_EQ(static_cast<std::int64_t>(result.cycles), slow.cycles);
  compare_cores(fast, result, slow, trace);
  compare_memories(fast, slow);
  compare_counts(result, slow);
}

TEST(SlowModel, EqualsTheReferenceOnItsPrograms) {
  for (char const* name :
       {"microCore", "microSync", "microMvm", "microFunc", "fuzzA", "mlpTrA", "convFPanther"}) {
    SCOPED_TRACE(name);
    nlohmann::json const program = gold("programs.json")[name];
    SlowModel slow(program, {});
    ASSERT_TRUE(slow.run(slow_limit));
    nlohmann::json const expected = gold("results.json")[name]["panther"];
    EXPECT_EQ(slow.cycles, expected["cycles"].get<std::int64_t>());
    auto counts = slow.counts();
    for (auto const& [kind, value] : expected["access_counts"].items()) {
      EXPECT_EQ(counts[kind], value.get<std::uint64_t>()) << kind;
    }
  }
}

TEST(RandomPrograms, EqualTheSlowModel) {
  std::uint64_t const number = setting("PANTHER_RANDOM_PROGRAMS", 1000);
  std::uint64_t const first = setting("PANTHER_RANDOM_SEED", 1);
  for (std::uint64_t seed = first; seed < first + number; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Variation const variation(seed);
    compare(random_program(seed, variation.limits), variation.machine(), variation.constants);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace panther::machine::test
