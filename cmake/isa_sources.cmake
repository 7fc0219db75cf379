# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
# panther_add_isa_sources(<target> SOURCES <file.cpp>... [LINK <target>...])
#
# Compiles each file once per instruction set into <target>: scalar everywhere, avx2 and avx512 on x86-64 as well.
# The unit puts what it defines into `namespace panther::PANTHER_ISA_NAMESPACE` (isa_scalar, isa_avx2, isa_avx512) and
# knows its set from the macro PANTHER_ISA_LEVEL (0, 2, 512). <target> is given PANTHER_ISA_X86=1 (or 0), so
# that the dispatcher knows which namespaces exist. LINK: what the units include, besides <target>'s own include paths.
#
# An inline function with external linkage that is compiled for several sets is merged by the linker into one,
# perhaps the AVX-512 one, which then runs on a machine without it. So units beyond scalar are compiled with -fno-weak
# where the compiler has it (every unit keeps its own copy; static data, RTTI and exceptions must not cross its
# border), and the ctest isa_symbols.<target>.<set> refuses any external symbol outside the unit's own namespace.
function(panther_add_isa_sources target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  set(levels scalar)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
    list(APPEND levels avx2 avx512)
    target_compile_definitions(${target} PRIVATE PANTHER_ISA_X86=1)
  else()
    target_compile_definitions(${target} PRIVATE PANTHER_ISA_X86=0)
  endif()

  foreach(level IN LISTS levels)
    panther_add_isa_objects(${target} ${level})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_isa_${level}>)
    if(PANTHER_TESTS AND NOT PANTHER_GPU_CHECK_ONLY AND NOT level STREQUAL "scalar")
      add_test(NAME isa_symbols.${target}.${level}
               COMMAND "${PROJECT_SOURCE_DIR}/cmake/check_isa_symbols.sh" "${CMAKE_NM}" isa_${level}
                       $<TARGET_OBJECTS:${target}_isa_${level}>
               COMMAND_EXPAND_LISTS)
    endif()
  endforeach()
endfunction()

# The object library <target>_isa_<level>; reads arg_SOURCES and arg_LINK of its caller.
function(panther_add_isa_objects target level)
  set(number_scalar 0)
  set(number_avx2 2)
  set(number_avx512 512)
  set(flags_scalar "")
  set(flags_avx2 -mavx2 -mfma -mbmi2 -mf16c)
  set(flags_avx512 ${flags_avx2} -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vnni -mprefer-vector-width=512)
  set(objects ${target}_isa_${level})

  add_library(${objects} OBJECT ${arg_SOURCES})
  set_target_properties(${objects} PROPERTIES POSITION_INDEPENDENT_CODE ON PANTHER_HOT ON)
  target_include_directories(${objects} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(${objects} PRIVATE PANTHER_ISA_NAMESPACE=isa_${level} PANTHER_ISA_LEVEL=${number_${level}})
  # -fno-math-errno and -fno-trapping-math free the vectoriser and change no value.
  target_compile_options(
    ${objects} PRIVATE ${flags_${level}} -fno-math-errno -fno-trapping-math $<$<CONFIG:Release>:-O3>)
  target_link_libraries(${objects} PRIVATE ${arg_LINK} panther_build_flags)
  # With -fno-weak g++ warns of every inline constant, and only -w silences that: the same source is compiled with
  # all warnings as the scalar unit.
  if(NOT level STREQUAL "scalar" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${objects} PRIVATE -fno-weak -w)
  endif()
endfunction()
