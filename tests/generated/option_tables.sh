#!/usr/bin/env bash
# The table of options on the page of a model must hold what fields() lists: each option, in its order, with its default.
# The page x.md is about x_options; that of a model with options of its own must have a table.
# usage: option_tables.sh ROOT COMPILER EIGEN_INCLUDE_DIR   reports everything that is wrong, fails if anything is
#        option_tables.sh --self-test COMPILER              plants mistakes and fails unless each is reported
set -euo pipefail

# LINE|NAMES|DEFAULTS of each row of the table whose first column is "option".
rows() {
  awk -F ' *\\| *' '
    /^\| *option *\| *default *\|/ { inside = 1; next }
    !/^\|/ { inside = 0 }
    inside && !/^\|-/ { gsub(/`/, ""); print NR "|" $2 "|" $3 }' "$1"
}

# The header that says NAME_options, be it as another name of a struct.
header_of() { (cd "$root/include" && grep -rlE "^(struct $1_options \{|using $1_options =)" akin --include='*.hpp' || true); }

# A check for each option of a row; an enumerator is looked for in the type of its field, automatic is an empty optional.
row_checks() {
  local page=$1 line=$2 names=$3 defaults=$4 name value
  while read -r name && read -r value <&3; do
    if [[ $value = automatic ]]; then
      printf '#line %s "%s"\n    p.row("%s", is_automatic(o.%s));\n' "$line" "$page" "$name" "$name"
      continue
    fi
    [[ $value =~ ^[a-z_]+$ ]] && [[ $value != true && $value != false ]] && value="decltype(o.$name)::$value"
    printf '#line %s "%s"\n    p.row("%s", o.%s == %s);\n' "$line" "$page" "$name" "$name" "$value"
  done < <(sed 's/, */\n/g' <<< "$names") 3< <(sed 's/, */\n/g' <<< "$defaults")
}

page_checks() {
  local page=$1 name=$2 line names defaults
  printf '  {\n    const akin::%s_options o;\n    documented p("%s");\n' "$name" "$page"
  while IFS='|' read -r line names defaults; do row_checks "$page" "$line" "$names" "$defaults"; done < <(rows "$root/$page")
  printf '    p.finish(o);\n  }\n'
}

program() {
  printf '#include <%s>\n' $1
  cat << 'PROGRAM'
#include <cstdio>
#include <optional>
#include <string>

int wrong = 0;

// An enumerator of a solver or a format may have that name, too.
template <class T>
bool is_automatic(const std::optional<T>& option) { return !option; }
template <class Enum>
bool is_automatic(const Enum& option) { return option == Enum::automatic; }

struct documented {
  std::string page, options = {};

  explicit documented(const char* path) : page(path) {}
  void row(const char* name, bool is_default) {
    options += std::string(" ") + name;
    if (!is_default) std::printf("%s: %s has another default\n", page.c_str(), name), ++wrong;
  }
  template <class Options>
  void finish(const Options& o) {
    std::string listed;
    fields(o, [&](const char* name, const auto&, const auto&...) { listed += std::string(" ") + name; });
    if (listed != options)
      std::printf("%s: the options are%s, the table has%s\n", page.c_str(), listed.c_str(), options.c_str()), ++wrong;
  }
};

int main() {
PROGRAM
  printf '%s\n  return wrong == 0 ? 0 : 1;\n}\n' "$2"
}

check() {
  root=$1 compiler=$2 eigen=$3
  local page name header headers='' checks='' wrong=0
  while read -r page; do
    name=$(basename "$page" .md)
    header=$(header_of "$name")
    if [ -n "$(rows "$root/$page")" ] && [ -n "$header" ]; then
      headers+="$header "
      checks+=$(page_checks "$page" "$name")$'\n'
    elif [[ $page = docs/models/* ]] && [ -n "$header" ] && grep -q "^struct ${name}_options" "$root/include/$header"; then
      echo "$page: there must be a table of ${name}_options"
      wrong=1
    fi
  done < <(cd "$root" && find docs -name '*.md' | LC_ALL=C sort)
  [ -n "$checks" ] || { echo 'found no table of options'; return 1; }
  program "$headers" "$checks" > "$scratch/tables.cpp"
  "$compiler" -std=c++20 -O0 -Wall -Wextra -Werror -I "$root/include" -isystem "$eigen" "$scratch/tables.cpp" -o "$scratch/tables"
  "$scratch/tables" || wrong=1
  echo "$(wc -w <<< "$headers") tables"
  [ $wrong = 0 ]
}

# expect SENTENCE TABLE: with the table on the page of x the check must fail with that sentence.
expect() {
  local output
  printf '%s\n' '| option | default | effect |' '|---|---|---|' "$2" > "$scratch/tree/docs/models/x.md"
  if output=$(check "$scratch/tree" "$test_compiler" "$scratch" 2>&1) || ! grep -qF "$1" <<< "$output"; then
    printf 'self-test: "%s" was not reported for\n%s\nbut this:\n%s\n' "$1" "$2" "$output"
    exit 1
  fi
  cases=$((cases + 1))
}

self_test() {
  test_compiler=$1 cases=0
  mkdir -p "$scratch/tree/docs/models" "$scratch/tree/include/akin"
  cat > "$scratch/tree/include/akin/x_options.hpp" << 'HEADER'
#include <optional>
namespace akin {
enum class speed { slow, fast };
struct x_options {
  int a = 1;
  double b = 1e-3;
  speed c = speed::fast;
  std::optional<int> e = std::nullopt;
};
template <class Options, class Visit>
void fields(Options& o, const Visit& visit) { visit("a", o.a), visit("b", o.b, 0), visit("c", o.c), visit("e", o.e); }
}
HEADER
  local a='| `a` | 1 | |' b='| `b` | 1e-3 | |' c='| `c` | `fast` | |' e='| `e` | automatic | |'
  printf '%s\n' '| option | default | effect |' '|---|---|---|' '| `a`, `b` | 1, 0.001 | |' "$c" "$e" '' > "$scratch/tree/docs/models/x.md"
  check "$scratch/tree" "$test_compiler" "$scratch" || { echo 'self-test: a clean tree must pass'; exit 1; }
  expect 'docs/models/x.md: a has another default' '| `a` | 2 | |'$'\n'"$b"$'\n'"$c"$'\n'"$e"
  expect 'docs/models/x.md: c has another default' "$a"$'\n'"$b"$'\n''| `c` | `slow` | |'$'\n'"$e"
  expect 'docs/models/x.md: e has another default' "$a"$'\n'"$b"$'\n'"$c"$'\n''| `e` | 0 | |'
  expect 'docs/models/x.md: the options are a b c e, the table has a c e' "$a"$'\n'"$c"$'\n'"$e"
  expect 'docs/models/x.md: the options are a b c e, the table has b a c e' "$b"$'\n'"$a"$'\n'"$c"$'\n'"$e"
  expect 'docs/models/x.md:6' "$a"$'\n'"$b"$'\n'"$c"$'\n''| `d` | 1 | |'
  expect 'docs/models/x.md: there must be a table of x_options' ''
  echo "$cases planted mistakes were reported"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ "$1" = --self-test ]; then self_test "$2"; else check "$@"; fi
