#!/usr/bin/env bash
# shellcheck source=tests/examples/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

run 0 "$sample/purchases.csv" 3
[ "$(grep -cE '^trial +[0-9]+ .* alpha=.* factors=.* regularization=' <<< "$output")" = 3 ] || fail "three trials"$'\n'"$output"
best=$(number '^best: trial ([0-9]+),')
# The best trial is the one with the highest score.
require "$(number "^trial +$best  ndcg@10 ([0-9.]+) ") == $(sed -nE 's/^trial .* ndcg@10 ([0-9.]+) .*/\1/p' <<< "$output" | sort -n | tail -1)"
require "$(number '^implicit_als, tuned +([0-9.]+) ') > 0.07 && $(number '^popularity +([0-9.]+) ') < 0.05"
require "$(number 'tuned less popularity: [0-9.]+, 95 % interval (-?[0-9.]+) ') > 0"
expect 'tuned less untuned: -?[0-9.]+, 95 % interval'

for wrong in 0 -1 x 3x ''; do
  run 1 "$sample/purchases.csv" "$wrong"
  expect '^evaluate_and_tune: TRIALS must be a positive number'
done
