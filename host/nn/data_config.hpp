// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which images a run uses, and what of them.

#include <cstdint>
#include <optional>
#include <string>

#include "devicemodels/core/fields.hpp"

namespace panther {

struct DataConfig {
  std::string dataset = "fashion-mnist";
  std::int64_t train_examples = 0;
  std::int64_t test_examples = 0;
  std::optional<int> crop;
  std::optional<double> binarise;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("dataset", self.dataset, Field{.doc = "name of a dataset (panther data list)"});
    visit("train_examples", self.train_examples,
          Field{.unit = "examples",
                .doc = "training examples used, from the first; 0 uses all",
                .lo = 0,
                .hi = 1e9});
    visit("test_examples", self.test_examples,
          Field{.unit = "examples",
                .doc = "test examples used, from the first; 0 uses all",
                .lo = 0,
                .hi = 1e9});
    visit("crop", self.crop,
          Field{.unit = "pixels",
                .doc = "side of the central square of an image that is used; off: whole images",
                .lo = 1,
                .hi = 65536});
    visit("binarise", self.binarise,
          Field{.unit = "1",
                .doc = "pixels above this part of full scale are 1, others 0; off: as they are",
                .lo = 0,
                .hi = 0.999});
  }
};

}  // namespace panther
