// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Latency, energy, leakage and area of every component. A constant set is one value of Constants.

#include <string>

#include "devicemodels/core/fields.hpp"

namespace panther::machine {

/// One component. Power in mW is energy in pJ per access, because an access is charged for 1 ns.
struct Component {
  double latency_cycles = 1;
  double dynamic_pj = 0;
  double leakage_mw = 0;
  double area_mm2 = 0;
  std::string source;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    visit("latency_cycles", s.latency_cycles,
          Field{.unit = "cycle",
                .doc = "time of one access; waited for at data_memory (set), alu, adc "
                       "(rules.adc_sets_read_time), receive_buffer "
                       "(rules.receive_takes_buffer_time), router and node_link, for information "
                       "elsewhere: tile memory is modelled at its 2 cycles",
                .lo = 0,
                .hi = 1e9});
    visit("dynamic_pj", s.dynamic_pj,
          Field{.unit = "pJ", .doc = "energy of one access", .lo = 0, .hi = 1e9});
    visit("leakage_mw", s.leakage_mw,
          Field{.unit = "mW", .doc = "leakage of one instance", .lo = 0, .hi = 1e6});
    visit("area_mm2", s.area_mm2,
          Field{.unit = "mm^2", .doc = "area of one instance", .lo = 0, .hi = 1e6});
    visit("source", s.source, Field{.doc = "where the figures come from"});
  }
};

/// A physical crossbar with its peripherals lumped in.
struct Crossbar {
  double read_step_ns = 100;
  double read_step_mw = 3.09;
  double update_phase_ns = 20;
  double update_phase_mw = 4.44;
  double serial_read_ns = 10250;
  double serial_read_mw = 6500.0 / 10250.0;
  double serial_write_ns = 10968.75;
  double serial_write_mw = 21125.0 / 10250.0;
  double leakage_mw = 0;
  double area_mm2 = 2.5e-5;
  std::string source;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    visit(
        "read_step_ns", s.read_step_ns,
        Field{.unit = "ns", .doc = "one bit-plane of a matrix-vector product", .lo = 0, .hi = 1e9});
    visit("read_step_mw", s.read_step_mw,
          Field{.unit = "mW", .doc = "power during read_step_ns", .lo = 0, .hi = 1e6});
    visit("update_phase_ns", s.update_phase_ns,
          Field{.unit = "ns",
                .doc = "one of the four sign phases of an outer product",
                .lo = 0,
                .hi = 1e9});
    visit("update_phase_mw", s.update_phase_mw,
          Field{.unit = "mW", .doc = "power during update_phase_ns", .lo = 0, .hi = 1e6});
    visit("serial_read_ns", s.serial_read_ns,
          Field{.unit = "ns", .doc = "reading the whole array cell by cell", .lo = 0, .hi = 1e9});
    visit("serial_read_mw", s.serial_read_mw,
          Field{.unit = "mW", .doc = "power during serial_read_ns", .lo = 0, .hi = 1e6});
    visit("serial_write_ns", s.serial_write_ns,
          Field{.unit = "ns", .doc = "writing the whole array cell by cell", .lo = 0, .hi = 1e9});
    visit("serial_write_mw", s.serial_write_mw,
          Field{.unit = "mW", .doc = "power during serial_write_ns", .lo = 0, .hi = 1e6});
    visit("leakage_mw", s.leakage_mw,
          Field{.unit = "mW", .doc = "leakage of one crossbar", .lo = 0, .hi = 1e6});
    visit("area_mm2", s.area_mm2,
          Field{.unit = "mm^2", .doc = "area of one crossbar", .lo = 0, .hi = 1e6});
    visit("source", s.source, Field{.doc = "where the figures come from"});
  }
};

/// Energy of one element by class of vector operation; the whole unit is Constants::alu.
struct AluEnergy {
  double div_pj = 1.0808888888888888;
  double mul_pj = 0.5653333333333334;
  double other_pj = 0.26524444444444445;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    visit("div_pj", s.div_pj, Field{.unit = "pJ", .doc = "division", .lo = 0, .hi = 1e6});
    visit("mul_pj", s.mul_pj, Field{.unit = "pJ", .doc = "multiplication", .lo = 0, .hi = 1e6});
    visit("other_pj", s.other_pj,
          Field{.unit = "pJ", .doc = "all other operations", .lo = 0, .hi = 1e6});
  }
};

/// Every component of a node. xbar_in_memory.dynamic_pj is a read; its write has a field of its
/// own.
struct Constants {
  Crossbar crossbar;
  Component dac;
  Component adc;
  Component sample_hold;
  Component shift_add;
  Component alu;
  AluEnergy alu_energy;
  Component activation;
  Component mux;
  Component data_memory;
  Component core_instruction_memory;
  Component xbar_in_memory;
  double xbar_in_memory_write_pj = 0.16;
  Component xbar_out_memory;
  Component core_control;
  Component tile_memory;
  Component tile_bus;
  Component tile_memory_control;
  Component counter_buffer;
  Component receive_buffer;
  Component tile_instruction_memory;
  Component tile_control;
  Component router;
  Component node_link;
  int load_timeout_cycles = 100000;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    visit("crossbar", s.crossbar, Field{.doc = "physical crossbar, peripherals included"});
    visit("dac", s.dac, Field{.doc = "input converter of one line"});
    visit("adc", s.adc, Field{.doc = "output converter"});
    visit("sample_hold", s.sample_hold, Field{.doc = "sample and hold of one column"});
    visit("shift_add", s.shift_add, Field{.doc = "shift and add"});
    visit("alu", s.alu, Field{.doc = "vector unit as a whole"});
    visit("alu_energy", s.alu_energy, Field{.doc = "vector unit, one element"});
    visit("activation", s.activation, Field{.doc = "transcendental functions"});
    visit("mux", s.mux, Field{.doc = "column multiplexer"});
    visit("data_memory", s.data_memory, Field{.doc = "a core's data memory"});
    visit("core_instruction_memory", s.core_instruction_memory,
          Field{.doc = "a core's instruction memory"});
    visit("xbar_in_memory", s.xbar_in_memory,
          Field{.doc = "input memory of a logical crossbar; energy of a read"});
    visit("xbar_in_memory_write_pj", s.xbar_in_memory_write_pj,
          Field{.unit = "pJ", .doc = "write of one word to an input memory", .lo = 0, .hi = 1e6});
    visit("xbar_out_memory", s.xbar_out_memory,
          Field{.doc = "output memory of a logical crossbar"});
    visit("core_control", s.core_control, Field{.doc = "control unit of a core, per cycle"});
    visit("tile_memory", s.tile_memory, Field{.doc = "shared memory of a tile"});
    visit("tile_bus", s.tile_bus, Field{.doc = "bus of the shared memory"});
    visit("tile_memory_control", s.tile_memory_control,
          Field{.doc = "controller of the shared memory"});
    visit("counter_buffer", s.counter_buffer, Field{.doc = "valid bits and consumer counters"});
    visit("receive_buffer", s.receive_buffer, Field{.doc = "mailboxes of a tile"});
    visit("tile_instruction_memory", s.tile_instruction_memory,
          Field{.doc = "a tile's instruction memory"});
    visit("tile_control", s.tile_control, Field{.doc = "control unit of a tile, per cycle"});
    visit("router", s.router,
          Field{.doc = "router of the mesh; latency of a packet inside a node"});
    visit("node_link", s.node_link,
          Field{.doc = "link between nodes; latency on top of the router's"});
    visit("load_timeout_cycles", s.load_timeout_cycles,
          Field{.unit = "cycle",
                .doc = "a load that waits this long completes anyway",
                .lo = 3,
                .hi = 1e9});
  }
};

}  // namespace panther::machine
