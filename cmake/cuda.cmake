# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
# Decides whether the CUDA backend is built. Sets PANTHER_HAS_CUDA to ON or OFF.

set(PANTHER_HAS_CUDA OFF)

if(NOT PANTHER_CUDA MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "PANTHER_CUDA is '${PANTHER_CUDA}' (allowed: AUTO, ON, OFF)")
endif()

if(NOT PANTHER_CUDA STREQUAL "OFF")
  # The host half of a .cu file must be compiled by the same compiler as every other unit.
  if(NOT DEFINED CMAKE_CUDA_HOST_COMPILER AND NOT DEFINED ENV{CUDAHOSTCXX})
    set(CMAKE_CUDA_HOST_COMPILER "${CMAKE_CXX_COMPILER}" CACHE FILEPATH "Host compiler of nvcc")
  endif()
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 90 CACHE STRING "CUDA architectures")
  endif()

  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
    find_package(CUDAToolkit REQUIRED)
    set(PANTHER_HAS_CUDA ON)
  elseif(PANTHER_CUDA STREQUAL "ON")
    message(FATAL_ERROR "PANTHER_CUDA=ON, but no CUDA compiler was found: put nvcc on PATH or set CUDACXX")
  endif()
endif()

message(STATUS "panther: CUDA backend ${PANTHER_HAS_CUDA} (PANTHER_CUDA=${PANTHER_CUDA})")
