#!/usr/bin/env bash
# Checks the pages: relative links lead to files, pages of models have their sections in order, programs compile and run.
# usage: docs.sh ROOT COMPILER EIGEN_INCLUDE_DIR SAMPLE_DIR [LIBRARY]
#                                       reports everything that is wrong, fails if anything is
#        docs.sh --self-test COMPILER   plants mistakes and fails unless each is reported
#
# LIBRARY is akin::compiled with assertions, for the programs of docs/; without it, in README.md, and with flags of its own a
# program is header-only.
# A program is a ```cpp block of README.md or docs/ with "int main". It runs in a folder that holds the files of the
# sample and must exit with 0. A line "// compile with: FLAGS" adds flags.
set -euo pipefail

# A page may name a result that it does not go on to use.
unused='-Wno-unused-variable -Wno-unused-but-set-variable'
sections='What it is|When to use it|Objective|Parameters, effect and range|Complexity and memory|Determinism|Example|References'

say_wrong() {
  printf '%s\n' "$*"
  wrong=$((wrong + 1))
}

pages() {
  (cd "$root" && find . -name '*.md' -not -path './build*' -not -path './.git/*' | sed 's|^\./||' | LC_ALL=C sort)
}

# LINE TARGET of each link outside of code.
links() {
  awk '/^ *```/ { code = !code; next }
    !code {
      text = $0
      gsub(/`[^`]*`/, "", text)
      for (; match(text, /\]\([^)]*\)/); text = substr(text, RSTART + RLENGTH)) print NR, substr(text, RSTART + 2, RLENGTH - 3)
    }' "$1"
}

check_links() {
  local page=$1 line target
  while read -r line target; do
    target=${target%%#*}
    case $target in '' | [a-z]*:*) continue ;; esac
    [ -e "$root/$(dirname "$page")/$target" ] || say_wrong "$page:$line: the link leads nowhere: $target"
  done < <(links "$root/$page")
}

check_sections() {
  local page=$1 found
  found=$(awk '/^ *```/ { code = !code } !code && sub(/^## +/, "") { printf "%s%s", bar, $0; bar = "|" }' "$root/$page")
  [ "$found" = "$sections" ] || say_wrong "$page: the sections must be $sections, got $found"
}

# Writes each program of a page to FOLDER, with its place in the page for the compiler's messages.
extract_programs() {
  awk -v page="$1" -v prefix="$2/$(tr / _ <<< "${1%.md}")_" '
    /^```cpp *$/ { inside = 1; begin = NR + 1; text = ""; next }
    /^```/ && inside {
      inside = 0
      if (text !~ /int main/) next
      file = prefix sprintf("%d", ++count) ".cpp"
      printf "#line %d \"%s\"\n%s", begin, page, text > file
      close(file)
    }
    inside { text = text $0 "\n" }' "$root/$1"
}

run_program() {
  local source=$1 program=${1%.cpp} flags page output compiled
  flags=$(sed -n 's|^// compile with: ||p' "$source")
  page=$(sed -n '1s|#line \([0-9]*\) "\(.*\)"|\2:\1|p' "$source")
  compiled=()
  if [ -n "$library" ] && [ -z "$flags" ] && [[ $page != README.md:* ]]; then
    compiled=(-DAKIN_COMPILED -DAKIN_ENABLE_ASSERTIONS "$library")
  fi
  # shellcheck disable=SC2086
  if ! output=$("$compiler" -std=c++20 -O1 -fopenmp -Wall -Wextra -Werror $unused $flags -I "$root/include" -isystem "$eigen" \
    "$source" ${compiled[@]+"${compiled[@]}"} -o "$program" 2>&1); then
    say_wrong "$page: the program does not compile"$'\n'"$output"
    return
  fi
  mkdir "$program.folder"
  ln -s "$sample"/*.csv "$program.folder"
  if output=$(cd "$program.folder" && timeout 300 "$program" 2>&1); then
    printf '%s: %s\n' "$page" "${output:-no output}"
  else
    say_wrong "$page: the program exits with $?"$'\n'"$output"
  fi
  rm -r "$program" "$program.folder"
}

check() {
  root=$1 compiler=$2 eigen=$3 sample=$4 library=${5:-} wrong=0
  local page programs=$scratch/programs models=0
  rm -rf "$programs" && mkdir "$programs"
  while read -r page; do
    check_links "$page"
    case $page in docs/models/*) check_sections "$page" && models=$((models + 1)) ;; esac
    case $page in README.md | docs/*) extract_programs "$page" "$programs" ;; esac
  done < <(pages)
  [ $models != 0 ] || say_wrong 'there must be a page of a model in docs/models'
  [ -n "$(ls "$programs")" ] || say_wrong 'there must be a program in README.md or docs/'
  for page in "$programs"/*.cpp; do
    [ ! -e "$page" ] || run_program "$page"
  done
  [ $wrong = 0 ] || { printf '%s mistakes\n' "$wrong"; return 1; }
}

fence='```'
block() { printf '%scpp\n%s\n%s\n' "$fence" "$1" "$fence"; }

# A tree without a mistake: a model's page, and a program that opens a file of the sample.
clean_tree() {
  mkdir -p "$1/docs/models" "$1/include"
  tr '|' '\n' <<< "$sections" | sed 's/^/## /' > "$1/docs/models/clean.md"
  {
    printf 'A [link](docs/models/clean.md#example), [another](https://example.org), `[no](link)`\n'
    block $'// compile with: -DFLAG=0\n#include <cstdio>\nint main() { return std::fopen("x.csv", "r") ? FLAG : 1; }'
    block 'auto f = [](int a) { return a; };  // not a program'
  } > "$1/README.md"
}

# expect SENTENCE PATH TEXT: with TEXT in PATH the check must fail with that sentence.
expect() {
  local tree=$scratch/$((++cases)) output
  clean_tree "$tree"
  printf '%s\n' "$3" > "$tree/$2"
  if output=$(check "$tree" "$test_compiler" "$tree" "$scratch/sample") || ! grep -qF "$1" <<< "$output"; then
    printf 'self-test: "%s" was not reported for %s holding:\n%s\nbut this:\n%s\n' "$1" "$2" "$3" "$output"
    exit 1
  fi
}

self_test() {
  test_compiler=$1 cases=0
  mkdir "$scratch/sample" && touch "$scratch/sample/x.csv"
  clean_tree "$scratch/clean"
  check "$scratch/clean" "$test_compiler" "$scratch" "$scratch/sample" || { echo 'self-test: a clean tree must pass'; exit 1; }

  local page
  page=$(tr '|' '\n' <<< "$sections" | sed 's/^/## /')
  expect 'docs/x.md:2: the link leads nowhere: gone.md' docs/x.md $'\n[here](x.md), [there](gone.md#part)'
  expect 'CHANGES.md:1: the link leads nowhere: gone.md' CHANGES.md '[`code`](gone.md)'
  expect 'docs/models/x.md: the sections must be' docs/models/x.md "$(sed '/Determinism/d' <<< "$page")"
  expect 'docs/models/x.md: the sections must be' docs/models/x.md "$(sort <<< "$page")"
  expect 'docs/models/x.md: the sections must be' docs/models/x.md "$page"$'\n## More'
  expect 'docs/models/x.md: the sections must be' docs/models/x.md "$(sed "s/## References/$fence\n&\n$fence/" <<< "$page")"
  expect 'docs/x.md:2: the program does not compile' docs/x.md "$(block 'int main() { nothing(); }')"
  expect 'unused-parameter' docs/x.md "$(block 'int main(int count, char**) {}')"
  expect 'docs/x.md:2: the program exits with 3' docs/x.md "$(block 'int main() { return 3; }')"
  expect 'README.md:2: the program exits with 1' README.md "$(block 'int main() { return 1; }')"
  expect 'there must be a program' README.md 'Nothing.'
  echo "$cases planted mistakes were reported"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ "$1" = --self-test ]; then self_test "$2"; else check "$@"; fi
