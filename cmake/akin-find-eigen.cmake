# Finds Eigen 3.4 or 5, or says in akin_eigen_problem why not. A version is not asked for: Eigen 3.4.0 refuses the range
# "3.4...5" and Eigen 5 refuses "3.4", and asking twice would pass over what Eigen3_DIR or CMAKE_PREFIX_PATH put first.
set(akin_eigen_problem "")
if(NOT TARGET Eigen3::Eigen)
  find_package(Eigen3 CONFIG QUIET)
  if(NOT Eigen3_FOUND)
    set(akin_eigen_problem "akin needs Eigen 3.4 or 5, which was not found: install it (Debian and Ubuntu: libeigen3-dev), or set Eigen3_DIR or CMAKE_PREFIX_PATH")
  elseif(Eigen3_VERSION AND (Eigen3_VERSION VERSION_LESS 3.4 OR NOT Eigen3_VERSION VERSION_LESS 6))
    set(akin_eigen_problem "akin needs Eigen 3.4 or 5, but found Eigen ${Eigen3_VERSION} in ${Eigen3_DIR}: set Eigen3_DIR or CMAKE_PREFIX_PATH")
  endif()
endif()
