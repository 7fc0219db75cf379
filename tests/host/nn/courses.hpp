// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// Configurations that together use every path of a training run, on networks of a few units.

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/host/nn/training_support.hpp"

namespace panther::test {

struct Course {
  std::string name;
  RunConfig config;
};

inline std::ostream& operator<<(std::ostream& out, Course const& course) {
  return out << course.name;
}

/// Every variant with every update method; optimizers, formats, converters, carry policies,
/// devices.
std::vector<Course> const& courses();

/// 13 pixels, 3 classes, 37 + 9 examples.
TrainingData course_data();

inline std::string course_label(::testing::TestParamInfo<Course> const& info) {
  return info.param.name;
}

/// A device with every non-ideality.
DeviceConfig rough_device();

}  // namespace panther::test
