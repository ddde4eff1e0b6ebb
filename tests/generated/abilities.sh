#!/usr/bin/env bash
# The table of docs/abilities.md is what the compiler says of each model that has a page in docs/models.
# usage: abilities.sh ROOT COMPILER EIGEN_INCLUDE_DIR           fails unless the page has the table
#        abilities.sh --write ROOT COMPILER EIGEN_INCLUDE_DIR   puts it there
#        abilities.sh --self-test COMPILER EIGEN_INCLUDE_DIR    fails unless another table is reported
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
begin='<!-- generated: tests/generated/abilities.sh -->'
end='<!-- end -->'

models() { (cd "$1/docs/models" && printf '%s\n' *.md | sed 's/\.md$//' | LC_ALL=C sort); }

program() {
  cat << 'PROGRAM'
#include <akin/akin.hpp>
#include <cstdio>

template <class Model>
concept folds_in = requires(const Model& model, const akin::sparse_matrix<float>& x) {
  model.fold_in(akin::execution::seq, x);
};
template <class Model>
concept folds_in_items = requires(const Model& model, const akin::sparse_matrix<float>& x) {
  model.fold_in_items(akin::execution::seq, x);
};
template <class Model>
concept updates = requires(Model& model, const akin::sparse_matrix<float>& x) { model.partial_fit(x); };
template <class Model>
concept forgets = requires(Model& model) { model.forget(0); };
template <class Model>
concept has_factors = requires(const Model& model) { model.as_inner_products(); };

const char* yes(bool can) { return can ? "yes" : ""; }

template <class Model>
void row(const char* name) {
  std::printf("| [%s](models/%s.md) | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", name, name,
              yes(akin::answers<Model, typename Model::index_type>), yes(akin::answers<Model, akin::history_of<Model>>),
              yes(akin::answers<Model, akin::sequence_of<Model>>),
              yes(akin::real_time_scorer<Model> || akin::real_time_sequence_scorer<Model>),
              yes(akin::explainable<Model>), yes(akin::item_similarity<Model>),
              yes(akin::rating_predictor<Model>), yes(folds_in<Model>), yes(folds_in_items<Model>),
              yes(updates<Model>), yes(forgets<Model>), yes(has_factors<Model>));
}

int main() {
  std::puts("| model | user | history | sequence | one in real time | explains | compares items | predicts ratings | "
            "folds in users | folds in items | learns from new interactions | forgets a user | searched by tiles |");
  std::puts("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
PROGRAM
  for model in $(models "$1"); do printf '  row<akin::%s<float>>("%s");\n' "$model" "$model"; done
  echo '}'
}

table() {
  program "$1" > "$scratch/abilities.cpp"
  "$2" -std=c++20 -O0 -I "$1/include" -isystem "$3" "$scratch/abilities.cpp" -o "$scratch/abilities"
  "$scratch/abilities"
}

between() { awk -v begin="$begin" -v end="$end" '$0 == end { inside = 0 } inside; $0 == begin { inside = 1 }' "$1"; }

# compare PAGE TABLE
compare() {
  local page=$1
  [ -s "$2" ] || { echo 'there is no table'; return 1; }
  between "$page" | diff - "$2" && return
  echo "$page: the table above is not that of the code; tests/generated/abilities.sh --write puts it there"
  return 1
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
case $1 in
  --write)
    table "$2" "$3" "$4" > "$scratch/table"
    awk -v begin="$begin" -v end="$end" -v table="$scratch/table" '
      $0 == end { inside = 0 }
      !inside
      $0 == begin { inside = 1; while ((getline line < table) > 0) print line }' "$2/docs/abilities.md" > "$scratch/page"
    cp "$scratch/page" "$2/docs/abilities.md"
    ;;
  --self-test)
    printf '%s\n' '| model | x |' '| a | yes |' > "$scratch/table"
    { echo "$begin"; cat "$scratch/table"; echo "$end"; } > "$scratch/page.md"
    compare "$scratch/page.md" "$scratch/table" > /dev/null || { echo 'self-test: an equal table must pass'; exit 1; }
    sed -i 's/| a | yes |/| a | |/' "$scratch/page.md"
    ! compare "$scratch/page.md" "$scratch/table" > /dev/null || { echo 'self-test: another table must be reported'; exit 1; }
    ;;
  *)
    table "$1" "$2" "$3" > "$scratch/table"
    compare "$1/docs/abilities.md" "$scratch/table"
    echo "$(($(wc -l < "$scratch/table") - 2)) models"
    ;;
esac
