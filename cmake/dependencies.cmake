# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
# Every find_package of the build, in one place; nothing is downloaded. Folders link the targets named here:
#   Threads::Threads                                  anywhere
#   ZLIB::ZLIB OpenSSL::Crypto                        datasets, host/base
#   fmt::fmt tomlplusplus::tomlplusplus nlohmann_json::nlohmann_json   host/base and above, not host/nn
#   hdf5::hdf5 hdf5::hdf5_hl                          host/base
#   CLI11::CLI11 Eigen3::Eigen                        host/tools
#   GTest::gtest_main benchmark::benchmark_main       tests, bench (through panther_add_test, panther_add_bench)

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

if(NOT PANTHER_GPU_CHECK_ONLY)
  find_package(ZLIB REQUIRED)
  find_package(OpenSSL REQUIRED COMPONENTS Crypto)
  find_package(fmt REQUIRED)
  find_package(HDF5 REQUIRED COMPONENTS C HL)
  find_package(tomlplusplus REQUIRED)
  find_package(nlohmann_json REQUIRED)
  find_package(CLI11 REQUIRED)
  find_package(Eigen3 REQUIRED NO_MODULE)
  if(PANTHER_TESTS)
    find_package(GTest REQUIRED)
  endif()
  if(PANTHER_BENCH)
    find_package(benchmark REQUIRED)
  endif()
endif()

# The interpreter that has Debian's numpy, h5py and matplotlib; another python3 may come first on PATH.
set(PANTHER_PYTHON "/usr/bin/python3" CACHE FILEPATH "Python with numpy and h5py, for checks and plots")
