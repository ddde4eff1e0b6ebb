#!/usr/bin/env bash
# shellcheck source=tests/examples/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
chinese=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../examples" && pwd)/chinese_products.csv

run 0 "$sample/items.csv" 85123A 'white candle holder' zzz
expect '^85123A: WHITE HANGING HEART T-LIGHT HOLDER; keywords: .*"heart light"'
expect '^  0\.[0-9]+  21733 +RED HANGING HEART T-LIGHT HOLDER$'
[ "$(grep -c 'CANDLE HOLDER' <<< "$output")" = 5 ] || fail "five candle holders"$'\n'"$output"
! grep -q '^  .* 85123A ' <<< "$output" || fail "a product is not similar to itself"$'\n'"$output"
expect '^  nothing is like it$'

run 0 "$chinese" C01 蓝牙耳机 浴巾
expect '^C01: 红色陶瓷马克杯; keywords: '
[ "$(grep -c '^  ' <<< "$output")" = 4 ] || fail "one mug, two headphones, one towel"$'\n'"$output"
for code in C02 C08 C09 C11; do expect "^  0\\.[0-9]+  $code "; done

printf 'stock_code,description\nA,mug\nA,cup\n' > "$folder/twice.csv"
run 1 "$folder/twice.csv" A
expect '^similar_products: each stock_code must be there once, got A twice$'
printf 'stock_code,description\nA,\xff\xfe\n' > "$folder/no_text.csv"
run 1 "$folder/no_text.csv" A
expect '^similar_products: .*UTF-8'
