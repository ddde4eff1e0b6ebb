#!/usr/bin/env bash
# Whatever a header leaves to akin/compiled/ROOM.cpp must be compiled there: that file includes each header that says
# AKIN_BODIES, AKIN_COMPILE_ONCE or AKIN_COMPILE_KERNEL for the room. Else a program that uses it would not link.
# usage: compiled_rooms.sh COMPILER EIGEN_INCLUDE_DIR INCLUDE_DIR
#        compiled_rooms.sh --self-test COMPILER EIGEN_INCLUDE_DIR INCLUDE_DIR  takes an include away and must notice it
set -euo pipefail

if [ "$1" = --self-test ]; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  cp -r "$4/akin" "$scratch/akin"
  sed -i '/synthetic\.hpp/d' "$scratch/akin/compiled/data.cpp"
  if output=$("$0" "$2" "$3" "$scratch"); then echo 'self-test: passed without an include'; exit 1; fi
  grep -qxF 'akin/compiled/data.cpp must include akin/data/synthetic.hpp' <<< "$output" || { echo "self-test: said $output"; exit 1; }
  exit
fi

compiler=$1 eigen=$2 include=$3
missing=0

# The headers that leave something to a room.
leaving_to() {
  grep -rlE "AKIN_(BODIES|COMPILE_ONCE)\($1[,)]" "$include/akin" --include='*.hpp' || true
  [ "$1" != kernels ] || grep -rl '^AKIN_COMPILE_KERNEL(' "$include/akin" --include='*.hpp'
}

rooms=$(sed -n 's/^#define AKIN_COMPILES_\([a-z]*\) 0$/\1/p' "$include/akin/config.hpp")
[ -n "$rooms" ] || { echo 'config.hpp names no room'; exit 1; }
for room in $rooms; do
  unit=$include/akin/compiled/$room.cpp
  [ -f "$unit" ] || { echo "akin/compiled/$room.cpp is missing"; exit 1; }
  grep -q "^#define AKIN_COMPILES_$room 1\$" "$unit" || { echo "akin/compiled/$room.cpp must define AKIN_COMPILES_$room"; exit 1; }
  included=$("$compiler" -std=c++20 -DAKIN_COMPILED -M -I "$include" -isystem "$eigen" "$unit" | tr -s ' \\' '\n\n' | sort -u)
  for header in $(leaving_to "$room" | grep -v '/kernels/dispatch\.hpp$\|/config\.hpp$' | sort -u); do
    grep -qxF "$header" <<< "$included" || { echo "akin/compiled/$room.cpp must include ${header#"$include"/}"; missing=1; }
  done
done
exit $missing
