#!/usr/bin/env bash
# The program of test_package/ with akin and Eigen on the include path and nothing else, as users without CMake compile it.
# usage: without_cmake.sh CASE SOURCE_DIR SCRATCH_DIR COMPILER EIGEN_INCLUDE_DIR
# Exits with 77 if what a case needs is not there.
set -euo pipefail
case=$1 source=$2 scratch=$3/without_cmake.$1 compiler=$4 eigen=$5

skip() { printf '%s: skipped: %s\n' "$case" "$*"; exit 77; }

# compile FLAG...: with the warnings that users may make errors; Eigen's own are not ours to mend.
compile() {
  "$compiler" -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -I "$source/include" -isystem "$eigen" "$@" \
    "$source/test_package/main.cpp"
}

run() {
  compile "$@" -o "$scratch/shop"
  (cd "$scratch" && ./shop)
}

# The folder of the headers of Eigen 5, which scripts/test --all gets.
eigen5() {
  local folder
  for folder in "$source"/build/packaging-tools/lib/python3*/site-packages/eigency/eigen; do
    ! grep -qs '"5\.' "$folder/Eigen/Version" || echo "$folder"
  done
}

libcxx_works() { "$compiler" -std=c++20 -stdlib=libc++ -fsyntax-only -x c++ - <<< '#include <charconv>' 2> "$scratch/log"; }

rm -rf "${scratch:?}"
mkdir -p "$scratch"
case $case in
  no_exceptions) run -std=c++20 -fno-exceptions ;;
  cxx23) compile -std=c++23 -fsyntax-only ;;
  libcxx)
    compiler=$(type -P clang++ || true)
    [ -n "$compiler" ] || skip 'there is no clang++'
    libcxx_works || skip "clang++ finds no libc++ (Debian and Ubuntu: libc++-dev libc++abi-dev): $(< "$scratch/log")"
    run -std=c++20 -stdlib=libc++
    ;;
  eigen5)
    eigen=$(eigen5)
    [ -n "$eigen" ] || skip 'there are no headers of Eigen 5 in build/packaging-tools: scripts/test --all gets them'
    run -std=c++20
    ;;
  strict)
    "$compiler" --version | grep -q 'Free Software Foundation' || skip 'clang++ has no -Wuseless-cast'
    compile -std=c++20 -fsyntax-only -Wsign-conversion -Wuseless-cast
    ;;
  *) printf 'no such case: %s\n' "$case"; exit 1 ;;
esac
