# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
# panther_build_flags: warnings, floating-point rules and sanitizers of our own units. Every target links it
# PRIVATE; users of the installed package get nothing of it (BUILD_INTERFACE).
#
# -ffp-contract=off and -fmad=false: a fused multiply-add rounds once where the reference rounds twice, so results
# would depend on the compiler and the machine. -ffast-math and -march=native are never used, for the same reason.
#
# The property PANTHER_HOT of a target says that runs spend their time in it: kernels, training, fits, the simulator,
# benchmarks. Everything else is compiled with less optimisation, which takes two thirds of the time in a release
# build and half of it under sanitizers.

# panther_hot_sources(<file>...): the same for some sources of a target that is not hot as a whole.
function(panther_hot_sources)
  if(PANTHER_SANITIZE)
    set(flags -O1)
    if(PANTHER_SANITIZE MATCHES "undefined")
      list(APPEND flags -fsanitize=alignment,pointer-overflow)
    endif()
    set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS ${flags})
  else()
    set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS $<$<CONFIG:Release>:-O3>)
  endif()
endfunction()

add_library(panther_build_flags INTERFACE)
add_library(panther::build_flags ALIAS panther_build_flags)

target_compile_features(panther_build_flags INTERFACE $<BUILD_INTERFACE:cxx_std_20>)

set(panther_cxx_flags -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -ffp-contract=off)
list(APPEND panther_cxx_flags -Wno-missing-field-initializers) # fields left out of {.a = 1} have their defaults
set(panther_is_hot $<BOOL:$<TARGET_PROPERTY:PANTHER_HOT>>)
list(APPEND panther_cxx_flags $<$<AND:$<CONFIG:Release>,$<NOT:${panther_is_hot}>>:-O1>)
# -std by hand: CMake before 3.26 does not know that nvcc speaks C++20.
set(panther_cuda_flags
    -std=c++20 -fmad=false "-Xcompiler=-Wall,-Wextra,-Wshadow,-ffp-contract=off" --expt-relaxed-constexpr)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  list(APPEND panther_cxx_flags -Wno-restrict) # false alarms on std::string, https://gcc.gnu.org/PR105651
endif()
if(PANTHER_WERROR)
  list(APPEND panther_cxx_flags -Werror)
  list(APPEND panther_cuda_flags -Werror=all-warnings)
endif()
if(PANTHER_SANITIZE)
  set(panther_sanitizer -fsanitize=${PANTHER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # -O1 or, where nothing is hot, -O0. -g1 has the lines of a report and builds in two thirds of the time. The warnings
  # below are false alarms that instrumentation brings in.
  list(APPEND panther_cxx_flags ${panther_sanitizer} -O${panther_is_hot} -g1 -Wno-maybe-uninitialized)
  # Three checks of every use of a pointer make units of templates two to four times as long to build. The address
  # sanitizer sees the accesses that they announce; in their place the standard library checks its indices.
  if(PANTHER_SANITIZE MATCHES "undefined")
    list(APPEND panther_cxx_flags -fno-sanitize=null,object-size,vptr -D_GLIBCXX_ASSERTIONS)
    # Two more of the same kind, but not for hot code, where most pointers are cast and computed.
    list(APPEND panther_cxx_flags $<$<NOT:${panther_is_hot}>:-fno-sanitize=alignment,pointer-overflow>)
  endif()
  if(PANTHER_SANITIZE MATCHES "thread")
    list(APPEND panther_cxx_flags -Wno-tsan)
  endif()
  target_link_options(panther_build_flags INTERFACE "$<BUILD_INTERFACE:${panther_sanitizer}>")
endif()

target_compile_options(
  panther_build_flags INTERFACE "$<BUILD_INTERFACE:$<$<COMPILE_LANGUAGE:CXX>:${panther_cxx_flags}>>"
                                "$<BUILD_INTERFACE:$<$<COMPILE_LANGUAGE:CUDA>:${panther_cuda_flags}>>")
