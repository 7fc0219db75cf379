// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0

// Result files as others see them: h5py and h5dump. Skipped where those are not installed.

#include "tests/host/base/result_test_support.hpp"

namespace panther {
namespace {

class ResultInterop : public ResultTest {
 protected:
  CommandResult run_python(std::string const& body) {
    std::ofstream(path("check.py"))
        << "import h5py, numpy as np\nname = '" << path("out.h5").string() << "'\n"
        << body;
    return run_command(PANTHER_PYTHON " " + path("check.py").string());
  }
};

TEST_F(ResultInterop, H5pyReadsEverything) {
  write_result(path("out.h5"), random_rows(1, 40, 2), 2);
  CommandResult const result = run_python(R"(
with h5py.File(name) as f:
    assert f.attrs['schema_version'] == 1 and f.attrs['complete'] == 1
    assert f['config'].asstr()[()].startswith('[run]')
    table = f['metrics/test']
    assert table.attrs['description'] == 'rows of a test'
    assert list(table['step'][:]) == list(range(40)) and h5py.h5ds.is_scale(table['step'].id)
    loss = table['loss']
    assert loss.attrs['units'] == '1' and loss.attrs['minimum'] == 0 and loss.dtype == 'f8'
    assert loss.compression == 'gzip' and loss.compression_opts == 1
    assert loss.shuffle and loss.fletcher32 and loss.maxshape == (None,)
    assert loss.dims[0][0].name == '/metrics/test/step'
    assert table['per_slice'].shape == (40, 2) and table['per_slice'].dtype == 'u8'
    assert table['per_slice'].dims[1][0].name == '/metrics/test/slice'
    assert list(table['slice'][:]) == [0, 1]
    assert table['free'].dims[1][0].name == '/metrics/test/free_index'
    assert table['flag'].attrs['dtype'] == 'bool' and table['flag'].dtype == 'i1'
    assert table['note'].asstr()[0].endswith('\u00b5')
    assert table['mood'].asstr()[0] in ('calm', 'busy')
    assert table['train_wall_s'].attrs['excluded_from_digest'] == 1
    weights = f['layers/fc1/weights']
    assert (weights[:] == np.array([[1, -2, 3], [4, 5, -6]])).all() and weights.dtype == 'i4'
    assert [d[0].name for d in weights.dims] == ['/layers/fc1/row', '/layers/fc1/column']
)");
  if (result.output.find("No module named") != std::string::npos) GTEST_SKIP() << result.output;
  EXPECT_EQ(result.status, 0) << result.output;
}

TEST_F(ResultInterop, H5pyFollowsARunningWriter) {
  ResultWriter writer = ResultWriter::create(path("out.h5"), OnExisting::refuse);
  ResultTable<TestRow> table = writer.table(shape_of_rows(2));
  writer.start();
  for (TestRow const& row : random_rows(1, 25, 2)) table.append(row);
  writer.flush();
  CommandResult const result = run_python(R"(
with h5py.File(name.replace('out.h5', 'out.running.h5'), libver='latest', swmr=True) as f:
    assert list(f['metrics/test/step'][:]) == list(range(25))
    assert f['metrics/test/per_slice'].shape == (25, 2)
)");
  if (result.output.find("No module named") != std::string::npos) GTEST_SKIP() << result.output;
  EXPECT_EQ(result.status, 0) << result.output;
}

TEST_F(ResultInterop, H5dumpReadsEverything) {
  write_result(path("out.h5"), random_rows(1, 40, 2), 2);
  CommandResult const result = run_command("h5dump -p " + path("out.h5").string());
  if (WEXITSTATUS(result.status) == 127) GTEST_SKIP() << "hdf5-tools is not installed";
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_NE(result.output.find("COMPRESSION DEFLATE { LEVEL 1 }"), std::string::npos);
  EXPECT_NE(result.output.find("CHECKSUM FLETCHER32"), std::string::npos);
}

}  // namespace
}  // namespace panther
