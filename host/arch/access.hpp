// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the energy account counts, and what each count costs.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "host/arch/machine.hpp"

namespace panther::machine {

/// Kinds of events that cost energy, in the order and with the names of the reports.
enum class Access : std::uint8_t {
  adc,
  alu_act,
  alu_div,
  alu_mul,
  alu_other,
  alu_sna,
  core_control,
  dac,
  dmem,
  edctrl,
  edctrl_counter,
  edram,
  edram_bus,
  imem,
  imem_t,
  mux1,
  mux2,
  noc_inter,
  noc_intra,
  rbuff,
  snh,
  tile_control,
  xb_inmem_rd,
  xb_inmem_wr,
  xb_outmem,
  xbar_mtvm,
  xbar_mvm,
  xbar_op,
  xbar_rd,
  xbar_wr,
  count
};

inline constexpr std::size_t access_kinds = static_cast<std::size_t>(Access::count);

/// The name under which a count is reported, e.g. "xbInmem_rd".
std::string_view name_of(Access access);

/// A number of events of each kind.
class AccessCounts {
 public:
  std::uint64_t& operator[](Access a) { return counts_[static_cast<std::size_t>(a)]; }
  std::uint64_t operator[](Access a) const { return counts_[static_cast<std::size_t>(a)]; }

  /// Adds `times` times the other counts.
  void add(AccessCounts const& other, std::uint64_t times = 1) {
    for (std::size_t i = 0; i < access_kinds; ++i) counts_[i] += times * other.counts_[i];
  }

  bool operator==(AccessCounts const&) const = default;

 private:
  std::array<std::uint64_t, access_kinds> counts_{};
};

/// Energy of one event in pJ.
double energy_pj(Machine const& machine, Access access);

}  // namespace panther::machine
