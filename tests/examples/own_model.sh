#!/usr/bin/env bash
# shellcheck source=tests/examples/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

run 0 "$sample/purchases.csv" "$folder/shop.akin"
ndcg() { number "^$1 +([0-9.]+) ±"; }
require "$(ndcg 'bought together') > 1.2 * $(ndcg popularity)"
require "$(ndcg blend) >= $(ndcg 'bought together')"
[ "$(grep -cE '^customer 17850: [0-9A-Z]+, because of [0-9A-Z]+ [0-9A-Z]+ [0-9A-Z]+$' <<< "$output")" = 3 ] ||
  fail "three products with three reasons each"$'\n'"$output"
[ -s "$folder/shop.akin" ] || fail "shop.akin must be there"

run 1 "$sample/purchases.csv" "$folder/nowhere/shop.akin"
expect '^own_model: .*nowhere/shop.akin'
