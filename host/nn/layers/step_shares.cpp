// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/nn/layers/step_shares.hpp"

#include <utility>

#include "kernels/wires/exact.hpp"
#include "kernels/wires/solve.hpp"

namespace panther {

StepShares::StepShares(Backend& backend, UpdateWiresConfig const& config, int block_lines,
                       WiredDevices devices)
    : backend_(&backend), config_(config), block_lines_(block_lines), devices_(std::move(devices)) {
  if (!on()) return;
  XbarShape const& shape = devices_.shape;
  shares_ = {backend, static_cast<std::size_t>(shape.devices())};
  windows_ = {backend, devices_.windows};
  if (config_.model == WireModel::first_order) {
    drops_ = {backend, static_cast<std::size_t>(shape.devices() / shape.sets)};
  }
}

std::uint16_t const* StepShares::look(unsigned set_mask, DeviceArray<std::int16_t> const& codes,
                                      int examples) {
  if (!on()) return nullptr;
  bool const old = age_ == never || age_ >= config_.refresh_every;
  for (int set = 0; old && set < devices_.shape.sets; ++set) {
    if (((set_mask >> set) & 1U) == 0) continue;
    ShareArgs const args = share_args(set, codes);
    if (config_.model == WireModel::first_order) {
      backend_->share_steps(args);
    } else {
      refresh_by_network(args, codes);
    }
  }
  age_ = (old ? 0 : age_) + examples;
  return shares_.data();
}

ShareArgs StepShares::share_args(int set, DeviceArray<std::int16_t> const& codes) {
  ShareArgs args{};
  args.devices.shape = devices_.shape;
  args.devices.slicing = devices_.slicing;
  args.devices.codes = codes.data();
  args.devices.drops = drops_.data();
  args.devices.windows = windows_.data();
  args.devices.circuit = circuit_of(config_, Driven::rows);
  args.devices.set = set;
  args.devices.block_lines = block_lines_;
  args.shares = shares_.data();
  args.threshold = config_.threshold;
  args.active = config_.active;
  return args;
}

void StepShares::refresh_by_network(ShareArgs const& args, DeviceArray<std::int16_t> const& codes) {
  SeenArgs devices = args.devices;
  devices.windows = devices_.windows.data();  // on the host
  std::vector<std::int16_t> const own = codes.download();
  std::vector<std::uint16_t> shares = shares_.download();
  for (WiredBlock const& block : blocks_of(devices.shape, block_lines_)) {
    std::vector<double> siemens;
    block.visit(devices, [&](SeenPlane const& plane, std::size_t at) {
      siemens.push_back(args.active * plane.siemens(own[at]));
    });
    std::vector<double> const amperes = config_.model == WireModel::exact
                                            ? exact_amperes(devices.circuit, block, siemens)
                                            : iterated_amperes(devices.circuit, block, siemens);
    std::size_t next = 0;
    block.visit(devices, [&](SeenPlane const&, std::size_t at) {
      shares[at] = step_share(amperes[next] / siemens[next], args.threshold);
      ++next;
    });
  }
  shares_.upload(shares);
}

/// With all rows at 1 V, [crossbar][row][column].
std::vector<double> StepShares::exact_amperes(WireCircuit const& circuit, WiredBlock const& block,
                                              std::vector<double> const& siemens) const {
  std::vector<double> amperes;
  std::vector<double> const volts(static_cast<std::size_t>(block.rows), 1.0);
  for (std::size_t first = 0; first < siemens.size(); first += block.devices()) {
    ExactWires const exact(circuit, block.rows, block.cols,
                           std::span(siemens).subspan(first, block.devices()));
    std::vector<double> const own = exact.solve(volts).device_ampere;
    amperes.insert(amperes.end(), own.begin(), own.end());
  }
  return amperes;
}

/// The same by iteration.
std::vector<double> StepShares::iterated_amperes(WireCircuit const& circuit,
                                                 WiredBlock const& block,
                                                 std::vector<double> const& siemens) const {
  std::size_t const crossbars = siemens.size() / block.devices();
  auto const rows = static_cast<std::size_t>(block.rows);
  auto const cols = static_cast<std::size_t>(block.cols);
  DeviceArray<double> const conductances(*backend_, siemens);
  DeviceArray<double> const volts(*backend_, std::vector<double>(crossbars * rows, 1.0));
  DeviceArray<double> sensed(*backend_, crossbars * cols);
  DeviceArray<double> amperes(*backend_, siemens.size());
  DeviceArray<WireOutcome> outcomes(*backend_, crossbars);
  backend_->solve_wires({.circuit = circuit,
                         .siemens = conductances.data(),
                         .volts = volts.data(),
                         .amperes = sensed.data(),
                         .outcomes = outcomes.data(),
                         .device_amperes = amperes.data(),
                         .crossbars = static_cast<std::int64_t>(crossbars),
                         .rows = block.rows,
                         .cols = block.cols,
                         .inputs = 1,
                         .tolerance = config_.tolerance,
                         .iterations = config_.iterations});
  require_converged(outcomes.download(), config_, "update.wires", devices_.layer);
  return amperes.download();
}

void StepShares::archive(StateArchive& archive, std::string const& prefix) {
  if (!on()) return;
  archive.array(prefix + "step_shares", shares_);
  archive.value(prefix + "step_shares_age", age_);
}

}  // namespace panther
