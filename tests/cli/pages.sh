#!/usr/bin/env bash
# The manual and the completions, which come from the program: they name all commands, formatters and shells take them.
# usage: pages.sh PROGRAM SAMPLE_DIR
# shellcheck source=tests/cli/checks.sh
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

akin 0 man
cp out akin-cli.1
for command in train tune evaluate recommend similar explain import info; do says akin-cli.1 ".SS $command"; done
says akin-cli.1 '\fB\-\-test\-fraction\fR \fIPART\fR'
if type -P groff > /dev/null; then
  groff -man -Tutf8 -ww -P-cbou akin-cli.1 > page 2> warnings
  [ ! -s warnings ] || wrong "groff: $(cat warnings)"
  says page 'EXIT STATUS'
fi

# completes WORDS EXPECTED: the last of WORDS, separated by blanks, is completed to EXPECTED.
akin 0 completion bash
# shellcheck source=/dev/null
. ./out
completes() {
  read -ra COMP_WORDS <<< "$1"
  [[ $1 != *' ' ]] || COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  _akin_cli
  [ "${COMPREPLY[*]}" = "$2" ] || wrong "\"$1\" must be completed to \"$2\", got \"${COMPREPLY[*]}\""
  checks=$((checks + 1))
}
completes 'akin-cli t' 'train tune'
completes 'akin-cli --ver' '--version'
completes 'akin-cli train log.csv --model implicit' 'implicit_als'
completes 'akin-cli train log.csv -m e' 'ease explicit_als'
completes 'akin-cli train --comb' '--combine'
completes 'akin-cli train --combine ' 'sum count last max'
completes 'akin-cli tune --combine ' 'sum count'
completes 'akin-cli tune --metric nd' 'ndcg@10'
completes 'akin-cli recommend shop.akin --al' '--all'
completes 'akin-cli train lo' ''
complete -p akin-cli > /dev/null || wrong 'bash must know the completion'

for shell in zsh fish; do
  akin 0 completion $shell
  says out 'recommend'
  ! type -P $shell > /dev/null || $shell -n out || wrong "$shell does not take its completion"
done
akin 2 completion tcsh
says err 'SHELL must be one of bash, zsh, fish, got "tcsh"'
done_well
