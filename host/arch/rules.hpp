// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where the reference model counts or times in a way that the hardware would not, a rule says which
// way is taken. All false is the reference (revision R1); the panther preset sets the corrections,
// reference-r2 the last group.

#include "devicemodels/core/fields.hpp"

namespace panther::machine {

struct Rules {
  // Time.
  bool whole_cycles = false;
  bool alu_rounds_up = false;
  bool copy_takes_lanes = false;
  bool crs_per_matrix = false;
  bool loads_never_time_out = false;
  bool check_every_word = false;
  bool try_each_core_once = false;
  bool link_latency_once = false;
  bool receive_takes_buffer_time = false;
  // Counting and energy.
  bool free_failed_loads = false;
  bool noc_busy_without_stop_cycle = false;
  bool noc_energy_per_packet = false;
  bool link_energy_per_packet = false;
  bool count_all_update_crossbars = false;
  bool control_units_own_cycles = false;
  bool scalar_alu_once = false;
  bool count_tile_0 = false;
  // Area and power.
  bool area_of_all_slices = false;
  bool alu_per_lane = false;
  bool node_power_of_all_tiles = false;
  // Function.
  bool store_steps_by_width = false;
  bool alu_writes_crossbar_memory = false;
  // Revision R2.
  bool adc_sets_read_time = false;
  bool count_converters = false;
  bool update_costs_read_energy = false;

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit) {
    auto const rule = [&visit](std::string_view name, auto& value, std::string_view doc) {
      visit(name, value, Field{.doc = doc});
    };
    rule("whole_cycles", s.whole_cycles,
         "an instruction takes max(1, ceil(latency)) cycles, latency rounded to a billionth; "
         "otherwise a latency of 0 "
         "takes 2 cycles and 16146.000000000002 takes 16147");
    rule("alu_rounds_up", s.alu_rounds_up,
         "a vector operation takes ceil(vec / lanes) cycles; otherwise floor(vec / lanes)");
    rule("copy_takes_lanes", s.copy_takes_lanes,
         "cp takes ceil(vec / lanes) cycles; otherwise 1 cycle for any length");
    rule("crs_per_matrix", s.crs_per_matrix,
         "crs takes its latency once for every selected matrix; otherwise once");
    rule("loads_never_time_out", s.loads_never_time_out,
         "a load waits until it is granted; otherwise it completes with old words after "
         "load_timeout_cycles");
    rule("check_every_word", s.check_every_word,
         "the memory controller tests the valid bit of every word accessed; otherwise of the first "
         "only");
    rule("try_each_core_once", s.try_each_core_once,
         "an attempt of the memory controller tries each waiting core once; otherwise it makes 8 "
         "tries");
    rule("link_latency_once", s.link_latency_once,
         "a packet between nodes takes router + link latency; otherwise the router's counts twice");
    rule("receive_takes_buffer_time", s.receive_takes_buffer_time,
         "a packet leaves its mailbox receive_buffer.latency_cycles after receive finds it; "
         "otherwise at once");
    rule("free_failed_loads", s.free_failed_loads,
         "a failed attempt reads no tile memory; otherwise one that ends on a load counts an "
         "access");
    rule("noc_busy_without_stop_cycle", s.noc_busy_without_stop_cycle,
         "the network is busy until the last delivery; otherwise one cycle longer");
    rule("noc_energy_per_packet", s.noc_energy_per_packet,
         "router energy is charged for each packet; otherwise for each busy cycle");
    rule("link_energy_per_packet", s.link_energy_per_packet,
         "link energy is charged for each packet between nodes; otherwise for every twelfth");
    rule("count_all_update_crossbars", s.count_all_update_crossbars,
         "outer products and carry resolution count all crossbars of d; otherwise the first "
         "word_bits / cell_bits");
    rule("control_units_own_cycles", s.control_units_own_cycles,
         "core cycles are charged with the core's control unit; otherwise core and tile are "
         "swapped");
    rule("scalar_alu_once", s.scalar_alu_once,
         "a scalar operation counts one event; otherwise one in every lane");
    rule("count_tile_0", s.count_tile_0, "tile 0 counts; otherwise only its packets do");
    rule("area_of_all_slices", s.area_of_all_slices,
         "area and peak power count every physical crossbar; otherwise one for each logical "
         "crossbar slot");
    rule("alu_per_lane", s.alu_per_lane,
         "area, leakage and peak power count every lane; otherwise one");
    rule("node_power_of_all_tiles", s.node_power_of_all_tiles,
         "peak and leakage power count every tile of a node; otherwise the tiles the program uses");
    rule("store_steps_by_width", s.store_steps_by_width,
         "unit i of a store reads registers from r1 + i * width; otherwise from r1 + i * 16");
    rule("alu_writes_crossbar_memory", s.alu_writes_crossbar_memory,
         "a vector result may go to a crossbar's memory; otherwise the first operand is written "
         "there instead");
    rule("adc_sets_read_time", s.adc_sets_read_time,
         "a bit-plane of a product takes the converter's latency; otherwise the crossbar's");
    rule("count_converters", s.count_converters,
         "converters are counted; otherwise lumped into the crossbar");
    rule("update_costs_read_energy", s.update_costs_read_energy,
         "an outer product's step costs the energy of a read step; otherwise its own");
  }
};

}  // namespace panther::machine
