// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The error that programming leaves: a device that was meant to hold c, its conductance over the
// highest one, holds c + sigma(c) N(0, 1), kept within its bounds. Polynomials sigma(c) of measured
// arrays, by name:
//   pcm              doped GST, 25 uS: Nandakumar et al., ICECS 2019 (aihwkit PCMLikeNoiseModel)
//   hermes_1, _2     PCM of the Hermes chip, one device of 10.35 uS and two of 20.7 uS: Le Gallo et
//                    al., Nat. Electron. 2023; Vasilopoulos et al., IEEE TED 2023
//                    (HermesNoiseModel)
//   reram_wan_*      HfOx ReRAM, 40 uS, 1 s, 1 day and 2 days after programming: Wan et al., Nature
//                    608, 2022 (ReRamWan2022NoiseModel). Later times stand for programming and
//                    relaxation together.
//   reram_cmo_*      CMO/HfOx ReRAM, 9 to 88.2 uS, programmed to 0.2 % (tight) or 2 % (loose):
//                    Falcone et al. (ReRamCMONoiseModel)
// Deviation: sources map a weight to a pair of which one device is at zero; here conductances are
// those of the slice's cell, whose level 0 is mid-window.

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/core/state_curve.hpp"

namespace panther {

enum class ProgrammingModel : std::uint8_t {
  off,
  pcm,
  hermes_1,
  hermes_2,
  reram_wan_1s,
  reram_wan_1d,
  reram_wan_2d,
  reram_cmo_tight,
  reram_cmo_loose,
  custom
};
template <>
struct EnumNames<ProgrammingModel> {
  static constexpr std::array values{
      std::pair{ProgrammingModel::off, std::string_view{"off"}},
      std::pair{ProgrammingModel::pcm, std::string_view{"pcm"}},
      std::pair{ProgrammingModel::hermes_1, std::string_view{"hermes_1"}},
      std::pair{ProgrammingModel::hermes_2, std::string_view{"hermes_2"}},
      std::pair{ProgrammingModel::reram_wan_1s, std::string_view{"reram_wan_1s"}},
      std::pair{ProgrammingModel::reram_wan_1d, std::string_view{"reram_wan_1d"}},
      std::pair{ProgrammingModel::reram_wan_2d, std::string_view{"reram_wan_2d"}},
      std::pair{ProgrammingModel::reram_cmo_tight, std::string_view{"reram_cmo_tight"}},
      std::pair{ProgrammingModel::reram_cmo_loose, std::string_view{"reram_cmo_loose"}},
      std::pair{ProgrammingModel::custom, std::string_view{"custom"}}};
};

/// [device.programming]
struct Programming {
  ProgrammingModel model = ProgrammingModel::off;
  double scale = 1.0;
  std::vector<double> coefficients = {0.01};
  bool transfer = false;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("model", self.model,
          Field{.doc = "error of every device that programming or carry resolution writes"});
    visit("scale", self.scale,
          Field{.unit = "1", .doc = "factor on the error", .lo = 0, .hi = 100});
    visit("coefficients", self.coefficients,
          Field{.unit = "G_max",
                .doc = "model = \"custom\": std as a polynomial in G / G_max, lowest power first, "
                       "at most 5 terms",
                .lo = -100,
                .hi = 100});
    visit("transfer", self.transfer,
          Field{.doc = "tests, and panther eval, see the weights after they were programmed into "
                       "devices with this error"});
  }
};

/// sigma(c) in units of the highest conductance.
inline StateCurve programming_curve(Programming const& programming) {
  auto const fit = [&](std::initializer_list<double> coefficients, double g_max_us) {
    return polynomial_curve(coefficients, programming.scale / g_max_us);
  };
  switch (programming.model) {
    case ProgrammingModel::off:
      return {};
    case ProgrammingModel::pcm:
      return fit({0.26348, 1.9650, -1.1731}, 25.0);
    case ProgrammingModel::hermes_1:
      return fit({0.15781817, 2.32443916, -2.16310839, 0.68841818}, 10.35);
    case ProgrammingModel::hermes_2:
      return fit({0.16603222, 4.71806468, -8.48101252, 4.68961419}, 20.7);
    case ProgrammingModel::reram_wan_1s:
      return fit({0.348, 16.030, -43.853, 45.393, -16.815}, 40.0);
    case ProgrammingModel::reram_wan_1d:
      return fit({0.701, 22.086, -50.773, 47.095, -16.458}, 40.0);
    case ProgrammingModel::reram_wan_2d:
      return fit({0.782, 20.274, -43.507, 37.062, -11.934}, 40.0);
    case ProgrammingModel::reram_cmo_tight:  // the source's polynomials are in uS
      return fit({0.00081107, 0.00106879 * 88.2}, 88.2);
    case ProgrammingModel::reram_cmo_loose:
      return fit({0.0112185391, 0.01129027418 * 88.2}, 88.2);
    case ProgrammingModel::custom:
      break;
  }
  std::size_t const terms = programming.coefficients.size();
  if (terms < 1 || terms > static_cast<std::size_t>(StateCurve::terms)) {
    throw std::invalid_argument("programming.coefficients: " + std::to_string(terms) +
                                " terms (must be 1 to 5)");
  }
  return polynomial_curve(programming.coefficients, programming.scale);
}

}  // namespace panther
