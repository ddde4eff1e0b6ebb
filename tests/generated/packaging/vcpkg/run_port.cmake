# Runs a port with stand-ins for the functions of vcpkg. Given: port (its folder), scratch (a folder), arguments (of each
# configuration). The package comes to lie in scratch/packages.
cmake_minimum_required(VERSION 3.22)

file(READ "${port}/vcpkg.json" manifest)
string(JSON PORT GET "${manifest}" name)
string(JSON VERSION GET "${manifest}" version)
set(CURRENT_PORT_DIR "${port}")
set(CURRENT_PACKAGES_DIR "${scratch}/packages")
set(build "${scratch}/build")

function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" SOURCE_PATH OPTIONS)
  execute_process(COMMAND "${CMAKE_COMMAND}" -S "${arg_SOURCE_PATH}" -B "${build}" ${arguments} ${arg_OPTIONS}
    "-DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR}" -DCMAKE_BUILD_TYPE=Release COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(vcpkg_cmake_install)
  if(NOT VCPKG_BUILD_TYPE STREQUAL "release")
    message(FATAL_ERROR "${PORT}: vcpkg would install a second, debug configuration of these headers")
  endif()
  execute_process(COMMAND "${CMAKE_COMMAND}" --build "${build}" --target install OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# The config moves to share/PORT, which is two folders below the prefix.
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" CONFIG_PATH "")
  set(step [[get_filename_component(_IMPORT_PREFIX "${_IMPORT_PREFIX}" PATH)]])
  file(GLOB files "${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}/*.cmake")
  foreach(file IN LISTS files)
    file(READ "${file}" text)
    string(REPLACE "${step}\n${step}\n${step}\n" "${step}\n${step}\n" text "${text}")
    get_filename_component(name "${file}" NAME)
    file(WRITE "${CURRENT_PACKAGES_DIR}/share/${PORT}/${name}" "${text}")
  endforeach()
  file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}/..")
endfunction()

function(vcpkg_fixup_pkgconfig)
  file(GLOB_RECURSE files "${CURRENT_PACKAGES_DIR}/*.pc")
  foreach(file IN LISTS files)
    file(STRINGS "${file}" absolute REGEX "=/|-I/")
    if(absolute OR NOT file MATCHES "/share/pkgconfig/")
      message(FATAL_ERROR "${PORT}: vcpkg would have to mend ${file}: ${absolute}")
    endif()
  endforeach()
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" FILE_LIST)
  configure_file("${arg_FILE_LIST}" "${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright" COPYONLY)
endfunction()

include("${port}/portfile.cmake")
