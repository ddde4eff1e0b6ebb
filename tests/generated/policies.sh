#!/usr/bin/env bash
# A policy without an engine gives one sentence, and no other error, for each model that has a page in docs/models; and so
# does each call that trains, updates or asks.
# usage: policies.sh ROOT COMPILER EIGEN_INCLUDE_DIR
set -euo pipefail
root=$1 compiler=$2 eigen=$3
sentence='akin: this model has no engine for this policy; execution::seq and execution::par have one'

# calls MODEL: what is called with the policy.
calls() {
  case $1 in
    factor_model) printf '%s\n' 'akin::recommend(policy, model, {.k = 3})' ;;
    content_model | segment_popularity) printf '%s\n' 'model.fit(policy, x, x)' 'akin::recommend(policy, model, {.k = 3})' ;;
    bias | popularity | graph_filter) printf '%s\n' 'model.fit(policy, x)' 'akin::recommend(policy, model, {.k = 3})' ;;
    markov_chain | session_knn | session_linear)
      printf '%s\n' 'model.fit(policy, akin::sequences<>())' 'akin::recommend_for(policy, model, akin::sequences<>(), {.k = 3})' ;;
    ease | slim | rp3beta | item_knn | user_knn)
      printf '%s\n' 'model.fit(policy, x)' 'model.partial_fit(policy, x)' 'model.forget(policy, 0)' 'akin::recommend_for(policy, model, x, {.k = 3})' ;;
    *) printf '%s\n' 'model.fit(policy, x)' 'model.partial_fit(policy, x)' 'model.forget(policy, 0)' 'model.fold_in(policy, x)' ;;
  esac
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
count=0
{
  cat << 'PROGRAM'
#include <akin/akin.hpp>
template <int Call>
struct elsewhere {};
template <int Call>
struct akin::execution_traits<elsewhere<Call>> {
  using backend_type = akin::backend::cuda;
};
#if defined(AKIN_SHOULD_FAIL)
template <int Call>
using policy_type = elsewhere<Call>;
#else
template <int Call>
using policy_type = akin::execution::parallel_policy;
#endif
PROGRAM
  for page in "$root"/docs/models/*.md; do
    model=$(basename "$page" .md)
    while read -r call; do
      # A policy of its own each, so that the sentence is not said once for all of them.
      printf 'void call_%s(akin::%s<float>& model, const akin::sparse_matrix<float>& x, const policy_type<%s>& policy) { %s; }\n' \
        "$count" "$model" "$count" "$call"
      count=$((count + 1))
    done < <(calls "$model")
  done
  echo 'int main() {}'
} > "$scratch/policies.cpp"
count=$(grep -c '^void call_' "$scratch/policies.cpp")

no_quotes=-fno-diagnostics-show-caret
[[ $("$compiler" --version) != *clang* ]] || no_quotes='-fno-caret-diagnostics -ferror-limit=0'
# shellcheck disable=SC2086
compile() { LC_ALL=C "$compiler" -std=c++20 $no_quotes -fsyntax-only -I "$root/include" -isystem "$eigen" "$@" "$scratch/policies.cpp" 2>&1; }

compile > "$scratch/output" || { cat "$scratch/output"; echo 'the calls must compile with a policy of the host'; exit 1; }
if compile -DAKIN_SHOULD_FAIL > "$scratch/output"; then echo 'the calls must not compile with a policy of another backend'; exit 1; fi
others=$(grep 'error:' "$scratch/output" | grep -vF "$sentence" || true)
[ -z "$others" ] || { printf '%s\nthere must be no other error than: %s\n' "$others" "$sentence"; exit 1; }
while read -r line; do
  grep -qE "policies.cpp:$line:" "$scratch/output" || { sed -n "${line}p" "$scratch/policies.cpp"; echo 'was not refused'; exit 1; }
done < <(grep -n '^void call_' "$scratch/policies.cpp" | cut -d: -f1)
echo "$count calls were refused"
