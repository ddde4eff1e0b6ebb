#!/usr/bin/env bash
# Makes the Conan package and lets test_package/ use it, with a Conan home of its own and without a network.
# usage: conan.sh SOURCE_DIR SCRATCH_DIR COMPILER EIGEN_INCLUDE_DIR
# Exits with 77 if there is no Conan 2, neither from scripts/test --all nor on the PATH.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$1 scratch=$2/conan
PATH=$1/build/packaging-tools/bin:$PATH
conan --version 2> /dev/null | grep -q 'version 2' ||
  { echo 'conan: skipped: there is no Conan 2: scripts/test --all gets it, or pip install conan'; exit 77; }

fail() { printf 'conan: %s\n' "$*"; exit 1; }

rm -rf "${scratch:?}"
mkdir -p "$scratch"
export CONAN_HOME=$scratch/home CXX=$3 EIGEN_INCLUDE=$4 OMP_WAIT_POLICY=passive
cp -r "$source/test_package" "$scratch/test_package"  # which Conan builds where it lies
settings=(-s compiler.cppstd=20)
command -v ninja > /dev/null && settings+=(-c tools.cmake.cmaketoolchain:generator=Ninja)

conan profile detect
conan create "$here/conan" --version 3.4.0 --no-remote "${settings[@]}"
conan create "$source" --no-remote -s build_type=Debug -tf "$scratch/test_package" "${settings[@]}"
version=$(conan inspect "$source" | sed -n 's/^version: //p')

# The package of Debug is that of every setting and option: nothing is built for another.
request() {
  conan install --requires="akin/$version" --no-remote --build=never -of "$scratch/install" "${settings[@]}" "$@"
}
request -s build_type=Release -s compiler.cppstd=23 -o 'akin/*:compiled=True' || fail 'its id depends on settings or options'
if request -s compiler.cppstd=17 > "$scratch/log" 2>&1; then fail 'must refuse C++17'; fi

package=$(conan cache path "akin/$version:$(conan list "akin/$version:*" --format=compact | grep -o '[0-9a-f]\{40\}$')")
[ -f "$package/licenses/LICENSE" ] || fail 'must carry its licence'
for folder in lib bin; do [ ! -e "$package/$folder" ] || fail "must be headers alone, but has $folder"; done

conan test "$scratch/test_package" "akin/$version" --no-remote -s build_type=Debug -o 'akin/*:compiled=True' "${settings[@]}"
