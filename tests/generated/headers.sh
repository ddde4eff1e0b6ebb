#!/usr/bin/env bash
# Compiles each public header of akin alone, included twice, with every warning an error; the seam as C++17 too.
# usage: headers.sh COMPILER EIGEN_INCLUDE_DIR INCLUDE_DIR [FLAG...]
set -euo pipefail
export compiler=$1 eigen=$2 include=$3 flags="${*:4}"

# The seam is what a CUDA translation unit sees.
seam='^akin/(config|version|error|execution|views|.*_options)\.hpp$'

compile() {
  local standard=$1 header=$2
  # shellcheck disable=SC2086
  printf '#include <%s>\n' "$header" "$header" |
    "$compiler" "-std=$standard" -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror $flags \
      -I "$include" -isystem "$eigen" -fsyntax-only -x c++ - || { echo "$header does not compile alone as $standard"; exit 1; }
}
export -f compile

public=$(cd "$include" && find akin -name '*.hpp' -not -path '*/detail/*' | LC_ALL=C sort)
# The adaptor of a library that akin does not need is tested where that library is.
[ -f /usr/include/hnswlib/hnswlib.h ] || public=$(grep -v '^akin/retrieval/hnsw\.hpp$' <<< "$public")
jobs=$(sed 's/^/c++20 /' <<< "$public"; grep -E "$seam" <<< "$public" | sed 's/^/c++17 /' || true)
xargs -P "$(nproc)" -L 1 bash -c 'compile "$@"' compile <<< "$jobs"
echo "$(wc -l <<< "$jobs") header compilations with $compiler"
