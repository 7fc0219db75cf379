// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "kernels/wires/exact.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

namespace panther {

namespace {

[[noreturn]] void refuse(std::string const& message) {
  throw std::invalid_argument("wires: " + message);
}

struct Range {
  std::int64_t first;
  std::int64_t last;
};

/// The least range that holds everything but zeros.
Range occupied(double const* values, std::int64_t count) {
  Range range{0, count};
  while (range.last > 0 && values[range.last - 1] == 0.0) --range.last;
  while (range.first < range.last && values[range.first] == 0.0) ++range.first;
  return range;
}

}  // namespace

int ExactWires::raw_node(Line line, int row, int col) const {
  return (line == Line::word ? 0 : rows_ * cols_) + cell(row, col);
}

int ExactWires::raw_terminal(Line line, int index) const {
  return 2 * rows_ * cols_ + (line == Line::word ? 0 : rows_) + index;
}

int ExactWires::root(int raw) const {
  while (parent_[static_cast<std::size_t>(raw)] != raw)
    raw = parent_[static_cast<std::size_t>(raw)];
  return raw;
}

template <class Visit>
void ExactWires::visit_line_resistors(Line line, Visit const& visit) const {
  bool const word = line == Line::word;
  LineWires const& wires = word ? circuit_.word : circuit_.bit;
  int const lines = word ? rows_ : cols_;
  int const cells = word ? cols_ : rows_;
  // The k-th cell of a line, from its near end.
  auto const at = [&](int index, int k) {
    return word ? raw_node(line, index, k) : raw_node(line, rows_ - 1 - k, index);
  };
  for (int index = 0; index < lines; ++index) {
    visit(raw_terminal(line, index), at(index, 0), 1.0 / wires.near_ohm);
    visit(raw_terminal(line, index), at(index, cells - 1), 1.0 / wires.far_ohm);
    for (int k = 1; k < cells; ++k) visit(at(index, k - 1), at(index, k), 1.0 / wires.segment_ohm);
  }
}

/// visit(raw node, raw node, siemens) of everything that conducts.
template <class Visit>
void ExactWires::visit_resistors(Visit const& visit) const {
  visit_line_resistors(Line::word, visit);
  visit_line_resistors(Line::bit, visit);
  for (int row = 0; row < rows_; ++row) {
    for (int col = 0; col < cols_; ++col) {
      visit(raw_node(Line::word, row, col), raw_node(Line::bit, row, col),
            siemens_[static_cast<std::size_t>(cell(row, col))]);
    }
  }
}

ExactWires::ExactWires(WireCircuit const& circuit, int rows, int cols,
                       std::span<double const> siemens)
    : circuit_(circuit), rows_(rows), cols_(cols), siemens_(siemens.begin(), siemens.end()) {
  if (rows < 1 || cols < 1 ||
      siemens.size() != static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols)) {
    refuse("a crossbar of " + std::to_string(rows) + " x " + std::to_string(cols) +
           " devices and " + std::to_string(siemens.size()) + " conductances");
  }
  for (double const value : siemens) {
    if (!(value >= 0.0)) refuse("conductance " + std::to_string(value) + " S (must be 0 or more)");
  }
  for (double const ohm : {circuit.word.segment_ohm, circuit.word.near_ohm, circuit.word.far_ohm,
                           circuit.bit.segment_ohm, circuit.bit.near_ohm, circuit.bit.far_ohm}) {
    if (!(ohm >= 0.0)) refuse("resistance " + std::to_string(ohm) + " ohm (must be 0 or more)");
  }
  join_nodes();
  number_nodes();
  add_conductances();
  eliminate();
}

void ExactWires::join_nodes() {
  parent_.resize(static_cast<std::size_t>(2 * rows_ * cols_ + rows_ + cols_));
  std::iota(parent_.begin(), parent_.end(), 0);
  visit_resistors([&](int a, int b, double siemens) {
    if (!std::isinf(siemens)) return;
    int const one = root(a);
    int const other = root(b);
    parent_[static_cast<std::size_t>(std::min(one, other))] = std::max(one, other);
  });
  for (int raw = 2 * rows_ * cols_; raw < static_cast<int>(parent_.size()); ++raw) {
    if (root(raw) != raw) refuse("two lines' terminals are joined without resistance");
  }
}

void ExactWires::number_nodes() {
  int const cells = rows_ * cols_;
  bool const by_rows = rows_ >= cols_;
  std::vector<int> border_roots;
  for (int row = 0; circuit_.word.segment_ohm == 0.0 && row < rows_; ++row) {
    border_roots.push_back(root(raw_node(Line::word, row, 0)));
  }
  for (int col = 0; circuit_.bit.segment_ohm == 0.0 && col < cols_; ++col) {
    border_roots.push_back(root(raw_node(Line::bit, 0, col)));
  }
  std::erase_if(border_roots, [&](int raw) { return raw >= 2 * cells; });
  std::ranges::sort(border_roots);
  border_roots.erase(std::ranges::unique(border_roots).begin(), border_roots.end());
  lines_ = static_cast<int>(border_roots.size());
  for (int i = 0; i < rows_ + cols_; ++i) border_roots.push_back(2 * cells + i);
  border_ = static_cast<int>(border_roots.size());

  constexpr std::int64_t unnumbered = -1;
  node_.assign(parent_.size(), unnumbered);
  for (int const raw : border_roots)
    node_[static_cast<std::size_t>(raw)] = cells;  // not in the band
  auto const number = [&](int raw) {
    std::int64_t& its = node_[static_cast<std::size_t>(root(raw))];
    if (its == unnumbered) its = nodes_++;
  };
  int const outer = by_rows ? rows_ : cols_;
  int const inner = by_rows ? cols_ : rows_;
  for (int a = 0; a < outer; ++a) {
    for (Line const line : {by_rows ? Line::word : Line::bit, by_rows ? Line::bit : Line::word}) {
      for (int b = 0; b < inner; ++b) number(by_rows ? raw_node(line, a, b) : raw_node(line, b, a));
    }
  }
  for (std::size_t i = 0; i < border_roots.size(); ++i) {
    node_[static_cast<std::size_t>(border_roots[i])] = nodes_ + static_cast<std::int64_t>(i);
  }
}

/// The conductance between two nodes, by their numbers.
double& ExactWires::between(std::int64_t a, std::int64_t b) {
  std::int64_t const first = std::min(a, b);
  std::int64_t const second = std::max(a, b);
  if (first >= nodes_) {
    return edge_[static_cast<std::size_t>((first - nodes_) * border_ + second - nodes_)];
  }
  return row_of(first)[second >= nodes_ ? band_ + second - nodes_ : second - first - 1];
}

void ExactWires::add_conductances() {
  auto const number = [&](int raw) { return node_[static_cast<std::size_t>(root(raw))]; };
  visit_resistors([&](int a, int b, double) {
    std::int64_t const distance = std::abs(number(a) - number(b));
    if (std::max(number(a), number(b)) < nodes_) band_ = std::max(band_, distance);
  });
  matrix_.assign(static_cast<std::size_t>(nodes_) * static_cast<std::size_t>(band_ + border_), 0.0);
  edge_.assign(static_cast<std::size_t>(border_) * static_cast<std::size_t>(border_), 0.0);
  visit_resistors([&](int a, int b, double siemens) {
    if (number(a) != number(b) && siemens > 0.0) between(number(a), number(b)) += siemens;
  });
}

void ExactWires::eliminate() {
  total_.assign(static_cast<std::size_t>(nodes_ + lines_), 0.0);
  for (std::int64_t node = 0; node < nodes_; ++node) eliminate_node(node);
  eliminate_lines();
  for (int row = 0; row < rows_; ++row) {
    for (int col = 0; col < cols_; ++col) {
      effective_.push_back(between(nodes_ + lines_ + row, nodes_ + lines_ + rows_ + col));
    }
  }
}

/// Spreads the conductances of a node of the band over its neighbours, all of which come later.
void ExactWires::eliminate_node(std::int64_t node) {
  double const* const own = row_of(node);
  std::int64_t const width = std::min(band_, nodes_ - node - 1);
  auto const [first, last] = occupied(own, width);
  auto const [first_border, last_border] = occupied(own + band_, border_);
  double const total = std::accumulate(own + first, own + last, 0.0) +
                       std::accumulate(own + band_ + first_border, own + band_ + last_border, 0.0);
  total_[static_cast<std::size_t>(node)] = total;
  if (total == 0.0) return;
  for (std::int64_t k = first; k < last; ++k) {
    if (own[k] == 0.0) continue;
    double const share = own[k] / total;
    double* const its = row_of(node + 1 + k);
    for (std::int64_t other = k + 1; other < last; ++other) {
      its[other - k - 1] += share * own[other];
    }
    for (std::int64_t b = first_border; b < last_border; ++b) {
      its[band_ + b] += share * own[band_ + b];
    }
  }
  for (std::int64_t k = first_border; k < last_border; ++k) {
    double const share = own[band_ + k] / total;
    double* const its = edge_.data() + k * border_;
    for (std::int64_t b = k + 1; b < last_border; ++b) its[b] += share * own[band_ + b];
  }
}

/// The same for the lines of no resistance, which are nodes of the border.
void ExactWires::eliminate_lines() {
  for (int line = 0; line < lines_; ++line) {
    double const* const own = edge_.data() + static_cast<std::ptrdiff_t>(line) * border_;
    double const total = std::accumulate(own + line + 1, own + border_, 0.0);
    total_[static_cast<std::size_t>(nodes_ + line)] = total;
    for (int k = line + 1; total != 0.0 && k < border_; ++k) {
      double const share = own[k] / total;
      double* const its = edge_.data() + static_cast<std::ptrdiff_t>(k) * border_;
      for (int b = k + 1; b < border_; ++b) its[b] += share * own[b];
    }
  }
}

std::vector<double> ExactWires::node_volts(std::span<double const> volts) const {
  std::vector<double> all(static_cast<std::size_t>(nodes_ + border_), 0.0);
  std::ptrdiff_t const first_driven = circuit_.driven == Driven::rows ? 0 : rows_;
  std::ranges::copy(volts, all.begin() + nodes_ + lines_ + first_driven);
  double* const border = all.data() + nodes_;
  for (int line = lines_; line-- > 0;) {
    double const total = total_[static_cast<std::size_t>(nodes_ + line)];
    double sum = 0.0;
    for (int k = line + 1; k < border_; ++k) {
      sum += edge_[static_cast<std::size_t>(line) * static_cast<std::size_t>(border_) +
                   static_cast<std::size_t>(k)] *
             border[k];
    }
    border[line] = total == 0.0 ? 0.0 : sum / total;
  }
  for (std::int64_t node = nodes_; node-- > 0;) {
    double const total = total_[static_cast<std::size_t>(node)];
    double const* const own = row_of(node);
    double sum = 0.0;
    std::int64_t const width = std::min(band_, nodes_ - node - 1);
    for (std::int64_t k = 0; k < width; ++k) {
      sum += own[k] * all[static_cast<std::size_t>(node + 1 + k)];
    }
    for (int k = 0; k < border_; ++k) sum += own[band_ + k] * border[k];
    all[static_cast<std::size_t>(node)] = total == 0.0 ? 0.0 : sum / total;
  }
  return all;
}

WireSolution ExactWires::solve(std::span<double const> volts) const {
  bool const by_rows = circuit_.driven == Driven::rows;
  int const driven = by_rows ? rows_ : cols_;
  int const sensed = by_rows ? cols_ : rows_;
  if (volts.size() != static_cast<std::size_t>(driven)) {
    refuse(std::to_string(volts.size()) + " inputs for " + std::to_string(driven) +
           " driven lines");
  }
  std::vector<double> const all = node_volts(volts);
  WireSolution solution;
  solution.sensed_ampere.assign(static_cast<std::size_t>(sensed), 0.0);
  for (int row = 0; row < rows_; ++row) {
    for (int col = 0; col < cols_; ++col) {
      auto const index = static_cast<std::size_t>(cell(row, col));
      auto const at = [&](Line line) {
        return all[static_cast<std::size_t>(
            node_[static_cast<std::size_t>(root(raw_node(line, row, col)))])];
      };
      solution.word_volt.push_back(at(Line::word));
      solution.bit_volt.push_back(at(Line::bit));
      double const drop = solution.word_volt.back() - solution.bit_volt.back();
      solution.device_ampere.push_back(siemens_[index] * drop);
      solution.sensed_ampere[static_cast<std::size_t>(by_rows ? col : row)] +=
          effective_[index] * volts[static_cast<std::size_t>(by_rows ? row : col)];
    }
  }
  return solution;
}

}  // namespace panther
