// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "devicemodels/core/fields.hpp"
#include "host/base/result_file.hpp"

namespace panther {

enum class Mood { calm, busy };
template <>
struct EnumNames<Mood> {
  static constexpr std::array values{std::pair{Mood::calm, std::string_view{"calm"}},
                                     std::pair{Mood::busy, std::string_view{"busy"}}};
};

/// A row with every kind of column.
struct TestRow {
  static constexpr std::string_view group = "/metrics/test";
  static constexpr std::string_view doc = "rows of a test";

  std::int64_t step = 0;
  std::uint64_t count = 0;
  double loss = 0;
  float share = 0;
  int small = 0;
  bool flag = false;
  std::string note;
  Mood mood = Mood::calm;
  std::vector<std::uint64_t> per_slice;
  std::vector<double> free;
  double train_wall_s = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("step", self.step, Field{.unit = "1", .doc = "index"});
    visit("count", self.count, Field{.unit = "1", .doc = "a count"});
    visit("loss", self.loss, Field{.unit = "1", .doc = "a double", .lo = 0});
    visit("share", self.share, Field{.unit = "1", .doc = "a float", .lo = 0, .hi = 1});
    visit("small", self.small, Field{.doc = "an int"});
    visit("flag", self.flag, Field{.doc = "a bool"});
    visit("note", self.note, Field{.doc = "a text"});
    visit("mood", self.mood, Field{.doc = "an enum"});
    visit("per_slice", self.per_slice, Field{.unit = "1", .doc = "a vector", .tag = "slice"});
    visit("free", self.free, Field{.unit = "J", .doc = "a vector whose dimension has no name"});
    visit("train_wall_s", self.train_wall_s, Field{.unit = "s", .doc = "clock"});
  }
  friend bool operator==(TestRow const&, TestRow const&) = default;
};

inline TestRow random_row(std::mt19937_64& random, std::int64_t step, std::size_t slices) {
  TestRow row;
  row.step = step;
  row.count = random();
  row.loss = std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())), -40);
  row.share = static_cast<float>(random() % 1000) / 1000.0F;
  row.small = static_cast<int>(random() % 2000) - 1000;
  row.flag = random() % 2 == 0;
  row.note = std::string(random() % 30, 'a') + "µ";
  row.mood = random() % 2 == 0 ? Mood::calm : Mood::busy;
  for (std::size_t i = 0; i < slices; ++i) row.per_slice.push_back(random());
  row.free = {1.0 / static_cast<double>(1 + step), -0.0, 1e300};
  row.train_wall_s = static_cast<double>(random() % 100);
  return row;
}

inline std::vector<TestRow> random_rows(std::uint64_t seed, std::size_t count, std::size_t slices) {
  std::mt19937_64 random(seed);
  std::vector<TestRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.push_back(random_row(random, static_cast<std::int64_t>(i), slices));
  }
  return rows;
}

inline TestRow shape_of_rows(std::size_t slices) {
  TestRow shape;
  shape.per_slice.resize(slices);
  shape.free.resize(3);
  return shape;
}

inline constexpr ArrayDescription test_weights{.name = "weights",
                                               .kind = hdf5::ScalarKind::int32,
                                               .unit = "1",
                                               .doc = "weights of a test",
                                               .dimensions = {"row", "column"}};

/// A folder of its own for each test, removed afterwards.
class ResultTest : public testing::Test {
 protected:
  ResultTest() {
    std::string name = testing::TempDir() + "panther_result_XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    folder_ = name;
  }
  ~ResultTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::filesystem::path path(std::string const& name) const { return folder_ / name; }

  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (auto const& entry : std::filesystem::directory_iterator(folder_)) {
      found.push_back(entry.path().filename().string());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  std::filesystem::path folder_;
};

inline std::string content_of(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct CommandResult {
  int status;
  std::string output;
};

inline CommandResult run_command(std::string const& command) {
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen failed");
  std::string output;
  std::array<char, 4096> block{};
  for (std::size_t n; (n = fread(block.data(), 1, block.size(), pipe)) > 0;) {
    output.append(block.data(), n);
  }
  return {pclose(pipe), output};
}

/// what() of the exception of type E that `action` throws; fails the test if it throws none.
template <class E, class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (E const& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing of the expected type was thrown";
  return {};
}

/// Writes a complete result of those rows and a small weight array.
inline void write_result(std::filesystem::path const& target, std::vector<TestRow> const& rows,
                         std::size_t slices, OnExisting on_existing = OnExisting::refuse) {
  ResultWriter writer = ResultWriter::create(target, on_existing);
  writer.write_config("[run]\nepochs = 3\n");
  ResultTable<TestRow> table = writer.table(shape_of_rows(slices));
  writer.start();
  for (TestRow const& row : rows) table.append(row);
  writer.begin_final();
  writer.write_array("/layers/fc1", test_weights, std::vector<std::int32_t>{1, -2, 3, 4, 5, -6},
                     {2, 3});
  writer.commit();
}

}  // namespace panther
