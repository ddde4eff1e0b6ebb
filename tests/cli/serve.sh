#!/usr/bin/env bash
# The service of a model file: it answers, and Ctrl-C ends it well.
# usage: serve.sh PROGRAM SAMPLE_DIR
# shellcheck source=tests/cli/checks.sh
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

head -n 5000 "$sample/purchases.csv" > log.csv
akin 0 train log.csv -m item_knn -o shop.akin
akin 2 serve shop.akin
says err 'akin-cli serve: --events must be given'
akin 1 serve nothing.akin --events events.csv --port 0
says err 'akin-cli serve: '
says err 'nothing.akin'

"$program" serve shop.akin --events events.csv --port 0 > address 2> problems < /dev/null &
service=$!
trap 'kill "$service" 2> /dev/null || true; rm -rf "$scratch"' EXIT
port=''
for ((waited = 0; waited < 300 && ${#port} == 0; ++waited)); do
  port=$(grep -oE ':[0-9]+' address | head -n 1 | tr -d :) || sleep 0.1
done
[ -n "$port" ] || wrong "the service must print its address: $(cat address problems)"
exec 3<> "/dev/tcp/127.0.0.1/$port"
printf 'GET /recommend?user=17850&k=3 HTTP/1.0\r\nConnection: close\r\n\r\n' >&3
timeout 20 cat <&3 > out
says out '200 OK'
says out '"item"'
kill -INT "$service"
code=0
wait "$service" || code=$?
[ "$code" = 0 ] || wrong "Ctrl-C must end the service with 0, got $code"
done_well
