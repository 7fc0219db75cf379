// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/arch/presets.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace panther::machine {
namespace {

constexpr auto files =
    "public reference simulator, training branch, revision R1 (Feb 2019), constants file";
constexpr auto cacti = "revision R1: single-port row scaled by sqrt(8) for an 8-word wide port";

void set_core_memories(Constants& k) {
  double const wide = std::sqrt(8.0);
  k.data_memory = {1, 0.57, 0.33, 0.00392, files};
  k.core_instruction_memory = {1, 0.46 * wide, 0.078 * wide, 0.00108 * wide, cacti};
  k.xbar_in_memory = {1, 1.7, 0.04, 0.00078, files};
  k.xbar_in_memory_write_pj = 0.16;
  k.xbar_out_memory = {1, 0.16, 0.04, 0.00078, files};
}

void set_core_units(Constants& k) {
  k.dac = {1, 0.00350625, 0.000390625, 1.67e-7, files};
  k.adc = {1, 1.8, 0.2, 0.0012, files};
  k.sample_hold = {1, 8.73e-6, 9.7e-7, 3.90625e-8, files};
  k.shift_add = {1, 0.045, 0.005, 6e-5, files};
  k.alu = {1, 1.7066666666666666, 0.192, 0.004032, files};
  k.activation = {1, 0.234, 0.026, 0.0003, files};
  k.mux = {0, 0, 0, 0, files};
  k.core_control = {1, 1.25 * 0.2, 0, 0.00145 * 2.25, files};
}

void set_tile(Constants& k) {
  double const wide = std::sqrt(8.0);
  k.tile_memory = {2, 17.2 / 2, 0.46, 0.086, files};
  k.tile_bus = {1, 6.0 / 2, 0, 0.09, "revision R1; its leakage 1/2 is an integer division there"};
  k.tile_memory_control = {1, 0.475, 0.05, 0.00145, files};
  k.counter_buffer = {wide, 0.325 * wide, 0.165 * wide, 0.0041 * wide, cacti};
  k.receive_buffer = {2, 8.96, 0.18, 0.0044, files};
  k.tile_instruction_memory = {1, 0.65 * wide, 0.33 * wide, 0.0041 * wide, cacti};
  k.tile_control = {1, 0.25 * 0.2, 0, 0.00145, files};
  k.router = {31, 16.13, 0.41, 0.047, "revision R1: 4-port router, injection rate class 0.005"};
  k.node_link = {5, 10400, 0, 22.88, "revision R1: HyperTransport link"};
}

Machine reference(double read_ns, double read_mw, double update_ns, double update_mw,
                  std::string const& source) {
  Machine machine;
  set_core_memories(machine.constants);
  set_core_units(machine.constants);
  set_tile(machine.constants);
  Crossbar& crossbar = machine.constants.crossbar;
  crossbar.read_step_ns = read_ns;
  crossbar.read_step_mw = read_mw;
  crossbar.update_phase_ns = update_ns;
  crossbar.update_phase_mw = update_mw;
  crossbar.source = source;
  return machine;
}

// The products are written as the constant files write them: their rounding is part of the
// reference.
constexpr double cmos_update_mw = 4.44 * 3.27 / 12.8;

Machine reference_panther() {
  return reference(100, 3.09, 20, 4.44,
                   "revision R1, constants_panther: sliced ReRAM with outer products");
}

Machine reference_digital() {
  return reference(
      100 * 8.97, 2.74 * 4.17 / 8.97, 20 * 12.8, cmos_update_mw,
      "revision R1, constants_digital: digital units, time x 8.97 and energy x 4.17 of ReRAM");
}

Machine reference_cmosop() {
  return reference(100, 2.74, 20 * 12.8, cmos_update_mw,
                   "revision R1, constants_cmosOP: ReRAM products, CMOS outer products");
}

Machine reference_pipelayer() {
  return reference(
      100, 2.74, 100 + 100 * (60.0 / 16), 2.74 + 4.44 * 53,
      "revision R1, constants_pipelayer: ReRAM products, serial read and write for updates");
}

Machine reference_r2() {
  Machine machine = reference(100, 1.7, 20 * 12.8, cmos_update_mw,
                              "revision R2 (Apr 2021): 2.74 mW less the converters' 1.04 mW");
  machine.constants.adc.latency_cycles = 100;
  machine.rules.adc_sets_read_time = true;
  machine.rules.count_converters = true;
  machine.rules.update_costs_read_energy = true;
  machine.rules.area_of_all_slices = true;
  return machine;
}

Machine panther_machine() {
  Machine machine = reference_panther();
  for (Correction const& correction : corrections()) correction.apply(machine);
  machine.organisation.tiles_per_node = 138;
  machine.arithmetic = Arithmetic::crossbar;
  return machine;
}

template <bool Rules::*flag>
Correction rule(std::string_view name, std::string_view summary) {
  return {name, summary, [](Machine& m) { m.rules.*flag = true; }};
}

std::vector<Correction> make_corrections() {
  std::vector<Correction> list;
  list.push_back(rule<&Rules::whole_cycles>(
      "whole_cycles", "no float artefacts and no second cycle for latency 0"));
  list.push_back(rule<&Rules::alu_rounds_up>("alu_rounds_up",
                                             "ragged vectors take a whole cycle for their rest"));
  list.push_back(rule<&Rules::copy_takes_lanes>(
      "copy_takes_lanes", "a copy moves as many words a cycle as there are lanes"));
  list.push_back(rule<&Rules::crs_per_matrix>(
      "crs_per_matrix", "matrices of a core are resolved one after the other"));
  list.push_back(rule<&Rules::loads_never_time_out>(
      "loads_never_time_out", "no load completes with words it was not given"));
  list.push_back(
      rule<&Rules::check_every_word>("check_every_word", "all words of an access are tested"));
  list.push_back(rule<&Rules::try_each_core_once>(
      "try_each_core_once", "round robin over the waiting cores, one try each"));
  list.push_back(rule<&Rules::link_latency_once>("link_latency_once",
                                                 "36 instead of 67 cycles between nodes"));
  list.push_back(rule<&Rules::receive_takes_buffer_time>(
      "receive_takes_buffer_time", "the mailboxes' declared latency is spent"));
  list.push_back(
      rule<&Rules::free_failed_loads>("free_failed_loads", "polling costs controller energy only"));
  list.push_back(rule<&Rules::noc_busy_without_stop_cycle>("noc_busy_without_stop_cycle",
                                                           "busy until the last delivery"));
  list.push_back(rule<&Rules::noc_energy_per_packet>("noc_energy_per_packet",
                                                     "traffic, not time, is charged"));
  list.push_back(rule<&Rules::link_energy_per_packet>("link_energy_per_packet",
                                                      "every packet between nodes is charged"));
  list.push_back(rule<&Rules::count_all_update_crossbars>("count_all_update_crossbars",
                                                          "16 crossbars of d instead of 8"));
  list.push_back(rule<&Rules::control_units_own_cycles>(
      "control_units_own_cycles", "core and tile control units are not swapped"));
  list.push_back(
      rule<&Rules::scalar_alu_once>("scalar_alu_once", "a scalar operation is one operation"));
  list.push_back(
      rule<&Rules::count_tile_0>("count_tile_0", "the input tile's work is charged too"));
  list.push_back(rule<&Rules::area_of_all_slices>(
      "area_of_all_slices", "32 physical crossbars a matrix in area and peak power"));
  list.push_back(
      rule<&Rules::alu_per_lane>("alu_per_lane", "4 lanes in area, leakage and peak power"));
  list.push_back(rule<&Rules::node_power_of_all_tiles>("node_power_of_all_tiles",
                                                       "node power of the whole node"));
  list.push_back(rule<&Rules::store_steps_by_width>("store_steps_by_width",
                                                    "narrow stores read adjacent registers"));
  list.push_back(rule<&Rules::alu_writes_crossbar_memory>(
      "alu_writes_crossbar_memory", "a vector result is written wherever it is sent"));
  list.push_back({"bus_leakage", "0.5 mW instead of the integer quotient 1/2 = 0",
                  [](Machine& m) { m.constants.tile_bus.leakage_mw = 0.5; }});
  list.push_back({"serial_write_power",
                  "energy of a serial write divided by the write's time, not the read's",
                  [](Machine& m) {
                    Crossbar& c = m.constants.crossbar;
                    c.serial_write_mw = 21125.0 / c.serial_write_ns;
                  }});
  return list;
}

}  // namespace

std::vector<Preset> const& presets() {
  static std::vector<Preset> const list{
      {"panther", "the corrected machine: 138 tiles a node, errors of the reference mended",
       panther_machine},
      {"reference-panther", "the reference model with the PANTHER constants", reference_panther},
      {"reference-digital", "the reference model, all products and updates digital",
       reference_digital},
      {"reference-cmosop", "the reference model, ReRAM products and CMOS updates",
       reference_cmosop},
      {"reference-pipelayer", "the reference model, ReRAM products and serial updates",
       reference_pipelayer},
      {"reference-r2", "the reference model of Apr 2021 in training mode", reference_r2}};
  return list;
}

Machine make_preset(std::string_view name) {
  std::string known;
  for (Preset const& preset : presets()) {
    if (preset.name == name) return preset.make();
    known += (known.empty() ? "" : ", ") + std::string(preset.name);
  }
  throw std::invalid_argument("unknown machine '" + std::string(name) + "' (presets: " + known +
                              ")");
}

std::vector<Correction> const& corrections() {
  static std::vector<Correction> const list = make_corrections();
  return list;
}

}  // namespace panther::machine
