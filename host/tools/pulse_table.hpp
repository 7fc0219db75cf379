// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Measured pulse trains, as a device group writes them down: a CSV file of four columns.
//
//   # Ag:a-Si, 3.2 V / 300 us up, -2.8 V / 300 us down        comments and empty lines are skipped
//   device,pulse,polarity,conductance [uS]
//   A1,0,up,0.0512                                            pulse 0: before the first pulse
//   A1,1,up,0.0598                                            after pulse 1
//   ...
//   A1,1,down,0.2311                                          after the first pulse down
//
// Columns may come in any order. The conductance's header names its unit, one of S, mS, uS (µS),
// nS, pS or window (parts of the device's range, 0 at G_min and 1 at G_max), as `conductance_uS`,
// `conductance [uS]` or `conductance (uS)`. A polarity is up or down, in words of the field:
// potentiation, set, ltp, +1, +; depression, reset, ltd, -1, -. Rows of one device come in the
// order of time, those of several may alternate. Pulses count by one; a count that starts again at
// 0 gives the conductance before a new train, one that starts at 1 or goes on after a change of
// polarity goes on from the device's last conductance. A device's first row is where it is first
// seen, whatever its number.

#include <string>
#include <string_view>
#include <vector>

#include "devicemodels/core/law.hpp"

namespace panther {

/// Identical pulses of one polarity on one device.
struct MeasuredTrain {
  std::size_t device = 0;  // of PulseTable::devices
  Direction direction = Direction::up;
  std::vector<double> conductance;  // before the first pulse, after it, after the second, ...
  int line = 0;                     // of the file, where the train starts

  std::size_t pulses() const { return conductance.size() - 1; }
};

struct PulseTable {
  std::string source;                 // the file, for messages
  bool in_siemens = true;             // else in windows
  std::string unit;                   // the file's word for it
  double unit_size = 1.0;             // in siemens, or 1
  std::vector<std::string> devices;   // in the order of their first rows
  std::vector<MeasuredTrain> trains;  // of one pulse or more; conductances in S or in windows
};

/// Reads a file. Throws UserError with the file, line, column and value at fault, and what is
/// allowed.
PulseTable read_pulse_table(std::string const& path);

/// The same for a text; `source` stands for the file in messages.
PulseTable parse_pulse_table(std::string_view text, std::string const& source);

/// The table as text that parse_pulse_table reads back.
std::string pulse_table_text(PulseTable const& table);

}  // namespace panther
