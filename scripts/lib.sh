# shellcheck shell=bash disable=SC2034
# Shared by the scripts of this folder: sourced, not run.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc 2> /dev/null || getconf _NPROCESSORS_ONLN || echo 2)
eigen_include=${EIGEN3_INCLUDE_DIR:-/usr/include/eigen3}

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# A file of PATH, not a word of the shell such as time.
has_command() { type -P "$1" > /dev/null; }

installed() { dpkg-query -W -f '${Status}\n' "$1" 2> /dev/null | grep -q 'ok installed'; }

# need PACKAGE...: makes sure that these Debian or Ubuntu packages are there; elsewhere only looks for their commands, and
# leaves it to CMake to say which library is missing.
need() {
  local missing=() package command as_root=()
  for package; do
    case $package in ninja-build) command=ninja ;; *) command=$package ;; esac
    if has_command "$command" || { has_command dpkg-query && installed "$package"; }; then continue; fi
    case $package in lib*-dev | nlohmann-json3-dev | catch2 | python3-venv) has_command apt-get || continue ;; esac
    missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  has_command apt-get || fail "please install these first (named as in Debian and Ubuntu): ${missing[*]}"
  if [ "$(id -u)" != 0 ]; then
    has_command sudo || fail "not root and no sudo; please install these first: ${missing[*]}"
    as_root=(sudo)
  fi
  printf 'installing: %s\n' "${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  { ${as_root[@]+"${as_root[@]}"} apt-get update -qq && ${as_root[@]+"${as_root[@]}"} apt-get install -y -qq "${missing[@]}"; } \
    > "${TMPDIR:-/tmp}/akin-apt.log" 2>&1 ||
    { tail -n 20 "${TMPDIR:-/tmp}/akin-apt.log"; fail "apt-get could not install: ${missing[*]}"; }
}

# Objects that any clone on this machine has compiled are taken from ccache, where it is installed: paths below the clone
# count as relative, and a precompiled header by what it was made of.
if has_command ccache; then
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CMAKE_CXX_COMPILER_LAUNCHER=ccache
  export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
fi

# Conan and the headers of Eigen 5, which the Python package eigency carries: for tests of packaging, which are skipped
# where these cannot be had.
get_packaging_tools() {
  local folder=$root/build/packaging-tools
  [ ! -f "$folder/complete" ] || return 0
  if python3 -m venv "$folder" && "$folder/bin/pip" install -q 'conan>=2,<3' &&
    "$folder/bin/pip" install -q --no-deps 'eigency>=5,<6'; then touch "$folder/complete"; fi > "$folder.log" 2>&1
  [ -f "$folder/complete" ] || printf 'no Conan, or no Eigen 5, tests that need it are skipped: %s\n' "$(tail -n 1 "$folder.log")"
}

# configure FOLDER ARGUMENT...: with Ninja where there is one and the folder is new.
configure() {
  local folder=$1 generator=()
  shift
  [ -f "$folder/CMakeCache.txt" ] || ! has_command ninja || generator=(-G Ninja)
  (cd "$root" && cmake -B "$folder" ${generator[@]+"${generator[@]}"} "$@" > "$folder.log" 2>&1) ||
    { cat "$folder.log"; fail "CMake could not configure $folder"; }
}
