# akin::compiled: akin with its usual instantiations compiled once, in a static library that is built in the project which
# links it, with that project's flags. It brings OpenMP where there is any. Read by akin's own CMakeLists.txt and by the
# installed package, so that both define the same target.

# akin_add_compiled(NAME INCLUDE_DIR LIBRARY...): the library NAME of the sources below INCLUDE_DIR, which links LIBRARY.
function(akin_add_compiled name include)
  file(GLOB sources CONFIGURE_DEPENDS "${include}/akin/compiled/*.cpp")
  add_library(${name} STATIC EXCLUDE_FROM_ALL ${sources})
  target_compile_definitions(${name} PUBLIC AKIN_COMPILED)
  target_link_libraries(${name} PUBLIC ${ARGN})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()
