// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Walks the registry: what must hold for every instruction and every vector operation.

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

#include "host/arch/presets.hpp"
#include "host/isa/alu_op.hpp"
#include "host/isa/encoding.hpp"
#include "host/isa/registry.hpp"
#include "host/isa/text_form.hpp"
#include "host/sim/lowered_program.hpp"
#include "host/sim/simulator.hpp"

namespace panther::machine::test {
namespace {

class EveryInstruction : public testing::TestWithParam<InstructionRecord const*> {};

INSTANTIATE_TEST_SUITE_P(Isa, EveryInstruction,
                         testing::ValuesIn(instructions().begin(), instructions().end()),
                         [](auto const& p) { return std::string(p.param->mnemonic); });

std::int32_t random_value(Operand const& operand, std::mt19937_64& random) {
  auto const below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  if (operand.kind == OperandKind::word) {
    auto const words = operand.words();
    return words[static_cast<std::size_t>(below(static_cast<std::int64_t>(words.size())))].value;
  }
  if (operand.kind == OperandKind::crossbars || operand.kind == OperandKind::matrices) {
    bool const crossbars = operand.kind == OperandKind::crossbars;
    std::vector<std::string> parts(static_cast<std::size_t>(below(4) + 1));
    for (std::string& part : parts) {
      for (int i = 0; i < (crossbars ? 3 : 1); ++i) part += below(2) == 0 ? '0' : '1';
    }
    return mask_from_parts(operand, parts);
  }
  std::int64_t const span = std::int64_t{operand.hi} - operand.lo;
  std::int64_t const edge = below(4);
  if (edge == 0) return operand.lo;
  if (edge == 1) return operand.hi;
  return static_cast<std::int32_t>(operand.lo + below(span + 1));
}

Instruction random_instruction(InstructionRecord const& record, std::mt19937_64& random) {
  Instruction in{.opcode = record.opcode};
  for (std::size_t i = 0; i < record.operands.size(); ++i) {
    in.operand[i] = random_value(record.operands[i], random);
  }
  return in;
}

TEST_P(EveryInstruction, IsDescribed) {
  InstructionRecord const& r = *GetParam();
  for (std::string_view const text :
       {r.summary, r.semantics, r.time, r.energy, r.example, r.compiler_name}) {
    EXPECT_FALSE(text.empty());
  }
  EXPECT_EQ(r.unit == Unit::tile, r.action != nullptr);
  if (r.unit == Unit::core) {
    EXPECT_NE(r.execute != nullptr, r.memory != nullptr);
    EXPECT_EQ(r.execute != nullptr, r.latency != nullptr);
  }
  int bits = 0;
  for (Operand const& operand : r.operands) {
    EXPECT_FALSE(operand.name.empty());
    EXPECT_FALSE(operand.doc.empty());
    EXPECT_LT(std::int64_t{operand.hi} - operand.lo, std::int64_t{1} << operand.bits)
        << operand.name;
    bits += operand.bits;
  }
  EXPECT_LE(bits, 58);
  std::set<int> set_by_compiler;
  for (CompilerArgument const& argument : r.compiler_arguments)
    set_by_compiler.insert(argument.operand);
  for (int i = 0; i < static_cast<int>(r.operands.size()); ++i)
    EXPECT_TRUE(set_by_compiler.contains(i)) << i;
}

TEST_P(EveryInstruction, EncodesAndDecodes) {
  std::mt19937_64 random(GetParam()->opcode);
  for (int i = 0; i < 1000; ++i) {
    Instruction const in = random_instruction(*GetParam(), random);
    EXPECT_EQ(decode(encode(in), GetParam()->unit), in);
    Unit const other = GetParam()->unit == Unit::core ? Unit::tile : Unit::core;
    EXPECT_THROW(decode(encode(in), other), OperandError);
  }
}

TEST_P(EveryInstruction, RefusesBitsOutsideItsOperands) {
  std::mt19937_64 random(GetParam()->opcode);
  int bits = 0;
  for (Operand const& operand : GetParam()->operands) bits += operand.bits;
  std::uint64_t const good = encode(random_instruction(*GetParam(), random));
  for (int bit = bits; bit < 58; ++bit) {
    EXPECT_THROW(decode(good | std::uint64_t{1} << bit, GetParam()->unit), OperandError) << bit;
  }
}

TEST_P(EveryInstruction, TimeAndEnergyAreSensibleInEveryPreset) {
  InstructionRecord const& r = *GetParam();
  std::mt19937_64 random(r.opcode);
  for (Preset const& preset : presets()) {
    Machine const machine = preset.make();
    for (int i = 0; i < 200; ++i) {
      Instruction const in = random_instruction(r, random);
      if (r.latency) {
        EXPECT_GE(occupancy(machine, r.latency(machine, in)), 1U) << preset.name;
      }
      if (!r.events) continue;
      AccessCounts counts;
      r.events(machine, in, counts);
      for (std::size_t a = 0; a < access_kinds; ++a) {
        EXPECT_GE(energy_pj(machine, static_cast<Access>(a)), 0) << preset.name;
        EXPECT_LT(counts[static_cast<Access>(a)], 1U << 24) << preset.name;
      }
    }
  }
}

TEST_P(EveryInstruction, TakesNoLessForLongerVectors) {
  InstructionRecord const& r = *GetParam();
  std::size_t vec = r.operands.size();
  for (std::size_t i = 0; i < r.operands.size(); ++i) {
    if (r.operands[i].name == "vec") vec = i;
  }
  if (vec == r.operands.size() || !r.latency) return;  // no length, or no time of its own
  Machine const machine = make_preset("panther");
  std::mt19937_64 random(1);
  Instruction in = random_instruction(r, random);
  Cycle before = 0;
  for (std::int32_t length = 1; length <= 512; ++length) {
    in.operand[vec] = length;
    Cycle const now = occupancy(machine, r.latency(machine, in));
    EXPECT_GE(now, before) << length;
    before = now;
  }
}

/// The example as the only instruction of an otherwise idle machine, in every preset.
TEST_P(EveryInstruction, ExampleAssemblesAndRuns) {
  InstructionRecord const& r = *GetParam();
  std::string const example(r.example);
  std::string const text =
      r.unit == Unit::core
          ? ".tiles 3\n.tile 2\n.data 0, 1, 1\nhalt\n.core 0\n" + example + "\nhlt\n"
          : ".tiles 3\n.tile 2\n" + example + "\nhalt\n";
  Image const image = assemble(text, "example");
  EXPECT_TRUE(same(image, assemble(disassemble(image), "again")));
  for (Preset const& preset : presets()) {
    Machine machine = preset.make();
    RunOptions options;
    options.max_cycles = 1'000'000;
    RunResult const result = Simulator(machine, image, options).run();
    bool const ended = result.outcome == Outcome::halted || !result.waiting.empty();
    EXPECT_TRUE(ended) << preset.name;
  }
}

TEST(Registry, OpcodesAndNamesAreUnique) {
  std::set<int> opcodes;
  std::set<std::pair<Unit, std::string_view>> names;
  for (auto const* record : instructions()) {
    EXPECT_TRUE(opcodes.insert(record->opcode).second) << record->mnemonic;
    EXPECT_TRUE((names.insert({record->unit, record->mnemonic}).second)) << record->mnemonic;
    EXPECT_EQ(find_instruction(record->mnemonic, record->unit), record);
  }
  EXPECT_GE(instructions().size(), 17U) << "those of the public compiler";
}

TEST(Decoder, RefusesUnknownOpcodes) {
  for (std::uint64_t opcode = 0; opcode < 64; ++opcode) {
    if (find_instruction(static_cast<std::uint8_t>(opcode))) continue;
    EXPECT_THROW(decode(opcode << 58, Unit::core), OperandError) << opcode;
    EXPECT_THROW(decode(opcode << 58, Unit::tile), OperandError) << opcode;
  }
}

/// Values of the vector operations that the reference model lacks, and the ends of the others'
/// ranges.
class AluValues : public testing::Test {
 protected:
  std::vector<double> apply(std::string_view name, std::vector<double> const& a,
                            std::vector<double> const& b) {
    AluOp const* op = nullptr;
    for (AluOp const& candidate : alu_ops()) {
      if (candidate.name == name) op = &candidate;
    }
    std::vector<Word> const x = words(a);
    std::vector<Word> const y = words(b);
    std::vector<Word> out(x.size());
    CoreState core(environment_, TileId{2}, CoreId{0});
    op->apply({x, y, core, 4096.0}, out);
    std::vector<double> reals;
    for (Word const word : out) reals.push_back(word / 4096.0);
    return reals;
  }

 private:
  static std::vector<Word> words(std::vector<double> const& reals) {
    std::vector<Word> list;
    for (double const real : reals) list.push_back(static_cast<Word>(std::lround(real * 4096)));
    return list;
  }

  Machine machine_ = make_preset("panther");
  CoreEnvironment environment_{&machine_, RegisterMap(machine_.organisation), {}};
};

using Reals = std::vector<double>;
/// The greatest and the least number of a word, and half a step of it.
constexpr double greatest = 32767 / 4096.0;
constexpr double least = -8.0;
constexpr double half_step = 0.5 / 4096 + 1e-12;

TEST_F(AluValues, Arithmetic) {
  EXPECT_EQ(apply("add", {1.5, 7.5}, {0.25, 1.0}), (Reals{1.75, -7.5}));
  EXPECT_EQ(apply("sub", {1.5, -7.5}, {0.25, 1.0}), (Reals{1.25, 7.5}));
  EXPECT_EQ(apply("mul", {1.5, 4.0}, {-0.5, 3.0}), (Reals{-0.75, -4.0}));
  EXPECT_EQ(apply("sna", {1.0}, {0.25}), (Reals{1.5}));
  EXPECT_EQ(apply("div", {1.0, 1.0, -1.0, 0.0}, {4.0, 0.0, 0.0, 0.0}),
            (Reals{0.25, greatest, least, 0.0}));
  EXPECT_EQ(apply("mse", {1.5, 4.0}, {0.5, -4.0}), (Reals{1.0, greatest}));
  EXPECT_EQ(apply("max", {1, -2}, {0.5, -1}), (Reals{1, -1}));
  EXPECT_EQ(apply("min", {1, -2}, {0.5, -1}), (Reals{0.5, -2}));
}

TEST_F(AluValues, ComparisonsAndBits) {
  Reals const a{1, 2, 2, -3};
  Reals const b{2, 2, 1, -3};
  EXPECT_EQ(apply("eq", a, b), (Reals{0, 1, 0, 1}));
  EXPECT_EQ(apply("neq", a, b), (Reals{1, 0, 1, 0}));
  EXPECT_EQ(apply("lt", a, b), (Reals{1, 0, 0, 0}));
  EXPECT_EQ(apply("leq", a, b), (Reals{1, 1, 0, 1}));
  EXPECT_EQ(apply("gt", a, b), (Reals{0, 0, 1, 0}));
  EXPECT_EQ(apply("geq", a, b), (Reals{0, 1, 1, 1}));
  EXPECT_EQ(apply("and", {1.5}, {1.0}), (Reals{1.0}));
  EXPECT_EQ(apply("or", {1.5}, {2.0}), (Reals{3.5}));
  EXPECT_EQ(apply("not", {-1 / 4096.0}, {0.0}), (Reals{0.0}));
}

TEST_F(AluValues, Functions) {
  for (double const x : {-7.5, -1.0, 0.0, 0.5, 2.0}) {
    EXPECT_NEAR(apply("sig", {x}, {0})[0], 1 / (1 + std::exp(-x)), half_step);
    EXPECT_NEAR(apply("tanh", {x}, {0})[0], std::tanh(x), half_step);
    EXPECT_NEAR(apply("exp", {x}, {0})[0], std::min(std::exp(x), greatest), half_step);
    EXPECT_EQ(apply("relu", {x}, {0})[0], std::max(x, 0.0));
    EXPECT_EQ(apply("relud", {x}, {0})[0], x > 0 ? 1 : 0);
  }
  EXPECT_NEAR(apply("log", {2.0}, {0})[0], std::log(2.0), half_step);
  EXPECT_EQ(apply("log", {0.0, -1.0}, {0, 0}), (Reals{least, 0}));
}

TEST_F(AluValues, Softmax) {
  Reals const a{1.0, 2.0, 0.5};
  Reals const target{0, 1, 0};
  double const sum = std::exp(1.0) + std::exp(2.0) + std::exp(0.5);
  Reals const logs = apply("log_softmax", a, target);
  Reals const slopes = apply("log_softmaxd", a, target);
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_NEAR(logs[i], a[i] - std::log(sum), half_step);
    EXPECT_NEAR(slopes[i], target[i] - std::exp(a[i]) / sum, half_step);
  }
}

TEST_F(AluValues, RandomComparisonHasItsProbabilityAndRepeats) {
  Reals const a(2000, 0.3);
  Reals const first = apply("rndcmp", a, a);
  EXPECT_EQ(first, apply("rndcmp", a, a));
  double ones = 0;
  for (double const x : first) ones += x;
  // Five standard deviations of 2000 draws with p = 0.3.
  EXPECT_NEAR(ones, 600, 5 * std::sqrt(2000 * 0.3 * 0.7));
}

}  // namespace
}  // namespace panther::machine::test
