#!/usr/bin/env bash
# shellcheck source=tests/examples/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

run 0 "$sample/purchases.csv" "$folder/new/files"
files=$folder/new/files
expect '^lists of 4334 customers, factors of 4334 customers and 3659 products in '
expect '^the model of users.npy and items.npy gives the same lists$'
[ "$(head -1 "$files/lists.csv")" = user,item,rank,score ] || fail "lists.csv must begin with its columns"
[ "$(cut -d, -f1 "$files/lists.csv" | sed 1d | uniq -c | awk '$1 == 10' | wc -l)" = 4334 ] || fail "ten products for each"
[ "$(grep -c '^{"user": *"[0-9]*", *"items":' "$files/lists.jsonl")" = 4334 ] || fail "a line of lists.jsonl for each"
# A name a row; a header of a multiple of 64 bytes, then 64 floats a row.
for table in users:4334 items:3659; do
  name=$files/${table%:*} rows=${table#*:}
  [ "$(wc -l < "$name.txt")" = "$rows" ] || fail "a name for each row of $table"
  head -c 200 "$name.npy" | tr -d '\0' | grep -qaE "NUMPY.*'shape': \\($rows, 64\\)" || fail "the shape of $table"
  [ $((($(wc -c < "$name.npy") - rows * 64 * 4) % 64)) = 0 ] || fail "the bytes of $table"
done
alike=$(grep '^like ' <<< "$output")
[ "$(grep -cE '^like [0-9A-Z]+:( [0-9A-Z]+){3}$' <<< "$alike")" = 3 ] || fail "three with three each"$'\n'"$output"

# The factors as embeddings of somebody else: the same; those of customers are of other rows.
cp "$files/items.npy" "$folder/embeddings.npy"
run 0 "$sample/purchases.csv" "$files" "$folder/embeddings.npy"
[ "$(grep '^like ' <<< "$output")" = "$alike" ] || fail "the same products must be alike"$'\n'"$output"
run 1 "$sample/purchases.csv" "$files" "$files/users.npy"
expect '^export: .*item_features must have a row for each of the 3659 items, got 4334$'
