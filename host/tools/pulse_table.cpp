// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/tools/pulse_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "host/base/errors.hpp"
#include "host/base/suggest.hpp"
#include "host/base/text_file.hpp"

namespace panther {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  std::size_t const first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  text = text.substr(first, text.find_last_not_of(blanks) - first + 1);
  bool const quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  for (std::size_t start = 0;;) {
    std::size_t const end = line.find(',', start);
    cells.push_back(trimmed(line.substr(start, end - start)));
    if (end == std::string_view::npos) return cells;
    start = end + 1;
  }
}

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& letter : result) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return result;
}

struct Unit {
  std::string_view word;
  double size;  // siemens; 0: windows
};
constexpr std::array units{Unit{"S", 1.0},        Unit{"mS", 1e-3},      Unit{"uS", 1e-6},
                           Unit{"\u00b5S", 1e-6}, Unit{"\u03bcS", 1e-6}, Unit{"nS", 1e-9},
                           Unit{"pS", 1e-12},     Unit{"window", 0.0}};
constexpr char const* allowed_units = "S, mS, uS, nS, pS or window";

struct Polarity {
  std::string_view word;
  Direction direction;
};
constexpr std::array polarities{Polarity{"up", Direction::up},
                                Polarity{"down", Direction::down},
                                Polarity{"potentiation", Direction::up},
                                Polarity{"depression", Direction::down},
                                Polarity{"set", Direction::up},
                                Polarity{"reset", Direction::down},
                                Polarity{"ltp", Direction::up},
                                Polarity{"ltd", Direction::down},
                                Polarity{"+1", Direction::up},
                                Polarity{"-1", Direction::down},
                                Polarity{"1", Direction::up},
                                Polarity{"+", Direction::up},
                                Polarity{"-", Direction::down}};

enum Column : std::size_t { device, pulse, polarity, conductance };
constexpr std::array<std::string_view, 4> column_names{"device", "pulse", "polarity",
                                                       "conductance"};

/// One device's course so far.
struct Course {
  std::optional<std::size_t> train;  // that its last row belongs to; none before the first
  std::int64_t pulse = 0;
  double conductance = 0.0;
};

class Parser {
 public:
  Parser(std::string_view text, std::string const& source) : text_(text) { table_.source = source; }

  PulseTable parsed() {
    bool header = false;
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    std::size_t start = text_.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    while (start < text_.size()) {
      std::size_t const end = std::min(text_.find('\n', start), text_.size());
      std::string_view const line = text_.substr(start, end - start);
      start = end + 1;
      ++line_;
      std::size_t const first = line.find_first_not_of(blanks);
      if (first == std::string_view::npos || line[first] == '#') continue;
      header ? read_row(cells_of(line)) : read_header(line);
      header = true;
    }
    if (!header) throw UserError(fmt::format("{}: no header (must be {})", table_.source, example));
    std::erase_if(table_.trains,
                  [](MeasuredTrain const& train) { return train.conductance.size() < 2; });
    if (table_.trains.empty()) {
      throw UserError(fmt::format("{}: no train of one pulse or more", table_.source));
    }
    return std::move(table_);
  }

 private:
  static constexpr char const* example =
      "the columns device, pulse, polarity and, say, conductance_uS";

  [[noreturn]] void fail(std::string_view what) const {
    throw UserError(fmt::format("{}, line {}: {}", table_.source, line_, what));
  }
  [[noreturn]] void fail(Column column, std::string_view value, std::string_view what) const {
    fail(fmt::format("column '{}': '{}' {}", header_names_[column], value, what));
  }

  void read_header(std::string_view line) {
    if (line.find(',') == std::string_view::npos) {
      fail(fmt::format("header '{}' has no comma (must be {}, with commas between)", trimmed(line),
                       example));
    }
    std::vector<std::string_view> const names = cells_of(line);
    columns_ = names.size();
    for (std::size_t i = 0; i < names.size(); ++i) declare(names[i], i);
    for (std::size_t i = 0; i < column_names.size(); ++i) {
      if (!place_[i]) fail(fmt::format("no column '{}' (must have {})", column_names[i], example));
    }
  }

  void declare(std::string_view name, std::size_t place) {
    std::string const word = lowered(name);
    std::size_t column = column_names.size();
    for (std::size_t i = 0; i < column_names.size(); ++i) {
      if (word == column_names[i]) column = i;
    }
    if (word.starts_with("conductance")) column = conductance;
    if (column == column_names.size()) {
      std::vector<std::string> const known(column_names.begin(), column_names.end());
      fail(
          fmt::format("unknown column '{}'{} (allowed: device, pulse, polarity, conductance with "
                      "its unit)",
                      name, did_you_mean(word, known)));
    }
    if (place_[column]) fail(fmt::format("column '{}' stands twice", name));
    place_[column] = place;
    header_names_[column] = name;
    if (column == conductance) read_unit(name);
  }

  /// conductance_uS, conductance [uS], conductance (uS).
  void read_unit(std::string_view name) {
    std::string_view rest = trimmed(name.substr(column_names[conductance].size()));
    bool const bracketed = rest.size() >= 2 && ((rest.front() == '[' && rest.back() == ']') ||
                                                (rest.front() == '(' && rest.back() == ')'));
    if (bracketed) rest = rest.substr(1, rest.size() - 2);
    if (!bracketed && rest.starts_with('_')) rest.remove_prefix(1);
    for (Unit const& unit : units) {
      if (trimmed(rest) != unit.word) continue;
      table_.in_siemens = unit.size > 0.0;
      table_.unit = unit.word;
      table_.unit_size = table_.in_siemens ? unit.size : 1.0;
      return;
    }
    if (rest.empty()) {
      fail(fmt::format("column '{}' names no unit (allowed: {}, as in conductance_uS)", name,
                       allowed_units));
    }
    fail(fmt::format("column '{}' has the unknown unit '{}' (allowed: {})", name, trimmed(rest),
                     allowed_units));
  }

  template <class T>
  T number(Column column, std::string_view cell, char const* what) const {
    T value{};
    std::string_view const digits = cell.starts_with('+') ? cell.substr(1) : cell;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (cell.empty()) fail(column, cell, fmt::format("is empty (must be {})", what));
    if (error != std::errc() || end != digits.data() + digits.size()) {
      fail(column, cell, fmt::format("is not {}", what));
    }
    return value;
  }

  double conductance_of(std::string_view cell) const {
    auto const value = number<double>(conductance, cell, "a number");
    if (!std::isfinite(value)) fail(conductance, cell, "is not finite (must be a measured number)");
    if (table_.in_siemens && value < 0.0) fail(conductance, cell, "is negative (must be >= 0)");
    if (!table_.in_siemens && !(value >= -1.0 && value <= 2.0)) {
      fail(conductance, cell, "is far outside the window (0 is G_min, 1 is G_max)");
    }
    return value * table_.unit_size;
  }

  Direction direction_of(std::string_view cell) const {
    for (Polarity const& known : polarities) {
      if (lowered(cell) == known.word) return known.direction;
    }
    fail(polarity, cell,
         "is no polarity (allowed: up, potentiation, set, ltp, +1, + and down, depression, reset, "
         "ltd, -1, -)");
  }

  std::size_t device_of(std::string_view cell) {
    if (cell.empty()) fail(device, cell, "is empty (must be a name)");
    auto const found = std::find(table_.devices.begin(), table_.devices.end(), cell);
    auto const index = static_cast<std::size_t>(found - table_.devices.begin());
    if (found == table_.devices.end()) {
      table_.devices.emplace_back(cell);
      courses_.emplace_back();
    }
    return index;
  }

  void read_row(std::vector<std::string_view> const& cells) {
    if (cells.size() != columns_) {
      fail(fmt::format("{} values (the header has {} columns)", cells.size(), columns_));
    }
    std::size_t const which = device_of(cells[*place_[device]]);
    std::string_view const count = cells[*place_[pulse]];
    auto const number_of_pulse = number<std::int64_t>(pulse, count, "a whole number");
    if (number_of_pulse < 0) fail(pulse, count, "is negative (pulses count from 0 or 1)");
    Direction const direction = direction_of(cells[*place_[polarity]]);
    add(which, number_of_pulse, direction, conductance_of(cells[*place_[conductance]]));
  }

  void add(std::size_t which, std::int64_t count, Direction direction, double value) {
    Course& course = courses_[which];
    bool const first = !course.train;
    bool const turned = !first && table_.trains[*course.train].direction != direction;
    bool const next = !first && count == course.pulse + 1;
    if (first || count == 0) {
      begin(course, {which, direction, {value}, line_});
    } else if (turned && (next || count == 1)) {
      begin(course, {which, direction, {course.conductance, value}, line_});
    } else if (next) {
      table_.trains[*course.train].conductance.push_back(value);
    } else {
      fail(pulse, fmt::format("{}", count),
           fmt::format("follows pulse {} of device '{}' (must be {}, or {} for a new train): no "
                       "pulse may be missing",
                       course.pulse, table_.devices[which], course.pulse + 1, turned ? "1" : "0"));
    }
    course.pulse = count;
    course.conductance = value;
  }

  void begin(Course& course, MeasuredTrain train) {
    course.train = table_.trains.size();
    table_.trains.push_back(std::move(train));
  }

  std::string_view text_;
  PulseTable table_;
  int line_ = 0;
  std::size_t columns_ = 0;
  std::array<std::optional<std::size_t>, 4> place_;
  std::array<std::string, 4> header_names_;
  std::vector<Course> courses_;
};

}  // namespace

PulseTable parse_pulse_table(std::string_view text, std::string const& source) {
  return Parser(text, source).parsed();
}

std::string pulse_table_text(PulseTable const& table) {
  std::string text = fmt::format("device,pulse,polarity,conductance_{}\n", table.unit);
  for (MeasuredTrain const& train : table.trains) {
    char const* const polarity_word = train.direction == Direction::up ? "up" : "down";
    for (std::size_t i = 0; i < train.conductance.size(); ++i) {
      text += fmt::format("{},{},{},{:.9g}\n", table.devices[train.device], i, polarity_word,
                          train.conductance[i] / table.unit_size);
    }
  }
  return text;
}

PulseTable read_pulse_table(std::string const& path) {
  return parse_pulse_table(read_text_file(path), path);
}

}  // namespace panther
