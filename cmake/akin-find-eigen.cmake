# Finds Eigen 3.4 or 5. A version range does not: Eigen 3.4.0 refuses "3.4...5", and Eigen 5 refuses "3.4". So ask twice.
if(NOT TARGET Eigen3::Eigen)
  find_package(Eigen3 3.4 CONFIG QUIET)
endif()
if(NOT TARGET Eigen3::Eigen)
  find_package(Eigen3 5 CONFIG QUIET)
endif()
