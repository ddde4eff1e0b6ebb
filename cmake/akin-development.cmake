# What only akin's own tests, examples and benchmarks need. Nothing here reaches a consumer.

# Our own programs are standard C++, without the extensions of the compiler.
set(CMAKE_CXX_EXTENSIONS OFF)

# A build type nobody chose is Release, but a parent project chooses for itself.
get_property(akin_multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(PROJECT_IS_TOP_LEVEL AND NOT akin_multi_config AND NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()

if(NOT TARGET akin::openmp)
  message(FATAL_ERROR "akin's tests, examples and benchmarks need OpenMP: install it (clang on Debian and Ubuntu: libomp-dev), "
    "or configure with -DAKIN_BUILD_TESTS=OFF -DAKIN_BUILD_EXAMPLES=OFF -DAKIN_BUILD_BENCHMARKS=OFF")
endif()

add_library(akin_warnings INTERFACE)
target_compile_options(akin_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)

set(akin_sample_archive "${PROJECT_SOURCE_DIR}/data/online-retail.tar.xz")

# Unpacks the embedded sample where it is not yet unpacked, and gives the folder that holds its csv files.
function(akin_unpack_sample result)
  set(folder "${PROJECT_BINARY_DIR}/data/online-retail")
  if("${akin_sample_archive}" IS_NEWER_THAN "${folder}/.unpacked")
    file(ARCHIVE_EXTRACT INPUT "${akin_sample_archive}" DESTINATION "${folder}")
    file(TOUCH "${folder}/.unpacked")
  endif()
  set(${result} "${folder}" PARENT_SCOPE)
endfunction()

# The names of the folders directly below `root` that hold a .cpp file somewhere.
function(akin_rooms result root)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE "${root}" "${root}/*/*.cpp")
  list(TRANSFORM files REPLACE "/.*" "")
  list(REMOVE_DUPLICATES files)
  set(${result} "${files}" PARENT_SCOPE)
endfunction()
