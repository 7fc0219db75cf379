// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The complete description of a machine: what a TOML file holds and a preset names.

#include "devicemodels/core/fields.hpp"
#include "host/arch/constants.hpp"
#include "host/arch/emulation.hpp"
#include "host/arch/organisation.hpp"
#include "host/arch/rules.hpp"

namespace panther::machine {

/// How matrix instructions compute: not at all, as the reference does, or on the emulated
/// crossbars.
enum class Arithmetic { off, reference, crossbar };

struct Machine {
  Organisation organisation;
  Constants constants;
  Rules rules;
  Arithmetic arithmetic = Arithmetic::reference;
  Emulation emulation = {};

  template <class Self, class Visitor>
  static void fields(Self& s, Visitor& visit);

  /// Physical crossbars of a logical f or b crossbar.
  int slices() const { return organisation.word_bits / organisation.cell_bits; }
  /// Physical crossbars of d, whose words are twice as wide.
  int update_slices() const { return 2 * slices(); }
  /// Bit-planes of one input word.
  int bit_planes() const {
    return (organisation.word_bits + organisation.dac_bits - 1) / organisation.dac_bits;
  }
};

}  // namespace panther::machine

template <>
struct panther::EnumNames<panther::machine::Arithmetic> {
  using E = panther::machine::Arithmetic;
  static constexpr std::array values{std::pair{E::off, std::string_view{"off"}},
                                     std::pair{E::reference, std::string_view{"reference"}},
                                     std::pair{E::crossbar, std::string_view{"on"}}};
};

namespace panther::machine {

template <class Self, class Visitor>
void Machine::fields(Self& s, Visitor& visit) {
  visit("organisation", s.organisation, Field{.doc = "widths, counts and sizes"});
  visit("constants", s.constants,
        Field{.doc = "latency, energy, leakage and area of the components"});
  visit("rules", s.rules,
        Field{.doc = "where the reference and the hardware differ, which way is taken"});
  visit("functional", s.arithmetic, Field{.doc = "what matrix instructions compute"});
  visit("emulation", s.emulation, Field{.doc = "devices, for functional = \"on\""});
}

}  // namespace panther::machine
