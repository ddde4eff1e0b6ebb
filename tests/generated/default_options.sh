#!/usr/bin/env bash
# Every class x that has options, named x_options, must take ({}) for the defaults, its options as they are, and copies of
# itself; under -Werror, as a user would write it.
# usage: default_options.sh COMPILER EIGEN_INCLUDE_DIR INCLUDE_DIR
set -euo pipefail
compiler=$1 eigen=$2 include=$3

names() { (cd "$include" && grep -rhoP "$1" akin --include='*.hpp' | LC_ALL=C sort -u); }
classes=$(LC_ALL=C comm -12 <(names '^class \K\w+') <(names '^(struct|using) \K\w+(?=_options\b)'))
# They need a model, or a path, first.
classes=$(grep -vxE 'cached|checkpoint' <<< "$classes")
[ "$(wc -l <<< "$classes")" -ge 20 ] || { echo "found too few classes with options: $classes"; exit 1; }
extra=''
if [ -f /usr/include/hnswlib/hnswlib.h ]; then extra='#include <akin/retrieval/hnsw.hpp>'; else classes=$(grep -vx hnsw <<< "$classes"); fi

program() {
  cat << 'PROGRAM'
#include <type_traits>
#include <utility>

#include <akin/akin.hpp>

// Both are the types that a user who names no scalar type gets.
template <class Model, class Options>
void check(const Options& options) {
  static_assert(std::is_constructible_v<Model, Options> && std::is_constructible_v<Model, Options&>);
  static_assert(std::is_constructible_v<Model, Model&> && std::is_constructible_v<Model, const Model&>);
  static_assert(!std::is_convertible_v<Options, Model> && !std::is_constructible_v<Model, int>);
  const Model defaults({}), given(options), temporary(Options{}), none;
  Model assigned({});
  assigned = Model({});
  static_cast<void>(Model(std::move(assigned)));
}
PROGRAM
  echo "$extra"
  echo 'int main() {'
  local class
  for class in $classes; do
    printf '  { akin::%s model({}); check<decltype(model)>(akin::%s_options{}); }\n' "$class" "$class"
  done
  echo '}'
}

program | "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Werror -Wno-unused-variable -I "$include" -isystem "$eigen" \
  -fsyntax-only -x c++ -
echo "$(wc -l <<< "$classes") classes take ({})"
