// Replays a fuzz target without a fuzzer: every file of a corpus folder, then seeded mutations of them.
// usage: fuzz_NAME CORPUS-FOLDER [MUTATIONS]        A single file in place of the folder replays that file alone.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using bytes = std::vector<std::uint8_t>;

constexpr std::size_t largest_input = std::size_t{1} << 16;

/// SplitMix64: G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
class generator {
 public:
  explicit generator(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_;
};

bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<bytes> read_corpus(const std::filesystem::path& path) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(path)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
      if (entry.is_regular_file()) files.push_back(entry.path());
  } else if (std::filesystem::is_regular_file(path)) {
    files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  std::vector<bytes> corpus;
  for (const auto& file : files) corpus.push_back(read_file(file));
  return corpus;
}

/// One small change: a byte, a bit, an interesting value, a piece removed, repeated, or taken from another input.
void mutate_once(bytes& input, const std::vector<bytes>& corpus, generator& random) {
  constexpr std::uint8_t interesting[] = {0x00, 0x01, 0x7f, 0x80, 0xff, '"', ',', '\n', '\r', '0', '9', '-', '.', 'e'};
  const std::size_t size = input.size();
  const std::size_t at = size == 0 ? 0 : random.below(size);
  const auto begin = input.begin() + static_cast<std::ptrdiff_t>(at);
  const std::size_t length = size == 0 ? 0 : 1 + random.below(std::min<std::size_t>(size - at, 64));
  const bytes piece(begin, begin + static_cast<std::ptrdiff_t>(length));
  switch (size == 0 ? 4 : random.below(8)) {
    case 0:
      *begin = static_cast<std::uint8_t>(random.next());
      break;
    case 1:
      *begin = static_cast<std::uint8_t>(*begin ^ (1u << random.below(8)));
      break;
    case 2:
      *begin = interesting[random.below(std::size(interesting))];
      break;
    case 3:
      input.resize(at);
      break;
    case 4:
      input.insert(begin, interesting[random.below(std::size(interesting))]);
      break;
    case 5:
      input.erase(begin, begin + static_cast<std::ptrdiff_t>(length));
      break;
    case 6:
      input.insert(begin, piece.begin(), piece.end());
      break;
    default: {
      const bytes& other = corpus[random.below(corpus.size())];
      const std::size_t cut = other.empty() ? 0 : random.below(other.size());
      input.resize(at);
      input.insert(input.end(), other.begin() + static_cast<std::ptrdiff_t>(cut), other.end());
    }
  }
  if (input.size() > largest_input) input.resize(largest_input);
}

void run(const bytes& input) {
  // An exact copy on the heap: the sanitizer sees a read of one byte too many.
  bytes exact(input.begin(), input.end());
  exact.shrink_to_fit();
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s CORPUS-FOLDER [MUTATIONS]\n", argv[0]);
    return 2;
  }
  std::vector<bytes> corpus = read_corpus(argv[1]);
  const bool is_folder = !std::filesystem::is_regular_file(argv[1]);
  const int mutations = is_folder && argc > 2 ? std::atoi(argv[2]) : 0;
  if (is_folder) corpus.emplace_back();

  int current = -1;
  try {
    for (const bytes& input : corpus) run(input);
    for (current = 0; current < mutations; ++current) {
      generator random(static_cast<std::uint64_t>(current));
      bytes input = corpus[random.below(corpus.size())];
      for (std::size_t changes = 1 + random.below(6); changes > 0; --changes) mutate_once(input, corpus, random);
      run(input);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "FAILED: mutation %d (-1: the corpus itself) threw: %s\n", current, error.what());
    return 1;
  }
  std::printf("%zu inputs and %d mutations of them\n", corpus.size(), mutations);
}
