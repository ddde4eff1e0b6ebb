#include "interrupt.hpp"

#include <atomic>
#include <csignal>
#include <unistd.h>

#include "general.hpp"

namespace cli {
namespace {

std::atomic<bool> is_writing = false, is_interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

/// Leaves the line with the progress, if there is one, and the program. Nothing here is more than a signal handler may
/// do.
void leave() {
  if (::isatty(STDERR_FILENO) != 0) static_cast<void>(!::write(STDERR_FILENO, "\n", 1));
  ::_exit(exit_interrupted);
}

void on_interrupt(int) {
  is_interrupted = true;
  if (!is_writing) leave();
}

}  // namespace

void catch_interrupt() { std::signal(SIGINT, on_interrupt); }

writing::writing() { is_writing = true; }

writing::~writing() {
  is_writing = false;
  if (is_interrupted) leave();
}

}  // namespace cli
