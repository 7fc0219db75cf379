// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Reads with ideal converters are exact: sum = sum_i X_i W_ij in integers, whatever the state of
// the devices (carries pending, levels between whole ones), the direction, the input bits a step,
// and the blocks of lines.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/backends.hpp"
#include "tests/support/crossbar.hpp"
#include "tests/support/random.hpp"
#include "tests/support/random_crossbar.hpp"
#include "tests/support/reference.hpp"

namespace panther::test {
namespace {

class ReadLaw : public OnBackend {};
INSTANTIATE_TEST_SUITE_P(Backends, ReadLaw, every_backend(), backend_label);

/// The product by its definition, from the codes.
std::vector<i128> direct_product(CrossbarConfig const& config, Crossbar const& xbar,
                                 std::vector<std::int16_t> const& codes,
                                 std::vector<std::int16_t> const& inputs, Driven driven, int set) {
  int const unit = exact_unit(config.slicing);
  int const lines = driven == Driven::rows ? config.rows : config.cols;
  int const outputs = driven == Driven::rows ? config.cols : config.rows;
  int const replicas = xbar.shape().replicas;
  int const vectors = static_cast<int>(inputs.size()) / lines;
  std::vector<i128> sums(static_cast<std::size_t>(vectors * outputs));
  for (int replica = 0; replica < replicas; ++replica) {
    for (int i = 0; i < lines; ++i) {
      for (int j = 0; j < outputs; ++j) {
        int const row = driven == Driven::rows ? i : j;
        int const col = driven == Driven::rows ? j : i;
        i128 const weight =
            weight_of_codes(config.slicing, xbar.shape(), codes, replica, set, row, col, unit);
        for (int n = replica * vectors / replicas; n < (replica + 1) * vectors / replicas; ++n) {
          sums[static_cast<std::size_t>(n * outputs + j)] +=
              weight * inputs[static_cast<std::size_t>(n * lines + i)];
        }
      }
    }
  }
  return sums;
}

ReadOptions random_options(Random& random, int sets) {
  ReadOptions options;
  options.driven = random.pick<Driven>({Driven::rows, Driven::columns});
  options.mode = random.pick<ReadMode>({ReadMode::collapsed, ReadMode::bit_serial});
  options.set = random.whole(0, sets - 1);
  options.block_lines = random.pick<int>({128, 128, 64, 127, 33, 7, 1});
  options.dac_bits = random.pick<int>({1, 2, 4, 8});
  options.noisy = false;
  return options;
}

TEST_P(ReadLaw, SumsAreExactForAnyState) {
  Random random(101);
  for (int trial = 0; trial < trials(60); ++trial) {
    SCOPED_TRACE(random.trace() + ", trial " + std::to_string(trial));
    CrossbarConfig const config = random_crossbar(random);
    Crossbar xbar(backend(), config);
    auto const codes = random_codes(random, config, xbar);
    xbar.set_codes(codes);
    ReadOptions const options = random_options(random, config.sets);
    auto const inputs = random_inputs(random, config, options.driven, random.whole(1, 3));
    ASSERT_EQ(xbar.slicing().fraction_bits(), exact_unit(config.slicing));
    ASSERT_EQ(xbar.read(inputs, options),
              direct_product(config, xbar, codes, inputs, options.driven, options.set))
        << describe(config);
    ASSERT_EQ(xbar.codes(), codes) << "a read changed the devices";
  }
}

}  // namespace
}  // namespace panther::test
