/// @file
/// What users have done, as a file that is a log for the next training.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include <akin/data/interaction_log.hpp>

/// An event was not brought to the disk, and is not in the log.
struct log_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A CSV file with the columns user, item, value and time. One process writes it. append() returns when its line is on
/// the disk; lines that wait at the same time share one write and one flush. A line that a killed process left
/// unfinished is cut off when the file is opened.
class event_log {
 public:
  /// Opens the file, or makes it. Throws log_error if that is impossible, if another process has it open, or if it is
  /// some other file.
  explicit event_log(const std::filesystem::path& path);
  /// Brings what waits to the disk.
  ~event_log();
  event_log(const event_log&) = delete;
  event_log& operator=(const event_log&) = delete;

  /// The events that were in the file when it was opened.
  akin::interaction_log past() const;

  /// Adds an event of now. Throws log_error if it could not be written: it is then not in the log. Any thread.
  void append(std::string_view user, std::string_view item, double value);

 private:
  /// Lines that go to the disk together.
  struct batch {
    std::string lines;
    bool is_done = false;
    std::string problem;
  };

  void begin_file();
  void write_batches();
  std::string write(std::string_view lines);
  std::string undo(const std::string& problem);

  std::filesystem::path path_;
  int file_ = -1;
  std::int64_t size_ = 0;  // of the whole lines that are on the disk
  std::string broken_;     // why nothing can be written any more

  std::mutex mutex_;
  std::condition_variable arrived_, written_;
  std::shared_ptr<batch> waiting_ = std::make_shared<batch>();
  bool is_closing_ = false;
  std::thread writer_;
};
