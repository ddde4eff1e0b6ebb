/// @file
/// Ctrl-C.
#pragma once

namespace cli {

/// From now on Ctrl-C ends the program at once with exit code 130: results exist only in files that are written whole.
void catch_interrupt();

/// While one of these lives a file is being written, and Ctrl-C waits for its end: at most one at a time.
class writing {
 public:
  writing();
  ~writing();
  writing(const writing&) = delete;
  writing& operator=(const writing&) = delete;
};

}  // namespace cli
