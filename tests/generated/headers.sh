#!/usr/bin/env bash
# Compiles each public header of akin alone, included twice, with every warning an error, and each source of
# akin::compiled; the seam as C++17 too, where every other header must be refused by one sentence.
# usage: headers.sh COMPILER EIGEN_INCLUDE_DIR INCLUDE_DIR [FLAG...]
set -euo pipefail
export compiler=$1 eigen=$2 include=$3 flags="${*:4}"

# The seam is what a CUDA translation unit sees.
seam='^akin/(config|version|error|execution|views|model/(fields|data_shape)|neighbors/similarity|.*_options)\.hpp$'
# Options of a call that no CUDA unit makes: they hold matrices.
not_seam=akin/tuning/fit_best_options.hpp

compile() {
  local standard=$1 header=$2
  # shellcheck disable=SC2086
  printf '#include <%s>\n' "$header" "$header" |
    "$compiler" "-std=$standard" -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror $flags \
      -I "$include" -isystem "$eigen" -fsyntax-only -x c++ - || { echo "$header does not compile alone as $standard"; exit 1; }
}

compile_source() {
  # shellcheck disable=SC2086
  "$compiler" -std=c++20 -DAKIN_COMPILED -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror $flags -I "$include" \
    -isystem "$eigen" -fsyntax-only "$include/$1" || { echo "$1 does not compile"; exit 1; }
}

# As C++17 or less: #error with the sentence, the include that stops the compiler, and nothing else.
refuse() {
  local standard=$1 header=$2 output errors
  output=$(printf '#include <%s>\n' "$header" |
    "$compiler" "-std=$standard" -I "$include" -isystem "$eigen" -fsyntax-only -x c++ - 2>&1) && {
    echo "$header must not compile as $standard"
    exit 1
  }
  errors=$(grep 'error: ' <<< "$output")
  [ "$(wc -l <<< "$errors")" = 2 ] && grep -q 'error: .*"akin needs C++20: compile with -std=c++20' <<< "$errors" &&
    grep -q 'fatal error: .*akin/compilation_stops_here' <<< "$errors" || {
    printf '%s must be refused in one sentence as %s, but:\n%s\n' "$header" "$standard" "$(head -n 20 <<< "$output")"
    exit 1
  }
}
export -f compile compile_source refuse

public=$(cd "$include" && find akin -name '*.hpp' -not -path '*/detail/*' | LC_ALL=C sort)
# The adaptor of a library that akin does not need is tested where that library is.
[ -f /usr/include/hnswlib/hnswlib.h ] || public=$(grep -v '^akin/retrieval/hnsw\.hpp$' <<< "$public")
in_seam() { grep -E "$seam" <<< "$public" | grep -vxF "$not_seam"; }
# Clang parses what comes before the refusal, which takes a second a header: every tenth is enough there.
every=1
[[ $("$compiler" --version) != *clang* ]] || every=10
jobs=$(
  sed 's/^/compile c++20 /' <<< "$public"
  (cd "$include" && find akin -path 'akin/compiled/*.cpp' | LC_ALL=C sort | sed 's/^/compile_source /')
  in_seam | sed 's/^/compile c++17 /' || true
  grep -vxFf <(in_seam) <<< "$public" | awk -v every=$every 'NR % every == 0 { print "refuse c++17 " $0 }'
  grep -xF akin/akin.hpp <<< "$public" | sed 's/^/refuse c++14 /' || true
)
xargs -P "$(nproc)" -L 1 bash -c '"$@"' call <<< "$jobs"
echo "$(wc -l <<< "$jobs") header compilations with $compiler"
