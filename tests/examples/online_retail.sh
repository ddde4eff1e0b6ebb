#!/usr/bin/env bash
# shellcheck source=tests/examples/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

run 0 "$sample"
expect '^396337 purchase lines of 4334 customers and 3659 products; 317063 to learn from, 79274 to predict$'
for model in popularity item_knn implicit_als; do expect "^$model +[0-9.]+ ± [0-9.]+ "; done
# The second column is ndcg@10.
ndcg() { awk -v model="$1" '$1 == model { print $5 }' <<< "$output"; }
require "$(ndcg implicit_als) > $(ndcg item_knn) && $(ndcg item_knn) > 1.2 * $(ndcg popularity)"
[ "$(grep -c '^customer ' <<< "$output")" = 3 ] || fail "lists of three customers"$'\n'"$output"
expect '^  0\.[0-9]+  .*\(bought it later\)$'
expect '^  0\.[0-9]+  .*[A-Z] +$'
expect '^why .* for customer 12347\? because of$'
