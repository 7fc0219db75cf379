// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/result_file.hpp"

#include "host/base/digest.hpp"
#include "host/base/metric_rows.hpp"
#include "host/base/provenance.hpp"
#include "tests/host/base/result_test_support.hpp"

namespace panther {
namespace {

using ResultFile = ResultTest;

TEST_F(ResultFile, RandomRowsComeBack) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    std::size_t const slices = seed - 1;  // also no slices at all
    std::vector<TestRow> const rows = random_rows(seed, 37 * seed * seed, slices);
    write_result(path("out.h5"), rows, slices, OnExisting::replace);
    ResultReader const reader(path("out.h5"));
    EXPECT_TRUE(reader.complete());
    EXPECT_EQ(reader.rows<TestRow>(), rows) << "seed " << seed;
    EXPECT_EQ(reader.rows<TestRow>(5, 7),
              (std::vector<TestRow>(rows.begin() + 5, rows.begin() + 12)));
    EXPECT_TRUE(reader.rows<TestRow>(rows.size() + 1).empty());
  }
  EXPECT_EQ(names(), std::vector<std::string>{"out.h5"});
}

TEST_F(ResultFile, FlushesOfAnySizeGiveTheSameRows) {
  std::mt19937_64 random(11);
  std::vector<TestRow> const rows = random_rows(11, 1500, 2);
  ResultWriter writer = ResultWriter::create(path("out.h5"), OnExisting::refuse);
  ResultTable<TestRow> table = writer.table(shape_of_rows(2));
  writer.start();
  for (TestRow const& row : rows) {
    table.append(row);
    if (random() % 50 == 0) writer.flush();
  }
  writer.begin_final();
  writer.commit();
  EXPECT_EQ(ResultReader(path("out.h5")).rows<TestRow>(), rows);
}

TEST_F(ResultFile, MetricRowsComeBack) {
  EpochRow row;
  row.epoch = 1;
  row.hardware.saturated_slices = {1, 2, 3};
  row.hardware.device_updates = 5;
  ResultWriter writer = ResultWriter::create(path("out.h5"), OnExisting::refuse);
  ResultTable<EpochRow> epochs = writer.table(row);
  BatchRow batch;
  batch.hardware.saturated_slices = {0, 0, 0};
  ResultTable<BatchRow> batches = writer.table(batch);
  writer.start();
  epochs.append(row);
  batches.append(batch);
  batches.append(batch);
  writer.begin_final();
  writer.commit();
  ResultReader const reader(path("out.h5"));
  ASSERT_EQ(reader.rows<EpochRow>().size(), 1U);
  EXPECT_EQ(reader.rows<EpochRow>()[0].hardware.saturated_slices, row.hardware.saturated_slices);
  EXPECT_EQ(reader.rows<EpochRow>()[0].hardware.device_updates, 5U);
  EXPECT_EQ(reader.rows<BatchRow>().size(), 2U);
}

TEST_F(ResultFile, ConfigProvenanceAndArraysComeBack) {
  Provenance provenance = begin_provenance();
  provenance.seed = 18446744073709551615U;
  provenance.dataset_checksums = {"abc  train", "def  test"};
  ResultWriter writer = ResultWriter::create(path("out.h5"), OnExisting::refuse);
  writer.write_config("[device]\nlaw = \"ideal\" # µ\n");
  writer.write(provenance);
  writer.start();
  writer.begin_final();
  provenance.end_time = utc_now();
  writer.write(provenance);
  std::vector<std::int32_t> const values{1, -2, 0, 4, 5, 6};
  writer.write_array("/layers/fc1", test_weights, values, {3, 2});
  writer.commit();

  ResultReader const reader(path("out.h5"));
  EXPECT_EQ(reader.config(), "[device]\nlaw = \"ideal\" # µ\n");
  auto const back = reader.record<Provenance>();
  EXPECT_EQ(back.program_version, provenance.program_version);
  EXPECT_EQ(back.seed, provenance.seed);
  EXPECT_EQ(back.end_time, provenance.end_time);
  EXPECT_EQ(back.dataset_checksums, provenance.dataset_checksums);
  EXPECT_EQ(reader.array<std::int32_t>("/layers/fc1/weights").values, values);
  EXPECT_EQ(reader.array<std::int32_t>("/layers/fc1/weights").size, (std::vector<hsize_t>{3, 2}));
  EXPECT_EQ(reader.list("/layers/fc1"), (std::vector<std::string>{"column", "row", "weights"}));
  EXPECT_FALSE(back.compiler.empty());
  EXPECT_EQ(back.start_time.size(), std::string("2024-05-17T08:03:21Z").size());
}

TEST_F(ResultFile, ArraysInBlocksAreTheSameArrays) {
  // 5 x 211 x 401 int16: a plane is more than a chunk; 1,803 x 47 doubles in blocks of 100.
  ArrayDescription const cube{.name = "cube",
                              .kind = hdf5::ScalarKind::int16,
                              .unit = "1",
                              .doc = "codes",
                              .dimensions = {"plane", "row", "col"}};
  ArrayDescription const matrix{.name = "matrix",
                                .kind = hdf5::ScalarKind::float64,
                                .unit = "1",
                                .doc = "weights",
                                .dimensions = {"line", "column"}};
  std::vector<std::int16_t> codes(5UL * 211 * 401);
  std::vector<double> weights(1803UL * 47);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::int16_t>(i * 40503);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = 1.0 / static_cast<double>(i + 1);
  auto const part = [](auto const& all, hsize_t row, hsize_t first, hsize_t count) {
    auto const begin = all.begin() + static_cast<std::ptrdiff_t>(first * row);
    return std::vector(begin, begin + static_cast<std::ptrdiff_t>(count * row));
  };
  for (bool const blocks : {false, true}) {
    ResultWriter writer =
        ResultWriter::create(path(blocks ? "blocks.h5" : "whole.h5"), OnExisting::refuse);
    if (blocks) {
      writer.write_array_blocks<std::int16_t>(
          "/a", cube, {5, 211, 401}, 1,
          [&](hsize_t first, hsize_t count) { return part(codes, 211 * 401, first, count); });
      writer.write_array_blocks<double>(
          "/a", matrix, {1803, 47}, 100,
          [&](hsize_t first, hsize_t count) { return part(weights, 47, first, count); });
    } else {
      writer.write_array("/a", cube, codes, {5, 211, 401});
      writer.write_array("/a", matrix, weights, {1803, 47});
    }
    writer.commit();
  }
  ResultReader const reader(path("blocks.h5"));
  EXPECT_EQ(reader.array<std::int16_t>("/a/cube").values, codes);
  EXPECT_EQ(reader.array<double>("/a/matrix").values, weights);
  EXPECT_EQ(digest_of_result(path("blocks.h5")), digest_of_result(path("whole.h5")));
}

template <class T>
void expect_array_back(ResultReader const& reader, std::string const& name,
                       std::vector<T> const& values) {
  EXPECT_EQ(reader.array<T>(name).values, values) << name;
}

TEST_F(ResultFile, EveryElementTypeComesBackWithItsExtremes) {
  ResultWriter writer = ResultWriter::create(path("out.h5"), OnExisting::refuse);
  auto write = [&writer]<class T>(std::string_view name, std::vector<T> const& values) {
    ArrayDescription const description{.name = name,
                                       .kind = hdf5::kind_of<T>(),
                                       .unit = "1",
                                       .doc = "extremes",
                                       .dimensions = {"item"}};
    writer.write_array("/a", description, values, {values.size()});
  };
  std::vector<std::int8_t> const i8{-128, 127};
  std::vector<std::uint8_t> const u8{0, 255};
  std::vector<std::int16_t> const i16{-32768, 32767};
  std::vector<std::int32_t> const i32{INT32_MIN, INT32_MAX};
  std::vector<std::int64_t> const i64{INT64_MIN, INT64_MAX};
  std::vector<std::uint64_t> const u64{0, UINT64_MAX};
  std::vector<float> const f32{-0.0F, 1e-45F};
  std::vector<double> const f64{5e-324, HUGE_VAL};
  write("i8", i8);
  write("u8", u8);
  write("i16", i16);
  write("i32", i32);
  write("i64", i64);
  write("u64", u64);
  write("f32", f32);
  write("f64", f64);
  writer.commit();
  ResultReader const reader(path("out.h5"));
  expect_array_back(reader, "/a/i8", i8);
  expect_array_back(reader, "/a/u8", u8);
  expect_array_back(reader, "/a/i16", i16);
  expect_array_back(reader, "/a/i32", i32);
  expect_array_back(reader, "/a/i64", i64);
  expect_array_back(reader, "/a/u64", u64);
  expect_array_back(reader, "/a/f32", f32);
  expect_array_back(reader, "/a/f64", f64);
  std::string const message =
      message_of<Hdf5Error>([&] { static_cast<void>(reader.array<float>("/a/f64")); });
  EXPECT_NE(message.find("'/a/f64'"), std::string::npos) << message;
  EXPECT_NE(message.find("float64, not float32"), std::string::npos) << message;
}

TEST_F(ResultFile, WrongUseIsRefusedByName) {
  ResultWriter writer = ResultWriter::create(path("out.h5"), OnExisting::refuse);
  ResultTable<TestRow> table = writer.table(shape_of_rows(2));
  EXPECT_THROW(writer.write_array("/layers/a", test_weights, std::vector<int>{1, 2}, {2}),
               std::invalid_argument);
  EXPECT_THROW(writer.write_array("/layers/a", test_weights, std::vector<int>{1, 2}, {3, 1}),
               std::invalid_argument);
  std::string const kind = message_of<std::invalid_argument>([&] {
    writer.write_array("/layers/a", test_weights, std::vector<double>{1, 2}, {2, 1});
  });
  EXPECT_NE(kind.find("'/layers/a/weights': elements of float64, described as int32"),
            std::string::npos)
      << kind;
  auto const short_block = [](hsize_t, hsize_t) { return std::vector<int>{1}; };
  EXPECT_THROW(writer.write_array_blocks<int>("/layers/b", test_weights, {3, 2}, 1, short_block),
               std::invalid_argument);
  EXPECT_THROW(writer.write_array_blocks<int>("/layers/b", test_weights, {3, 2}, 0, short_block),
               std::invalid_argument);
  EXPECT_THROW(writer.flush(), std::logic_error);
  writer.start();
  EXPECT_THROW(writer.write_config("late"), std::logic_error);
  EXPECT_THROW(table.append(shape_of_rows(3)), std::invalid_argument);
  TestRow long_note = shape_of_rows(2);
  long_note.note = std::string(65, 'x');
  EXPECT_THROW(table.append(long_note), std::length_error);
  table.append(shape_of_rows(2));  // what was refused left no trace
  writer.begin_final();
  writer.commit();
  EXPECT_EQ(ResultReader(path("out.h5")).rows<TestRow>().size(), 1U);
}

TEST_F(ResultFile, ArraysOfOneGroupShareNamedDimensions) {
  ResultWriter writer = ResultWriter::create(path("out.h5"), OnExisting::refuse);
  constexpr ArrayDescription bias{
      .name = "bias", .kind = hdf5::ScalarKind::int32, .doc = "b", .dimensions = {"column"}};
  writer.write_array("/layers/a", test_weights, std::vector<int>{1, 2, 3}, {1, 3});
  writer.write_array("/layers/a", bias, std::vector<int>{1, 2, 3}, {3});
  std::string const message = message_of<std::invalid_argument>([&] {
    writer.write_array("/layers/a", bias, std::vector<int>{1, 2}, {2});
  });
  EXPECT_NE(message.find("'column'"), std::string::npos) << message;
}

TEST_F(ResultFile, AnExistingResultIsOnlyReplacedWhenAskedAndOnlyByACompleteOne) {
  std::vector<TestRow> const first = random_rows(1, 10, 1);
  write_result(path("out.h5"), first, 1);
  std::string const before = content_of(path("out.h5"));
  std::string const message = message_of<ResultFileError>(
      [&] { ResultWriter::create(path("out.h5"), OnExisting::refuse); });
  EXPECT_NE(message.find("out.h5"), std::string::npos);
  {
    ResultWriter writer = ResultWriter::create(path("out.h5"), OnExisting::replace);
    ResultTable<TestRow> table = writer.table(shape_of_rows(1));
    writer.start();
    table.append(first[0]);
    writer.flush();
    EXPECT_EQ(content_of(path("out.h5")), before);
  }
  EXPECT_EQ(content_of(path("out.h5")), before);
  EXPECT_EQ(names(), (std::vector<std::string>{"out.h5", "out.running.h5"}));
  EXPECT_EQ(ResultReader(path("out.running.h5")).rows<TestRow>().size(), 1U);
  write_result(path("out.h5"), random_rows(2, 20, 1), 1, OnExisting::replace);
  EXPECT_EQ(ResultReader(path("out.h5")).rows<TestRow>().size(), 20U);
  EXPECT_EQ(names(), std::vector<std::string>{"out.h5"});
}

TEST_F(ResultFile, AResultThatAppearsDuringTheRunIsNotReplacedUnasked) {
  ResultWriter writer = ResultWriter::create(path("out.h5"), OnExisting::refuse);
  writer.start();
  writer.begin_final();
  std::ofstream(path("out.h5")) << "someone else's";
  EXPECT_THROW(writer.commit(), FileError);
  EXPECT_EQ(content_of(path("out.h5")), "someone else's");
  EXPECT_TRUE(ResultReader(path("out.running.h5")).complete());
}

TEST_F(ResultFile, OneWriterOnly) {
  ResultWriter writer = ResultWriter::create(path("out.h5"), OnExisting::refuse);
  std::string const message =
      message_of<FileError>([&] { ResultWriter::create(path("out.h5"), OnExisting::replace); });
  EXPECT_NE(message.find("another process"), std::string::npos) << message;
  writer.start();
  EXPECT_THROW(ResultWriter::create(path("out.h5"), OnExisting::replace), FileError);
}

TEST_F(ResultFile, AStoppedRunIsResumedBehindTheRowsOfItsCheckpoint) {
  std::vector<TestRow> const rows = random_rows(3, 900, 2);
  {
    ResultWriter writer = ResultWriter::create(path("out.h5"), OnExisting::refuse);
    writer.write_config("a");
    ResultTable<TestRow> table = writer.table(shape_of_rows(2));
    writer.start();
    for (std::size_t i = 0; i < 700; ++i) table.append(rows[i]);
  }
  EXPECT_THROW(ResultWriter::create(path("out.h5"), OnExisting::refuse), ResultFileError);
  ResultWriter writer = ResultWriter::resume(path("out.h5"), OnExisting::refuse);
  std::string const message =
      message_of<std::invalid_argument>([&] { static_cast<void>(writer.table(shape_of_rows(3))); });
  EXPECT_NE(message.find("per_slice"), std::string::npos) << message;
  ResultTable<TestRow> table = writer.table(shape_of_rows(2));
  EXPECT_EQ(table.rows(), 700U);
  EXPECT_THROW(writer.keep_rows(TestRow::group, 701), ResultFileError);
  writer.keep_rows(TestRow::group, 600);
  writer.start();
  for (std::size_t i = 600; i < rows.size(); ++i) table.append(rows[i]);
  writer.begin_final();
  writer.commit();
  EXPECT_EQ(ResultReader(path("out.h5")).rows<TestRow>(), rows);
  EXPECT_THROW(ResultWriter::resume(path("none.h5"), OnExisting::refuse), ResultFileError);
}

TEST_F(ResultFile, ErrorsNameTheFileAndTheReason) {
  std::string const missing =
      message_of<Hdf5Error>([&] { ResultReader reader(path("missing.h5")); });
  EXPECT_NE(missing.find("missing.h5"), std::string::npos) << missing;
  EXPECT_NE(missing.find("No such file"), std::string::npos) << missing;
  std::ofstream(path("text.h5")) << std::string(5000, 'x');
  std::string const text = message_of<Hdf5Error>([&] { ResultReader reader(path("text.h5")); });
  EXPECT_NE(text.find("signature"), std::string::npos) << text;
  write_result(path("out.h5"), {}, 1);
  std::string const object = message_of<Hdf5Error>(
      [&] { static_cast<void>(ResultReader(path("out.h5")).array<int>("/layers/fc2/weights")); });
  EXPECT_NE(object.find("'/layers/fc2/weights'"), std::string::npos) << object;
  hdf5::File newer = hdf5::File::open(path("out.h5"), hdf5::Access::read_write);
  hdf5::set_attribute(newer, "/", "schema_version", result_schema_version + 1);
  newer.close();
  std::string const version = message_of<ResultFileError>([&] { ResultReader r(path("out.h5")); });
  EXPECT_NE(version.find("newer program"), std::string::npos) << version;
}

}  // namespace
}  // namespace panther
