// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/host/isa/fuzz_one.hpp"

#include <stdexcept>

#include "host/arch/presets.hpp"
#include "host/base/errors.hpp"
#include "host/isa/binary_form.hpp"
#include "host/isa/compiler_form.hpp"
#include "host/isa/json_form.hpp"
#include "host/isa/text_form.hpp"
#include "host/sim/simulator.hpp"

namespace panther::machine::test {
namespace {

/// Larger systems cost time, not insight.
constexpr std::size_t most_tiles = 16;
constexpr Cycle most_cycles = 20'000;

void require(bool condition, char const* what) {
  if (!condition) throw std::logic_error(what);
}

void use(Image const& image) {
  if (image.tiles.size() > most_tiles) return;
  require(same(parse_binary(to_binary(image), "again"), image), "binary form is not faithful");
  require(same(assemble(disassemble(image), "again"), image), "text form is not faithful");
  require(same(parse_json_program(to_json(image), "again"), image), "JSON form is not faithful");
  for (char const* preset : {"reference-panther", "panther"}) {
    RunOptions options;
    options.max_cycles = most_cycles;
    RunResult const result = Simulator(make_preset(preset), image, options).run();
    require(result.outcome == Outcome::halted || !result.waiting.empty(),
            "a run that did not halt has no report");
  }
}

template <class Read>
void attempt(Read read) {
  try {
    use(read());
  } catch (UserError const&) {
    // Refused, as it should be.
  }
}

}  // namespace

void fuzz_one(std::string_view input) {
  attempt([&] { return parse_binary(input, "fuzz"); });
  attempt([&] { return assemble(input, "fuzz"); });
  attempt([&] { return parse_json_program(input, "fuzz"); });
  attempt([&] {
    return parse_compiler_files(
        {{"tile0-core0", std::string(input)}, {"tile1", std::string(input)}}, "fuzz");
  });
}

}  // namespace panther::machine::test
