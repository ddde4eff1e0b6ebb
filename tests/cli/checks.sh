# shellcheck shell=bash disable=SC2034
# Checks of a program's runs: sourced by the scripts of this folder, which are called with PROGRAM and SAMPLE_DIR.
set -euo pipefail

program=$1
sample=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
checks=0

wrong() {
  printf '%s\n' "$*" >&2
  exit 1
}

# akin CODE ARGUMENT...: runs the program; its standard output is in out, its standard error in err. It must exit with CODE.
akin() {
  local expected=$1 code=0
  shift
  "$program" "$@" > out 2> err < /dev/null || code=$?
  [ "$code" = "$expected" ] || wrong "akin-cli $*: must exit with $expected, got $code; standard error: $(cat err)"
  checks=$((checks + 1))
}

# says FILE TEXT: FILE, out or err, holds TEXT.
says() {
  grep -qF -- "$2" "$1" || wrong "$1 must hold: $2"$'\n'"but it is: $(head -c 2000 "$1")"
  checks=$((checks + 1))
}

# same FILE FILE
same() {
  cmp -- "$1" "$2" || wrong "$1 and $2 must be the same"
  checks=$((checks + 1))
}

done_well() { printf '%s checks\n' "$checks"; }
