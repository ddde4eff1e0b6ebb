#!/usr/bin/env bash
# shellcheck source=tests/examples/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

model=$folder/shop.akin
# purchases <|> DAY: the lines of the log before or after a day.
purchases() { awk -F, "NR == 1 || \$5 $1 \"$2\"" "$sample/purchases.csv"; }
difference() { number 'difference ([-+][0-9.]+),'; }
# refuse LOG REGEX: exit status 3, the file as it was.
refuse() {
  local before
  before=$(cksum "$model")
  run 3 "$1" "$model"
  expect "$2"
  expect '^refused: the serving model stays$'
  [ "$(cksum "$model")" = "$before" ] || fail "the file must stay as it was"$'\n'"$output"
}

purchases '<' 2011-11-01 > "$folder/october.csv"
run 0 "$folder/october.csv" "$model"
expect '^the first model: [0-9]{6} purchases$'

# Nothing since; a log that lost all that is older; one that lost most of it, and would make a worse model.
refuse "$folder/october.csv" '^0 purchases since the last training, [0-9]{6} before$'
purchases '>' 2011-11-01 > "$folder/november.csv"
refuse "$folder/november.csv" '^[0-9]{5} purchases since the last training, 0 before$'
purchases '>' 2011-09-01 > "$folder/autumn.csv"
refuse "$folder/autumn.csv" '^ndcg@10 of [0-9]+ customers: serving '
require "$(difference) < -0.02"

# The whole log makes a better one, which then serves.
before=$(cksum "$model")
run 0 "$sample/purchases.csv" "$model"
require "$(difference) > 0.002 && $(number 'new ([0-9.]+),') > 0.07"
expect '^swapped: version 2$'
[ "$(cksum "$model")" != "$before" ] || fail "the file must be new"
refuse "$sample/purchases.csv" '^0 purchases since'

truncate -s 1000 "$model"
run 1 "$sample/purchases.csv" "$model"
expect '^nightly: .*is truncated'
head -1 "$sample/purchases.csv" > "$folder/empty.csv"
run 1 "$folder/empty.csv" "$model"
expect '^nightly: PURCHASES.csv must hold purchases, got none$'
