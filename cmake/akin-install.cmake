# Headers by folder, so that no list of headers can rot; a package config that finds its own dependencies.
include(CMakePackageConfigHelpers)

install(TARGETS akin EXPORT akin-targets)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/akin" DESTINATION include FILES_MATCHING PATTERN "*.hpp" PATTERN "*.cuh" PATTERN "*.cpp")
install(EXPORT akin-targets NAMESPACE akin:: DESTINATION share/cmake/akin)
# In a set of its own, which akin-config.cmake reads where it was asked for the component. Being in one at all lets a
# project that builds akin inside of itself export what links akin::openmp.
install(TARGETS akin_openmp EXPORT akin-openmp-targets)
install(EXPORT akin-openmp-targets NAMESPACE akin:: DESTINATION share/cmake/akin)

# While the major version is 0 a minor version may break; no pointer size matters to headers.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/akin-config-version.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES "${PROJECT_BINARY_DIR}/akin-config-version.cmake" cmake/akin-config.cmake cmake/akin-compiled.cmake cmake/akin-find-eigen.cmake
  DESTINATION share/cmake/akin)

configure_file(cmake/akin.pc.in "${PROJECT_BINARY_DIR}/akin.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/akin.pc" DESTINATION share/pkgconfig)
install(FILES LICENSE DESTINATION share/licenses/akin)
