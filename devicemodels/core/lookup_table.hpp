// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Look-up tables of measured devices: the change of the conductance by one pulse against the
// conductance before it and a probability (a quantile). One file holds one table of each direction
// for each device of a family. Text, fields separated by commas; "#" starts a comment line:
//
//   panther look-up table,1
//   source,filament_gap with c2c 0.03      any text
//   unit,S                                 of conductances; "window" for parts of a window
//   conductance,1e-6,1e-4,129              first, last and number of a uniform grid
//   levels,128                             lines a table; line i is quantile (i + 1/2) / levels
//   tables,1                               devices of the family, at most most_lookup_tables
//   set,0                                  then `levels` lines of changes, one a conductance
//   reset,0                                the same
//   set,1                                  ...
//
// `panther device tabulate` and `panther device import` write such files.

#include <cerrno>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace panther {

/// Devices of a family that a stored byte tells apart.
inline constexpr int most_lookup_tables = 128;

struct LookupTable {
  struct Device {
    std::vector<double> set;    // [level][conductance]
    std::vector<double> reset;  // the same; a decrease is negative
  };
  std::string source;
  std::string unit;
  double first = 0.0;  // conductances of the grid's ends
  double last = 1.0;
  int conductances = 0;
  int levels = 0;
  std::vector<Device> devices;
};

inline constexpr std::string_view lookup_table_title = "panther look-up table";

namespace detail {

/// Reads such a file line by line. Messages name the file, the line and the field.
class LookupTableReader {
 public:
  LookupTableReader(std::istream& in, std::string name) : in_(in), name_(std::move(name)) {}

  LookupTable read() {
    expect_title();
    LookupTable table;
    table.source = rest_of(header("source"));
    table.unit = rest_of(header("unit"));
    read_grid(table);
    table.levels = count(header("levels"), 1, "levels", 1, 4096);
    int const devices = count(header("tables"), 1, "tables", 1, most_lookup_tables);
    for (int i = 0; i < devices; ++i) {
      LookupTable::Device device;
      device.set = read_block(table, "set", i);
      device.reset = read_block(table, "reset", i);
      table.devices.push_back(std::move(device));
    }
    if (next_line()) fail("line", line_, "the end of the file");
    return table;
  }

 private:
  using Fields = std::vector<std::string>;

  [[noreturn]] void fail(std::string const& field, std::string const& value,
                         std::string const& allowed) const {
    throw std::invalid_argument(name_ + ", line " + std::to_string(number_) + ": " + field + " = " +
                                value + " (must be " + allowed + ")");
  }

  bool next_line() {
    while (std::getline(in_, line_)) {
      ++number_;
      if (!line_.empty() && line_.back() == '\r') line_.pop_back();
      if (!line_.empty() && line_.front() != '#') return true;
    }
    return false;
  }

  Fields fields_of_line() {
    Fields fields(1);
    for (char const c : line_) {
      if (c == ',') {
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    return fields;
  }

  /// The next line, which must begin with `key`.
  Fields header(std::string const& key) {
    if (!next_line()) {
      ++number_;
      fail(key, "nothing: the file ends", "a line \"" + key + ",...\"");
    }
    Fields fields = fields_of_line();
    if (fields.front() != key || fields.size() < 2) fail("line", line_, "\"" + key + ",...\"");
    return fields;
  }

  void expect_title() {
    if (!next_line()) fail("line", "nothing: the file is empty", title());
    if (line_ != title()) fail("line", line_, title());
  }
  static std::string title() { return std::string(lookup_table_title) + ",1"; }

  static std::string rest_of(Fields const& fields) {
    std::string text = fields[1];
    for (std::size_t i = 2; i < fields.size(); ++i) text += "," + fields[i];
    return text;
  }

  void read_grid(LookupTable& table) {
    Fields const fields = header("conductance");
    table.first = number(fields, 1, "first conductance");
    table.last = number(fields, 2, "last conductance");
    table.conductances = count(fields, 3, "conductances", 2, 4096);
    if (!(table.first < table.last)) {
      fail("last conductance", fields[2], "above the first one, " + fields[1]);
    }
  }

  std::vector<double> read_block(LookupTable const& table, std::string const& key, int device) {
    Fields const title = header(key);
    if (title[1] != std::to_string(device)) fail(key, title[1], std::to_string(device));
    std::vector<double> values;
    for (int level = 0; level < table.levels; ++level) {
      if (!next_line()) {
        ++number_;
        fail(key + " " + title[1], std::to_string(level) + " lines",
             std::to_string(table.levels) + " lines");
      }
      Fields const fields = fields_of_line();
      if (static_cast<int>(fields.size()) != table.conductances) {
        fail("fields", std::to_string(fields.size()),
             std::to_string(table.conductances) + ", one a conductance");
      }
      for (std::size_t i = 0; i < fields.size(); ++i) {
        values.push_back(number(fields, i, "field " + std::to_string(i + 1)));
      }
    }
    return values;
  }

  double number(Fields const& fields, std::size_t at, std::string const& field) const {
    if (at >= fields.size()) fail(field, "nothing", "a finite number");
    std::string const& text = fields[at];
    double value = 0.0;
    auto const parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    bool const whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    if (!whole || !std::isfinite(value)) {
      fail(field, text.empty() ? "nothing" : text, "a finite number");
    }
    return value;
  }

  int count(Fields const& fields, std::size_t at, std::string const& field, int low,
            int high) const {
    double const value = number(fields, at, field);
    if (value != std::floor(value) || value < low || value > high) {
      fail(field, fields[at],
           "a whole number in [" + std::to_string(low) + ", " + std::to_string(high) + "]");
    }
    return static_cast<int>(value);
  }

  std::istream& in_;
  std::string name_;
  std::string line_;
  int number_ = 0;
};

inline void append_block(std::string& text, LookupTable const& table, std::string_view key,
                         std::size_t device, std::vector<double> const& values) {
  text += std::string(key) + "," + std::to_string(device) + "\n";
  auto const width = static_cast<std::size_t>(table.conductances);
  char buffer[32];
  for (std::size_t i = 0; i < values.size(); ++i) {
    // Seven digits: more than a device repeats.
    auto const end =
        std::to_chars(buffer, buffer + sizeof buffer, values[i], std::chars_format::general, 7);
    text.append(buffer, end.ptr);
    text += (i + 1) % width == 0 ? '\n' : ',';
  }
}

}  // namespace detail

/// Throws std::invalid_argument naming file, line, field, value and what is allowed.
inline LookupTable read_lookup_table(std::string const& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::invalid_argument("look-up table \"" + path +
                                "\" cannot be read: " + std::generic_category().message(errno) +
                                " (must be a table as panther device tabulate and panther device "
                                "import write it)");
  }
  return detail::LookupTableReader(file, path).read();
}

/// The text of a file that read_lookup_table reads.
inline std::string lookup_table_text(LookupTable const& table) {
  std::ostringstream head;
  head.precision(17);
  head << lookup_table_title << ",1\nsource," << table.source << "\nunit," << table.unit
       << "\nconductance," << table.first << "," << table.last << "," << table.conductances
       << "\nlevels," << table.levels << "\ntables," << table.devices.size() << "\n";
  std::string text = head.str();
  for (std::size_t i = 0; i < table.devices.size(); ++i) {
    detail::append_block(text, table, "set", i, table.devices[i].set);
    detail::append_block(text, table, "reset", i, table.devices[i].reset);
  }
  return text;
}

}  // namespace panther
