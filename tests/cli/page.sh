#!/usr/bin/env bash
# Runs the commands of docs/cli.md and compares what they write with the page. There a line "..." stands for any lines, and
# " ..." at the end of a line for any text.
# usage: page.sh PROGRAM SAMPLE_DIR PAGE
# shellcheck source=tests/cli/checks.sh
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
page=$3

mkdir bin
ln -s "$program" bin/akin-cli
PATH=$scratch/bin:$PATH
cp "$sample/purchases.csv" .

# Compares the lines written with those shown.
compare() {
  awk '
    # Another instruction set, or another number of steps of a solver, moves the last digits.
    function is_near(a, b,    gap) {
      if (a !~ /^-?[0-9]+\.[0-9]+$/ || b !~ /^-?[0-9]+\.[0-9]+$/) return a == b
      gap = a > b ? a - b : b - a
      return gap <= 0.02 * (a > 0 ? a : -a)
    }
    function agrees(line, pattern,    words, expected, i, n, m) {
      n = split(line, words, / +/)
      m = split(pattern, expected, / +/)
      for (i = 1; i <= m; ++i) {
        if (i == m && i > 1 && expected[i] == "...") return 1
        if (i > n || !is_near(words[i], expected[i])) return 0
      }
      return n == m
    }
    FNR == NR { shown[++lines] = $0; next }
    failed { next }
    any && !agrees($0, shown[at]) { next }
    { any = 0 }
    !any && at == 0 { at = 1 }
    shown[at] == "..." { any = 1; ++at; if (!agrees($0, shown[at])) next; any = 0 }
    !agrees($0, shown[at]) { printf "the page shows:\n%s\nthe program writes:\n%s\n", shown[at], $0; failed = 1 }
    { ++at }
    END {
      if (at == 0) at = 1
      if (shown[at] == "...") ++at
      if (!failed && at <= lines) { printf "the program does not write:\n%s\n", shown[at]; failed = 1 }
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
