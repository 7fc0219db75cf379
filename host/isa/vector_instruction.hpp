// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What alu and alui share: reading operands, computing, writing the result, and what it costs.

#include <array>
#include <cstdint>
#include <optional>

#include "host/isa/alu_op.hpp"
#include "host/isa/counting.hpp"

namespace panther::machine {

/// A vector operation on `elements` words from `a` and either from register `b` or with the
/// constant.
struct VectorOperation {
  std::int32_t op = 0;
  std::uint32_t result = 0;
  std::uint32_t a = 0;
  std::optional<std::uint32_t> b;
  Word constant = 0;
  std::uint32_t elements = 0;
};

inline void execute_vector(CoreState& core, VectorOperation const& v) {
  constexpr std::size_t longest = 2048;
  std::array<Word, longest> a_words;
  std::array<Word, longest> b_words;
  std::array<Word, longest> results;
  std::span<Word> const a(a_words.data(), v.elements);
  std::span<Word> const b(b_words.data(), v.elements);
  std::span<Word> const out(results.data(), v.elements);
  core.registers.read(v.a, a);
  AluOp const& op = alu_op(v.op);
  if (v.b && op.operands == 2) {
    core.registers.read(*v.b, b);
  } else {
    std::fill(b.begin(), b.end(), v.constant);
  }
  bool const to_crossbar = core.map().space(v.result) != Space::data;
  if (to_crossbar && !core.machine().rules.alu_writes_crossbar_memory) {
    core.registers.write(v.result, std::span<Word const>(a));
    return;
  }
  op.apply({a, b, core, static_cast<double>(1 << core.machine().organisation.fraction_bits)}, out);
  core.registers.write(v.result, std::span<Word const>(out));
}

inline void count_vector(Machine const& m, AccessCounts& counts, VectorOperation const& v) {
  counts[alu_op(v.op).event] += v.elements;
  count_reads(m, counts, v.a, v.elements);
  if (v.b) count_reads(m, counts, *v.b, v.elements);
  count_writes(m, counts, v.result, v.elements);
}

}  // namespace panther::machine
