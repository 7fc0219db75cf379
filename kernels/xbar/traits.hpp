// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a kernel gets a device's frozen draws from: one stored byte per varied property, or
// regeneration from the seed. Both give the same numbers; which is faster is measured in bench/.

#include <cstdint>

#include "devicemodels/cell.hpp"
#include "kernels/xbar/slicing.hpp"

namespace panther {

/// Bytes a device that stored variation costs.
PANTHER_HD constexpr int stored_trait_bytes(Variation variation) {
  return 2 * ((variation.slope ? 1 : 0) + (variation.bend ? 1 : 0) + (variation.bounds ? 1 : 0)) +
         (variation.asymmetry ? 1 : 0) + (variation.dead ? 1 : 0);
}

/// Of any variation.
inline constexpr int most_stored_bytes = stored_trait_bytes({true, true, true, true, true, true});

struct TraitSource {
  Variation variation;
  std::int8_t const* stored;  // [property][replica][set][plane][row][stride]; null: regenerate
  std::int64_t devices;       // XbarShape::devices(): distance between stored properties

  /// Where the stored bounds begin.
  PANTHER_HD std::int64_t bounds_offset() const {
    return devices * stored_trait_bytes({variation.slope, variation.bend, false});
  }
  /// Where the stored levels of dead devices begin: they come last.
  PANTHER_HD std::int64_t levels_offset() const {
    return devices * (stored_trait_bytes(variation) - 1);
  }

  /// `index` is XbarShape::index of the device, `item` its device_item.
  PANTHER_HD Traits load(DeviceConstants const& k, float range, std::int64_t index,
                         std::uint64_t item) const {
    if (!variation.any()) return nominal_traits(range);
    return traits_of(k, range, draws(k, index, item));
  }

  /// For kernels without registers to spare.
  PANTHER_HD_CALL Traits load_called(DeviceConstants const& k, float range, std::int64_t index,
                                     std::uint64_t item) const {
    return load(k, range, index, item);
  }

  /// The frozen draws behind load(), where anything varies.
  PANTHER_HD TraitDraws draws(DeviceConstants const& k, std::int64_t index,
                              std::uint64_t item) const {
    if (stored == nullptr) return regenerated_draws(k, item);
    TraitDraws found{};
    std::int64_t at = index;
    if (variation.slope) {
      found.slope_up = stored[at];
      found.slope_down = stored[at + devices];
      at += 2 * devices;
    }
    if (variation.bend) {
      found.bend_up = stored[at];
      found.bend_down = stored[at + devices];
      at += 2 * devices;
    }
    if (variation.bounds) {
      found.low = stored[at];
      found.high = stored[at + devices];
      at += 2 * devices;
    }
    if (variation.asymmetry) found.asymmetry = stored[at];
    if (variation.dead) found.level = stored[index + levels_offset()];
    return found;
  }
};

struct StoreTraitsArgs {
  XbarShape shape;
  DeviceConstants const* devices;  // [replica]
  std::int8_t* stored;
  Variation variation;
  int layer;
};

/// Fills the stored draws of every device, once.
struct StoreTraits {
  StoreTraitsArgs args;

  PANTHER_HD std::int64_t items() const { return args.shape.devices(); }

  PANTHER_HD void operator()(std::int64_t index) const {
    XbarShape const& shape = args.shape;
    auto const col = static_cast<std::uint64_t>(index % shape.stride);
    std::int64_t rest = index / shape.stride;
    auto const row = static_cast<std::uint64_t>(rest % shape.rows);
    rest /= shape.rows;
    auto const plane = static_cast<std::uint64_t>(rest % shape.planes);
    rest /= shape.planes;
    auto const set = static_cast<std::uint64_t>(rest % shape.sets);
    DeviceConstants const& k = args.devices[rest / shape.sets];
    std::uint64_t const item =
        device_item(static_cast<std::uint64_t>(args.layer), set, plane, row, col);
    TraitDraws const draws = regenerated_draws(k, item);
    std::int64_t const devices = shape.devices();
    std::int64_t at = index;
    if (args.variation.slope) {
      args.stored[at] = static_cast<std::int8_t>(draws.slope_up);
      args.stored[at + devices] = static_cast<std::int8_t>(draws.slope_down);
      at += 2 * devices;
    }
    if (args.variation.bend) {
      args.stored[at] = static_cast<std::int8_t>(draws.bend_up);
      args.stored[at + devices] = static_cast<std::int8_t>(draws.bend_down);
      at += 2 * devices;
    }
    if (args.variation.bounds) {
      args.stored[at] = static_cast<std::int8_t>(draws.low);
      args.stored[at + devices] = static_cast<std::int8_t>(draws.high);
      at += 2 * devices;
    }
    if (args.variation.asymmetry) {
      args.stored[at] = static_cast<std::int8_t>(draws.asymmetry);
      at += devices;
    }
    if (args.variation.dead) args.stored[at] = static_cast<std::int8_t>(draws.level);
  }
};

}  // namespace panther
