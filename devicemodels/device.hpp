// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Everything configurable about the devices of a crossbar: the law, write noise, device-to-device
// spread, read noise and faults. One described struct; the constants derived from it are what
// kernels see.

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/endurance.hpp"
#include "devicemodels/faults.hpp"
#include "devicemodels/models.hpp"
#include "devicemodels/programming.hpp"
#include "devicemodels/reading.hpp"
#include "devicemodels/retention.hpp"
#include "devicemodels/spread.hpp"
#include "devicemodels/write_noise.hpp"

namespace panther {

/// How a float32 position becomes an int16 code.
enum class CodeRounding : std::uint8_t { stochastic, nearest };
template <>
struct EnumNames<CodeRounding> {
  static constexpr std::array values{
      std::pair{CodeRounding::stochastic, std::string_view{"stochastic"}},
      std::pair{CodeRounding::nearest, std::string_view{"nearest"}}};
};

struct ReadNoise {
  double relative = 0.0;
  double line = 0.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("relative", self.relative,
          Field{.unit = "G",
                .doc = "std of a device's conductance in one read step, relative to it",
                .lo = 0,
                .hi = 1});
    visit("line", self.line,
          Field{.unit = "levels",
                .doc = "std added to the sum of a line (column) in one read step",
                .lo = 0,
                .hi = 1e4});
  }
};

struct DeviceConfig {
  LawParams law = Ideal::Params{};
  double on_off_ratio = 10.0;
  // aihwkit's default for IR drop, ir_drop_g_ratio = 1 / (0.35 ohm x 5 uS).
  double g_max = 5e-6;
  CodeRounding rounding = CodeRounding::stochastic;
  WriteNoise write_noise;
  Spread spread;
  ReadNoise read_noise;
  CellReading reading;
  StuckCells stuck;
  Programming programming;
  Retention retention;
  Endurance endurance;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("law", self.law, Field{.doc = "response of a cell to programming steps", .tag = "law"});
    visit("on_off_ratio", self.on_off_ratio,
          Field{.unit = "1",
                .doc = "G_max / G_min (enters noise that depends on conductance)",
                .lo = 1.01,
                .hi = 1e9});
    visit("g_max", self.g_max,
          Field{.unit = "S",
                .doc = "conductance at the upper end of the window (enters read.wires, thermal and "
                       "shot noise)",
                .lo = 1e-12,
                .hi = 1});
    visit("rounding", self.rounding,
          Field{.doc = "rounding of a device's state to its 16-bit code"});
    visit("write_noise", self.write_noise, Field{.doc = "cycle-to-cycle noise of writes"});
    visit("spread", self.spread, Field{.doc = "device-to-device variation"});
    visit("read_noise", self.read_noise, Field{.doc = "noise of reads"});
    visit("reading", self.reading,
          Field{.doc = "what else analog reads see of a cell (read.mode = \"analog\")"});
    visit("stuck", self.stuck, Field{.doc = "faulty cells"});
    visit("programming", self.programming, Field{.doc = "error that programming leaves"});
    visit("retention", self.retention, Field{.doc = "what time does to devices"});
    visit("endurance", self.endurance, Field{.doc = "what writes do to devices"});
  }
};

/// What kernels know of the devices besides the law: numeric, trivially copyable, one per replica.
struct DeviceConstants {
  std::uint64_t seed = 0;
  float write_sigma = 0.0F;
  float g_min_in_windows = 0.0F;  // G_min / (G_max - G_min)
  float read_relative = 0.0F;
  float read_line = 0.0F;    // levels
  float hidden_std = 0.0F;   // windows
  std::uint32_t tables = 1;  // of the law, among which devices are divided
  SpreadConstants spread;
  FaultConstants faults;
  PulseNoise pulse_noise;
  WriteNoiseKind write_noise = WriteNoiseKind::off;
  CodeRounding rounding = CodeRounding::stochastic;
};

/// Derives the constants. Throws std::invalid_argument for contradicting parameters, naming them.
DeviceConstants device_constants(DeviceConfig const& config, std::uint64_t seed);

/// Which frozen properties of devices vary; decides what kernels regenerate or load.
struct Variation {
  bool slope = false;
  bool bend = false;
  bool bounds = false;     // window spread or faults
  bool asymmetry = false;  // of slopes
  bool dead = false;       // cells with a level of their own
  bool placed = false;     // faults that neighbours share
  bool table = false;      // devices follow different tables of the law
  PANTHER_HD constexpr bool any() const { return slope || bend || bounds || table; }
  /// What varies in either.
  constexpr Variation with(Variation const& other) const {
    return {slope || other.slope,         bend || other.bend, bounds || other.bounds,
            asymmetry || other.asymmetry, dead || other.dead, placed || other.placed,
            table || other.table};
  }
};

/// Tables among which the law's devices are divided; 1 for a law without.
inline int tables_of(LawParams const& law) {
  int tables = 1;
  visit_law(static_cast<int>(law.index()), [&]<class Law>() {
    if constexpr (TableLaw<Law>) tables = Law::tables(std::get<typename Law::Params>(law));
  });
  return tables;
}

inline Variation variation_of(DeviceConfig const& config) {
  StuckCells const& stuck = config.stuck;
  return {config.spread.varies_slope(),
          config.spread.varies_nonlinearity(),
          config.spread.varies_window() || stuck.any(),
          config.spread.asymmetry > 0.0,
          stuck.dead > 0.0,
          stuck.clustered() || stuck.word_lines > 0.0 || stuck.bit_lines > 0.0,
          tables_of(config.law) > 1};
}

/// Whether devices keep a second state of the law's.
inline bool counts_pulses(LawParams const& law) {
  bool counts = false;
  visit_law(static_cast<int>(law.index()), [&]<class Law>() { counts = CountingLaw<Law>; });
  return counts;
}

/// Throws std::invalid_argument for write noise that the law does not take.
inline void check_write_noise(DeviceConfig const& config) {
  visit_law(static_cast<int>(config.law.index()), [&]<class Law>() {
    if (CountingLaw<Law> && config.write_noise.hidden_std > 0.0) {
      throw std::invalid_argument(
          "write_noise.hidden_std = " + std::to_string(config.write_noise.hidden_std) +
          " with law = \"" + std::string(Law::Params::name) +
          "\", which keeps a hidden state of its own (must be 0)");
    }
    if (!DrawingLaw<Law> || config.write_noise.kind == WriteNoiseKind::off) return;
    throw std::invalid_argument("write_noise.kind = \"" +
                                std::string(enum_name(config.write_noise.kind)) +
                                "\" with law = \"" + std::string(Law::Params::name) +
                                "\", which has noise of its own (must be \"off\")");
  });
}

inline DeviceConstants device_constants(DeviceConfig const& config, std::uint64_t seed) {
  check_write_noise(config);
  check_retention(config.retention);
  check_endurance(config.endurance);
  return {.seed = seed,
          .write_sigma = static_cast<float>(config.write_noise.resolved_sigma()),
          .g_min_in_windows = static_cast<float>(1.0 / (config.on_off_ratio - 1.0)),
          .read_relative = static_cast<float>(config.read_noise.relative),
          .read_line = static_cast<float>(config.read_noise.line),
          .hidden_std = static_cast<float>(config.write_noise.hidden_std),
          .tables = static_cast<std::uint32_t>(tables_of(config.law)),
          .spread = spread_constants(config.spread, config.law),
          .faults = fault_constants(config.stuck),
          .pulse_noise = pulse_noise(config.write_noise),
          .write_noise = config.write_noise.kind,
          .rounding = config.rounding};
}

}  // namespace panther
