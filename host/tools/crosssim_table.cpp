// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "host/base/errors.hpp"
#include "host/base/text_file.hpp"
#include "host/tools/lookup_import.hpp"

namespace panther {

namespace {

/// One direction, as the file has it.
struct MeasuredChanges {
  std::vector<double> conductances;
  std::vector<double> probabilities;
  std::vector<std::vector<double>> changes;  // [probability][conductance]
};

class Reader {
 public:
  explicit Reader(std::string const& path) : path_(path), text_(read_text_file(path)) {}

  MeasuredChanges read() {
    MeasuredChanges found;
    next_line("a title");
    found.conductances = numbers("conductances");
    check_grid(found.conductances, "conductance");
    found.probabilities = numbers("probabilities");
    check_grid(found.probabilities, "probability");
    for (double const probability : found.probabilities) {
      if (probability < 0.0 || probability > 1.0) {
        fail(fmt::format("probability = {} (must lie in [0, 1])", probability));
      }
    }
    for (std::size_t i = 0; i < found.probabilities.size(); ++i) {
      found.changes.push_back(numbers("changes"));
      if (found.changes.back().size() != found.conductances.size()) {
        fail(fmt::format("{} changes (must be {}, one a conductance)", found.changes.back().size(),
                         found.conductances.size()));
      }
    }
    if (at_ < text_.size() && text_.find_first_not_of(" \t\r\n", at_) != std::string::npos) {
      ++line_;
      fail(fmt::format("more lines (must be {} of changes, one a probability)",
                       found.probabilities.size()));
    }
    return found;
  }

 private:
  [[noreturn]] void fail(std::string const& what) const {
    throw UserError(fmt::format("{}, line {}: {}", path_, line_, what));
  }

  std::string_view next_line(char const* wanted) {
    ++line_;
    if (at_ >= text_.size()) fail(fmt::format("the file ends (must be {})", wanted));
    std::size_t const end = std::min(text_.find('\n', at_), text_.size());
    std::string_view line = std::string_view(text_).substr(at_, end - at_);
    at_ = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  std::vector<double> numbers(char const* wanted) {
    std::string_view const line = next_line(wanted);
    std::vector<double> values;
    for (std::size_t start = 0; start <= line.size();) {
      std::size_t const end = std::min(line.find(',', start), line.size());
      values.push_back(number(line.substr(start, end - start), values.size() + 1));
      start = end + 1;
    }
    return values;
  }

  double number(std::string_view field, std::size_t place) const {
    std::string_view const cell =
        field.substr(std::min(field.find_first_not_of(' '), field.size()));
    double value = 0.0;
    auto const [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    bool const rest = std::string_view(end, cell.data() + cell.size()).find_first_not_of(' ') !=
                      std::string_view::npos;
    if (error != std::errc() || rest || !std::isfinite(value)) {
      fail(fmt::format("field {} = '{}' (must be a finite number)", place, field));
    }
    return value;
  }

  void check_grid(std::vector<double> const& values, char const* what) const {
    if (values.size() < 2) fail(fmt::format("one {} (must be two or more)", what));
    for (std::size_t i = 1; i < values.size(); ++i) {
      if (values[i] > values[i - 1]) continue;
      fail(fmt::format("field {}: {} = {} (must be above the one before, {})", i + 1, what,
                       values[i], values[i - 1]));
    }
  }

  std::string path_;
  std::string text_;
  std::size_t at_ = 0;
  int line_ = 0;
};

/// Where a value lies between the points of a grid.
struct Between {
  std::size_t left;
  double part;

  Between(std::vector<double> const& grid, double value) {
    auto const above = std::upper_bound(grid.begin(), grid.end(), value) - grid.begin();
    left = static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(above - 1, 0, static_cast<std::ptrdiff_t>(grid.size()) - 2));
    part = std::clamp((value - grid[left]) / (grid[left + 1] - grid[left]), 0.0, 1.0);
  }
};

std::vector<double> resampled(MeasuredChanges const& from, LookupTable const& table) {
  std::vector<double> values;
  for (int level = 0; level < table.levels; ++level) {
    Between const row(from.probabilities, (level + 0.5) / table.levels);
    for (int i = 0; i < table.conductances; ++i) {
      double const at = table.first + (table.last - table.first) * i / (table.conductances - 1);
      Between const column(from.conductances, at);
      auto const along = [&](std::vector<double> const& line) {
        return (1.0 - column.part) * line[column.left] + column.part * line[column.left + 1];
      };
      values.push_back((1.0 - row.part) * along(from.changes[row.left]) +
                       row.part * along(from.changes[row.left + 1]));
    }
  }
  return values;
}

}  // namespace

LookupTable imported_from_crosssim(std::string const& set_file, std::string const& reset_file) {
  MeasuredChanges const set = Reader(set_file).read();
  MeasuredChanges const reset = Reader(reset_file).read();
  LookupTable table;
  table.source = set_file + " and " + reset_file;
  table.unit = "S";
  table.first = std::max(set.conductances.front(), reset.conductances.front());
  table.last = std::min(set.conductances.back(), reset.conductances.back());
  if (!(table.first < table.last)) {
    throw UserError(
        fmt::format("{}, line 2: conductances from {} to {}, {} has {} to {} (must overlap)",
                    reset_file, reset.conductances.front(), reset.conductances.back(), set_file,
                    set.conductances.front(), set.conductances.back()));
  }
  table.conductances = static_cast<int>(std::min<std::size_t>(set.conductances.size(), 4096));
  table.levels = static_cast<int>(std::min<std::size_t>(set.probabilities.size(), 4096));
  table.devices.push_back({resampled(set, table), resampled(reset, table)});
  return table;
}

}  // namespace panther
