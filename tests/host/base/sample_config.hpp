// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// A described configuration with every kind of field, for the tests of the reader and the printer.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "devicemodels/core/fields.hpp"

namespace panther::sample {

enum class Activation { relu, softmax, none };

struct LinearLaw {
  static constexpr std::string_view name = "linear";
  static constexpr std::string_view doc = "every step is the same";
  double range = 1.0;
  double slope = 0.25;
  bool operator==(LinearLaw const&) const = default;
  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("range", self.range, Field{.unit = "1", .doc = "share of the window", .lo = 0, .hi = 1});
    visit("slope", self.slope, Field{.unit = "S", .doc = "conductance of a step", .lo = 0});
  }
};

struct SoftLaw {
  static constexpr std::string_view name = "soft";
  static constexpr std::string_view doc = "steps shrink toward the bounds";
  double range = 1.0;
  double steepness = 1.0;
  bool operator==(SoftLaw const&) const = default;
  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("range", self.range, Field{.unit = "1", .doc = "share of the window", .lo = 0, .hi = 1});
    visit("steepness", self.steepness, Field{.doc = "curvature", .lo = -10, .hi = 10});
  }
};

struct Noise {
  double sigma = 0.5;
  std::optional<std::int64_t> period;
  bool operator==(Noise const&) const = default;
  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("sigma", self.sigma, Field{.unit = "S", .doc = "standard deviation", .lo = 0, .hi = 10});
    visit("period", self.period, Field{.unit = "steps", .doc = "time between draws", .lo = 1});
  }
};

struct Device {
  std::variant<LinearLaw, SoftLaw> law;
  std::optional<Noise> noise;
  Noise read_noise;
  bool operator==(Device const&) const = default;
  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("law", self.law, Field{.doc = "response to a step", .tag = "law"});
    visit("noise", self.noise, Field{.doc = "noise of writes"});
    visit("read_noise", self.read_noise, Field{.doc = "noise of reads"});
  }
};

struct Layer {
  int units = 8;
  Activation activation = Activation::relu;
  bool operator==(Layer const&) const = default;
  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("units", self.units, Field{.doc = "outputs", .lo = 1, .hi = 4096});
    visit("activation", self.activation, Field{.doc = "what follows the sum"});
  }
};

struct Network {
  std::vector<Layer> layers;
  bool bias = true;
  bool operator==(Network const&) const = default;
  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("layers", self.layers, Field{.doc = "from the input to the output"});
    visit("bias", self.bias, Field{.doc = "add a bias"});
  }
};

struct Config {
  std::string title = "untitled";
  std::uint64_t seed = 1;
  std::int64_t offset = 0;
  float rate = 0.1f;
  std::vector<double> schedule;
  std::vector<Activation> tried;
  std::variant<LinearLaw, SoftLaw> reference;
  std::vector<std::variant<LinearLaw, SoftLaw>> history;
  Network network;
  Device device;
  bool operator==(Config const&) const = default;
  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("title", self.title, Field{.doc = "what the run is called"});
    visit("seed", self.seed, Field{.doc = "of every random number"});
    visit("offset", self.offset, Field{.doc = "any integer"});
    visit("rate", self.rate, Field{.unit = "1", .doc = "learning rate", .lo = 0, .hi = 1});
    visit("schedule", self.schedule,
          Field{.unit = "1", .doc = "factors of the rate", .lo = 0, .hi = 2});
    visit("tried", self.tried, Field{.doc = "activations to try"});
    visit("reference", self.reference, Field{.doc = "law to compare with", .tag = "shape"});
    visit("history", self.history, Field{.doc = "laws of before", .tag = "shape"});
    visit("network", self.network, Field{.doc = "what is trained"});
    visit("device", self.device, Field{.doc = "what it is trained on"});
  }
};

}  // namespace panther::sample

template <>
struct panther::EnumNames<panther::sample::Activation> {
  using A = panther::sample::Activation;
  static constexpr std::array values{std::pair{A::relu, std::string_view{"relu"}},
                                     std::pair{A::softmax, std::string_view{"softmax"}},
                                     std::pair{A::none, std::string_view{"none"}}};
};
