#!/usr/bin/env bash
# Two objects compiled with different -m flags may share no definition of akin's, but for the seam, which the version
# alone names: of a shared definition the linker keeps one, and a baseline caller would run AVX code.
# usage: symbols.sh OBJECT OBJECT
set -euo pipefail
weak() { nm --defined-only "$1" | awk '$2 ~ /[WVu]/ { print $3 }' | grep -E '(^|[^a-z_])[0-9]*4akin' | LC_ALL=C sort -u; }
first=$(weak "$1")
[ -n "$first" ] || { echo "$1 defines nothing of akin: this test proves nothing"; exit 1; }
shared=$(LC_ALL=C comm -12 <(cat <<< "$first") <(weak "$2") | c++filt | grep -vE '^(vtable|typeinfo|typeinfo name) for |akin::v[0-9]+_[0-9]+_[0-9]+::' || true)
[ -z "$shared" ] || { printf 'defined in both objects:\n%s\n' "$shared"; exit 1; }
echo "$(wc -l <<< "$first") definitions of akin in the first object, none shared but the seam"
