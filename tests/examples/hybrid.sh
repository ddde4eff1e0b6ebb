#!/usr/bin/env bash
# shellcheck source=tests/examples/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

run 0 "$sample/purchases.csv"
ndcg() { number "^$1 +([0-9.]+) ±"; }
require "$(number 'implicit_als ([0-9.]+),') + $(number 'item_knn ([0-9.]+),') + $(number 'trend ([0-9.]+)$') > 0.98"
require "$(ndcg 'als, else trend') > $(ndcg implicit_als)"
require "$(ndcg 'blend, learnt') > 0.105 && $(ndcg 'blend, learnt') > 1.2 * $(ndcg implicit_als)"
for member in implicit_als item_knn trend; do
  require "$(number "less that of $member: [0-9.]+, 95 % interval (-?[0-9.]+) ") > 0"
done
