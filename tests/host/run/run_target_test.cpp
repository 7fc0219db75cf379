// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include "host/run/run_target.hpp"

#include <gtest/gtest.h>

#include "host/base/text_difference.hpp"
#include "host/run/run_checkpoint.hpp"

namespace panther {
namespace {

TEST(RunFiles, BelongToTheirResult) {
  EXPECT_EQ(result_of("a/run.h5"), "a/run.h5");
  EXPECT_EQ(result_of("a/run.running.h5"), "a/run.h5");
  EXPECT_EQ(result_of("a/run.checkpoint.h5"), "a/run.h5");
  EXPECT_EQ(result_of("a.b/run.v2.h5"), "a.b/run.v2.h5");
  for (char const* const name : {"run.h5", "a/run.v2.h5", "run"})
    EXPECT_EQ(result_of(checkpoint_path(name)), name);
}

TEST(ContinuingConfiguration, LeavesOutWhatARunMayChange) {
  RunConfig config;
  std::string const before = continuing_configuration(config);
  config.output.checkpoint_every_batches = 7;
  EXPECT_EQ(continuing_configuration(config), before);
  config.training.epochs = 77;
  std::string const difference = first_difference(before, continuing_configuration(config));
  EXPECT_NE(difference.find("[training]"), std::string::npos) << difference;
  EXPECT_NE(difference.find("it has `epochs = 5`, now it is `epochs = 77`"), std::string::npos);
}

}  // namespace
}  // namespace panther
