// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "datasets/base/idx.hpp"

#include <algorithm>
#include <cstdio>

#include "datasets/dataset.hpp"

namespace panther {
namespace {

constexpr std::size_t magic_size = 4;
constexpr std::size_t dimension_size = 4;
constexpr std::uint8_t unsigned_bytes = 8;

[[noreturn]] void fail(std::string const& path, std::string const& why) {
  throw DatasetError("'" + path + "': " + why);
}

std::size_t header_size(std::size_t dimensions) { return magic_size + dimensions * dimension_size; }

std::size_t big_endian(std::span<std::uint8_t const> bytes) {
  std::size_t value = 0;
  for (std::uint8_t const byte : bytes.first(dimension_size)) value = value << 8 | byte;
  return value;
}

std::string shape_text(std::vector<std::size_t> const& dimensions) {
  std::string text;
  for (std::size_t const size : dimensions)
    text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text;
}

void check_magic(std::span<std::uint8_t const> content, std::size_t dimensions,
                 std::string const& path) {
  if (content.size() < magic_size) {
    fail(path,
         "truncated: " + std::to_string(content.size()) + " bytes, too short for an IDX header");
  }
  if (content[0] != 0 || content[1] != 0) {
    char found[16];
    std::snprintf(found, sizeof found, "%02x %02x", unsigned{content[0]}, unsigned{content[1]});
    fail(path, std::string("not an IDX file: it begins with ") + found + ", expected 00 00");
  }
  if (content[2] != unsigned_bytes) {
    fail(path, "IDX type " + std::to_string(content[2]) + ", expected 8 (unsigned bytes)");
  }
  if (content[3] != dimensions) {
    fail(path, "IDX with " + std::to_string(content[3]) + " dimensions, expected " +
                   std::to_string(dimensions));
  }
}

}  // namespace

std::size_t idx_size(std::vector<std::size_t> const& dimensions) {
  std::size_t data = 1;
  for (std::size_t const size : dimensions) data *= size;
  return header_size(dimensions.size()) + data;
}

std::span<std::uint8_t const> parse_idx(std::span<std::uint8_t const> content,
                                        std::vector<std::size_t> const& dimensions,
                                        std::string const& path) {
  check_magic(content, dimensions.size(), path);
  std::size_t const header = header_size(dimensions.size());
  if (content.size() < header) {
    fail(path, "truncated: the header has " + std::to_string(content.size()) + " of " +
                   std::to_string(header) + " bytes");
  }
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    found.push_back(big_endian(content.subspan(magic_size + i * dimension_size)));
  }
  if (found != dimensions) {
    fail(path, "holds " + shape_text(found) + " values, expected " + shape_text(dimensions));
  }
  std::size_t const expected = idx_size(dimensions);
  if (content.size() < expected) {
    fail(path, "truncated: " + std::to_string(content.size()) + " of " + std::to_string(expected) +
                   " bytes");
  }
  if (content.size() > expected) {
    fail(path, std::to_string(content.size() - expected) + " bytes follow the end of the data");
  }
  return content.subspan(header);
}

void check_labels(std::span<std::uint8_t const> labels, int classes, std::string const& path) {
  auto const wrong = std::find_if(labels.begin(), labels.end(),
                                  [classes](std::uint8_t label) { return int{label} >= classes; });
  if (wrong == labels.end()) return;
  fail(path, "label " + std::to_string(*wrong) + " of example " +
                 std::to_string(wrong - labels.begin()) + ", expected 0 to " +
                 std::to_string(classes - 1));
}

}  // namespace panther
