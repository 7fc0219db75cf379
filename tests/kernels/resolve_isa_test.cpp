// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Carry resolution by the CPU's vector loops leaves the codes and the counters of the definition,
// ResolveWeight, called weight by weight: for every instruction set of this machine, with states
// that crowd around the limits that the search for carries compares with.

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "kernels/base/backend.hpp"
#include "kernels/cpu/isa.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_crossbar.hpp"

namespace panther::test {
namespace {

/// Everything a resolution needs, in plain memory.
struct Case {
  ResolveArgs args{};
  std::vector<std::int16_t> codes;
  std::vector<DeviceConstants> devices;
  std::vector<Ideal::Constants> laws;
  std::vector<std::uint8_t> active;
  std::vector<std::int8_t> stored;
};

struct Result {
  std::vector<std::int16_t> codes;
  std::vector<SliceCounters> counters;
  std::vector<LayerCounters> layer_counters;
};

/// A code at, or one beside, a whole or half level within a few levels of the canonical digits; now
/// and then anywhere.
std::int16_t random_code(Random& random, Slicing const& slicing, int plane) {
  int const bits = slicing.cell_bits[slicing.slice_of(plane)];
  int const unit = codes_per_level(bits);
  if (random.chance(0.02)) return static_cast<std::int16_t>(random.word());
  int const reach = (1 << slicing.digit_bits) + 1;
  int const halves =
      random.chance(0.9) ? random.whole(-reach / 2, reach) : random.whole(-2 * reach, 2 * reach);
  int const code = halves * unit / 2 + random.pick<int>({0, 0, 0, -1, 1});
  return static_cast<std::int16_t>(clamped(code, -32768, 32767));
}

void set_devices(Case& c, Random& random) {
  ResolveArgs& args = c.args;
  args.noisy_read = random.chance(0.3);
  for (int replica = 0; replica < args.shape.replicas; ++replica) {
    DeviceConstants k;
    k.seed = random.word();
    k.g_min_in_windows = random.pick<float>({0.0F, 0.1F, 1.0F});
    k.read_relative = args.noisy_read ? random.pick<float>({0.0F, 1e-5F, 0.01F}) : 0.0F;
    k.read_line = args.noisy_read ? random.pick<float>({0.0F, 0.01F, 0.5F}) : 0.0F;
    k.spread.window_low = k.spread.window_high = 0.2F;
    k.faults.low_below = 1U << 28;
    k.faults.high_below = k.faults.dead_below = 1U << 29;
    c.devices.push_back(k);
    c.active.push_back(random.chance(0.7) ? 1 : 0);
    for (int slice = 0; slice < args.slicing.slices; ++slice) {
      c.laws.push_back(Ideal::prepare({}, args.slicing.cell_bits[slice]));
    }
  }
}

void set_targets(Case& c, Random& random) {
  ResolveArgs& args = c.args;
  args.source_set = random.whole(0, args.shape.sets - 1);
  args.addend_set = no_set;
  args.target_mask = 1U << args.source_set;
  if (random.chance(0.5))
    args.target_mask |= static_cast<unsigned>(random.whole(0, (1 << args.shape.sets) - 1));
  if (random.chance(0.2))
    args.clear_mask = static_cast<unsigned>(random.whole(0, (1 << args.shape.sets) - 1));
  if (random.chance(0.2)) args.addend_set = random.whole(0, args.shape.sets - 1);
}

void set_faults(DeviceConstants& k, Variation const& variation) {
  if (variation.dead) k.faults.dead_below += 1U << 29;
  k.faults.dead_width = 1.0F;
  if (!variation.placed) return;
  k.faults.cluster = 3;
  k.faults.clusters_below = 1U << 31;
  k.faults.line_devices = 37;
  k.faults.word_lines_below = k.faults.bit_lines_below = 1U << 29;
}

/// Variation of bounds and more, stored or regenerated.
void set_variation(Case& c, Random& random) {
  TraitSource& traits = c.args.traits;
  traits.devices = c.args.shape.devices();
  if (random.chance(0.5)) return;
  bool const slope = random.chance(0.5);
  traits.variation = {slope,
                      random.chance(0.5),
                      true,
                      slope && random.chance(0.5),
                      random.chance(0.5),
                      random.chance(0.5)};
  for (DeviceConstants& k : c.devices) set_faults(k, traits.variation);
  if (random.chance(0.5)) return;
  auto const properties = static_cast<std::size_t>(stored_trait_bytes(traits.variation));
  c.stored.resize(properties * c.codes.size());
  StoreTraits const store{
      {c.args.shape, c.devices.data(), c.stored.data(), traits.variation, c.args.layer}};
  for (std::int64_t item = 0; item < store.items(); ++item) store(item);
}

Case random_case(Random& random) {
  Case c;
  ResolveArgs& args = c.args;
  args.slicing = make_slicing(random_slicing(random));
  int const cols = random.pick<int>({1, 2, 31, 33, 255, 256, 257, 600});
  args.shape = {random.pick<int>({1, 1, 3}),
                random.pick<int>({1, 1, 2, 3}),
                args.slicing.planes(),
                random.whole(1, 5),
                cols,
                aligned_columns(cols)};
  c.codes.resize(static_cast<std::size_t>(args.shape.devices()));
  for (std::size_t i = 0; i < c.codes.size(); ++i) {
    auto const plane = static_cast<int>(static_cast<std::int64_t>(i) / args.shape.plane_size() %
                                        args.shape.planes);
    c.codes[i] = random_code(random, args.slicing, plane);
  }
  set_devices(c, random);
  set_targets(c, random);
  args.mode = random.pick<WriteMode>(
      {WriteMode::ideal, WriteMode::ideal, WriteMode::open_loop, WriteMode::write_verify});
  args.attempts = 3;
  args.tolerance = 0.5F;
  args.adc_bits = random.pick<int>({0, 0, 3, 6, 16});
  args.layer = random.whole(0, 5);
  set_variation(c, random);
  args.event = random.word() >> 20;
  return c;
}

template <class Body>
Result run_case(Case const& c, Body const& body) {
  ResolveArgs args = c.args;
  auto const replicas = static_cast<std::size_t>(args.shape.replicas);
  Result result{
      c.codes, std::vector<SliceCounters>(replicas * static_cast<std::size_t>(args.slicing.slices)),
      std::vector<LayerCounters>(replicas)};
  args.codes = result.codes.data();
  args.devices = c.devices.data();
  args.law = c.laws.data();
  args.active = c.active.data();
  args.traits.stored = c.stored.empty() ? nullptr : c.stored.data();
  args.counters = result.counters.data();
  args.layer_counters = result.layer_counters.data();
  body(args);
  return result;
}

template <class Counters>
bool same(std::vector<Counters> const& a, std::vector<Counters> const& b) {
  return std::memcmp(a.data(), b.data(), a.size() * sizeof(Counters)) == 0;
}

class ResolveIsa : public ::testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (!isa_available(GetParam())) GTEST_SKIP() << "this CPU has no " << enum_name(GetParam());
  }
};
INSTANTIATE_TEST_SUITE_P(Sets, ResolveIsa, ::testing::Values(Isa::scalar, Isa::avx2, Isa::avx512),
                         [](auto const& isa) { return std::string(enum_name(isa.param)); });

TEST_P(ResolveIsa, EqualsTheDefinition) {
  Random random(20240613);
  SCOPED_TRACE(random.trace());
  auto const backend = make_cpu_backend({.threads = 2, .isa = GetParam()});
  int changed = 0;
  for (int trial = 0; trial < trials(400); ++trial) {
    Case const c = random_case(random);
    Result const expected = run_case(c, [](ResolveArgs const& args) {
      ResolveWeight<LawMoves<Ideal>> const weight{args};
      for (std::int64_t item = 0; item < weight.items(); ++item) weight(item);
    });
    Result const found = run_case(c, [&](ResolveArgs const& args) { backend->resolve(0, args); });
    ASSERT_EQ(expected.codes, found.codes) << "trial " << trial;
    ASSERT_TRUE(same(expected.counters, found.counters)) << "trial " << trial;
    ASSERT_TRUE(same(expected.layer_counters, found.layer_counters)) << "trial " << trial;
    if (expected.codes != c.codes) ++changed;
  }
  EXPECT_GT(changed, trials(400) / 4);
}

}  // namespace
}  // namespace panther::test
