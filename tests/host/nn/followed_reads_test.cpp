// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Reads between two looks at resistive wires: they follow the devices' moves, whatever is saved,
// restored or evaluated in between.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/host/nn/wired_layer.hpp"
#include "tests/support/backends.hpp"

namespace panther::test {
namespace {

using Codes = std::vector<std::int16_t>;

constexpr int looked_at = 1;  // the set
constexpr SeenCodes::Direction rows_driven{Driven::rows, looked_at};

WiresConfig strong_wires(WireModel model, int refresh_every) {
  auto config = wires_of<WiresConfig>(model, 3e5);
  config.reference = WireReference::ideal;
  config.refresh_every = refresh_every;
  return config;
}

/// Devices that move, and the view that reads have of them.
struct Walk {
  Walk(Backend& on, WiresConfig const& config, WiredLayer start)
      : backend(on),
        layer(std::move(start)),
        own(on, layer.codes),
        view(on, config, wired_block_lines, layer.devices()) {}

  void move(Random& random, unsigned set_mask = 1U << looked_at) {
    for (auto& code : layer.codes) {
      code = static_cast<std::int16_t>(std::clamp(code + random.whole(-3000, 3000), -32768, 32767));
    }
    own.upload(layer.codes);
    view.devices_moved(set_mask);
  }
  Codes read(int examples = 1) {
    return layer.of_set(backend, view.look(rows_driven, own, examples));
  }
  Codes own_codes() const { return layer.of_set(layer.codes); }
  /// What a first look sees.
  Codes looked(WiresConfig const& config) const {
    SeenCodes fresh(backend, config, wired_block_lines, layer.devices());
    return layer.of_set(backend, fresh.look(rows_driven, own, 1));
  }

  Backend& backend;
  WiredLayer layer;
  DeviceArray<std::int16_t> own;
  SeenCodes view;
};

Codes followed(Codes const& now, Codes const& own_then, Codes const& seen_then) {
  Codes seen(now.size());
  for (std::size_t i = 0; i < now.size(); ++i) {
    seen[i] =
        static_cast<std::int16_t>(std::clamp(now[i] + (seen_then[i] - own_then[i]), -32768, 32767));
  }
  return seen;
}

class FollowedReads : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, FollowedReads, every_backend(), backend_label);

TEST_P(FollowedReads, LookAtEachExampleIfTheyAreTo) {
  Random random(11);
  for (WireModel const model : wire_models) {
    WiresConfig const config = strong_wires(model, 1);
    Walk walk(backend(), config, {random, 19, 11, Encoding::differential});
    for (int example = 0; example < 4; ++example) {
      EXPECT_EQ(walk.read(), walk.looked(config)) << enum_name(model) << ", example " << example;
      walk.move(random);
    }
  }
}

// Devices of pairs, behind wires that take more than half of their window away: differences of more
// than 16 bits.
TEST_P(FollowedReads, MoveAsTheDevicesDoBetweenLooks) {
  Random random(12);
  for (WireModel const model : wire_models) {
    WiresConfig const config = strong_wires(model, 3);
    Walk walk(backend(), config, {random, 19, 11, Encoding::differential});
    Codes own_then;
    Codes seen_then;
    int largest = 0;
    for (int example = 0; example < 8; ++example) {
      Codes const seen = walk.read();
      if (example % 3 == 0) {
        own_then = walk.own_codes();
        seen_then = walk.looked(config);
      }
      Codes const own = walk.own_codes();
      EXPECT_EQ(seen, followed(own, own_then, seen_then))
          << enum_name(model) << ", example " << example;
      for (std::size_t i = 0; i < own.size(); ++i) {
        largest = std::max(largest, own_then[i] - seen_then[i]);
      }
      walk.move(random);
    }
    EXPECT_GT(largest, 32768) << enum_name(model);
  }
}

TEST_P(FollowedReads, LookAgainWhenDevicesWereWritten) {
  Random random(13);
  WiresConfig const config = strong_wires(WireModel::first_order, 100);
  Walk walk(backend(), config, {random, 19, 11, Encoding::offset});
  walk.read();
  walk.move(random);
  EXPECT_NE(walk.read(), walk.looked(config));
  walk.view.devices_written();
  EXPECT_EQ(walk.read(), walk.looked(config));
}

// A pass over the devices is taken only if those that are read have moved.
TEST_P(FollowedReads, StayAsTheyAreWhenOtherSetsMove) {
  Random random(14);
  WiresConfig const config = strong_wires(WireModel::first_order, 100);
  Walk walk(backend(), config, {random, 19, 11, Encoding::offset});
  Codes const seen = walk.read();
  walk.move(random, 1U << (1 - looked_at));
  EXPECT_EQ(walk.read(), seen);
  walk.view.devices_moved(1U << looked_at);
  EXPECT_NE(walk.read(), seen);
}

TEST_P(FollowedReads, ContinueFromAnyExample) {
  for (WireModel const model : wire_models) {
    WiresConfig const config = strong_wires(model, 3);
    for (int stop = 0; stop < 5; ++stop) {
      Random random(15);
      Walk walk(backend(), config, {random, 19, 11, Encoding::differential});
      for (int example = 0; example < stop; ++example) {
        walk.read();
        walk.move(random);
      }
      StateMap state;
      StateArchive saver = StateArchive::saver(state);
      walk.view.archive(saver, "layer/");
      Walk restored(backend(), config, walk.layer);
      StateArchive loader = StateArchive::loader(state);
      restored.view.archive(loader, "layer/");
      Random same = random;
      for (int example = stop; example < 7; ++example) {
        EXPECT_EQ(walk.read(), restored.read()) << enum_name(model) << ", stopped at " << stop;
        walk.move(random);
        restored.move(same);
      }
    }
  }
}

TEST_P(FollowedReads, ForgetWhatATestSaw) {
  for (WireModel const model : wire_models) {
    for (int const refresh_every : {1, 3}) {
      WiresConfig const config = strong_wires(model, refresh_every);
      Random random(16);
      Random same = random;
      Walk tested(backend(), config, {random, 19, 11, Encoding::differential});
      Walk undisturbed(backend(), config, {same, 19, 11, Encoding::differential});
      for (int example = 0; example < 7; ++example) {
        SCOPED_TRACE(std::string(enum_name(model)) + ", example " + std::to_string(example));
        tested.view.set_aside();
        Codes const looked = tested.looked(config);
        EXPECT_EQ(tested.read(50), looked);
        EXPECT_EQ(tested.read(50), looked);
        tested.view.take_back();
        EXPECT_EQ(tested.read(), undisturbed.read());
        tested.view.set_aside();
        tested.read();
        tested.view.take_back();
        tested.move(random);
        undisturbed.move(same);
      }
    }
  }
}

void expect_same_devices(RunConfig const& without, RunConfig const& with, Backend& backend) {
  StateMap states[2];
  std::size_t i = 0;
  for (RunConfig const& config : {without, with}) {
    auto const trainer = single_trainer(config, course_data(), backend);
    train_epochs(*trainer, 1);
    states[i] = state_of(*trainer);
    std::erase_if(states[i], [](auto const& entry) {
      return entry.first.find("/seen_") != std::string::npos;
    });
    ++i;
  }
  EXPECT_EQ(first_difference(states[0], states[1]), "");
}

TEST_P(FollowedReads, WithoutResistanceTrainTheDevicesOfIdealWires) {
  for (WireModel const model : wire_models) {
    for (int const refresh_every : {1, 3, 7}) {
      for (auto const& [variant, name] : EnumNames<CrossbarVariant>::values) {
        SCOPED_TRACE(std::string(enum_name(model)) + ", " + std::string(name) + ", every " +
                     std::to_string(refresh_every));
        RunConfig ideal = wired_run();
        ideal.network.layers = dense_layers({7}, 3);
        ideal.crossbar.variant = variant;
        ideal.training.epochs = 1;
        RunConfig wired = ideal;
        set_lines(wired.read.wires, model, 0.0);
        wired.read.wires.refresh_every = refresh_every;
        expect_same_devices(ideal, wired, backend());
      }
    }
  }
}

}  // namespace
}  // namespace panther::test
