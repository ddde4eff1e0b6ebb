#!/usr/bin/env bash
# Ctrl-C in a training: exit code 130, no file, and the old file as it was. Progress is shown on a terminal.
# usage: interrupt.sh PROGRAM SAMPLE_DIR
# shellcheck source=tests/cli/checks.sh
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

type -P script > /dev/null || wrong 'this test needs script (Debian and Ubuntu: bsdutils)'

mkdir files
head -n 5000 "$sample/purchases.csv" > log.csv
akin 0 train log.csv -m popularity -o files/shop.akin
cp files/shop.akin before.akin

# interrupted TEXT ARGUMENT...: runs on a terminal, gets Ctrl-C when TEXT is on it, and must exit with 130.
interrupted() {
  local text=$1 code=0 waited
  shift
  rm -f pid terminal
  SHELL=/bin/sh script -qefc "echo \$\$ > pid; exec '$program' $*" terminal > /dev/null < /dev/null &
  for ((waited = 0; waited < 600; ++waited)); do
    [ -s terminal ] && grep -qF "$text" terminal && break
    sleep 0.1
  done
  [ "$waited" -lt 600 ] || { kill "$(cat pid)"; wrong "the terminal must show: $text"; }
  kill -INT "$(cat pid)"
  wait $! || code=$?
  [ "$code" = 130 ] || wrong "Ctrl-C must end akin-cli $* with 130, got $code: $(cat terminal)"
  same files/shop.akin before.akin
  [ "$(ls -A files)" = shop.akin ] || wrong "Ctrl-C must leave no file, got: $(ls -A files)"
}

interrupted 'iteration 1 of 100000' train log.csv -m implicit_als:factors=32,iterations=100000 -o files/shop.akin
grep -qF 'training implicit_als [' terminal || wrong 'a bar must show the progress'
interrupted 'trials, best ndcg@10' tune log.csv --seconds 500 -o files/shop.akin
done_well
