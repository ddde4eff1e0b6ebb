#!/usr/bin/env bash
# Runs the commands of docs/cli.md and compares what they write with the page. A line "..." there stands for any lines.
# usage: page.sh PROGRAM SAMPLE_DIR PAGE
# shellcheck source=tests/cli/checks.sh
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
page=$3

mkdir bin
ln -s "$program" bin/akin-cli
PATH=$scratch/bin:$PATH
cp "$sample/purchases.csv" .

# Compares the output with what the page shows.
compare() {
  awk '
    FNR == NR { shown[++lines] = $0; next }
    failed || any && $0 != shown[at + 1] { next }
    { any = 0; ++at }
    shown[at] == "..." { any = 1; if ($0 == shown[at + 1]) { any = 0; ++at } else next }
    shown[at] != $0 { printf "the page shows:\n%s\nthe program writes:\n%s\n", shown[at], $0; failed = 1 }
    END {
      if (!failed && shown[at + 1] == "..." && at + 1 == lines) ++at
      if (!failed && at < lines) { printf "the program does not write:\n%s\n", shown[at + 1]; failed = 1 }
      exit failed
    }' shown written
}

run_block() {
  [ -n "$command" ] || return 0
  bash -c "$command" > written 2>&1 || wrong "the page's command fails: $command"$'\n'"$(cat written)"
  compare || wrong "of the command: $command"
  checks=$((checks + 1))
}

command='' inside=no
while IFS= read -r line; do
  case $inside:$line in
    'no:```console') inside=yes command='' ;;
    'yes:```') run_block && inside=no ;;
    'yes:$ '*) run_block && command=${line#\$ } && : > shown ;;
    yes:*) printf '%s\n' "$line" >> shown ;;
  esac
done < "$page"
[ "$checks" -ge 8 ] || wrong "the page must have examples, got $checks"
done_well
