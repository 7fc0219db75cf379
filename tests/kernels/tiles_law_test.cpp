// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// What is frozen in a device is its own: no two tiles share it, whether they differ in layer,
// replica, set or plane. A bias that tiles shared would not average out over a network.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "kernels/xbar/analog_converter.hpp"
#include "tests/support/backends.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

class TilesLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, TilesLaw, every_backend(), backend_label);

/// What devices show, by tile.
using Tiles = std::map<std::string, std::vector<double>>;

std::string tile_name(int layer, int replica, int set, int plane) {
  return "layer " + std::to_string(layer) + ", replica " + std::to_string(replica) + ", set " +
         std::to_string(set) + ", plane " + std::to_string(plane);
}

/// 2 x 2 x 2 x 4 tiles of these devices.
CrossbarConfig tiled(DeviceConfig device, int layer) {
  device.rounding = CodeRounding::nearest;
  CrossbarConfig config = crossbar_of(48, 70, 2);
  config.layer = layer;
  config.slicing = {.weight_bits = 16, .cell_bits_lsb_first = {6, 6, 6, 6}};
  config.devices.assign(2, device);
  config.seeds = {11, 12};
  return config;
}

/// Three level steps of every device of both sets.
void move_all(Crossbar& xbar) {
  xbar.apply(std::vector<std::int32_t>(xbar.weight_count(), 0x3333), {.set_mask = 0b11});
}

/// `shown` takes a crossbar of each layer and gives a number a device, as codes() has them.
template <class Shown>
Tiles tiles_of(Backend& backend, DeviceConfig const& device, Shown&& shown) {
  Tiles tiles;
  for (int const layer : {0, 1}) {
    Crossbar xbar(backend, tiled(device, layer));
    std::vector<std::int16_t> const values = shown(xbar);
    for_each_device(xbar.shape(), [&](int r, int set, int plane, int, int, std::size_t at) {
      tiles[tile_name(layer, r, set, plane)].push_back(values[at]);
    });
  }
  return tiles;
}

void expect_nothing_shared(Tiles const& tiles) {
  EXPECT_EQ(tiles.size(), 32U);
  for (auto a = tiles.begin(); a != tiles.end(); ++a) {
    ASSERT_GT(variance_of(a->second), 0.0) << a->first << " shows nothing";
    for (auto b = std::next(a); b != tiles.end(); ++b) {
      EXPECT_TRUE(uncorrelated(a->second, b->second)) << a->first << "; " << b->first;
    }
  }
}

TEST_P(TilesLaw, ShareNoLifetimes) {
  expect_nothing_shared(tiles_of(backend(), {}, [](Crossbar& xbar) {
    // At the median of lifetimes: half of the devices have failed.
    xbar.count_writes({.count = WriteCount::updates,
                       .failure_writes = 1000.0,
                       .failure_spread = 0.3,
                       .failed_level = 0.9});
    xbar.set_writes(std::vector<std::uint32_t>(xbar.codes().size(), 999));
    move_all(xbar);
    return xbar.codes();
  }));
}

TEST_P(TilesLaw, ShareNoBindingsToTables) {
  Lookup::Params law;
  law.noise = false;
  law.tables = 4;
  DeviceConfig device;
  device.law = law;
  expect_nothing_shared(tiles_of(backend(), device, [](Crossbar& xbar) {
    move_all(xbar);
    return xbar.codes();
  }));
}

TEST_P(TilesLaw, ShareNoStepsOfTheHiddenState) {
  HiddenStep::Params law;
  law.hidden_dtod = 0.3;
  DeviceConfig device;
  device.law = law;
  expect_nothing_shared(tiles_of(backend(), device, [](Crossbar& xbar) {
    move_all(xbar);
    return xbar.progress();
  }));
}

/// Ramps, too, which converters of a block share.
TEST(TilesConverters, ShareNoErrors) {
  std::vector<DeviceConstants> const replicas = {device_constants({}, 11),
                                                 device_constants({}, 12)};
  AdcConstants adc;
  adc.gain_std = 0.02F;
  AdcConstants ramp;
  ramp.slope_std = 0.02F;
  Tiles gains;
  Tiles ramps;
  for (int tile = 0; tile < 32; ++tile) {
    ReadArgs args{};
    args.devices = replicas.data();
    args.layer = tile & 1;
    args.set = tile >> 1 & 1;
    int const replica = tile >> 2 & 1;
    int const plane = tile >> 3;
    std::string const name = tile_name(args.layer, replica, args.set, plane);
    for (int i = 0; i < 4000; ++i) {
      ConverterPlace const own = converter_place(args, replica, plane, i / 128, i % 128);
      gains[name].push_back(converter_traits(adc, {}, own).gain);
      ConverterPlace const block = converter_place(args, replica, plane, i, 5);
      ramps[name].push_back(converter_traits(ramp, {}, block).gain);
    }
  }
  expect_nothing_shared(gains);
  expect_nothing_shared(ramps);
}

}  // namespace
}  // namespace panther::test
