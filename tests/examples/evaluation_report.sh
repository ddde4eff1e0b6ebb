#!/usr/bin/env bash
# shellcheck source=tests/examples/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

run 0 "$sample" page.html
for model in popularity item_knn rp3beta ease implicit_als; do
  expect "^$model +[0-9.]+ ± "
  for file in page.html page.csv page.json; do grep -q "$model" "$folder/$file" || fail "$file must name $model"; done
done
require "$(number '^ease +([0-9.]+) ') > 1.5 * $(number '^popularity +([0-9.]+) ')"
expect '^wrote page.html$'
grep -q '^<!doctype html>' <(head -1 "$folder/page.html" | tr '[:upper:]' '[:lower:]') || fail "page.html must be a page"
[[ $(head -1 "$folder/page.csv") == *,ndcg@20,* ]] || fail "page.csv must begin with its columns"
[[ $(head -c 1 "$folder/page.json") == '{' ]] || fail "page.json must be an object"

run 1 "$sample" page.pdf
expect '^evaluation_report: the page must end in .html, got page.pdf$'
