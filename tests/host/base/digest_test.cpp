// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
#include "host/base/digest.hpp"

#include <functional>
#include <set>

#include "host/base/provenance.hpp"
#include "tests/host/base/result_test_support.hpp"

namespace panther {
namespace {

using Digest = ResultTest;

TEST(Sha256, KnownAnswers) {
  // FIPS 180-2, appendix B.1 and B.2, and the empty message.
  EXPECT_EQ(sha256_of_text("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of_text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_of_text(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_F(Digest, OfAFileAndOfItsTail) {
  std::ofstream(path("a")) << "xyzabc";
  EXPECT_EQ(sha256_of_file(path("a"), 3), sha256_of_text("abc"));
  EXPECT_THROW(sha256_of_file(path("none")), FileError);
}

/// A file with the same content whatever its storage: groups, numbers, texts, attributes, scales.
void write_content(std::filesystem::path const& path, hdf5::Shape layout, bool late_group_first) {
  hdf5::File file = hdf5::File::create(path);
  if (late_group_first) hdf5::make_group(file, "/z");
  std::vector<std::int32_t> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<int>(i * i);
  layout.size = {1000};
  hdf5::DatasetHandle const dataset =
      hdf5::create_dataset(file, "/a/values", hdf5::ScalarKind::int32, layout);
  hdf5::write_rows(file, "/a/values", dataset, hdf5::ScalarKind::int32, {0, 1000}, values.data());
  hdf5::attach_counting_scale(file, "/a/values", "/a", "item", 0, 1000);
  hdf5::set_attribute(file, "/a/values", "units", std::string_view("V"));
  hdf5::set_attribute(file, "/a", "answer", std::int64_t{42});
  hdf5::write_text(file, "/a/text", "hello");
  hdf5::write_texts(file, "/a/texts", {"x", "", "zz"});
  double const pi = 3.25;
  hdf5::write_scalar(file, "/a/pi", hdf5::ScalarKind::float64, &pi);
  hdf5::make_group(file, "/z");
  file.close();
}

TEST_F(Digest, DoesNotDependOnStorage) {
  write_content(path("a.h5"), {}, false);
  std::string const digest = digest_of_result(path("a.h5"));
  write_content(path("b.h5"), {.size = {}, .chunk_rows = 7}, true);
  EXPECT_EQ(digest_of_result(path("b.h5")), digest);
  write_content(path("c.h5"), {.size = {}, .filters = hdf5::Filters::none}, false);
  EXPECT_EQ(digest_of_result(path("c.h5")), digest);
  write_content(path("d.h5"), {.size = {}, .extendible = true, .chunk_rows = 64}, true);
  EXPECT_EQ(digest_of_result(path("d.h5")), digest);
  EXPECT_NE(content_of(path("a.h5")), content_of(path("b.h5")));
}

TEST_F(Digest, DoesNotDependOnFixedOrVariableTextNorOnByteOrder) {
  write_content(path("a.h5"), {}, false);
  std::string const script =
      "import h5py, numpy as np\n"
      "with h5py.File('" +
      path("b.h5").string() +
      "', 'w', libver='latest') as f:\n"
      "  a = f.create_group('a'); f.create_group('z')\n"
      "  v = a.create_dataset('values', data=(np.arange(1000, dtype='>i4')**2).astype('>i4'))\n"
      "  i = a.create_dataset('item', data=np.arange(1000, dtype='>i8')); i.make_scale('item')\n"
      "  v.dims[0].attach_scale(i)\n"
      "  v.attrs['units'] = np.bytes_('V'); a.attrs['answer'] = np.int64(42)\n"
      "  a.create_dataset('text', data=np.bytes_('hello'))\n"
      "  a.create_dataset('texts', data=np.array([b'x', b'', b'zz']))\n"
      "  a.create_dataset('pi', data=np.array(3.25, '>f8'))\n";
  std::ofstream(path("b.py")) << script;
  CommandResult const result = run_command(PANTHER_PYTHON " " + path("b.py").string());
  if (result.output.find("No module named") != std::string::npos) GTEST_SKIP() << result.output;
  ASSERT_EQ(result.status, 0) << result.output;
  EXPECT_EQ(digest_of_result(path("b.h5")), digest_of_result(path("a.h5")));
}

TEST_F(Digest, EveryChangeOfContentChangesIt) {
  using Change = std::function<void(hdf5::File&)>;
  std::vector<Change> const changes{
      [](hdf5::File& f) { hdf5::write_text(f, "/a/text", "Hello"); },
      [](hdf5::File& f) {
        hdf5::write_texts(f, "/a/texts", {"x", "z", "z"});
      },
      [](hdf5::File& f) {
        hdf5::write_texts(f, "/a/texts", {"x", "", "zz", ""});
      },
      [](hdf5::File& f) { hdf5::set_attribute(f, "/a/values", "units", std::string_view("A")); },
      [](hdf5::File& f) { hdf5::set_attribute(f, "/a", "answer", std::int64_t{43}); },
      [](hdf5::File& f) { hdf5::set_attribute(f, "/a", "answer", 42.0); },
      [](hdf5::File& f) { hdf5::set_attribute(f, "/", "new", std::int64_t{0}); },
      [](hdf5::File& f) { hdf5::make_group(f, "/a/sub"); },
      [](hdf5::File& f) { hdf5::remove(f, "/z"); },
      [](hdf5::File& f) {
        double const value = -3.25;
        hdf5::write_scalar(f, "/a/pi", hdf5::ScalarKind::float64, &value);
      },
      [](hdf5::File& f) {
        float const value = 3.25F;
        hdf5::write_scalar(f, "/a/pi", hdf5::ScalarKind::float32, &value);
      },
      [](hdf5::File& f) {
        std::int32_t const value = 1;
        hdf5::write_rows(f, "/a/values", hdf5::open_dataset(f, "/a/values"),
                         hdf5::ScalarKind::int32, {999, 1}, &value);
      },
      [](hdf5::File& f) {
        H5Lmove(f.id(), "/a/text", f.id(), "/a/test", H5P_DEFAULT, H5P_DEFAULT);
      },
      [](hdf5::File& f) {
        hdf5::create_dataset(f, "/y", hdf5::ScalarKind::int8, {.size = {2, 3}});
      },
      [](hdf5::File& f) {
        hdf5::create_dataset(f, "/y", hdf5::ScalarKind::int8, {.size = {3, 2}});
      },
  };
  write_content(path("a.h5"), {}, false);
  std::set<std::string> digests{digest_of_result(path("a.h5"))};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    std::filesystem::copy_file(path("a.h5"), path("b.h5"),
                               std::filesystem::copy_options::overwrite_existing);
    hdf5::File file = hdf5::File::open(path("b.h5"), hdf5::Access::read_write);
    changes[i](file);
    file.close();
    EXPECT_TRUE(digests.insert(digest_of_result(path("b.h5"))).second) << "change " << i;
  }
}

TEST_F(Digest, ClockAndOriginAreLeftOut) {
  auto write = [this](std::string const& name, std::vector<TestRow> rows, double wall,
                      std::string const& config, std::string const& host) {
    for (TestRow& row : rows) row.train_wall_s += wall;
    ResultWriter writer = ResultWriter::create(path(name), OnExisting::refuse);
    Provenance provenance = begin_provenance();
    provenance.host = host;
    writer.write(provenance);
    writer.write_config(config);
    ResultTable<TestRow> table = writer.table(shape_of_rows(2));
    writer.start();
    for (TestRow const& row : rows) {
      table.append(row);
      if (wall > 0) writer.flush();
    }
    writer.begin_final();
    writer.commit();
  };
  std::vector<TestRow> rows = random_rows(1, 30, 2);
  write("a.h5", rows, 0, "threads = 1", "here");
  write("b.h5", rows, 1.5, "threads = 1", "there");
  write("c.h5", rows, 0, "threads = 2", "here");
  rows[29].loss += 1;
  write("d.h5", rows, 0, "threads = 1", "here");
  EXPECT_EQ(digest_of_result(path("a.h5")), digest_of_result(path("b.h5")));
  EXPECT_NE(digest_of_result(path("a.h5")), digest_of_result(path("c.h5")));
  EXPECT_EQ(digest_of_result(path("a.h5"), DigestScope::measurements),
            digest_of_result(path("c.h5"), DigestScope::measurements));
  EXPECT_NE(digest_of_result(path("a.h5"), DigestScope::measurements),
            digest_of_result(path("d.h5"), DigestScope::measurements));
}

}  // namespace
}  // namespace panther
