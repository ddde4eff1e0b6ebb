#!/usr/bin/env bash
# shellcheck source=tests/examples/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

run 0 "$sample/purchases.csv" 12347 17850
popularity=$(number 'popularity ([0-9.]+) ')
als=$(number 'implicit_als ([0-9.]+) ')
require "$als > 1.2 * $popularity && $popularity > 0.03"
[ "$(grep -cE '^  [0-9A-Z]+ +[0-9.]+$' <<< "$output")" = 10 ] || fail "two lists of five products"$'\n'"$output"

run 1 "$sample/purchases.csv" nobody
expect '^quickstart: .*there is no user "nobody"'
