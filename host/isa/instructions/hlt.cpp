// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/counting.hpp"
#include "host/isa/record.hpp"

namespace panther::machine {
namespace {

Flow execute(CoreState&, Instruction const&) { return {Flow::Kind::halt}; }

}  // namespace

InstructionRecord hlt_record() {
  return {
      .mnemonic = "hlt",
      .opcode = 12,
      .summary = "stop the core",
      .semantics = "The core stops and is switched off.",
      .time = "1 cycle",
      .energy = "none but the fetch of what stands behind it, which every core makes once",
      .example = "hlt",
      .compiler_name = "hlt",
      .latency = one_cycle,
      .execute = execute,
  };
}

}  // namespace panther::machine
