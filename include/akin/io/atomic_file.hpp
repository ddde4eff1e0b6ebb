/// @file
/// A file that appears under its name whole or not at all.
#pragma once

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#if defined(_WIN32)
#include <io.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

#include <akin/error.hpp>
#include <akin/io/checksum.hpp>
#include <akin/io/mapped_file.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Writes `target.tmp-…` beside the target and renames it over the target in commit(), after everything has reached the
/// disk. Without commit(), or after an error, the temporary file is removed and the target is as it was; so it is when
/// the process is killed, which leaves the temporary file behind. Errors are std::runtime_error with path and reason. A
/// target that is a symbolic link stays one: what it leads to is replaced.
class atomic_file {
 public:
  explicit atomic_file(const std::filesystem::path& target) : shown_(quoted(target)), target_(resolved(target)) {
    constexpr int attempts = 16;  // each fails with a chance of 2^-64, were it not for a stopped clock
    for (int i = 0; i < attempts && file_ == nullptr; ++i) {
      std::filesystem::path name = target_;
      name += temporary_suffix();
      file_ = open_new(name);
      if (file_ != nullptr) {
        temporary_ = std::move(name);
      } else if (errno != EEXIST) {
        break;
      }
    }
    if (file_ == nullptr) refuse("no file can be created beside it", error_text(errno));
  }
  ~atomic_file() { discard(); }
  atomic_file(const atomic_file&) = delete;
  atomic_file& operator=(const atomic_file&) = delete;

  /// Appends bytes.
  void write(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) refuse("writing failed", error_text(errno));
  }

  /// Gives the file its name. Nothing may be written afterwards.
  void commit() {
    if (std::fflush(file_) != 0) refuse("writing failed", error_text(errno));
    if (sync(file_) != 0) refuse("writing to the disk failed", error_text(errno));
    if (std::fclose(std::exchange(file_, nullptr)) != 0) refuse("closing failed", error_text(errno));
    std::error_code error;
    std::filesystem::rename(temporary_, target_, error);
    if (error) refuse("taking the place of the old file failed", error.message());
    temporary_.clear();
    sync_folder();
  }

 private:
  /// Where the file will be; refuses what a rename would replace by mistake: folders, devices, pipes.
  static std::filesystem::path resolved(const std::filesystem::path& target) {
    std::error_code ignored;
    const auto status = std::filesystem::status(target, ignored);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
      fail<std::runtime_error>("save: ", quoted(target), " is there already and not a regular file");
    }
    if (!std::filesystem::is_symlink(std::filesystem::symlink_status(target, ignored))) return target;
    const std::filesystem::path destination = std::filesystem::canonical(target, ignored);
    return destination.empty() ? target : destination;
  }

  /// Differs between processes, threads and moments as good as always; open_new notices when it does not.
  std::string temporary_suffix() const {
    const std::int64_t seeds[] = {std::chrono::system_clock::now().time_since_epoch().count(),
                                  std::chrono::steady_clock::now().time_since_epoch().count(),
                                  static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(this)), process_id()};
    char text[32];
    std::snprintf(text, sizeof text, ".tmp-%016llx", static_cast<unsigned long long>(checksum(seeds, sizeof seeds)));
    return text;
  }

#if defined(_WIN32)
  static std::FILE* open_new(const std::filesystem::path& path) { return ::_wfopen(path.c_str(), L"wbx"); }
  static std::int64_t process_id() { return ::_getpid(); }
  static int sync(std::FILE* file) { return ::_commit(::_fileno(file)); }
  void sync_folder() const {}
#else
  static std::FILE* open_new(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) return nullptr;
    std::FILE* const file = ::fdopen(descriptor, "wb");
    if (file == nullptr) ::close(descriptor);
    return file;
  }
  static std::int64_t process_id() { return ::getpid(); }
  static int sync(std::FILE* file) { return ::fsync(::fileno(file)); }

  /// Makes the new name outlive a loss of power. The file is in place already, and some file systems and permissions do
  /// not allow this, so a failure is no error.
  void sync_folder() const {
    const std::filesystem::path folder = target_.has_parent_path() ? target_.parent_path() : ".";
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (descriptor < 0) return;
    static_cast<void>(::fsync(descriptor));
    ::close(descriptor);
  }
#endif

  void discard() noexcept {
    if (file_ != nullptr) std::fclose(std::exchange(file_, nullptr));
    if (temporary_.empty()) return;
    std::error_code ignored;
    std::filesystem::remove(temporary_, ignored);
    temporary_.clear();
  }

  [[noreturn]] void refuse(std::string_view step, std::string_view reason) {
    discard();
    fail<std::runtime_error>("save: ", shown_, " cannot be written, ", step, ": ", reason);
  }

  std::string shown_;
  std::filesystem::path target_;
  std::filesystem::path temporary_;  // empty when there is none
  std::FILE* file_ = nullptr;
};

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
