# shellcheck shell=bash
# For the tests of examples, tests/examples/NAME.sh PROGRAM SAMPLE, which source this: SAMPLE is the folder of the
# embedded sample, $folder one that is removed at the end.
set -euo pipefail
# shellcheck disable=SC2034
program=$1 sample=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  printf '%s: %s\n' "$(basename "$program")" "$*" >&2
  exit 1
}

# run STATUS ARGUMENT...: must exit with STATUS; what it prints, also on stderr, is in $output.
run() {
  local expected=$1 status=0
  shift
  output=$(cd "$folder" && "$program" "$@" 2>&1) || status=$?
  [ "$status" = "$expected" ] || fail "must exit with $expected after $*, got $status"$'\n'"$output"
}

# expect REGEX: a line of the output matches.
expect() {
  grep -qE -- "$1" <<< "$output" || fail "no line matches $1"$'\n'"$output"
}

# number REGEX: what the group in REGEX captures in the first line that matches.
number() {
  local found
  found=$(sed -nE "s/.*$1.*/\\1/p" <<< "$output" | head -1)
  [ -n "$found" ] || fail "no line matches $1"$'\n'"$output"
  printf '%s' "$found"
}

# require EXPRESSION: awk's, of numbers.
require() {
  awk "BEGIN { exit !($1) }" || fail "$1 must be true"$'\n'"$output"
}
