#!/usr/bin/env bash
# Wrong use and bad data: a sentence and an exit code, never a crash, and no file.
# usage: wrong_use.sh PROGRAM SAMPLE_DIR
# shellcheck source=tests/cli/checks.sh
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

log=$sample/purchases.csv

# refuses CODE SENTENCE ARGUMENT...: the one line of standard error is SENTENCE or begins with it; nothing is on standard output.
refuses() {
  local code=$1 sentence=$2
  shift 2
  akin "$code" "$@" --quiet
  [ "$(wc -l < err)" = 1 ] || wrong "akin-cli $*: standard error must be one line, got: $(cat err)"
  says err "$sentence"
  [ ! -s out ] || wrong "akin-cli $*: standard output must be empty, got: $(cat out)"
}

head -n 2000 "$log" > little.csv
akin 0 train little.csv -m popularity -o shop.akin

akin 2
says err 'akin-cli: a command must be given; the commands are train, tune, '
akin 2 trian
says err 'akin-cli: there is no command trian; the commands are train, tune, '
akin 0 --version
says out 'akin-cli '
akin 0 train --help
says out '--option'
refuses 2 'akin-cli train: LOG must be given; see akin-cli train --help' train
refuses 2 'akin-cli train: --output must be given' train little.csv -m ease
refuses 2 'akin-cli train: --threads must be a whole number from 1 to 2147483647, got "0"' train little.csv -m ease -o x.akin --threads 0
refuses 2 'akin-cli train: there is no place for --factors 3' train little.csv -m ease -o x.akin --factors 3
refuses 2 'akin-cli train: there is no model eas to train; the models are popularity, bias, ' train little.csv -m eas -o x.akin
refuses 2 'akin-cli train: ease has no option factors; its options are regularization' train little.csv -m ease --option factors=3 -o x.akin
refuses 2 'akin-cli train: an option of a model must be NAME=VALUE, got "factors"' train little.csv -m ease --option factors -o x.akin
refuses 2 'akin-cli train: factors of bpr must be a whole number, got "many"' train little.csv -m bpr --option factors=many -o x.akin
refuses 2 'akin-cli train: bpr: factors must be positive, got 0' train little.csv -m bpr:factors=0 -o x.akin
refuses 2 'akin-cli train: similarity of item_knn must be one of cosine, ' train little.csv -m item_knn:similarity=cosin -o x.akin
refuses 2 'akin-cli tune: --seconds must be a number above 0, got "-1"' tune little.csv --seconds -1 -o x.akin
refuses 2 'akin-cli tune: a metric must be NAME@K with K from 1 on, such as ndcg@10, got "ndcg"; the names are ' tune little.csv --metric ndcg -o x.akin
refuses 2 'akin-cli tune: --exclude must be one of popularity, bias, ' tune little.csv --exclude eas -o x.akin
refuses 2 'akin-cli evaluate: --json and --csv exclude each other' evaluate little.csv --json --csv
refuses 2 'akin-cli evaluate: --model cannot be used together with --model-file' evaluate little.csv -m ease --model-file shop.akin
refuses 2 'akin-cli recommend: --user, --all or --basket must say for whom' recommend shop.akin
refuses 2 'akin-cli recommend: --output must end in .csv, .jsonl or .npy, got "lists.txt"' recommend shop.akin --all -o lists.txt
refuses 2 'akin-cli import: PATH must be given, or --user-factors and --item-factors' import -o x.csv
refuses 2 'akin-cli import: --user-factors needs --item-factors' import -o x.akin --user-factors u.npy

refuses 2 'akin-cli train: content_model needs --item-texts' train little.csv -m content_model -o x.akin
refuses 2 'akin-cli tune: --text-column needs --item-texts' tune little.csv --text-column a -o x.akin

# Columns that cannot be found.
printf 'who,item\na,b\n' > unusual.csv
refuses 2 'no column of unusual.csv has a usual name for the user; the columns are who, item; choose one by --user-column' \
  train unusual.csv -m popularity -o x.akin
printf 'user_id,customer,item\na,b,c\n' > ambiguous.csv
refuses 2 'several columns of ambiguous.csv may hold the user: user_id, customer; choose one by --user-column' \
  train ambiguous.csv -m popularity -o x.akin
refuses 1 'there must be a column "buyer", the columns are "who", "item"' train unusual.csv --user-column buyer -m popularity -o x.akin
refuses 2 '--user-column and --item-column must name its columns' train <(cat little.csv) -m popularity -o x.akin

# Data that do not do.
refuses 1 'akin-cli train: nothing.csv: the file must exist and be readable' train nothing.csv -m popularity -o x.akin
refuses 1 'akin-cli info: . is a folder, not a log' info .
: > empty.csv
refuses 1 'empty.csv:1: the file is empty' train empty.csv -m popularity -o x.akin
printf 'user,item\n' > header.csv
refuses 1 'akin-cli train: header.csv has no lines to learn from' train header.csv -m popularity -o x.akin
refuses 1 'akin-cli tune: header.csv has no lines to learn from' tune header.csv -o x.akin
akin 0 info header.csv
says out '0'
printf 'user,item,rating\na,b,good\n' > words.csv
refuses 1 'words.csv:2:3: rating must be a finite number, got "good"' train words.csv -m popularity -o x.akin
refuses 1 'is not a model file of akin' recommend little.csv --all
head -c 1000 shop.akin > half.akin
refuses 1 'half.akin' recommend half.akin --all
says err 'is truncated'
refuses 1 'is truncated' info half.akin
refuses 1 'akin-cli recommend: there is no user "nobody" in shop.akin' recommend shop.akin --user nobody
refuses 1 'akin-cli similar: there is no item "nothing" in shop.akin' similar shop.akin nothing
refuses 1 'akin-cli similar: any_recommender: popularity cannot compare items' similar shop.akin 85123A
refuses 1 'no user of the test has something new to find' evaluate little.csv --model-file shop.akin

# Places that take no file, and an output that nobody reads.
refuses 1 'x.akin cannot be written: there is no folder none' train little.csv -m popularity -o none/x.akin
mkdir folder
refuses 1 'akin-cli train: folder is a folder, not a file' train little.csv -m popularity -o folder
if [ "$(id -u)" != 0 ]; then
  mkdir -m 555 locked
  refuses 1 'locked/x.akin cannot be written: no permission' train little.csv -m popularity -o locked/x.akin
fi
if [ -w /dev/full ]; then
  for much in '--all -k 1000' '--user 17850 -k 1'; do
    # shellcheck disable=SC2086
    "$program" recommend shop.akin $much > /dev/full 2> err && wrong 'a full disk must be an error'
    says err 'akin-cli recommend: standard output cannot be written: No space left on device'
  done
fi
{ "$program" recommend shop.akin --all -k 1000 2> err || echo $? > code; } | head -n 1 > out
[ "$(cat code)" = 1 ] || wrong 'a closed pipe must be an error'
says err 'akin-cli recommend: standard output cannot be written: Broken pipe'
[ ! -e x.akin ] || wrong 'no refusal may leave a file'
done_well
