// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// The digital operations by the CPU's vector loops give the words, formats and counters of the
// definitions (kernels/digital/operations.hpp), called vector by vector: for every instruction set
// of this machine, with sums on both sides of what 64 bits hold and at halves.

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "kernels/base/backend.hpp"
#include "kernels/cpu/isa.hpp"
#include "tests/support/random.hpp"

namespace panther::test {
namespace {

std::size_t size_of(int a, int b = 1, int c = 1) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b) * static_cast<std::size_t>(c);
}

/// A sum of a random number of bits, at times an exact half of 2^shift.
i128 random_sum(Random& random, int most_bits, int shift) {
  if (random.chance(0.2) && shift >= 1 && shift < most_bits) {
    return static_cast<i128>(2 * random.integer(-40000, 40000) + 1) << (shift - 1);
  }
  int const bits = random.whole(0, most_bits);
  i128 const whole = static_cast<i128>(random.word() >> 1) << 64 | random.word();
  i128 const magnitude = whole >> (127 - bits);
  return random.chance(0.5) ? magnitude : -magnitude;
}

/// What forward, backward and drive read and write: one case serves all.
struct Case {
  int replicas;
  int examples;
  int width;  // elements of a vector without the bias element
  bool bias;
  Scale scale;
  Activation activation;
  int sum_fraction;
  bool read;  // forward also writes outputs as a layer above reads them
  float read_threshold;
  std::vector<i128> sums;
  std::vector<std::int16_t> words;
  std::vector<std::int32_t> fractions;
  std::vector<std::int32_t> other_fractions;
  std::vector<float> rates;

  int rows() const { return width + (bias ? 1 : 0); }
};

Case random_case(Random& random) {
  Case c{};
  c.replicas = random.whole(1, 3);
  c.examples = random.pick<int>({1, 1, 2, 9});
  c.width = random.pick<int>({1, 2, 7, 31, 64, 255, 256, 257, 600});
  c.bias = random.chance(0.5);
  c.scale = random.pick<Scale>({Scale::fixed, Scale::fixed, Scale::dynamic_pow2});
  c.activation = random.pick<Activation>(
      {Activation::identity, Activation::relu, Activation::sigmoid, Activation::tanh});
  c.sum_fraction = random.pick<int>({0, 3, 24, 32, 50, 75});
  c.read = random.chance(0.3);
  c.read_threshold = static_cast<float>(random.real(0.0, 1.0));
  int const most_bits = random.pick<int>({20, 40, 61, 62, 64, 80, 100});
  std::size_t const vectors = size_of(c.replicas, c.examples);
  for (std::size_t i = 0; i < vectors * size_of(c.rows()); ++i) {
    c.sums.push_back(random_sum(random, most_bits, c.sum_fraction));
  }
  c.words = random.words16(vectors * size_of(c.rows()));
  for (std::size_t i = 0; i < vectors; ++i) {
    c.fractions.push_back(random.whole(-3, 14));
    c.other_fractions.push_back(random.whole(-3, 14));
  }
  for (int i = 0; i < c.replicas; ++i) {
    c.rates.push_back(static_cast<float>(random.real(0.0, 1.0)));
  }
  return c;
}

struct Result {
  std::vector<std::int16_t> words;
  std::vector<std::int16_t> read_words;
  std::vector<std::int32_t> fractions;
  std::vector<LayerCounters> counters;

  Result(Case const& c, int width)
      : words(size_of(c.replicas, c.examples, width)),
        read_words(c.read ? words.size() : 0, -1),
        fractions(size_of(c.replicas, c.examples)),
        counters(size_of(c.replicas)) {}
  bool operator==(Result const& other) const {
    return words == other.words && read_words == other.read_words && fractions == other.fractions &&
           std::memcmp(counters.data(), other.counters.data(),
                       counters.size() * sizeof(LayerCounters)) == 0;
  }
};

template <class Body>
Result forward_by(Case const& c, Body const& body) {
  Result result(c, c.rows());
  ForwardArgs args{};
  args.sums = c.sums.data();
  args.x_fraction = c.fractions.data();
  args.y = result.words.data();
  args.y_fraction = result.fractions.data();
  args.read_y = c.read ? result.read_words.data() : nullptr;
  args.read_threshold = c.read_threshold;
  args.counters = result.counters.data();
  args.replicas = c.replicas;
  args.examples = c.examples;
  args.cols = c.width;
  args.y_rows = c.rows();
  args.sum_fraction = c.sum_fraction;
  args.z_fraction = 10;
  args.fixed_fraction = 9;
  args.scale = c.scale;
  args.activation = c.activation;
  body(args);
  return result;
}

template <class Body>
Result backward_by(Case const& c, Body const& body) {
  Result result(c, c.width);
  BackwardArgs args{};
  args.sums = c.sums.data();
  args.e_fraction = c.fractions.data();
  args.y = c.words.data();
  args.y_fraction = c.other_fractions.data();
  args.e = result.words.data();
  args.below_fraction = result.fractions.data();
  args.counters = result.counters.data();
  args.replicas = c.replicas;
  args.examples = c.examples;
  args.rows = c.rows();
  args.width = c.width;
  args.sum_fraction = c.sum_fraction;
  args.fixed_fraction = 13;
  args.scale = c.scale;
  args.activation = c.activation;
  body(args);
  return result;
}

template <class Body>
Result drive_by(Case const& c, Body const& body) {
  Result result(c, c.rows());
  DriveArgs args{};
  args.e = c.words.data();
  args.e_fraction = c.fractions.data();
  args.x_fraction = c.other_fractions.data();
  args.u = result.words.data();
  args.drop = result.fractions.data();
  args.learning_rate = c.rates.data();
  args.counters = result.counters.data();
  args.replicas = c.replicas;
  args.examples = c.examples;
  args.cols = c.rows();
  args.fixed_fraction = 16;
  args.w_fraction = 14;
  args.scale = c.scale;
  body(args);
  return result;
}

template <class Functor, class Args>
void by_definition(Args const& args) {
  Functor const functor{args};
  for (std::int64_t item = 0; item < functor.items(); ++item) functor(item);
}

class VectorsIsa : public ::testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (!isa_available(GetParam())) GTEST_SKIP() << "this CPU has no " << enum_name(GetParam());
    backend = make_cpu_backend({.threads = 2, .isa = GetParam()});
  }
  std::unique_ptr<Backend> backend;
};
INSTANTIATE_TEST_SUITE_P(Sets, VectorsIsa, ::testing::Values(Isa::scalar, Isa::avx2, Isa::avx512),
                         [](auto const& isa) { return std::string(enum_name(isa.param)); });

TEST_P(VectorsIsa, EqualTheDefinitions) {
  Random random(20241127);
  SCOPED_TRACE(random.trace());
  for (int trial = 0; trial < trials(300); ++trial) {
    SCOPED_TRACE(trial);
    Case const c = random_case(random);
    ASSERT_TRUE(forward_by(c, by_definition<ForwardVector, ForwardArgs>) ==
                forward_by(c, [&](ForwardArgs const& args) { backend->forward(args); }));
    ASSERT_TRUE(backward_by(c, by_definition<BackwardVector, BackwardArgs>) ==
                backward_by(c, [&](BackwardArgs const& args) { backend->backward(args); }));
    ASSERT_TRUE(drive_by(c, by_definition<DriveVector, DriveArgs>) ==
                drive_by(c, [&](DriveArgs const& args) { backend->drive(args); }));
  }
}

TEST_P(VectorsIsa, GatherEqualsTheDefinition) {
  Random random(7);
  SCOPED_TRACE(random.trace());
  for (int trial = 0; trial < trials(100); ++trial) {
    int const pixels = random.pick<int>({1, 15, 16, 64, 784, 785});
    int const rows = pixels + random.whole(0, 1);
    int const vectors = random.pick<int>({1, 3, 40});
    std::vector<std::uint8_t> images(size_of(5, pixels));
    for (auto& pixel : images) pixel = static_cast<std::uint8_t>(random.word());
    std::vector<std::int32_t> order(size_of(vectors));
    for (auto& image : order) image = random.whole(0, 4);
    std::vector<std::int16_t> x[2];
    std::vector<std::int32_t> fraction[2];
    for (int i = 0; i < 2; ++i) {
      x[i].resize(size_of(vectors, rows));
      fraction[i].resize(size_of(vectors));
      GatherArgs const args{images.data(), order.data(), x[i].data(), fraction[i].data(),
                            vectors,       pixels,       rows,        trial % 15};
      if (i == 0) {
        by_definition<GatherInputs>(args);
      } else {
        backend->gather(args);
      }
    }
    ASSERT_EQ(x[0], x[1]) << "trial " << trial;
    ASSERT_EQ(fraction[0], fraction[1]) << "trial " << trial;
  }
}

}  // namespace
}  // namespace panther::test
