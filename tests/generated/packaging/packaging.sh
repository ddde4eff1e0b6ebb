#!/usr/bin/env bash
# Installs akin into a scratch folder and lets consumers find, build and run it, as a packager would.
# usage: packaging.sh SCENARIO SOURCE_DIR SCRATCH_DIR COMPILER EIGEN_INCLUDE_DIR
# Scenario install comes first, the others use what it installed. Exits with 77 if what a scenario needs is not there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scenario=$1 source=$2 scratch=$3 compiler=$4 eigen=$5
prefix=$scratch/prefix
common=(-DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_ERROR_ON_ABSOLUTE_INSTALL_DESTINATION=ON
  -DCMAKE_EXPORT_NO_PACKAGE_REGISTRY=ON -DFETCHCONTENT_FULLY_DISCONNECTED=ON -DCMAKE_BUILD_TYPE=)
command -v ninja > /dev/null && common+=(-G Ninja)

fail() { printf '%s: %s\n' "$scenario" "$*"; exit 1; }

skip() { printf '%s: skipped: %s\n' "$scenario" "$*"; exit 77; }

# configure CONSUMER ARGUMENT...
configure() { cmake -S "$here/$1" -B "$scratch/$scenario" "${common[@]}" -DCMAKE_PREFIX_PATH="$prefix" "${@:2}"; }

# What the second unit of the consumer of akin::compiled has and lacks.
symbols() { nm -C "$(find "$scratch/compiled" -path '*/train.dir/train.cpp.o*')"; }

run() { cmake --build "$scratch/$scenario" --target run; }

# The sentence must be in what a failed configuration says, however CMake breaks its lines.
must_be_refused() {
  local sentence=$1 output
  shift
  if output=$(configure installed "$@" 2>&1); then fail "must be refused, but configured"; fi
  tr -s ' \n' ' ' <<< "$output" | grep -qF "$sentence" || fail "must say '$sentence', but said: $output"
  echo "refused: $sentence"
}

# pretend_eigen VERSION: a package config like Eigen's own, which accepts its own major version alone.
pretend_eigen() {
  local folder=$scratch/$scenario-eigen
  mkdir -p "$folder"
  cat > "$folder/Eigen3ConfigVersion.cmake" << VERSION
set(PACKAGE_VERSION $1)
if(PACKAGE_FIND_VERSION_RANGE OR (PACKAGE_FIND_VERSION AND NOT PACKAGE_FIND_VERSION_MAJOR EQUAL ${1%%.*}))
  set(PACKAGE_VERSION_COMPATIBLE FALSE)
else()
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
VERSION
  cat > "$folder/Eigen3Config.cmake" << CONFIG
add_library(Eigen3::Eigen INTERFACE IMPORTED)
set_target_properties(Eigen3::Eigen PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "$eigen")
CONFIG
  echo "-DEigen3_DIR=$folder"
}

# pkg_config VERSION ARGUMENT...: asks about the akin below $prefix, on a machine with this version of Eigen.
pkg_config() {
  local folder=$scratch/$scenario/eigen-$1
  mkdir -p "$folder"
  printf 'Name: eigen3\nDescription: Eigen\nVersion: %s\nCflags: -I%s\n' "$1" "$eigen" > "$folder/eigen3.pc"
  PKG_CONFIG_PATH=$folder:$prefix/share/pkgconfig pkg-config "${@:2}" akin
}

# Compiles and runs a consumer with what pkg-config says.
run_with_pkg_config() {
  local flags version
  flags=$(pkg_config 3.4.0 --cflags)
  version=$(pkg_config 3.4.0 --modversion)
  [[ $flags == *"-I$prefix/"* ]] || fail "must name $prefix, but the flags are $flags"
  # shellcheck disable=SC2086
  "$compiler" -std=c++20 "-DEXPECTED_VERSION=\"$version\"" $flags "$here/main.cpp" -o "$scratch/$scenario/consumer"
  "$scratch/$scenario/consumer"
}

rm -rf "${scratch:?}/$scenario" "$scratch/$scenario-prefix"
case $scenario in
  install)
    rm -rf "$prefix"
    cmake -S "$source" -B "$scratch/install" "${common[@]}" -DAKIN_BUILD_TESTS=OFF -DAKIN_BUILD_EXAMPLES=OFF \
      -DAKIN_BUILD_BENCHMARKS=OFF
    cmake --install "$scratch/install" --prefix "$prefix" > /dev/null
    difference=$(diff <(cd "$source/include" && find . -name '*.hpp' -o -name '*.cuh' -o -path './akin/compiled/*.cpp' | sort) \
      <(cd "$prefix/include" && find . -type f | sort)) || fail "installed headers differ: $difference"
    beside=$(cd "$prefix" && find . -type f -not -path './include/akin/*' -not -path './share/cmake/akin/*' | sort | tr '\n' ' ')
    [ "$beside" = './share/licenses/akin/LICENSE ./share/pkgconfig/akin.pc ' ] ||
      fail "must install its licence and akin.pc beside headers and package config, but installs $beside"
    cmp "$source/LICENSE" "$prefix/share/licenses/akin/LICENSE"
    without=$scratch/without-openmp
    cmake -S "$source" -B "$scratch/install-without" "${common[@]}" -DAKIN_BUILD_TESTS=OFF -DAKIN_BUILD_EXAMPLES=OFF \
      -DAKIN_BUILD_BENCHMARKS=OFF -DCMAKE_DISABLE_FIND_PACKAGE_OpenMP=ON > /dev/null
    rm -rf "$without"
    cmake --install "$scratch/install-without" --prefix "$without" > /dev/null
    difference=$(diff -r "$prefix" "$without") || fail "what is installed depends on OpenMP: $difference"
    baked=$(grep -rlF -e "$source/include" -e "$source/cmake" -e "$scratch" "$prefix" || true)
    [ -z "$baked" ] || fail "installed files name folders of the build: $baked"
    ;;
  plain)
    configure installed -Dtarget=akin::akin
    run
    ;;
  moved)  # an installed package may be moved as a whole
    rm -rf "$scratch/elsewhere"
    cp -r "$prefix" "$scratch/elsewhere"
    prefix=$scratch/elsewhere
    configure installed -Dtarget=akin::akin
    run
    ;;
  pkgconfig)
    command -v pkg-config > /dev/null || skip 'there is no pkg-config'
    run_with_pkg_config
    cp -r "$prefix" "$scratch/$scenario/elsewhere"
    prefix=$scratch/$scenario/elsewhere
    run_with_pkg_config
    pkg_config 5.0.1 --exists || fail 'refuses Eigen 5'
    for version in 3.3.9 6.0.0; do
      if pkg_config $version --exists; then fail "takes Eigen $version"; fi
    done
    ;;
  vcpkg)
    arguments=$(IFS=';' && echo "${common[*]}")
    cmake "-Dport=$source/packaging/vcpkg" "-Dscratch=$scratch/vcpkg" "-Darguments=$arguments" -P "$here/vcpkg/run_port.cmake"
    prefix=$scratch/vcpkg/packages
    beside=$(cd "$prefix" && find . -type f -not -path './include/akin/*' -not -path './share/akin/*.cmake' | sort | tr '\n' ' ')
    [ "$beside" = './share/akin/copyright ./share/akin/usage ./share/pkgconfig/akin.pc ' ] ||
      fail "must install copyright, usage and akin.pc beside headers and its config in share/akin, but installs $beside"
    grep -q '^MIT License' "$prefix/share/akin/copyright" || fail 'the copyright must be the licence'
    scenario=vcpkg-consumer
    rm -rf "${scratch:?}/$scenario"
    # The version of the port is that of the headers, or this request is refused.
    version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$source/packaging/vcpkg/vcpkg.json")
    configure installed -Dtarget=akin::openmp "-Drequest=EXACT;COMPONENTS;openmp" "-Dversion=$version" > "$scratch/vcpkg/consumer.log" 2>&1 ||
      fail "a consumer that asks for $version, the version in vcpkg.json, was refused: $(< "$scratch/vcpkg/consumer.log")"
    run
    ;;
  openmp)
    configure installed -Dtarget=akin::openmp "-Drequest=COMPONENTS;openmp"
    run
    ;;
  unknown_component)
    must_be_refused "akin has no component 'nonsense'; it has: compiled, openmp" -Dtarget=akin::akin "-Drequest=COMPONENTS;nonsense"
    ;;
  optional_component)
    configure installed -Dtarget=akin::akin "-Drequest=OPTIONAL_COMPONENTS;nonsense"
    run
    ;;
  version_mismatch)
    must_be_refused 'compatible with requested version "99.0"' -Dtarget=akin::akin -Dversion=99.0
    ;;
  no_eigen)
    must_be_refused 'akin needs Eigen 3.4 or 5, which was not found' -Dtarget=akin::akin \
      -DCMAKE_DISABLE_FIND_PACKAGE_Eigen3=ON
    ;;
  eigen5)
    configure installed -Dtarget=akin::akin "$(pretend_eigen 5.0.1)"
    run
    ;;
  eigen_too_old)
    must_be_refused 'akin needs Eigen 3.4 or 5, but found Eigen 3.3.9 in' -Dtarget=akin::akin "$(pretend_eigen 3.3.9)"
    ;;
  fetched | fetched_openmp)
    target=akin::akin
    [ "$scenario" = fetched ] || target=akin::openmp
    configure fetched -Dakin="$source" -Dtarget=$target
    run
    cmake --install "$scratch/$scenario" --prefix "$scratch/$scenario-prefix"
    stray=$(find "$scratch/$scenario-prefix" -type f -not -path '*/bin/consumer')
    [ -z "$stray" ] || fail "the parent's install carries files of akin: $stray"
    ;;
  compiled)  # two units: both compiled, one header-only, one of another instruction set, one without a library of its flags
    configure compiled
    run
    grep -q ' U .*implicit_als_task<float, int> >::learn(' <<< "$(symbols)" || fail 'the unit compiles the training itself'
    configure compiled -Dsecond=akin::openmp
    run
    grep -q ' W .*trainer<.*implicit_als_task<float, int> >::take(' <<< "$(symbols)" || fail 'the unit is not header-only'
    configure compiled -Dsecond= "-Dsecond_flags=-mavx2;-mfma"  # the unit and a library of its own
    if grep -q ' avx2 ' /proc/cpuinfo; then run; else cmake --build "$scratch/$scenario"; fi
    configure compiled -Dsecond_flags=
    for flags in -mavx2 '-fsanitize=address' -DAKIN_ENABLE_ASSERTIONS; do
      configure compiled "-Dflags=$flags"
      if output=$(run 2>&1); then fail "must not link: its unit has $flags, the library has not"; fi
      grep -q 'undefined reference to .*akin_compiled_was_built_with_other_flags_than_this_unit' <<< "$output" ||
        fail "must say that flags differ, but said: $output"
    done
    ;;
  compiled_fetched)
    configure compiled -Dakin="$source"
    run
    cmake --install "$scratch/$scenario" --prefix "$scratch/$scenario-prefix"
    ! find "$scratch/$scenario-prefix" -type f | grep . || fail "the parent's install carries files of akin"
    ;;
  exported)  # a library that links akin::openmp is exported, and found by a consumer that never heard of akin
    configure exported -Dakin="$source"
    cmake --install "$scratch/exported" --prefix "$scratch/exported-prefix" > /dev/null
    scenario=exported-consumer
    rm -rf "${scratch:?}/$scenario"
    prefix=$scratch/exported-prefix
    configure installed -Dpackage=shop -Dtarget=shop -Dopenmp=ON
    run
    ;;
  *) fail "no such scenario" ;;
esac
