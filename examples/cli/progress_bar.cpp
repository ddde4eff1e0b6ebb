#include "progress_bar.hpp"

#include <algorithm>
#include <cstdio>
#include <unistd.h>
#include <utility>

namespace cli {

progress_bar::progress_bar(const general_options& options, std::string title)
    : is_shown_(!options.quiet && ::isatty(STDERR_FILENO) != 0), title_(std::move(title)) {
  show(0, "");
}

void progress_bar::operator()(const akin::progress& reached) const {
  char text[96];
  std::snprintf(text, sizeof text, "iteration %d of %d, %.1f s", reached.iteration, reached.iterations,
                reached.seconds);
  show(static_cast<double>(reached.iteration) / std::max(reached.iterations, 1), text);
}

void progress_bar::show(double part, const std::string& text) const {
  if (!is_shown_) return;
  constexpr int width = 20;
  std::string bar(width, '.');
  std::fill_n(bar.begin(), static_cast<int>(std::clamp(part, 0.0, 1.0) * width), '#');
  std::fprintf(stderr, "\r%s [%s] %s\033[K", title_.c_str(), bar.c_str(), text.c_str());
  std::fflush(stderr);
}

void progress_bar::clear() const {
  if (!is_shown_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
}

}  // namespace cli
