# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
# The functions that folders use to declare what they build. Include paths are rooted at the repository.

# A misspelt keyword would silently become a source or a library, or drop what follows it.
macro(panther_refuse_unknown function name)
  foreach(word IN LISTS arg_UNPARSED_ARGUMENTS arg_SOURCES arg_LINK arg_PRIVATE_LINK arg_DEFINITIONS)
    if(word IN_LIST arg_UNPARSED_ARGUMENTS OR word MATCHES "^[A-Z_]+$")
      message(FATAL_ERROR "${function}(${name}): unknown keyword ${word}")
    endif()
  endforeach()
endmacro()

# panther_group_sources(<target>...)
# With PANTHER_UNITY, the sources of these targets (but those with options of their own) are compiled eight at a time:
# a unit spends most of its time on headers and templates that its neighbours need, too. Each still stands alone: the
# preset cpu-debug compiles them one by one.
function(panther_group_sources)
  set_target_properties(${ARGN} PROPERTIES UNITY_BUILD ${PANTHER_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()

# panther_add_library(<name> SOURCES <file>... [LINK <target>...] [PRIVATE_LINK <target>...])
# Static library panther_<name>, alias panther::<name>, installed and exported under that name.
# LINK is what its headers need, PRIVATE_LINK what only its sources need.
function(panther_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK;PRIVATE_LINK")
  panther_refuse_unknown(panther_add_library ${name})
  add_library(panther_${name} STATIC ${arg_SOURCES})
  add_library(panther::${name} ALIAS panther_${name})
  set_target_properties(panther_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_compile_features(panther_${name} PUBLIC cxx_std_20)
  target_include_directories(
    panther_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/panther>)
  target_link_libraries(panther_${name} PUBLIC ${arg_LINK} PRIVATE ${arg_PRIVATE_LINK} panther_build_flags)
  set_property(GLOBAL APPEND PROPERTY PANTHER_LIBRARIES panther_${name})
endfunction()

# panther_add_program(<name> SOURCES <file>... [LINK <target>...])
# Program in the root of the build folder, installed to bin.
function(panther_add_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  panther_refuse_unknown(panther_add_program ${name})
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_LINK} panther_build_flags)
  if(PANTHER_INSTALL)
    install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endfunction()

# panther_precompile_tests(<name> [HEADERS <path from the root>...] [LINK <target>...])
# Compiles once what the tests of the calling folder include, GoogleTest first: without it a unit of tests spends a
# third of its time on reading headers. Units still name what they use (the preset cpu-debug builds without this).
function(panther_precompile_tests name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;LINK")
  panther_refuse_unknown(panther_precompile_tests ${name})
  list(TRANSFORM arg_HEADERS PREPEND "${PROJECT_SOURCE_DIR}/")
  file(GENERATE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/${name}_headers.cpp" CONTENT "")
  add_library(panther_${name}_headers OBJECT "${CMAKE_CURRENT_BINARY_DIR}/${name}_headers.cpp")
  target_include_directories(panther_${name}_headers PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(panther_${name}_headers PRIVATE ${arg_LINK} GTest::gtest_main panther_build_flags)
  target_precompile_headers(
    panther_${name}_headers PRIVATE <gtest/gtest.h> <algorithm> <cmath> <filesystem> <fstream> <functional> <map>
    <random> <set> <sstream> <string> <vector> ${arg_HEADERS})
  set(panther_test_headers panther_${name}_headers PARENT_SCOPE)
endfunction()

# Builds only the tests that run under tsan.
add_custom_target(panther_threads_tests)

# panther_add_test(<name> SOURCES <file>... [LINK <target>...] [LABEL <label>] [TIMEOUT <seconds>]
#                  [DEFINITIONS <def>...] [WHOLE])
# GoogleTest program <name>_test. Each case is one ctest case <name>.<Suite>.<Case>; with WHOLE the program is one
# (for suites whose set-up is dear). A case that calls GTEST_SKIP counts as skipped.
# Labels with a meaning: threads (also run under tsan), fresh (generated text is up to date).
function(panther_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "WHOLE" "LABEL;TIMEOUT" "SOURCES;LINK;DEFINITIONS")
  panther_refuse_unknown(panther_add_test ${name})
  add_executable(${name}_test ${arg_SOURCES})
  target_include_directories(${name}_test PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(
    ${name}_test PRIVATE PANTHER_SOURCE_DIR="${PROJECT_SOURCE_DIR}" PANTHER_BINARY_DIR="${PROJECT_BINARY_DIR}"
                         PANTHER_PYTHON="${PANTHER_PYTHON}" ${arg_DEFINITIONS})
  target_link_libraries(${name}_test PRIVATE ${arg_LINK} GTest::gtest_main panther_build_flags)
  if(panther_test_headers AND NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    target_precompile_headers(${name}_test REUSE_FROM ${panther_test_headers})
    # False alarms of GCC 12 on std::string, which it takes for ours where it is precompiled.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_compile_options(${name}_test PRIVATE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
    endif()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(arg_LABEL STREQUAL "threads")
    add_dependencies(panther_threads_tests ${name}_test)
  endif()
  set(properties TIMEOUT ${arg_TIMEOUT})
  if(arg_LABEL)
    list(APPEND properties LABELS ${arg_LABEL})
  endif()
  if(arg_WHOLE)
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES ${properties} SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
  else()
    include(GoogleTest)
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
                         PROPERTIES ${properties})
  endif()
endfunction()

# panther_add_bench(<name> SOURCES <file>... [LINK <target>...])
# Google Benchmark program bench_<name>, and a ctest case bench.<name> (label bench) that runs it at minimal length.
function(panther_add_bench name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  panther_refuse_unknown(panther_add_bench ${name})
  add_executable(bench_${name} ${arg_SOURCES})
  target_include_directories(bench_${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  set_target_properties(bench_${name} PROPERTIES PANTHER_HOT ON)
  target_link_libraries(bench_${name} PRIVATE ${arg_LINK} benchmark::benchmark_main panther_build_flags)
  if(PANTHER_TESTS)
    add_test(NAME bench.${name} COMMAND bench_${name} --benchmark_min_time=0.001)
    set_tests_properties(bench.${name} PROPERTIES LABELS bench TIMEOUT 300)
  endif()
endfunction()
