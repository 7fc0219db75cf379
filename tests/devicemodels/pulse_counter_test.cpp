// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The closed form of pulses that count towards a step of the weight, against pulses one by one.

#include "devicemodels/core/pulse_counter.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "devicemodels/core/philox.hpp"
#include "devicemodels/core/streams.hpp"
#include "devicemodels/models/hidden_step.hpp"
#include "tests/support/random.hpp"
#include "tests/support/statistics.hpp"

namespace panther::test {
namespace {

struct Walk {
  std::int64_t progress;
  std::int64_t passes = 0;

  void pulse(std::int64_t step) {
    progress += step;
    if (progress <= counter_one) return;
    progress = 0;
    ++passes;
  }
};

int random_step(Random& random) {
  return random.pick<int>({0, 1, random.whole(2, 40), random.whole(40, 30000), counter_one / 2,
                           counter_one, counter_one + 1, 2 * counter_one + 1});
}

int random_progress(Random& random) {
  return random.pick<int>({0, counter_one, -counter_one, random.whole(-counter_one, counter_one)});
}

TEST(PulseCounter, WholePulsesAreThosePulsesOneByOne) {
  Random random(4801);
  for (int trial = 0; trial < trials(20000); ++trial) {
    int const step = random_step(random);
    int const pulses = random.pick<int>({0, 1, 2, random.whole(0, 100), random.whole(0, 2000)});
    Walk walk{random_progress(random)};
    Counted const next = counted(static_cast<float>(walk.progress), static_cast<float>(step),
                                 static_cast<float>(pulses), 0.999F);
    for (int i = 0; i < pulses; ++i) walk.pulse(step);
    ASSERT_EQ(next.progress, static_cast<float>(walk.progress))
        << step << " x " << pulses << ", " << random.trace() << ", trial " << trial;
    ASSERT_EQ(next.passes, static_cast<float>(walk.passes)) << step << " x " << pulses;
  }
}

/// Long requests, in 64-bit integers.
TEST(PulseCounter, LongRequestsAreExact) {
  Random random(4802);
  for (int trial = 0; trial < trials(20000); ++trial) {
    std::int64_t const step = std::max(random_step(random), 1);
    std::int64_t const progress = random_progress(random);
    std::int64_t const pulses = random.whole(1, 1 << 22);
    Counted const next = counted(static_cast<float>(progress), static_cast<float>(step),
                                 static_cast<float>(pulses), 0.5F);
    std::int64_t const first = (counter_one - progress) / step + 1;
    std::int64_t const each = counter_one / step + 1;
    bool const passes = pulses >= first;
    std::int64_t const left = passes ? (pulses - first) % each * step : progress + pulses * step;
    ASSERT_EQ(next.progress, static_cast<float>(left)) << step << " x " << pulses;
    ASSERT_EQ(next.passes, static_cast<float>(passes ? 1 + (pulses - first) / each : 0));
  }
}

TEST(PulseCounter, APartOfAPulseFollowsTheWholeOnes) {
  Random random(4803);
  for (int trial = 0; trial < trials(20000); ++trial) {
    int const step = random_step(random);
    int const whole = random.whole(0, 50);
    int const part = random.whole(1, 1023);  // of 1024: exact in float32
    double const uniform = random.real(0.001, 0.999);
    Walk walk{random_progress(random)};
    auto const from = static_cast<float>(walk.progress);
    for (int i = 0; i < whole; ++i) walk.pulse(step);
    double const exact = static_cast<double>(step) * part / 1024.0 + uniform;
    if (std::abs(exact - std::round(exact)) < 0.01) continue;  // float32 may round either way
    walk.pulse(std::min(static_cast<std::int64_t>(exact), static_cast<std::int64_t>(step)));
    Counted const next =
        counted(from, static_cast<float>(step), static_cast<float>(whole + part / 1024.0),
                static_cast<float>(uniform));
    ASSERT_EQ(next.progress, static_cast<float>(walk.progress)) << step << " x " << whole;
    ASSERT_EQ(next.passes, static_cast<float>(walk.passes));
  }
}

TEST(PulseCounter, NearlyWholePulsesAreWhole) {
  for (float const pulses : {1.0F, 3.0F, 1000.0F}) {
    for (float const off : {1.0F - 0x1p-22F, 1.0F, 1.0F + 0x1p-22F}) {
      EXPECT_EQ(counted(0.0F, 16.0F, pulses * off, 0.01F).progress, 16.0F * pulses);
      EXPECT_EQ(counted(0.0F, 16.0F, pulses * off, 0.99F).progress, 16.0F * pulses);
    }
  }
}

TEST(PulseCounter, ProgressStaysWithinItsBounds) {
  Random random(4804);
  for (int trial = 0; trial < trials(50000); ++trial) {
    Counted const next = counted(static_cast<float>(random_progress(random)),
                                 static_cast<float>(random_step(random)),
                                 static_cast<float>(std::exp2(random.real(-30, 40))),
                                 static_cast<float>(random.real(0.0, 0.9999999)));
    ASSERT_LE(std::abs(next.progress), static_cast<float>(counter_one));
    ASSERT_EQ(next.progress, std::round(next.progress));
    ASSERT_GE(next.passes, 0.0F);
    ASSERT_EQ(next.passes, std::round(next.passes));
  }
}

TEST(PulseCounter, UpAndDownMirrorEachOther) {
  Random random(4805);
  PulseCounter const k{3024.0F, 1.0F, 1.0F, 0.4F, 0.0F, 2.5F, 4.0F};
  for (int trial = 0; trial < trials(5000); ++trial) {
    auto const word = static_cast<std::uint32_t>(random.word());
    std::int32_t const progress = random_progress(random);
    auto const steps = static_cast<float>(random.real(0, 60));
    auto const uniform = static_cast<float>(random.real(0.01, 0.99));
    CountedSteps const up = counted_steps(k, word, progress, steps, true, uniform);
    CountedSteps const down = counted_steps(k, word, -progress, steps, false, uniform);
    ASSERT_EQ(up.progress, -down.progress);
    ASSERT_EQ(up.steps, down.steps);
  }
}

/// A nominal device takes hidden_states + 1 pulses: that many reach 1 and one more passes it.
TEST(PulseCounter, ANominalDevicePassesOneWithThePulseAfterItsStates) {
  for (int const states : {1, 2, 3, 7, 10, 16, 100}) {
    HiddenStep::Params params;
    params.hidden_states = states;
    params.hidden_dtod = params.hidden_up_down_dtod = 0.0;
    params.granularity = 1.2 / 63.0;  // one pulse a level step
    PulseCounter const k = HiddenStep::prepare(params, 6).counter;
    std::int32_t const exact = counter_one % states == 0 ? 0 : states;
    for (bool const up : {false, true}) {
      CountedSteps next{0, 0.0F};
      int pulses = 0;
      while (next.steps == 0.0F) {
        next = counted_steps(k, 0, next.progress, 1.0F, up, 0.5F);
        ++pulses;
      }
      EXPECT_NEAR(pulses, states + 1, exact == 0 ? 0 : 1) << states;
      EXPECT_FLOAT_EQ(next.steps * k.pulses, static_cast<float>(states));
    }
  }
}

TEST(PulseCounter, StepsOfDevicesSpreadAsConfigured) {
  HiddenStep::Params params;
  params.hidden_states = 8;
  params.hidden_up_down = 0.25;
  params.hidden_dtod = 0.2;
  params.hidden_up_down_dtod = 0.05;
  PulseCounter const k = HiddenStep::prepare(params, 6).counter;
  std::vector<double> both;
  std::vector<double> apart;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    for (std::uint32_t const word : draw(11, Stream::counter_traits, i, 0).w) {
      double const up = static_cast<double>(counter_step(k, word, true)) / (counter_one / 8.0);
      double const down = static_cast<double>(counter_step(k, word, false)) / (counter_one / 8.0);
      both.push_back((0.5 * (up + down) - 0.875) / 0.2);
      apart.push_back((0.5 * (up - down) - 0.125) / 0.05);
    }
  }
  for (auto const& normals : {both, apart}) {
    EXPECT_TRUE(mean_is(normals, 0.0, 1.0));
    EXPECT_TRUE(variance_is(normals, 1.0));
    EXPECT_TRUE(distributed_as(normals, normal_cdf));
  }
  EXPECT_TRUE(uncorrelated(both, apart));
}

}  // namespace
}  // namespace panther::test
