#!/usr/bin/env bash
# Rules of the house that a grep can check.
# usage: rules.sh ROOT         reports every line that breaks one, fails if there is any
#        rules.sh --self-test  plants a violation of each rule and fails unless each is reported
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Rooms from the bottom up; a header includes its own room and those to its left.
rooms=(kernels io data model train retrieval baselines neighbors linear graph factorization content sessions metrics evaluation selection experiments report hybrid
  serving tuning cuda)

# From version.hpp to akin.hpp; the highest are the models of models that a file names, above the search of factors.
most_floors=16

# Rooms of models are siblings: none includes another.
models=(baselines neighbors linear graph factorization content sessions)

headers() { (cd "$root" && find include/akin \( -name '*.hpp' -o -name '*.cuh' \) | LC_ALL=C sort); }

# Every line of the library's code as path:line:text, without comments.
code() { (cd "$root" && headers | xargs -r grep -nH '' | sed 's|//.*||'); }

# report RULE LINES: says what is wrong, if anything is.
report() {
  [ -n "$2" ] || return 0
  printf 'rule: %s\n%s\n' "$1" "$(sed 's/^/  /' <<< "$2")"
  broken=$((broken + 1))
}

# forbid RULE PATTERN [EXCEPT]: no line of code may match PATTERN, but for those whose path matches EXCEPT.
forbid() {
  local lines
  lines=$(grep -P "^[^:]+:\d+:.*(?:$2)" <<< "$all_code" | grep -vP "^(?:${3:-^$})" || true)
  report "$1" "$lines"
}

headers_without() {
  (cd "$root" && headers | grep -vE "${2:-^$}" | xargs -r grep -LE "$1" || true)
}

untested_headers() {
  local list=$root/tests/generated/tested_elsewhere.txt header path
  while read -r header; do
    path=${header#include/akin/}
    path=${path%.hpp}
    [ -f "$root/tests/$path.cpp" ] || [ -f "$root/tests/${path%_options}.cpp" ] && continue
    [ -f "$list" ] && grep -qE "^$path\.hpp +[^ ]" "$list" && continue
    echo "$header: needs tests/$path.cpp, or a line with the reason in tests/generated/tested_elsewhere.txt"
  done < <(headers | grep '\.hpp$' | grep -v /detail/)
  [ -f "$list" ] || return 0
  while read -r path _; do
    [ -f "$root/include/akin/$path" ] && [ ! -f "$root/tests/${path%.hpp}.cpp" ] && continue
    echo "tests/generated/tested_elsewhere.txt: $path is gone, or has a test of its own"
  done < <(grep -vE '^(#|$)' "$list")
}

# Every include of ours, as "from to path:line:text"; from and to are paths in include/akin.
includes_of_all() {
  awk -F: '
    $3 ~ /^ *# *include <akin\// {
      from = $1; sub("include/akin/", "", from)
      to = $3; sub(/.*<akin\//, "", to); sub(/>.*/, "", to)
      print from, to, $0
    }' <<< "$all_code"
}

# The same but for the umbrella.
includes() { includes_of_all | awk '$1 != "akin.hpp"'; }

# The lines of includes() for which an awk expression is true, which knows from_room, to_room and to; they begin with the
# path again.
includes_where() {
  includes | awk -v rooms="${rooms[*]}" -v models="${models[*]}" '
    function room(path) { return match(path, /\//) ? substr(path, 1, RSTART - 1) : "" }
    BEGIN {
      n = split(rooms, names, " "); for (i = 1; i <= n; ++i) place[names[i]] = i
      n = split(models, names, " "); for (i = 1; i <= n; ++i) is_model[names[i]] = 1
    }
    { to = $2; from_room = room($1); to_room = room(to) }
    '"$1"' { sub(/^[^ ]+ [^ ]+ /, ""); print }'
}

# The longest chain of includes of ours, if it is longer than `most_floors`.
high_floors() {
  includes_of_all | awk -v most="$most_floors" '
    { below[$1] = below[$1] " " $2 }
    function floors(file, i, n, names, height) {
      if (file in known) return known[file]
      n = split(below[file], names, " ")
      known[file] = 1
      for (i = 1; i <= n; ++i)
        if ((height = floors(names[i]) + 1) > known[file]) { known[file] = height; next_of[file] = names[i] }
      return known[file]
    }
    END {
      for (file in below) if (floors(file) > highest) { highest = floors(file); top = file }
      if (highest <= most) exit
      printf "include/akin/%s: %d floors:", top, highest
      for (file = top; file != ""; file = next_of[file]) printf " %s", file
      print ""
    }'
}

# Each assertion with a message, on one line; those without one are about our own constants.
unsigned_assertions() {
  (cd "$root" && headers | xargs -r perl -0777 -ne '
    s|//[^\n]*||g;
    while (/static_assert\s*(\((?:[^()"]|"(?:\\.|[^"\\])*"|(?1))*\))\s*;/g) {
      my $assertion = $1;
      next if $assertion !~ /"/ || $assertion =~ /"akin: /;
      $assertion =~ s/\s+/ /g;
      print "$ARGV: $assertion\n";
    }')
}

machine_paths() {
  (cd "$root" && find . -type f \( -name '*.[hc]pp' -o -name '*.cu*' -o -name '*.md' -o -name '*.txt' -o -name '*.cmake' \
    -o -name '*.json' -o -name '*.py' -o -name '*.sh' -o -path './scripts/*' -o -path './.ci/*' \) \
    -not -path './build*' -not -path './.git/*' -print0 | xargs -0 -r grep -nHE '(^|[^A-Za-z0-9_.>})-])/(home|tmp|root|work)/' |
    sed 's|^\./||' || true)
}

check() {
  root=$1
  broken=0
  all_code=$(code)
  forbid 'the library never prints' '\b(printf|puts|putchar)\s*\(|\bstd(out|err)\b|std::(cout|cerr|clog)\b'
  forbid 'the library never ends the program' '\b(abort|exit|_Exit|quick_exit|terminate)\s*\(' 'include/akin/config\.hpp:'
  forbid 'OpenMP is asked for through AKIN_OMP' '#\s*pragma\s+omp|_Pragma\s*\(\s*"omp'
  # NO_MANUAL_VECTORIZATION is a switch of hnswlib's.
  forbid 'macros begin with AKIN_' '#\s*define\s+(?!AKIN_|NO_MANUAL_VECTORIZATION$)'
  forbid 'a .hpp includes no CUDA' '#\s*include\s*([<"](cuda|cu(blas|solver|sparse|rand|fft)|cub/|thrust/|nccl|device_launch)|.*\.cuh[>"])' \
    '[^:]*\.cuh:'
  forbid 'no heavy standard header' '#\s*include\s*<(iostream|random|ranges|regex|execution|sstream)>'
  forbid 'compiler extensions live in config.hpp and kernels/' '__attribute__|__builtin_|__declspec|__forceinline|immintrin' \
    'include/akin/(config\.hpp|kernels/[^:]*|[^:]*\.cuh):'
  forbid 'kernels include nothing of ours but config.hpp, language.hpp and kernels' '#\s*include\s*<(Eigen/|akin/(?!config\.hpp|language\.hpp|kernels/))' \
    'include/akin/(?!kernels/)'
  forbid 'kernels are called by their plain functions' '\bkernels::call(_on)?\s*<|\bInstructionSet\b' 'include/akin/kernels/[^:]*:'
  forbid 'Eigen is included through eigen.hpp, which keeps macros away from it' '#\s*include\s*[<"]Eigen/' 'include/akin/eigen\.hpp:'
  report 'a room includes rooms before it, not after' "$(includes_where 'from_room != "cuda" && place[to_room] > place[from_room]')"
  report 'rooms of models do not include each other' \
    "$(includes_where 'is_model[from_room] && is_model[to_room] && from_room != to_room')"
  report 'a header includes detail/ of its own room only' \
    "$(includes_where 'to ~ /\/detail\// && from_room != to_room')"
  report 'compiled/ includes no detail/' "$(cd "$root" && grep -nHs '#include.*/detail/' include/akin/compiled/*.cpp || true)"
  report 'no chain of includes is long' "$(high_floors)"
  report 'every header begins with #pragma once' "$(headers_without '^#pragma once')"
  report 'all code lives in AKIN_ABI or AKIN_SEAM' "$(headers_without 'AKIN_(ABI|SEAM)|^/// Moved to <akin/' '/(akin|version|config|language|eigen)\.hpp|\.cuh')"
  report 'every public header has a test at the same path' "$(untested_headers)"
  report 'messages of static_assert begin with "akin: "' "$(unsigned_assertions)"
  report 'no file names a path of one machine' "$(machine_paths)"
  [ $broken = 0 ] || { printf '%s rules are broken\n' "$broken"; return 1; }
}

clean=$'#pragma once\nnamespace akin::inline AKIN_ABI {}'

# A tree with one clean header that has its test.
clean_tree() {
  local tree=$1
  mkdir -p "$tree"/include/akin/{kernels,data,metrics,graph,evaluation,compiled} "$tree"/tests/{kernels,data,metrics,graph,evaluation,compiled,generated}
  printf '%s\n' "$clean" > "$tree/include/akin/data/clean.hpp"
  touch "$tree/tests/data/clean.cpp"
}

# expect RULE PATH TEXT: with TEXT planted at PATH the check must fail and report that rule at that path.
expect() {
  local tree=$scratch/$((++cases)) output
  clean_tree "$tree"
  printf '%s\n' "$3" > "$tree/$2"
  case $2 in include/*) [ -z "${untested:-}" ] && touch "$tree/tests/$(sed 's|include/akin/||; s|\.hpp$|.cpp|' <<< "$2")" ;; esac
  if output=$(check "$tree") || ! grep -qF "rule: $1" <<< "$output" || ! grep -qF "  $2" <<< "$output"; then
    printf 'self-test: "%s" was not reported for %s holding:\n%s\nbut this:\n%s\n' "$1" "$2" "$3" "$output"
    exit 1
  fi
}

# A chain of one header more than is allowed must be reported.
expect_chain() {
  local tree=$scratch/chain floor output
  clean_tree "$tree"
  for ((floor = 1; floor <= most_floors; ++floor)); do
    printf '%s\n' "$clean" "#include <akin/data/floor$((floor - 1)).hpp>" > "$tree/include/akin/data/floor$floor.hpp"
    touch "$tree/tests/data/floor$floor.cpp"
  done
  printf '%s\n' "$clean" > "$tree/include/akin/data/floor0.hpp"
  touch "$tree/tests/data/floor0.cpp"
  if output=$(check "$tree") || ! grep -qF 'rule: no chain of includes is long' <<< "$output"; then
    printf 'self-test: a chain of %s headers was not reported, but this:\n%s\n' "$((most_floors + 1))" "$output"
    exit 1
  fi
  rm "$tree/include/akin/data/floor$most_floors.hpp" "$tree/tests/data/floor$most_floors.cpp"
  check "$tree" || { echo 'self-test: a chain of so many headers must pass'; exit 1; }
  cases=$((cases + 1))
}

self_test() {
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  cases=0
  clean_tree "$scratch/clean"
  printf '%s\n' "$clean" '// std::cout, abort(), #define X: a comment may say anything' 'inline auto f = std::snprintf(a, b, "c");' \
    > "$scratch/clean/include/akin/data/clean.hpp"
  printf '%s\n' "$clean" '#include <akin/evaluation/detail/x.hpp>' '#include <akin/retrieval/rank.hpp>' '#include <akin/graph/x.hpp>' \
    > "$scratch/clean/include/akin/evaluation/allowed.hpp"
  touch "$scratch/clean/tests/evaluation/allowed.cpp"
  check "$scratch/clean" || { echo 'self-test: a clean tree must pass'; exit 1; }

  local header=include/akin/data/x.hpp line
  for line in 'std::cout << 1;' 'std::printf("x");' 'puts ("x");' 'std::fputs("x", stderr);'; do
    expect 'the library never prints' $header "$clean"$'\n'"$line"
  done
  expect 'the library never ends the program' $header "$clean"$'\nstd::abort();'
  expect 'OpenMP is asked for through AKIN_OMP' $header "$clean"$'\n #pragma omp parallel'
  expect 'macros begin with AKIN_' $header "$clean"$'\n#  define ASSERT(x)'
  expect 'a .hpp includes no CUDA' $header "$clean"$'\n#include <cuda_runtime.h>'
  expect 'a .hpp includes no CUDA' $header "$clean"$'\n#include <akin/cuda/x.cuh>'
  expect 'no heavy standard header' $header "$clean"$'\n#include <iostream>'
  expect 'compiler extensions live' $header "$clean"$'\n__builtin_expect(x, 1);'
  expect 'kernels include nothing of ours' include/akin/kernels/x.hpp "$clean"$'\n#include <akin/views.hpp>'
  expect 'kernels are called by their plain functions' $header "$clean"$'\nkernels::call<kernels::dot_kernel>(x, y);'
  expect 'kernels are called by their plain functions' $header "$clean"$'\ntemplate <class InstructionSet> void run();'
  expect 'Eigen is included through eigen.hpp' $header "$clean"$'\n#include <Eigen/SparseCore>'
  expect 'a room includes rooms before it' $header "$clean"$'\n#include <akin/metrics/ranking.hpp>'
  expect 'a room includes rooms before it' include/akin/x.hpp "$clean"$'\n#include <akin/data/clean.hpp>'
  expect 'rooms of models do not include each other' include/akin/graph/x.hpp "$clean"$'\n#include <akin/linear/slim.hpp>'
  expect 'a header includes detail/ of its own room only' include/akin/graph/x.hpp "$clean"$'\n#include <akin/data/detail/x.hpp>'
  expect 'compiled/ includes no detail/' include/akin/compiled/x.cpp '#include <akin/graph/detail/x.hpp>'
  expect 'a header includes detail/ of its own room only' include/akin/evaluation/x.hpp "$clean"$'\n#include <akin/retrieval/detail/tile_search.hpp>'
  expect_chain
  expect 'every header begins with #pragma once' $header 'namespace akin::inline AKIN_ABI {}'
  expect 'all code lives in AKIN_ABI' $header $'#pragma once\nnamespace akin {}'
  expect 'messages of static_assert begin with "akin: "' $header "$clean"$'\nstatic_assert(f(1, (2)),\n  "a model (of yours) must fit");'
  untested=1 expect 'every public header has a test' $header "$clean"
  expect 'every public header has a test' tests/generated/tested_elsewhere.txt 'data/gone.hpp some reason'
  expect 'no file names a path' tests/data/x.cpp 'open("/ho''me/me/data.csv")'
  echo "$cases planted violations were reported"
}

if [ "${1:-}" = --self-test ]; then self_test; else check "${1:-$here/../..}"; fi
