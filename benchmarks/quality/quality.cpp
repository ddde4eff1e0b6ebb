// How good the models are on public data, as a Markdown table. The settings were chosen with --tune,
// which looks at a tenth of the training alone; without it each chosen setting meets its test once.
//
//   benchmark_quality [--tune | --defaults] [--only TEXT] [--threads N] [DATA_FOLDER]
#include "quality.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using quality::arguments;

arguments parse(int count, char** words) {
  arguments given;
  if (const char* folder = std::getenv("AKIN_DATA")) given.data = folder;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if ((word == "--only" || word == "--threads" || word == "--seconds") && i + 1 == count)
      throw std::invalid_argument(std::string(word) + " needs a value");
    if (word == "--tune")
      given.tune = true;
    else if (word == "--defaults")
      given.defaults = true;
    else if (word == "--best")
      given.best = true;
    else if (word == "--seconds")
      given.seconds = std::stod(words[++i]);
    else if (word == "--only")
      given.only = words[++i];
    else if (word == "--threads")
      given.threads = std::stoi(words[++i]);
    else if (word.starts_with("-"))
      throw std::invalid_argument("unknown argument " + std::string(word));
    else
      given.data = word;
  }
  return given;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const arguments given = parse(argc, argv);
    if (given.best) {
      quality::run_best(given);
      return 0;
    }
    if (given.defaults) return quality::run_defaults(given), 0;
    if (!given.tune)
      std::printf(
          "| data | protocol | model | metric | measured | to reach | seconds to fit "
          "|\n|---|---|---|---|---|---|---|\n");
    quality::run_factorization(given);
    quality::run_items(given);
    quality::run_hybrids(given);
    quality::run_retail(given);
    quality::run_sequences(given);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "benchmark_quality: %s\n", error.what());
    return 1;
  }
}
