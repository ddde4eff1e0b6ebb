#!/usr/bin/env bash
# Compiles a file as it is, which must succeed, and with AKIN_SHOULD_FAIL, which must fail and show the sentences that the
# file names in its first lines after "// expect: ". The first half keeps a case from failing for a reason of its own.
# The compiler quotes no source lines, so that none of them is taken for a message.
# usage: must_not_compile.sh COMPILER EIGEN_INCLUDE_DIR INCLUDE_DIR FILE
set -euo pipefail
compiler=$1 eigen=$2 include=$3 file=$4

no_quotes=-fno-diagnostics-show-caret
[[ $("$compiler" --version) != *clang* ]] || no_quotes=-fno-caret-diagnostics
# In the C locale both compilers put names in 'these' quotes.
compile() { LC_ALL=C "$compiler" -std=c++20 $no_quotes -Wall -Wextra -fsyntax-only -I "$include" -isystem "$eigen" "$@" "$file" 2>&1; }

sentences=$(sed -n 's|^// expect: ||p' "$file")
[ -n "$sentences" ] || { echo "$file must say '// expect: SENTENCE'"; exit 1; }
output=$(compile) || { printf '%s\n%s must compile without AKIN_SHOULD_FAIL\n' "$output" "$file"; exit 1; }
if output=$(compile -DAKIN_SHOULD_FAIL); then
  echo "$file must not compile with AKIN_SHOULD_FAIL"
  exit 1
fi
while read -r sentence; do
  grep -qF "$sentence" <<< "$output" || { printf '%s\nexpected this sentence: %s\n' "$output" "$sentence"; exit 1; }
  echo "refused: $sentence"
done <<< "$sentences"
