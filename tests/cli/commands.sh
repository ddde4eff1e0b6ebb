#!/usr/bin/env bash
# Each command on the sample; what one of them says, another one says too.
# usage: commands.sh PROGRAM SAMPLE_DIR
# shellcheck source=tests/cli/checks.sh
. "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

log=$sample/purchases.csv
small=(--option factors=16 --option iterations=3)

# Rows user,item,rank,score with nine digits, which tell two floats apart: CSV and JSON may write the same number otherwise.
nine_digits() { awk -F, '{ printf "%s,%s,%s,%.9g\n", $1, $2, $3, $4 }'; }

# The same of lists in JSON.
rows_of_json() {
  tr -d ' \n' < "$1" | grep -oE '"user":"[^"]*"|"item":"[^"]*","score":[^}]*' | sed 's/"//g' |
    awk -F'[:,]' '$1 == "user" { user = $2; rank = 0 } $1 == "item" { print user "," $2 "," ++rank "," $4 }' |
    nine_digits
}

# A model, the same for any number of threads.
akin 0 train "$log" -m implicit_als "${small[@]}" -o shop.akin
says out 'shop.akin: implicit_als of 4334 users and 3659 items, 266221 pairs'
says err "user customer_id, item stock_code, each line counts 1, time invoice_date"
akin 0 train "$log" -m implicit_als:factors=16,iterations=3 -o again.akin --threads 1 --quiet
[ ! -s err ] || wrong "--quiet must write nothing to standard error, got: $(cat err)"
akin 0 train "$log" -m implicit_als "${small[@]}" -o again3.akin --threads 3 --json
same shop.akin again.akin
same shop.akin again3.akin
says out '"model":"implicit_als"'
says out '"factors":16,"iterations":3'
akin 0 train "$log" -m item_knn --option similarity=jaccard --option neighbors=20 --value-column quantity --combine last -o knn.akin --json
says out '"similarity":"jaccard"'
says err 'value quantity'
for model in popularity bias user_knn rp3beta graph_filter:order=2,ideal_rank=4 biased_mf:epochs=1 svdpp:epochs=1,factors=4 bpr:epochs=1 \
  warp:epochs=1 logistic_mf:epochs=1 explicit_als:iterations=1,factors=4 nmf:iterations=1; do
  akin 0 train "$log" -m "$model" -o other.akin --quiet
  says out "other.akin: ${model%%:*} of"
done

akin 0 train "$log" -m content_model --item-texts "$sample/items.csv" -o words.akin
akin 0 similar words.akin 22423 -k 1 --json
says out '"item":"2242'
akin 0 info shop.akin
says out 'implicit_als'
says out 'factors 16, iterations 3'
akin 0 info shop.akin --json
says out '"kind":"bundle","model":"implicit_als"'
says out '"users":4334,"items":3659'
akin 0 info "$log" --json
says out '"lines":396337,"users":4334,"items":3659,"pairs":266221'
says out '"first_day":"2010-12-01","last_day":"2011-12-09"'

# Lists: JSON, CSV, lines of JSON and numbers are the same lists.
akin 0 recommend shop.akin --all -k 5 -o lists.csv
akin 0 recommend shop.akin --all -k 5 -o lists1.csv --threads 1
same lists.csv lists1.csv
akin 0 recommend shop.akin --all -k 5 --json
cp out lists.json
tail -n +2 lists.csv | nine_digits > from_csv
rows_of_json lists.json > from_json
same from_csv from_json
akin 0 recommend shop.akin --all -k 5 -o lists.jsonl
rows_of_json lists.jsonl > from_lines
same from_csv from_lines
akin 0 recommend shop.akin --all -k 5 -o lists.npy
akin 0 info shop.akin --names items
cp out items.txt
akin 0 info shop.akin --names users
cp out users.txt
header=$(od -An -tu2 -j8 -N2 lists.npy)
od -An -v -td4 -w20 -j$((10 + header)) lists.npy | awk '
  FILENAME == "items.txt" { item[FNR - 1] = $0; next }
  FILENAME == "users.txt" { user[FNR - 1] = $0; next }
  { for (i = 1; i <= NF; ++i) if ($i >= 0) print user[FNR - 1] "," item[$i] "," i }' items.txt users.txt - > from_numbers.csv
tail -n +2 lists.csv | cut -d, -f1-3 > ranks.csv
same ranks.csv from_numbers.csv
akin 0 recommend shop.akin --user 12347 17850 -k 5 -o some.csv
{ echo user,item,rank,score && grep -E '^12347,' lists.csv && grep -E '^17850,' lists.csv; } > expected.csv
same expected.csv some.csv
akin 0 recommend shop.akin -u 12347 -k 5
awk -F, '$1 == 12347 { print $2 }' lists.csv > expected
awk 'NR > 1 { print $2 }' out > named
same expected named
akin 0 recommend shop.akin --user 12347 -k 2000000000 --json
akin 0 recommend shop.akin --basket 22423,nothing -k 3
says err 'there is no item "nothing" in shop.akin; it is left out'
[ "$(wc -l < out)" = 3 ] || wrong 'a basket must get 3 items'
akin 0 similar shop.akin 22423 22720 -k 3 --json
says out '[{"item":"22423","items":[{"item":"'
says out '{"item":"22720","items":['
akin 0 explain shop.akin 12347 22423 -k 2
says out 'score '
akin 0 explain knn.akin 12347 22423 -k 2 --json
says out '"reasons":[{"item":'

# Judging: the same for any number of threads, the same as text, JSON and CSV.
judged=(evaluate "$log" -m popularity -m "implicit_als:factors=16,iterations=3" --metric ndcg@5)
akin 0 "${judged[@]}" --json --threads 1
cp out judged.json
says out '"protocol":"the latest 20 % of the lines are held out"'
akin 0 "${judged[@]}" --json --threads 3
same judged.json out
akin 0 "${judged[@]}" --csv
says out 'model,ndcg@5,ndcg@5.standard_error'
value=$(tail -n 1 out | awk -F'",|,' '{ printf "%.4f", $(NF - 4) }')
akin 0 "${judged[@]}"
says out "$value ± "
akin 0 evaluate "$log" -m popularity --time-column '' --timings
says out "a random 20 % of each user's lines are held out"
says out 'train'
head -n 317070 "$log" > past.csv
{ head -n 1 "$log" && tail -n +317071 "$log"; } > future.csv
akin 0 train past.csv -m implicit_als "${small[@]}" -o past.akin
akin 0 evaluate future.csv --model-file past.akin --metric ndcg@5 --json
says out 'lines of unknown users or items left out'
says out '"name":"implicit_als"'

# Foreign data.
akin 0 import "$log" --value-column quantity -o clean.csv
[ "$(head -n 2 clean.csv)" = $'user,item,value,time\n17850,85123A,6,2010-12-01T08:26:00' ] || wrong "import: $(head -n 2 clean.csv)"
[ "$(wc -l < clean.csv)" = 396338 ] || wrong 'import must keep all lines'
akin 0 import clean.csv -o clean2.csv
same clean.csv clean2.csv
printf 'a;b;c\nx;y;2,5\n' | tr , . > semicolons.csv
akin 0 import semicolons.csv --user-column b --item-column a --value-column c -o out.csv
[ "$(cat out.csv)" = $'user,item,value\ny,x,2.5' ] || wrong "import: $(cat out.csv)"
printf 'x|y|1\n' > bare.txt
akin 0 import bare.txt --from csv --no-header --separator '|' --value-column 3 -o out.csv
[ "$(cat out.csv)" = $'user,item,value\nx,y,1' ] || wrong "import: $(cat out.csv)"
printf '0 5 7\n1 5\n' > train.txt
akin 0 import train.txt -o out.csv
[ "$(cat out.csv)" = $'user,item,value\n0,5,1\n0,7,1\n1,5,1' ] || wrong "import: $(cat out.csv)"
printf '%%%%MatrixMarket matrix coordinate real general\n2 3 2\n1 3 0.5\n2 1 4\n' > ratings.mtx
akin 0 import ratings.mtx -o out.csv
[ "$(cat out.csv)" = $'user,item,value\n1,3,0.5\n2,1,4' ] || wrong "import: $(cat out.csv)"
mkdir ml
printf '1::10::5::978300760\n' > ml/ratings.dat
akin 0 import ml -o out.csv
[ "$(cat out.csv)" = $'user,item,value,time\n1,10,5,2000-12-31T22:12:40' ] || wrong "import: $(cat out.csv)"

# Factors of another library: two users and three items on two axes.
npy() { # npy ROWS FLOAT...: little-endian bytes, as octal escapes
  local rows=$1 header
  shift
  header="{'descr': '<f4', 'fortran_order': False, 'shape': ($rows, 2), }"
  printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "$header"
  printf '%b' "$@"
}
one='\0000\0000\0200\0077' zero='\0000\0000\0000\0000' two='\0000\0000\0000\0100'
npy 2 "$one$zero" "$zero$one" > u.npy
npy 3 "$one$zero" "$zero$two" "$two$one" > i.npy
printf 'ann\nbob\n' > u.txt
printf 'tea\njam\nmug\n' > i.txt
printf 'user,item\nbob,jam\neve,tea\n' > had.csv
akin 0 import had.csv --user-factors u.npy --item-factors i.npy --user-names u.txt --item-names i.txt -o factors.akin
akin 0 recommend factors.akin --all -k 3 -o factors.csv
[ "$(cat factors.csv)" = $'user,item,rank,score\nann,mug,1,2\nann,tea,2,1\nann,jam,3,0\nbob,mug,1,1\nbob,tea,2,0' ] ||
  wrong "factors: $(cat factors.csv)"

# The best model: a short search on little data; its report travels with it.
head -n 20000 "$log" > little.csv
akin 0 tune little.csv --seconds 2 --metric recall@5 --exclude ease -o best.akin
says out 'chosen by recall@5: '
akin 0 info best.akin
says out 'recall@5'
says out 'expected'
akin 0 tune little.csv --seconds 1 --combine count -o best.akin --json --quiet
says out '"trials":[{"number":0,'
akin 0 recommend best.akin --all -o best.csv

# A log from a pipe or from standard input, whose columns must be named.
head -n 1000 "$log" | "$program" train - --user-column customer_id --item-column stock_code -m popularity -o stdin.akin > out 2> err
akin 0 train <(head -n 1000 "$log") --user-column customer_id --item-column stock_code -m popularity -o piped.akin
same stdin.akin piped.akin
done_well
