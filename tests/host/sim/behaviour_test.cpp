// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// What a run reports when it does not simply end, and what the rules and presets change.

#include <gtest/gtest.h>

#include "host/arch/machine_file.hpp"
#include "host/arch/physical.hpp"
#include "host/arch/presets.hpp"
#include "host/isa/text_form.hpp"
#include "host/sim/reference_engine.hpp"
#include "host/sim/simulator.hpp"
#include "host/sim/statistics.hpp"
#include "host/sim/trace_writers.hpp"
#include "tests/host/sim/gold.hpp"

namespace panther::machine::test {
namespace {

RunResult run(std::string const& text, Machine const& machine = make_preset("panther"),
              RunOptions const& options = {}) {
  return Simulator(machine, assemble(text, "test"), options).run();
}

TEST(Deadlock, SaysWhoWaitsForWhat) {
  RunResult const result =
      run(".tiles 4\n"
          ".tile 2\nreceive 0, 3, 16, 1, 1\nhalt\n"
          ".core 0\nset data[0], 40, 1\nld data[1], data[0], 16, 1\nhlt\n"
          ".core 5\nset data[0], 80, 1\nst data[0], data[1], 2, 4, 1\nst data[0], data[1], 1, 4, "
          "1\nhlt\n"
          ".tile 3\n.data 0, 1, 7, 8\nsend 0, 9, 1, 2, 2\nhalt\n");
  EXPECT_EQ(result.outcome, Outcome::deadlock);
  EXPECT_EQ(
      result.waiting,
      (std::vector<std::string>{
          "tile 2 control, instruction 0 unit 0: receive waits for a packet in mailbox 3",
          "tile 2 core 0, instruction 1: ld waits until tile words 40..55 are valid (counter 0)",
          "tile 2 core 5, instruction 2: st waits until tile words 80..83 are consumed (counter 2)",
          "tile 3 control, instruction 1 unit 0: halt waits until its packets are delivered",
          "tile 3 queue: packet of cycle 3 waits for mailbox 9 of tile 2, which is full"}));
}

TEST(Deadlock, ProgramsWithoutAnEndAreNamed) {
  RunResult const result = run(".tiles 3\n.tile 2\ncompute\n.core 0\nset data[0], 1, 1\n");
  EXPECT_EQ(result.outcome, Outcome::deadlock);
  ASSERT_EQ(result.waiting.size(), 2U);
  EXPECT_EQ(result.waiting[0], "tile 2 control: ran past the end of its program (missing halt)");
  EXPECT_EQ(result.waiting[1],
            "tile 2 core 0, instruction 1: ran past the end of its program (missing hlt)");
}

TEST(CycleLimit, EndsEndlessLoops) {
  RunOptions options;
  options.max_cycles = 100'000;
  RunResult const result =
      run(".tiles 3\n.tile 2\nhalt\n.core 0\na: jmp a\n", make_preset("panther"), options);
  EXPECT_EQ(result.outcome, Outcome::cycle_limit);
  EXPECT_EQ(result.cycles, 100'000U);
}

TEST(CycleLimit, IsExact) {
  for (auto const& [limit, outcome] :
       {std::pair{310U, Outcome::cycle_limit}, std::pair{311U, Outcome::halted}}) {
    RunOptions options;
    options.max_cycles = limit;
    Simulator simulator(gold_machine("panther"), gold_program("microCore"), options);
    EXPECT_EQ(simulator.run().outcome, outcome) << limit;
  }
}

TEST(Faults, NameThePlaceAndTheWords) {
  EXPECT_THROW(
      {
        try {
          run(".tiles 3\n.tile 2\nhalt\n.core 1\nset data[0], -1, 1\nld data[1], data[0], 4, "
              "1\nhlt\n");
        } catch (MachineFault const& fault) {
          EXPECT_STREQ(fault.what(),
                       "tile 2 core 1, instruction 1: access to tile words -1..2 in cycle 3 "
                       "(allowed: 0..32767)");
          throw;
        }
      },
      MachineFault);
}

TEST(LoadTimeout, AtTheCycleBeforeAndAtTheCycle) {
  // Core 1 makes the word valid late, by way of a copy loop of known length; the load gives up
  // after `limit` cycles.
  std::string const text =
      ".tiles 3\n.tile 2\nhalt\n"
      ".core 0\nset data[0], 10, 1\nld data[1], data[0], 1, 1\nhlt\n"
      ".core 1\nset data[0], 10, 1\nset data[1], 9, 40\nst data[0], data[1], 1, 1, 1\nhlt\n";
  // The load asks in cycle 3, the store in cycle 44; it is granted in 44 or 45 and the load two
  // cycles later.
  for (int const limit : {30, 60}) {
    Machine machine = make_preset("reference-panther");
    machine.constants.load_timeout_cycles = limit;
    Simulator simulator(machine, assemble(text, "t"));
    EXPECT_EQ(simulator.run().outcome, Outcome::halted);
    EXPECT_EQ(simulator.registers(TileId{2}, CoreId{0}, 1537, 1)[0], limit == 30 ? 0 : 9) << limit;
  }
}

TEST(Presets, GoRoundThroughToml) {
  for (Preset const& preset : presets()) {
    std::string const text = print_machine(preset.make(), ConfigStyle::plain);
    EXPECT_EQ(print_machine(load_machine(std::string(preset.name)), ConfigStyle::plain), text)
        << preset.name;
  }
  std::vector<std::string> const sets{"organisation.tiles_per_node=2",
                                      "constants.dac.dynamic_pj=0.5"};
  Machine const machine = load_machine("reference-panther", sets);
  EXPECT_EQ(machine.organisation.tiles_per_node, 2);
  EXPECT_EQ(machine.constants.dac.dynamic_pj, 0.5);
}

TEST(Presets, ConstantsAreThoseOfTheReference) {
  nlohmann::json const constants = gold("constants.json");
  for (char const* set : {"panther", "digital", "cmosOP", "pipelayer"}) {
    Machine const m = gold_machine(set);
    nlohmann::json const& k = constants[set];
    auto const is = [&](double value, char const* name) {
      EXPECT_DOUBLE_EQ(value, k[name].get<double>()) << set << " " << name;
    };
    is(m.constants.crossbar.read_step_ns, "xbar_ip_lat");
    is(m.constants.crossbar.read_step_mw, "xbar_ip_pow_dyn");
    is(m.constants.crossbar.update_phase_ns, "xbar_op_lat");
    is(m.constants.crossbar.update_phase_mw, "xbar_op_pow_dyn");
    is(m.constants.crossbar.serial_read_mw, "xbar_rd_pow_dyn");
    is(m.constants.crossbar.serial_write_mw, "xbar_wr_pow_dyn");
    is(m.constants.router.latency_cycles, "noc_intra_lat");
    is(m.constants.tile_instruction_memory.leakage_mw, "tile_instrnMem_pow_leak");
    is(m.constants.counter_buffer.area_mm2, "counter_buff_area");
  }
  EXPECT_DOUBLE_EQ(make_preset("reference-r2").constants.adc.latency_cycles,
                   constants["R2_default"]["adc_lat"].get<double>());
}

/// Section 16: areas of the later revision, and what its account of one MVM and one OPA counts.
TEST(Presets, LaterRevisionOfTheReference) {
  Machine const r2 = make_preset("reference-r2");
  // The published figures have nine digits.
  EXPECT_NEAR(core_sum(r2).area_mm2, 0.0310594733, 5e-11);
  EXPECT_NEAR(tile_sum(r2).area_mm2, 0.4549688888, 5e-11);
  EXPECT_NEAR(node_sum(r2, 168).area_mm2, 101.2887733, 5e-8);
  RunResult const result = run(".tiles 3\n.tile 2\nhalt\n.core 0\ntrain 100|001\nhlt\n", r2);
  EXPECT_EQ(result.counts[Access::adc], 16384U);
  EXPECT_EQ(result.counts[Access::dac], 2048U + 65536U);
  EXPECT_DOUBLE_EQ(energy_pj(r2, Access::xbar_op), 170);
  EXPECT_EQ(result.tiles[2].cores[0].cycles, 2U + 1800U + 1U);
}

/// Every correction alone changes some figure of some reference program (or of a node).
TEST(Corrections, EachHasAnEffect) {
  for (Correction const& correction : corrections()) {
    Machine machine = make_preset("reference-panther");
    correction.apply(machine);
    bool changed = false;
    Machine const before = make_preset("reference-panther");
    changed = changed || node_sum(machine, 2).peak_mw != node_sum(before, 2).peak_mw;
    changed = changed || node_sum(machine, 2).area_mm2 != node_sum(before, 2).area_mm2;
    changed = changed || energy_pj(machine, Access::xbar_wr) != energy_pj(before, Access::xbar_wr);
    for (char const* name : {"microCore", "microMvm", "fuzzA", "mlpTrA"}) {
      RunResult const a = Simulator(before, gold_program(name)).run();
      RunResult const b = Simulator(machine, gold_program(name)).run();
      changed = changed || a.cycles != b.cycles || !(a.counts == b.counts) ||
                a.leakage_pj != b.leakage_pj;
    }
    // These show only between nodes, in long waits, or in values.
    bool const elsewhere =
        correction.name == "link_latency_once" || correction.name == "link_energy_per_packet" ||
        correction.name == "loads_never_time_out" || correction.name == "check_every_word" ||
        correction.name == "alu_writes_crossbar_memory" ||
        correction.name == "node_power_of_all_tiles";
    EXPECT_TRUE(changed || elsewhere) << correction.name;
  }
}

TEST(Rules, LatencyBetweenNodes) {
  std::string const text =
      ".tiles 6\n.tile 2\n.data 0, 1, 7\nsend 0, 2, 1, 4, 1\nhalt\n.tile 4\nreceive 0, 2, 1, 1, "
      "1\nhalt\n";
  Machine machine = make_preset("reference-panther");
  // Sent in cycle 1, held after 31 cycles, written in the next, halted in the one after that.
  EXPECT_EQ(run(text, machine).cycles, 1U + 31U + 1U + 1U + 1U);
  machine.organisation.tiles_per_node = 2;
  EXPECT_EQ(run(text, machine).cycles, 1U + 67U + 1U + 1U + 1U);
  machine.rules.link_latency_once = true;
  EXPECT_EQ(run(text, machine).cycles, 1U + 36U + 1U + 1U + 1U);
}

TEST(Rules, MailboxLatency) {
  std::string const text =
      ".tiles 4\n.tile 2\n.data 0, 1, 7\nsend 0, 2, 1, 3, 1\nhalt\n.tile 3\nreceive 0, 2, 1, 1, "
      "1\nhalt\n";
  Machine machine = make_preset("reference-panther");
  // Sent in cycle 1, held after 31 cycles, written in the next, halted in the one after that.
  EXPECT_EQ(run(text, machine).cycles, 1U + 31U + 1U + 1U + 1U);
  machine.rules.receive_takes_buffer_time = true;
  EXPECT_EQ(run(text, machine).cycles, 1U + 31U + 2U + 1U + 1U + 1U);
  machine.constants.receive_buffer.latency_cycles = 7;
  EXPECT_EQ(run(text, machine).cycles, 1U + 31U + 7U + 1U + 1U + 1U);
}

TEST(Rules, LeakageOfControlUnitsAndCrossbarsCountsWhereItIsSet) {
  Machine machine = make_preset("reference-panther");
  double const core = core_sum(machine).leakage_mw;
  double const tile = tile_sum(machine).leakage_mw;
  double const peak = core_sum(machine).peak_mw;
  machine.constants.core_control.leakage_mw = 0.5;
  machine.constants.tile_control.leakage_mw = 0.25;
  EXPECT_DOUBLE_EQ(core_sum(machine).leakage_mw, core + 0.5);
  EXPECT_DOUBLE_EQ(tile_sum(machine).leakage_mw, tile + 8 * 0.5 + 0.25);
  EXPECT_DOUBLE_EQ(core_sum(machine).peak_mw, peak);
  machine.constants.crossbar.leakage_mw = 0.125;
  EXPECT_DOUBLE_EQ(core_sum(machine).leakage_mw, core + 0.5 + 8 * 0.125);
}

TEST(Statistics, JsonHasTheKeysOfTheReferenceResults) {
  nlohmann::json const expected = gold("results.json")["fuzzA"]["panther"];
  Machine const machine = gold_machine("panther");
  RunResult const result = Simulator(machine, gold_program("fuzzA")).run();
  nlohmann::json const json = nlohmann::json::parse(statistics_json(machine, result));
  for (auto const& [key, value] : expected.items()) {
    if (key == "revision" || key == "config" || key == "benchmark" ||
        key == "authors_simulator_cycles_per_s" || key.starts_with("ratio_")) {
      continue;
    }
    ASSERT_TRUE(json.contains(key)) << key;
    if (value.is_number_float()) {
      EXPECT_NEAR(json[key].get<double>(), value.get<double>(),
                  std::abs(value.get<double>()) * 1e-11)
          << key;
    } else if (key != "energy_per_access_pJ") {
      EXPECT_EQ(json[key], value) << key;
    }
  }
}

TEST(Trace, TextAndTimeline) {
  TraceRecorder recorder;
  RunOptions options;
  options.trace = &recorder;
  run(".tiles 3\n.tile 2\nhalt\n.core 0\nset data[0], 5, 3\nhlt\n", make_preset("panther"),
      options);
  EXPECT_NE(
      recorder.text().find("         2          4  tile 2 core 0          0  set 1536, 5, 3\n"),
      std::string::npos)
      << recorder.text();
  nlohmann::json const json = nlohmann::json::parse(recorder.chrome_json());
  bool found = false;
  for (auto const& event : json["traceEvents"]) {
    if (event["name"] == "set") {
      EXPECT_EQ(event["ts"], 2);
      EXPECT_EQ(event["dur"], 3);
      found = true;
    }
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace panther::machine::test
