# SPDX-FileCopyrightText: The panther authors
# SPDX-License-Identifier: Apache-2.0
# Installs headers, libraries and the CMake package, so that
#   find_package(panther REQUIRED)   gives panther::devicemodels, panther::kernels, panther::nn, panther::datasets, ...
include(CMakePackageConfigHelpers)

set(panther_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/panther")
get_property(panther_installed GLOBAL PROPERTY PANTHER_LIBRARIES)
set_target_properties(panther_build_flags PROPERTIES EXPORT_NAME build_flags)

install(TARGETS panther_build_flags ${panther_installed} EXPORT panther_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT panther_targets NAMESPACE panther:: DESTINATION ${panther_package_dir})
foreach(folder IN ITEMS devicemodels kernels datasets host)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/panther"
          FILES_MATCHING PATTERN "*.hpp" PATTERN "tools" EXCLUDE)
endforeach()
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/panther-config.cmake.in"
                              "${PROJECT_BINARY_DIR}/panther-config.cmake" INSTALL_DESTINATION ${panther_package_dir})
write_basic_package_version_file("${PROJECT_BINARY_DIR}/panther-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/panther-config.cmake" "${PROJECT_BINARY_DIR}/panther-config-version.cmake"
        DESTINATION ${panther_package_dir})
