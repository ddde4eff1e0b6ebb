#!/usr/bin/env bash
# Installs the command line alone, and runs it from there.
# usage: install.sh PROGRAM SAMPLE_DIR BUILD_DIR
# shellcheck source=tests/cli/checks.sh
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

cmake --install "$3" --component cli --prefix "$scratch/usr" > log 2>&1 || wrong "cmake --install: $(cat log)"
program=$scratch/usr/bin/akin-cli
akin 0 info "$sample/purchases.csv"
says out '396337'
for page in man/man1/akin-cli.1 bash-completion/completions/akin-cli zsh/site-functions/_akin-cli \
  fish/vendor_completions.d/akin-cli.fish; do
  [ -s "usr/share/$page" ] || wrong "$page must be installed and not empty"
done
done_well
