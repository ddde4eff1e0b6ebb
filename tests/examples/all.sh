#!/usr/bin/env bash
# Checks for each examples/NAME.cpp: it is built and described by docs/examples.md, its comment, its usage and that page agree,
# it is short, and wrong use of it is a sentence.
# usage: tests/examples/all.sh ROOT FOLDER       FOLDER holds the programs
set -euo pipefail
root=$1 folder=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
wrong=0

say_wrong() {
  printf '%s: %s\n' "$name" "$*"
  wrong=$((wrong + 1))
}

# call STATUS ARGUMENT...: must exit with STATUS and print nothing but a sentence on stderr, which is in $output.
call() {
  local expected=$1 status=0
  shift
  output=$("$program" "$@" 2>&1 > stdout) || status=$?
  [ "$status" = "$expected" ] || say_wrong "must exit with $expected after ($*), got $status: $output"
  [ ! -s stdout ] || say_wrong "must print nothing else after ($*), got $(cat stdout)"
  [ "$(wc -l <<< "$output")" = 1 ] || say_wrong "must print one sentence after ($*), got $output"
}

check() {
  local usage argument arguments=()
  call 2
  case $output in "usage: $name "*) ;; *) say_wrong "must print its usage without arguments, got $output" ;; esac
  usage=${output#usage: }
  grep -qxF "//   $usage" "$source" || say_wrong "the comment must have the line $usage"
  grep -qF "| [$name](../examples/$name.cpp) |" "$root/docs/examples.md" || say_wrong "docs/examples.md must have a row"
  grep -qF "\`$usage\`" "$root/docs/examples.md" || say_wrong "docs/examples.md must say $usage"
  [ "$(wc -l < "$source")" -lt 150 ] || say_wrong "must have fewer than 150 lines"

  # As many arguments as it needs, all of files that are not there.
  for argument in $usage; do
    case $argument in "$name" | \[* | *\]*) ;; *) arguments+=("$scratch/missing/${argument%...}") ;; esac
  done
  call 1 "${arguments[@]}"
  [[ $output == "$name: "*"$scratch/missing"* ]] || say_wrong "must name what is missing, got $output"
  [ ! -e missing ] || say_wrong "must write nothing"
}

count=0
for source in "$root"/examples/*.cpp; do
  name=$(basename "$source" .cpp)
  program=$folder/example_$name
  if [ -x "$program" ]; then check; else say_wrong "must be built: examples/CMakeLists.txt"; fi
  count=$((count + 1))
done
name=docs/examples.md
while read -r listed; do
  [ -e "$root/examples/$listed.cpp" ] || say_wrong "there is no example $listed"
done < <(sed -nE 's/^\| \[([a-z_]+)\].*/\1/p' "$root/docs/examples.md")
[ "$count" -ge 11 ] || say_wrong "eleven examples at least, got $count"
[ "$wrong" = 0 ] || exit 1
printf '%s examples\n' "$count"
