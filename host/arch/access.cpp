// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/arch/access.hpp"

namespace panther::machine {
namespace {

constexpr std::array<std::string_view, access_kinds> names{
    "adc",          "alu_act",   "alu_div",  "alu_mul",      "alu_other",      "alu_sna",
    "core_control", "dac",       "dmem",     "edctrl",       "edctrl_counter", "edram",
    "edram_bus",    "imem",      "imem_t",   "mux1",         "mux2",           "noc_inter",
    "noc_intra",    "rbuff",     "snh",      "tile_control", "xbInmem_rd",     "xbInmem_wr",
    "xbOutmem",     "xbar_mtvm", "xbar_mvm", "xbar_op",      "xbar_rd",        "xbar_wr"};

double core_energy_pj(Machine const& machine, Access access) {
  Constants const& k = machine.constants;
  Crossbar const& x = k.crossbar;
  double const read_pj = x.read_step_mw * x.read_step_ns;
  switch (access) {
    case Access::adc:
      return k.adc.dynamic_pj;
    case Access::dac:
      return k.dac.dynamic_pj;
    case Access::snh:
      return k.sample_hold.dynamic_pj;
    case Access::mux1:
    case Access::mux2:
      return k.mux.dynamic_pj;
    case Access::alu_sna:
      return k.shift_add.dynamic_pj;
    case Access::alu_act:
      return k.activation.dynamic_pj;
    case Access::alu_div:
      return k.alu_energy.div_pj;
    case Access::alu_mul:
      return k.alu_energy.mul_pj;
    case Access::alu_other:
      return k.alu_energy.other_pj;
    case Access::dmem:
      return k.data_memory.dynamic_pj;
    case Access::imem:
      return k.core_instruction_memory.dynamic_pj;
    case Access::xb_inmem_rd:
      return k.xbar_in_memory.dynamic_pj;
    case Access::xb_inmem_wr:
      return k.xbar_in_memory_write_pj;
    case Access::xb_outmem:
      return k.xbar_out_memory.dynamic_pj;
    case Access::xbar_mvm:
    case Access::xbar_mtvm:
      return read_pj;
    case Access::xbar_op:
      return machine.rules.update_costs_read_energy ? read_pj
                                                    : x.update_phase_mw * x.update_phase_ns;
    case Access::xbar_rd:
      return x.serial_read_mw * x.serial_read_ns;
    case Access::xbar_wr:
      return x.serial_write_mw * x.serial_write_ns;
    case Access::core_control:
      return k.core_control.dynamic_pj;
    default:
      return 0;
  }
}

}  // namespace

std::string_view name_of(Access access) { return names[static_cast<std::size_t>(access)]; }

double energy_pj(Machine const& machine, Access access) {
  Constants const& k = machine.constants;
  switch (access) {
    case Access::edram:
      return k.tile_memory.dynamic_pj;
    case Access::edram_bus:
      return k.tile_bus.dynamic_pj;
    case Access::edctrl:
      return k.tile_memory_control.dynamic_pj;
    case Access::edctrl_counter:
      return k.counter_buffer.dynamic_pj;
    case Access::imem_t:
      return k.tile_instruction_memory.dynamic_pj;
    case Access::rbuff:
      return k.receive_buffer.dynamic_pj;
    case Access::tile_control:
      return k.tile_control.dynamic_pj;
    case Access::noc_intra:
      return k.router.dynamic_pj;
    case Access::noc_inter:
      return k.node_link.dynamic_pj * k.node_link.latency_cycles;
    default:
      return core_energy_pj(machine, access);
  }
}

}  // namespace panther::machine
