// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Everything configurable about the devices of a crossbar: the law, write noise, device-to-device
// spread, read noise and faults. One described struct; the constants derived from it are what
// kernels see.

#include <array>
#include <cstdint>

#include "devicemodels/core/fields.hpp"
#include "devicemodels/faults.hpp"
#include "devicemodels/models.hpp"
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
  CodeRounding rounding = CodeRounding::stochastic;
  WriteNoise write_noise;
  Spread spread;
  ReadNoise read_noise;
  StuckCells stuck;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("law", self.law, Field{.doc = "response of a cell to programming steps", .tag = "law"});
    visit("on_off_ratio", self.on_off_ratio,
          Field{.unit = "1",
                .doc = "G_max / G_min (enters noise that depends on conductance)",
                .lo = 1.01,
                .hi = 1e9});
    visit("rounding", self.rounding,
          Field{.doc = "rounding of a device's state to its 16-bit code"});
    visit("write_noise", self.write_noise, Field{.doc = "cycle-to-cycle noise of writes"});
    visit("spread", self.spread, Field{.doc = "device-to-device variation"});
    visit("read_noise", self.read_noise, Field{.doc = "noise of reads"});
    visit("stuck", self.stuck, Field{.doc = "faulty cells"});
  }
};

/// What kernels know of the devices besides the law: numeric, trivially copyable, one per replica.
struct DeviceConstants {
  std::uint64_t seed = 0;
  float write_sigma = 0.0F;
  float g_min_in_windows = 0.0F;  // G_min / (G_max - G_min)
  float read_relative = 0.0F;
  float read_line = 0.0F;  // levels
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
  PANTHER_HD constexpr bool any() const { return slope || bend || bounds; }
};

inline Variation variation_of(DeviceConfig const& config) {
  StuckCells const& stuck = config.stuck;
  return {config.spread.varies_slope(),
          config.spread.varies_nonlinearity(),
          config.spread.varies_window() || stuck.any(),
          config.spread.asymmetry > 0.0,
          stuck.dead > 0.0,
          stuck.clustered() || stuck.word_lines > 0.0 || stuck.bit_lines > 0.0};
}

/// What varies in either.
inline Variation joined(Variation const& a, Variation const& b) {
  return {a.slope || b.slope,         a.bend || b.bend, a.bounds || b.bounds,
          a.asymmetry || b.asymmetry, a.dead || b.dead, a.placed || b.placed};
}

inline DeviceConstants device_constants(DeviceConfig const& config, std::uint64_t seed) {
  return {.seed = seed,
          .write_sigma = static_cast<float>(config.write_noise.resolved_sigma()),
          .g_min_in_windows = static_cast<float>(1.0 / (config.on_off_ratio - 1.0)),
          .read_relative = static_cast<float>(config.read_noise.relative),
          .read_line = static_cast<float>(config.read_noise.line),
          .spread = spread_constants(config.spread, config.law),
          .faults = fault_constants(config.stuck),
          .pulse_noise = pulse_noise(config.write_noise),
          .write_noise = config.write_noise.kind,
          .rounding = config.rounding};
}

}  // namespace panther
