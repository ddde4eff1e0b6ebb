#!/usr/bin/env bash
# shellcheck source=tests/examples/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

new=$folder/new.csv
printf '%s\n' stock_code,description 'N1,RED RETROSPOT CAKE STAND 2 TIER' 'N2,BLUE GARDEN GNOME' \
  'N3,ALARM CLOCK BAKELIKE PURPLE' > "$new"

# Clicks on two alarm clocks and on a new product: the list has old and new ones, and nothing that was clicked.
run 0 "$sample" "$new" 22726 22727 N2
expect '^popularity +[0-9.]+ ± [0-9.]+ +0\.0000$'
number_of() { number "^$1 +[0-9.]+ ± [0-9.]+ +([0-9.]+) ±"; }
require "$(number_of content_model) > 0.05 && $(number_of 'implicit_als with words') > 0.05"
require "$(number '^implicit_als with words +([0-9.]+) ') > 1.5 * $(number '^popularity +([0-9.]+) ')"
expect '^clicked N2 +BLUE GARDEN GNOME  \(new\)$'
[ "$(grep -c '^  ' <<< "$output")" = 10 ] || fail "a list of ten"$'\n'"$output"
[ "$(grep -c '^  .*ALARM CLOCK' <<< "$output")" -ge 3 ] || fail "other alarm clocks"$'\n'"$output"
expect '^  N3 +ALARM CLOCK BAKELIKE PURPLE  \(new\)$'
! grep -qE '^  (22726|22727|N2) ' <<< "$output" || fail "what was clicked is not in the list"$'\n'"$output"

# Without a click: what is popular.
run 0 "$sample" "$new"
expect '^  85123A +WHITE HANGING HEART T-LIGHT HOLDER$'

run 1 "$sample" "$new" NOTHING
expect '^cold_start: CLICK must be the code of a product, got NOTHING$'
run 1 "$sample" "$sample/items.csv"
expect '^cold_start: each stock_code must be there once, got 10002 twice$'
