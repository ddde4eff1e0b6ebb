// Any bytes are a whole vectorizer that can be used, or a format_error, nothing else. As in model_file.cpp each input
// is read once more under checksums that match, and a short input is also a list of changes to a true file.
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/content/tfidf_vectorizer.hpp>
#include <akin/error.hpp>
#include <akin/io/model_file.hpp>

#include "tests/io/craft.hpp"

namespace {

using akin::tfidf_vectorizer;

const std::vector<std::string> texts = {"red mug", "blue mug with a red handle", "candle", "\xE8\x8B\xB9\xE6\x9E\x9C"};

/// Transforms with what has been loaded; one that was fitted with a tokenizer of its own says that it lacks it.
void use(const tfidf_vectorizer& loaded) {
  try {
    const auto x = loaded.transform(texts);
    if (x.rows() != static_cast<Eigen::Index>(texts.size()) || x.cols() != loaded.features()) std::abort();
    for (Eigen::Index cell = 0; cell < x.nonZeros(); ++cell) {
      if (x.innerIndexPtr()[cell] < 0 || x.innerIndexPtr()[cell] >= x.cols()) std::abort();
      if (!std::isfinite(x.valuePtr()[cell])) std::abort();
    }
  } catch (const std::invalid_argument&) {
  }
  for (const char* term : {"mug", "red mug", ""}) {
    const auto column = loaded.term_index(term);
    if (column && (*column < 0 || *column >= loaded.features())) std::abort();
  }
}

void read_and_use(std::span<const std::byte> file) {
  try {
    const auto reader = akin::detail::read_model_bytes(file, "\"fuzz\"");
    use(akin::detail::read_model<tfidf_vectorizer>(reader));
  } catch (const akin::format_error&) {
  }
}

craft::bytes file_of(const akin::tfidf_vectorizer_options& options) {
  tfidf_vectorizer fitted(options);
  fitted.fit(texts);
  akin::detail::model_writer writer;
  akin::detail::write_model(writer, fitted);
  craft::bytes file = craft::file_of(writer);
  use(akin::detail::read_model<tfidf_vectorizer>(craft::read(file)));  // it must be read to its end
  return file;
}

/// A true file with some bytes replaced: changes are triples of position (two bytes) and value.
void read_changed(craft::bytes file, std::span<const std::byte> changes) {
  for (; changes.size() >= 3; changes = changes.subspan(3))
    file[craft::get<std::uint16_t>(changes, 0) % file.size()] = changes[2];
  craft::seal(file);
  read_and_use(file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> input = std::as_bytes(std::span(data, size));
  read_and_use(input);
  craft::bytes file(input.begin(), input.end());
  craft::seal(file);
  read_and_use(file);

  constexpr std::size_t few_changes = 3 * 8;
  if (size <= few_changes) {
    static const craft::bytes named = file_of({.ngrams = {1, 2}, .stop_words = {"with", "a"}});
    static const craft::bytes hashed = file_of({.hashed_features = 16});
    read_changed(named, input);
    read_changed(hashed, input);
  }
  return 0;
}
