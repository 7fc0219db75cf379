// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nn/layers/seen_codes.hpp"

#include <utility>

#include "host/nn/layers/wired_blocks.hpp"
#include "kernels/wires/exact.hpp"
#include "kernels/wires/follow.hpp"
#include "kernels/wires/solve.hpp"

namespace panther {

namespace {

constexpr unsigned all_sets = ~0U;

/// Effective conductances, [crossbar][row][column], of crossbars of one block's shape.
std::vector<double> exact_conductances(WireCircuit const& circuit, WiredBlock const& block,
                                       std::vector<double> const& siemens) {
  std::vector<double> effective;
  for (std::size_t first = 0; first < siemens.size(); first += block.devices()) {
    ExactWires const exact(circuit, block.rows, block.cols,
                           std::span(siemens).subspan(first, block.devices()));
    effective.insert(effective.end(), exact.effective().begin(), exact.effective().end());
  }
  return effective;
}

std::vector<double> iterated_conductances(Backend& backend, WiresConfig const& config, int layer,
                                          WireCircuit const& circuit, WiredBlock const& block,
                                          std::vector<double> const& siemens) {
  bool const by_rows = circuit.driven == Driven::rows;
  std::size_t const crossbars = siemens.size() / block.devices();
  int const inputs = by_rows ? block.rows : block.cols;
  DeviceArray<double> const conductances(backend, siemens);
  DeviceArray<double> amperes(backend, siemens.size());
  DeviceArray<WireOutcome> outcomes(backend, crossbars * static_cast<std::size_t>(inputs));
  backend.solve_wires({.circuit = circuit,
                       .siemens = conductances.data(),
                       .volts = nullptr,
                       .amperes = amperes.data(),
                       .outcomes = outcomes.data(),
                       .crossbars = static_cast<std::int64_t>(crossbars),
                       .rows = block.rows,
                       .cols = block.cols,
                       .inputs = inputs,
                       .tolerance = config.tolerance,
                       .iterations = config.iterations});
  require_converged(outcomes.download(), config, "read.wires", layer);
  std::vector<double> const found = amperes.download();
  if (by_rows) return found;
  std::vector<double> turned(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto const rows = static_cast<std::size_t>(block.rows);
    auto const cols = static_cast<std::size_t>(block.cols);
    std::size_t const in_crossbar = i % block.devices();
    turned[i - in_crossbar + in_crossbar % rows * cols + in_crossbar / rows] = found[i];
  }
  return turned;
}

}  // namespace

SeenCodes::SeenCodes(Backend& backend, WiresConfig const& config, int block_lines,
                     WiredDevices devices)
    : backend_(&backend), config_(config), block_lines_(block_lines), devices_(std::move(devices)) {
  if (!on()) return;
  XbarShape const& shape = devices_.shape;
  auto const size = static_cast<std::size_t>(shape.devices());
  for (View& view : views_) {
    // The first layer has nothing below it to send errors to.
    if (&view == &views_[1] && devices_.layer == 0) break;
    view.codes = {backend, size};
    if (!follows()) continue;
    view.seen_then = {backend, size};
    view.own_then = {backend, size};
  }
  windows_ = {backend, devices_.windows};
  if (config_.model == WireModel::first_order) {
    drops_ = {backend, static_cast<std::size_t>(shape.devices() / shape.sets)};
  }
}

std::int16_t const* SeenCodes::look(Direction direction, DeviceArray<std::int16_t> const& codes,
                                    int examples) {
  if (!on()) return codes.data();
  View& view = views_[direction.driven == Driven::rows ? 0 : 1];
  bool const old = view.age == never || (!aside_ && view.age >= config_.refresh_every);
  if (old) {
    look_anew(view, direction, codes);
    view.age = 0;
  } else if (((view.moved_sets >> direction.set) & 1U) != 0) {
    follow(view, direction, codes);
  }
  view.moved_sets = 0;
  view.age += examples;
  return view.codes.data();
}

void SeenCodes::devices_moved(unsigned set_mask) {
  for (View& view : views_) view.moved_sets |= set_mask;
}

void SeenCodes::devices_written() {
  for (View& view : views_) view.age = never;
}

void SeenCodes::set_aside() {
  aside_ = true;
  for (View& view : views_) view.age_aside = std::exchange(view.age, never);
}

void SeenCodes::take_back() {
  aside_ = false;
  for (View& view : views_) view.age = view.age_aside;
  devices_moved(all_sets);
}

void SeenCodes::look_anew(View& view, Direction direction, DeviceArray<std::int16_t> const& codes) {
  refresh(view, direction, codes);
  if (!follows() || aside_) return;
  view.seen_then.copy_from(view.codes);
  view.own_then.copy_from(codes);
}

void SeenCodes::follow(View& view, Direction direction, DeviceArray<std::int16_t> const& codes) {
  backend_->follow({.shape = devices_.shape,
                    .codes = codes.data(),
                    .own_then = view.own_then.data(),
                    .seen_then = view.seen_then.data(),
                    .seen = view.codes.data(),
                    .set = direction.set});
}

SeenArgs SeenCodes::seen_args(View& view, Direction direction,
                              DeviceArray<std::int16_t> const& codes) const {
  SeenArgs args{};
  args.shape = devices_.shape;
  args.slicing = devices_.slicing;
  args.codes = codes.data();
  args.seen = view.codes.data();
  args.windows = windows_.data();
  args.circuit = circuit_of(config_, direction.driven);
  args.set = direction.set;
  args.block_lines = block_lines_;
  args.reference = config_.reference;
  return args;
}

void SeenCodes::refresh(View& view, Direction direction, DeviceArray<std::int16_t> const& codes) {
  if (config_.model != WireModel::first_order) return refresh_by_network(view, direction, codes);
  SeenArgs args = seen_args(view, direction, codes);
  args.drops = drops_.data();
  backend_->see(args);
}

void SeenCodes::refresh_by_network(View& view, Direction direction,
                                   DeviceArray<std::int16_t> const& codes) {
  SeenArgs args = seen_args(view, direction, codes);
  args.windows = devices_.windows.data();  // on the host
  std::vector<std::int16_t> const own = codes.download();
  std::vector<std::int16_t> seen = view.codes.download();
  for (WiredBlock const& block : blocks_of(args.shape, block_lines_)) {
    std::vector<double> siemens;
    block.visit(args, [&](SeenPlane const& plane, std::size_t at) {
      siemens.push_back(plane.siemens(own[at]));
    });
    std::vector<double> const effective =
        config_.model == WireModel::exact
            ? exact_conductances(args.circuit, block, siemens)
            : iterated_conductances(*backend_, config_, devices_.layer, args.circuit, block,
                                    siemens);
    std::size_t next = 0;
    block.visit(args, [&](SeenPlane const& plane, std::size_t at) {
      seen[at] = plane.seen(own[at], effective[next] / siemens[next]);
      ++next;
    });
  }
  view.codes.upload(seen);
}

void SeenCodes::archive(StateArchive& archive, std::string const& prefix) {
  if (!on() || !follows()) return;
  char const* const names[] = {"seen_forward", "seen_backward"};
  for (std::size_t i = 0; i < 2; ++i) {
    archive.array(prefix + names[i], views_[i].seen_then);
    archive.array(prefix + names[i] + "_own", views_[i].own_then);
    archive.value(prefix + names[i] + "_age", views_[i].age);
  }
  devices_moved(all_sets);  // if it was loaded, the codes are to be made
}

}  // namespace panther
