// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Resistive wires in outer-product updates: which share of its level steps a device takes.
//
// Drive (CrossSim, NumericCore.calc_OPU_parasitics): rows are time-coded, columns voltage-coded, in
// four phases of polarity, sgn x times sgn u. A selected device has 1 V and the dead zone of 0.1333
// V above the turn-on of its selector (0.6667 V) at the largest u; half-selected devices stay below
// that turn-on and carry nothing. What reaches the device above the dead zone moves it, for as long
// as its row is on. So with v the part of the full drive (above the selector) that the wires leave
// the device, and t the dead zone's part of it, 0.1333 / 1.1333,
//   share = max(0, v - t) / (1 - t),
// and n level steps become n times the share. The law is asked for that real number of steps;
// shares are kept to 1 / share_one.
//
// v comes from the circuit of a read that drives all rows with 1 V while the columns' terminals
// hold 0 V: behind their selectors devices are linear. A phase that reverses the polarity reverses
// all voltages and currents, so its v is the same: one share a device serves the four. What phases
// do is to drive fewer devices at a time. Of a device's neighbours on its lines only the part
// `active` conducts, in the mean: signs, bits of the streams and digits decide which. Conductances
// enter times that part. What that leaves out is that the device itself conducts in every phase
// that moves it: against the network solved phase by phase, its steps lose (1 - active) / (active
// lines) more of the drop, 0.8 % for half of 128 lines.
//
// First order: v = 1 / (1 + active d), d the drop of seen.hpp; error: below D^2, D the largest
// active d. Exact and by iteration: device current over conductance of the network.
//
// Deviations from CrossSim: the present u and x enter by `active` alone, while CrossSim solves the
// array for every example and phase; so a small u loses the same part of its steps as a large one,
// not the same voltage. Selectors that the drops switch off carry what the linear network says.
// Closed-loop and open-loop writes (carry resolution, programming) select one row at a time with
// circuits of their own: they see ideal wires.

#include "kernels/wires/seen.hpp"
#include "kernels/xbar/update.hpp"

namespace panther {

/// The share of its steps that a device takes that keeps the part `drive` of the full drive.
PANTHER_HD std::uint16_t step_share(double drive, double threshold) {
  double const share = clamped((drive - threshold) / (1.0 - threshold), 0.0, 1.0);
  return static_cast<std::uint16_t>(static_cast<std::int32_t>(nearest(share * share_one)));
}

struct ShareArgs {
  SeenArgs devices;       // rows driven; `seen` and `reference` are not used
  std::uint16_t* shares;  // as codes
  double threshold;       // t, below 1
  double active;
};

/// One item: the shares of BlockColumns.
template <int Lines>
struct ShareColumns {
  ShareArgs args;

  PANTHER_HD std::int64_t items() const { return BlockColumns<Lines>{args.devices}.items(); }

  PANTHER_HD void operator()(std::int64_t item) const {
    BlockColumns<Lines>{args.devices}.visit(
        item, [&](SeenPlane const&, std::int64_t at, double drop) {
          args.shares[at] = step_share(1.0 / (1.0 + args.active * drop), args.threshold);
        });
  }
};

}  // namespace panther
