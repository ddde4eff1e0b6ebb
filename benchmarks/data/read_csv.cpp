// How fast a log of 10 million lines `user,item,rating,time` is read, beside what it costs to look at its bytes at all.
// The file is written to the temporary folder first and removed at the end.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <akin/data/read_interactions.hpp>

namespace {

constexpr std::int64_t lines = 10'000'000, users = 200'000, items = 30'000;

/// The file and what is known of it; removed with the object.
class generated_file {
 public:
  generated_file() : path_(std::filesystem::temp_directory_path() / "akin-benchmark-read-csv.csv") {
    std::ofstream file(path_, std::ios::binary);
    std::string text = "user,item,rating,time\n";
    std::uint64_t state = 1;
    const auto next = [&] {  // a plain multiplicative generator: only the shape of the file matters
      state = state * 6364136223846793005u + 1442695040888963407u;
      return state >> 33;
    };
    for (std::int64_t line = 0; line < lines; ++line) {
      const double skewed = static_cast<double>(next() % 100'000) / 100'000;
      const auto rating = static_cast<int>(next() % 10) + 1;
      text += 'u' + std::to_string(next() % users) + ',' +
              std::to_string(static_cast<std::int64_t>(skewed * skewed * items)) + ',' + std::to_string(rating / 2) +
              (rating % 2 ? ".5," : ".0,") + std::to_string(1'500'000'000 + line) + '\n';
      halves_ += rating;
      if (text.size() > 1 << 20) file << text, text.clear();
    }
    file << text;
    if (!file.flush()) throw std::runtime_error("cannot write " + path_.string());
  }
  ~generated_file() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  generated_file(const generated_file&) = delete;
  generated_file& operator=(const generated_file&) = delete;

  const std::filesystem::path& path() const { return path_; }
  double sum_of_ratings() const { return static_cast<double>(halves_) / 2; }

 private:
  std::filesystem::path path_;
  std::int64_t halves_ = 0;
};

const generated_file& file() {
  static const generated_file one;
  return one;
}

akin::interaction_log read() { return akin::read_interactions(file().path(), {.value = "rating", .time = "time"}); }

void check(const akin::interaction_log& log) {
  double sum = 0;
  for (const float value : log.values()) sum += value;
  const bool ok = static_cast<std::int64_t>(log.size()) == lines && log.user_ids().size() == users &&
                  log.item_ids().size() <= items && sum == file().sum_of_ratings() &&
                  log.times().back() == (1'500'000'000 + lines - 1) * 1000;
  if (!ok) throw std::runtime_error("the log is not what was written");
}

void set_rates(benchmark::State& state) {
  const auto rounds = static_cast<double>(state.iterations());
  state.counters["lines"] = benchmark::Counter(rounds * static_cast<double>(lines), benchmark::Counter::kIsRate);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(std::filesystem::file_size(file().path())));
}

/// The floor: all bytes through one buffer, added up.
void read_bytes(benchmark::State& state) {
  file();
  std::vector<char> buffer(1 << 20);
  for (auto _ : state) {
    std::FILE* const in = std::fopen(file().path().c_str(), "rb");
    std::uint64_t sum = 0;
    for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), in)) > 0;)
      for (std::size_t i = 0; i < got; ++i) sum += static_cast<unsigned char>(buffer[i]);
    std::fclose(in);
    benchmark::DoNotOptimize(sum);
  }
  set_rates(state);
}
BENCHMARK(read_bytes)->Unit(benchmark::kMillisecond);

void read_log(benchmark::State& state) {
  check(read());
  for (auto _ : state) benchmark::DoNotOptimize(read());
  set_rates(state);
}
BENCHMARK(read_log)->Unit(benchmark::kMillisecond);

void log_to_matrix(benchmark::State& state) {
  const akin::interaction_log log = read();
  const auto how = static_cast<akin::duplicates>(state.range(0));
  if (log.matrix<double>(akin::duplicates::sum).sum() != file().sum_of_ratings())
    throw std::runtime_error("the matrix must hold the whole log");
  for (auto _ : state) benchmark::DoNotOptimize(log.matrix(how));
  set_rates(state);
}
BENCHMARK(log_to_matrix)
    ->Arg(static_cast<int>(akin::duplicates::sum))
    ->Arg(static_cast<int>(akin::duplicates::last))
    ->Unit(benchmark::kMillisecond);

}  // namespace
