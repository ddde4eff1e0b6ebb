#include "event_log.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/file.h>
#include <unistd.h>

#include <akin/data/read_interactions.hpp>

namespace {

constexpr std::string_view header = "user,item,value,time\n";

std::string reason() { return std::strerror(errno); }

/// A quoted field, whatever is in it.
std::string quoted(std::string_view text) {
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string_view("\"\"") : std::string_view(&c, 1);
  return field + '"';
}

/// The time in UTC, to milliseconds.
std::string now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  const auto seconds = static_cast<std::time_t>(milliseconds / 1000);
  std::tm utc = {};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> date = {}, text = {};
  std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text.data(), text.size(), "%.24s.%03dZ", date.data(), static_cast<int>(milliseconds % 1000));
  return text.data();
}

std::string shortest(double value) {
  std::array<char, 32> text = {};
  std::snprintf(text.data(), text.size(), "%.9g", value);
  return text.data();
}

/// The length of the lines that are whole: to the last line end outside of quotes.
std::int64_t whole_lines(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::int64_t position = 0, end = 0;
  bool in_quotes = false;
  for (std::istreambuf_iterator<char> c(file), none; c != none; ++c) {
    ++position;
    if (*c == '"') in_quotes = !in_quotes;
    if (*c == '\n' && !in_quotes) end = position;
  }
  return end;
}

bool begins_with_header(const std::filesystem::path& path) {
  std::string start(header.size(), '\0');
  std::ifstream(path, std::ios::binary).read(start.data(), static_cast<std::streamsize>(start.size()));
  return start == header;
}

/// A new name is on the disk only after its folder is.
bool sync_folder_of(const std::filesystem::path& path) {
  const auto folder = std::filesystem::absolute(path).parent_path();
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return false;
  const bool ok = ::fsync(handle) == 0;
  ::close(handle);
  return ok;
}

}  // namespace

event_log::event_log(const std::filesystem::path& path) : path_(path) {
  const auto refuse = [&](const std::string& problem) {
    if (file_ >= 0) ::close(file_);
    throw log_error("event_log: " + path.string() + ": " + problem);
  };
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file_ < 0) refuse("cannot be opened: " + reason());
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) refuse("another process writes it");
  if (!std::filesystem::is_regular_file(path)) refuse("must be a file");
  size_ = whole_lines(path);
  if (size_ == 0 && std::filesystem::file_size(path) > header.size()) refuse("must be a log of events, with lines");
  if (size_ != 0 && !begins_with_header(path)) refuse("its first line must be user,item,value,time");
  if (::ftruncate(file_, size_) != 0) refuse("the torn last line cannot be cut off: " + reason());
  if (size_ == 0)
    if (const std::string problem = write(header); !problem.empty()) refuse(problem);
  if (!sync_folder_of(path)) refuse("its folder cannot be brought to the disk: " + reason());
  writer_ = std::thread([this] { write_batches(); });
}

event_log::~event_log() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  arrived_.notify_one();
  writer_.join();
  ::close(file_);
}

akin::interaction_log event_log::past() const {
  return akin::read_interactions(path_, {.value = "value", .time = "time", .separator = ','});
}

void event_log::append(std::string_view user, std::string_view item, double value) {
  const std::string line = quoted(user) + ',' + quoted(item) + ',' + shortest(value) + ',' + now() + '\n';
  std::unique_lock lock(mutex_);
  const std::shared_ptr<batch> mine = waiting_;
  mine->lines += line;
  arrived_.notify_one();
  written_.wait(lock, [&] { return mine->is_done; });
  if (!mine->problem.empty()) throw log_error("event_log: the event was not written: " + mine->problem);
}

void event_log::write_batches() {
  std::unique_lock lock(mutex_);
  for (;;) {
    arrived_.wait(lock, [&] { return is_closing_ || !waiting_->lines.empty(); });
    if (waiting_->lines.empty()) return;
    const std::shared_ptr<batch> next = std::exchange(waiting_, std::make_shared<batch>());
    lock.unlock();
    std::string problem = write(next->lines);
    lock.lock();
    next->problem = std::move(problem);
    next->is_done = true;
    written_.notify_all();
  }
}

/// Brings the lines to the disk, and says why not if that fails.
std::string event_log::write(std::string_view lines) {
  if (!broken_.empty()) return broken_;
  for (std::string_view rest = lines; !rest.empty();) {
    const ssize_t count = ::write(file_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return undo(reason());
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  // After a flush that failed nobody knows what is on the disk, and a second one may succeed without having written it.
  if (::fdatasync(file_) != 0) return broken_ = reason() + ", and the service must be restarted";
  size_ += static_cast<std::int64_t>(lines.size());
  return {};
}

/// Removes what was written of lines that do not fit.
std::string event_log::undo(const std::string& problem) {
  if (::ftruncate(file_, size_) != 0) broken_ = problem + ", and the service must be restarted";
  return problem;
}
