// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "host/base/text_file.hpp"
#include "host/isa/binary_form.hpp"
#include "host/isa/compiler_form.hpp"
#include "host/isa/image_file.hpp"
#include "host/isa/json_form.hpp"
#include "host/isa/reference_page.hpp"
#include "host/isa/text_form.hpp"
#include "host/tools/command.hpp"

namespace panther {

template <>
struct EnumNames<machine::ImageForm> {
  using E = machine::ImageForm;
  static constexpr std::array values{std::pair{E::binary, std::string_view{"binary"}},
                                     std::pair{E::text, std::string_view{"text"}},
                                     std::pair{E::json, std::string_view{"json"}},
                                     std::pair{E::compiler, std::string_view{"compiler"}}};
};

namespace {

struct AsmArguments {
  std::string input;
  std::string program;
  std::string output;
  machine::ImageForm form = machine::ImageForm::binary;
  bool reference = false;
};

void write_folder(machine::Image const& image, std::string const& folder) {
  std::filesystem::create_directories(folder);
  for (auto const& [name, content] : machine::to_compiler_files(image)) {
    write_file_atomically((std::filesystem::path(folder) / name).string(), content);
  }
}

int write_image(AsmArguments const& arguments) {
  machine::Image const image = machine::load_image(arguments.input, arguments.program);
  bool const to_file = !arguments.output.empty();
  using enum machine::ImageForm;
  if (arguments.form == compiler || arguments.form == binary) {
    if (!to_file) throw UsageError("give the output with -o: this form is no text for a terminal");
  }
  if (arguments.form == compiler) {
    write_folder(image, arguments.output);
    return 0;
  }
  std::string content;
  if (arguments.form == binary) content = machine::to_binary(image);
  if (arguments.form == text) content = machine::disassemble(image);
  if (arguments.form == json) content = machine::to_json(image);
  if (to_file) {
    write_file_atomically(arguments.output, content);
  } else {
    fmt::print("{}", content);
  }
  return 0;
}

int run_asm(AsmArguments const& arguments) {
  if (arguments.reference) {
    fmt::print("{}", machine::instruction_reference());
    return 0;
  }
  if (arguments.input.empty()) throw UsageError("asm: give a program, or --reference");
  return write_image(arguments);
}

void add_common(CommandLine& command, AsmArguments& arguments) {
  command.option("--program", arguments.program, "which program of a JSON file that holds several");
  command.option("-o,--output", arguments.output,
                 "file to write, or folder for the compiler's form");
  command.choice("--form", arguments.form, "form to write");
}

}  // namespace

void add_asm_command(CommandLine& program) {
  auto const arguments = std::make_shared<AsmArguments>();
  CommandLine& command =
      program.command("asm", "assemble PANTHER programs and convert between their forms");
  command.optional_positional(
      "input", arguments->input,
      "assembly text, JSON, image, or folder of the public compiler's files");
  add_common(command, *arguments);
  command.flag("--reference", arguments->reference, "print the reference of the instruction set");
  command.examples(
      "  panther asm mlp.s -o mlp.img\n"
      "  panther asm programs.json --program mlpTrA --form text\n"
      "  panther asm --reference");
  command.runs([arguments] { return run_asm(*arguments); });
}

void add_disasm_command(CommandLine& program) {
  auto const arguments = std::make_shared<AsmArguments>();
  arguments->form = machine::ImageForm::text;
  CommandLine& command = program.command("disasm", "print an assembled program as text");
  command.positional("input", arguments->input, "image, or a program in any other form");
  add_common(command, *arguments);
  command.examples("  panther disasm mlp.img\n  panther disasm mlp.img --form compiler -o mlp/");
  command.runs([arguments] { return write_image(*arguments); });
}

}  // namespace panther
