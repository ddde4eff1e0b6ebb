#!/usr/bin/env bash
# shellcheck source=tests/examples/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Ratings in the formats of MovieLens: each user likes one of two kinds of movies, and movie 0 is one that nineteen people love.
# The numbers are drawn by a generator of our own, so that they are the same for every awk.
make_ratings() {
  awk -v separator="$1" '
    function draw() { state = (state * 16807) % 2147483647; return state / 2147483647 }
    function limited(x) { return x < 1 ? 1 : x > 5 ? 5 : int(x + 0.5) }
    BEGIN {
      state = 11
      for (user = 0; user < 300; ++user)
        for (n = 0; n < 40; ++n) {
          movie = 1 + int(draw() * 150)
          if (seen[user, movie]++) continue
          rating = limited(3.4 + (movie % 7 - 3) * 0.2 + (movie % 2 == user % 2 ? 1 : -1) + draw() - 0.5)
          printf "%d%s%d%s%d%s%d\n", 100 + user, separator, movie, separator, rating, separator, 900000000 + 1000 * user + n
        }
      for (user = 3; user < 40; user += 2)
        printf "%d%s0%s5%s%d\n", 100 + user, separator, separator, separator, 900000000 + 1000 * user
    }'
}

mkdir "$folder/small" "$folder/large"
{ echo userId,movieId,rating,timestamp; make_ratings ,; } > "$folder/small/ratings.csv"
awk 'BEGIN { print "movieId,title,genres"; for (i = 0; i < 140; ++i) printf "%d,\"Movie, the %s %d\",Drama\n", i, i % 2 ? "odd" : "even", i }' \
  > "$folder/small/movies.csv"
make_ratings :: > "$folder/large/ratings.dat"

run 0 "$folder/small" 101
small=$output
rmse() { number "^$1 +([0-9.]+) ±"; }
for model in item_knn explicit_als svdpp; do require "$(rmse $model) < 0.75 * $(rmse bias)"; done
[ "$(grep -cE '^ +[1-5]\.0 +[1-5]\.[0-9]  ' <<< "$output")" = 5 ] || fail "five predictions within 1 to 5"$'\n'"$output"
expect '^the best of the movies with at least 20 ratings$'
# User 101 likes odd movies, and is not told of movie 0, which nineteen people gave 5 stars.
list=$(grep -E '^  [0-9.]+  ' <<< "$output")
[ "$(grep -cE '^  [45]\.[0-9]  (Movie, the odd|movie 14[1359])' <<< "$list")" = 5 ] || fail "five odd movies"$'\n'"$output"
expect '^ +\+[0-9.]+ by the [45]\.0 for '

# Another format, without titles: the same numbers. The first user is 100, who likes even movies.
run 0 "$folder/large" 101
[ "$(grep ' ± ' <<< "$output")" = "$(grep ' ± ' <<< "$small")" ] || fail "the same errors from ratings.dat"$'\n'"$output"
run 0 "$folder/large"
expect '^user 100 '
run 1 "$folder/large" 7
expect '^movie_ratings: USER must have ratings, got 7$'
run 1 "$sample"
expect '^movie_ratings: .*ratings.csv, ratings.dat or u.data'
head -3 "$folder/large/ratings.dat" > "$folder/small/ratings.dat"
rm "$folder/small/ratings.csv"
run 1 "$folder/small"
expect '^movie_ratings: FOLDER must hold users with more than five ratings, got none$'
