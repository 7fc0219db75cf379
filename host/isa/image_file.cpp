// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/isa/image_file.hpp"

#include <filesystem>
#include <map>

#include "host/base/text_file.hpp"
#include "host/isa/binary_form.hpp"
#include "host/isa/compiler_form.hpp"
#include "host/isa/image_error.hpp"
#include "host/isa/json_form.hpp"
#include "host/isa/text_form.hpp"

namespace panther::machine {
namespace {

namespace fs = std::filesystem;

Image load_folder(std::string const& path) {
  std::map<std::string, std::string> files;
  for (fs::directory_entry const& entry : fs::recursive_directory_iterator(path)) {
    CompilerFile place;
    std::string const name = fs::relative(entry.path(), path).string();
    if (entry.is_regular_file() && place_of_compiler_file(name, place))
      files[name] = read_text_file(entry.path().string());
  }
  return parse_compiler_files(files, path);
}

}  // namespace

ImageForm form_of(std::string_view content) {
  if (content.starts_with(binary_magic)) return ImageForm::binary;
  std::size_t const first = content.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && content[first] == '{' ? ImageForm::json
                                                                  : ImageForm::text;
}

Image load_image(std::string const& path, std::string const& program,
                 Organisation const& organisation) {
  if (fs::is_directory(path)) return load_folder(path);
  std::string const content = read_text_file(path);
  ImageForm const form = form_of(content);
  if (!program.empty() && form != ImageForm::json) {
    throw ImageError(
        path +
        ": a program's name is given, but the file holds only one (allowed: names of a JSON file)");
  }
  if (form == ImageForm::binary) return parse_binary(content, path);
  if (form == ImageForm::json) return parse_json_program(content, path, program);
  return assemble(content, path, organisation);
}

}  // namespace panther::machine
