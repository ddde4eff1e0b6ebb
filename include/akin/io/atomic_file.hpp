/// @file
/// Writes a file atomically: it appears under its name whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Writes a file beside the target, without a name if the system has that, else as `target.tmp-…`, and renames it over
/// the target in commit(), after everything has reached the disk. Without commit(), after an error, or if the process
/// is killed, it is gone and the target is as it was. The next writer of the same target removes a file with a name
/// that a killed process has left: a living writer would hold its lock (not on Windows, where it stays). Errors are
/// std::runtime_error with path and reason. If the target is a symbolic link, its destination is replaced.
class atomic_file {
 public:
  /// `nameless`: false asks for a name from the start.
  explicit atomic_file(const std::filesystem::path& target, bool nameless = true);
  ~atomic_file() { discard(); }
  atomic_file(const atomic_file&) = delete;
  atomic_file& operator=(const atomic_file&) = delete;

  /// Appends bytes.
  void write(std::span<const std::byte> bytes);

  /// Gives the file its name. Nothing may be written afterwards.
  void commit();

 private:
  /// The final path; refuses targets that a rename would replace by mistake: folders, devices, pipes.
  static std::filesystem::path resolved(const std::filesystem::path& target);

  static constexpr std::string_view suffix_begin = ".tmp-";
  static constexpr std::size_t suffix_digits = 16;

  /// Almost certainly unique among processes, threads and moments; creating the file detects a collision.
  std::filesystem::path temporary_name() const;

  static std::int64_t process_id();
  static int sync(std::FILE* file);

  /// False, with errno, if the file cannot be created.
  bool open_new(const std::filesystem::path& path);

  /// False if the system has no files without a name, or no way to give them one.
  bool open_nameless();

  void give_name();
  void unlock() noexcept;

  /// Removes files that dead writers of the same target have left. Files that cannot be removed stay.
  void remove_abandoned() const;

  /// Makes the new name survive a power failure. The file is already in place, and some file systems and permissions do
  /// not allow this, so a failure is not an error.
  void sync_folder() const;

#if !defined(_WIN32)
  std::filesystem::path folder() const;
  static std::string link_to(int descriptor);

  /// Takes the descriptor and, for a lock that outlives the closing of the file, a second one; false, with errno, if
  /// that fails. On a file system without locks no abandoned file can be locked, so none is removed.
  bool adopt(int descriptor);

  bool is_temporary(std::string_view name) const;
#endif

  void discard() noexcept;

  [[noreturn]] void refuse(std::string_view step, std::string_view reason);

  std::string shown_;
  std::filesystem::path target_;
  std::filesystem::path temporary_;  // empty while there is none
  std::FILE* file_ = nullptr;
  [[maybe_unused]] int lock_ = -1;
};

}  // namespace detail
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(io)
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#if defined(_WIN32)
#include <io.h>
#else
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include <akin/error.hpp>
#include <akin/io/checksum.hpp>
#include <akin/io/mapped_file.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE atomic_file::atomic_file(const std::filesystem::path& target, bool nameless)
    : shown_(quoted(target)), target_(resolved(target)) {
  remove_abandoned();
  if (nameless && open_nameless()) return;
  constexpr int attempts = 16;  // each fails with a chance of 2^-64, were it not for a stopped clock
  for (int i = 0; i < attempts && file_ == nullptr; ++i) {
    std::filesystem::path name = temporary_name();
    if (open_new(name))
      temporary_ = std::move(name);
    else if (errno != EEXIST)
      break;
  }
  if (file_ == nullptr) refuse("no file can be created beside it", error_text(errno));
}

AKIN_INLINE void atomic_file::write(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) refuse("writing failed", error_text(errno));
}

AKIN_INLINE void atomic_file::commit() {
  if (std::fflush(file_) != 0) refuse("writing failed", error_text(errno));
  if (sync(file_) != 0) refuse("writing to the disk failed", error_text(errno));
  if (temporary_.empty()) give_name();
  if (std::fclose(std::exchange(file_, nullptr)) != 0) refuse("closing failed", error_text(errno));
  std::error_code error;
  std::filesystem::rename(temporary_, target_, error);
  if (error) refuse("taking the place of the old file failed", error.message());
  temporary_.clear();
  unlock();
  sync_folder();
}

AKIN_INLINE std::filesystem::path atomic_file::resolved(const std::filesystem::path& target) {
  std::error_code ignored;
  const auto status = std::filesystem::status(target, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    fail<std::runtime_error>("save: ", quoted(target), " is there already and not a regular file");
  }
  if (!std::filesystem::is_symlink(std::filesystem::symlink_status(target, ignored))) return target;
  const std::filesystem::path destination = std::filesystem::canonical(target, ignored);
  return destination.empty() ? target : destination;
}

AKIN_INLINE std::filesystem::path atomic_file::temporary_name() const {
  const std::int64_t seeds[] = {std::chrono::system_clock::now().time_since_epoch().count(),
                                std::chrono::steady_clock::now().time_since_epoch().count(),
                                reinterpret_cast<std::intptr_t>(this), process_id()};
  char digits[32];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(checksum(seeds, sizeof seeds)));
  std::filesystem::path name = target_;
  name += suffix_begin;
  name += digits;
  return name;
}

#if defined(_WIN32)

AKIN_INLINE std::int64_t atomic_file::process_id() { return ::_getpid(); }

AKIN_INLINE int atomic_file::sync(std::FILE* file) { return ::_commit(::_fileno(file)); }

AKIN_INLINE bool atomic_file::open_nameless() { return false; }

AKIN_INLINE void atomic_file::give_name() {}

AKIN_INLINE void atomic_file::unlock() noexcept {}

AKIN_INLINE void atomic_file::remove_abandoned() const {}

AKIN_INLINE void atomic_file::sync_folder() const {}

AKIN_INLINE bool atomic_file::open_new(const std::filesystem::path& path) {
  file_ = ::_wfopen(path.c_str(), L"wbx");
  return file_ != nullptr;
}

#else

AKIN_INLINE std::int64_t atomic_file::process_id() { return ::getpid(); }

AKIN_INLINE int atomic_file::sync(std::FILE* file) { return ::fsync(::fileno(file)); }

AKIN_INLINE std::filesystem::path atomic_file::folder() const {
  return target_.has_parent_path() ? target_.parent_path() : ".";
}

AKIN_INLINE std::string atomic_file::link_to(int descriptor) { return sentence("/proc/self/fd/", descriptor); }

AKIN_INLINE bool atomic_file::open_new(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0 || !adopt(descriptor)) return false;
  // Another writer may have removed the file as abandoned between the opening and the lock.
  const bool is_taken = ::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  struct stat status {};
  if (!is_taken && ::fstat(lock_, &status) == 0 && status.st_nlink > 0) return true;
  discard();
  errno = EEXIST;
  return false;
}

AKIN_INLINE bool atomic_file::open_nameless() {
#if defined(O_TMPFILE)
  const int descriptor = ::open(folder().c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
  if (descriptor < 0) return false;
  if (::access(link_to(descriptor).c_str(), F_OK) == 0) {
    if (!adopt(descriptor)) return false;
    static_cast<void>(::flock(lock_, LOCK_EX | LOCK_NB));
    return true;
  }
  ::close(descriptor);
#endif
  return false;
}

AKIN_INLINE void atomic_file::give_name() {
  errno = EEXIST;
  for (int i = 0; i < 16 && temporary_.empty() && errno == EEXIST; ++i) {
    std::filesystem::path name = temporary_name();
    if (::linkat(AT_FDCWD, link_to(lock_).c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0)
      temporary_ = std::move(name);
  }
  if (temporary_.empty()) refuse("giving it a name failed", error_text(errno));
}

AKIN_INLINE bool atomic_file::adopt(int descriptor) {
  lock_ = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  file_ = lock_ < 0 ? nullptr : ::fdopen(descriptor, "wb");
  if (file_ == nullptr) {
    const int error = errno;
    ::close(descriptor);
    unlock();
    errno = error;
    return false;
  }
  return true;
}

AKIN_INLINE void atomic_file::unlock() noexcept {
  if (lock_ >= 0) ::close(std::exchange(lock_, -1));
}

AKIN_INLINE bool atomic_file::is_temporary(std::string_view name) const {
  const std::string begin = target_.filename().string().append(suffix_begin);
  return name.size() == begin.size() + suffix_digits && name.starts_with(begin) &&
         name.find_first_not_of("0123456789abcdef", begin.size()) == std::string_view::npos;
}

AKIN_INLINE void atomic_file::remove_abandoned() const {
  std::error_code stop;
  for (std::filesystem::directory_iterator entry(folder(), stop), end; !stop && entry != end; entry.increment(stop)) {
    const std::filesystem::path& path = entry->path();
    if (!is_temporary(path.filename().native())) continue;
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) continue;
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) ::unlink(path.c_str());
    ::close(descriptor);
  }
}

AKIN_INLINE void atomic_file::sync_folder() const {
  const int descriptor = ::open(folder().c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY);
  if (descriptor < 0) return;
  static_cast<void>(::fsync(descriptor));
  ::close(descriptor);
}

#endif

AKIN_INLINE void atomic_file::discard() noexcept {
  if (file_ != nullptr) std::fclose(std::exchange(file_, nullptr));
  if (!temporary_.empty()) {
    std::error_code ignored;
    std::filesystem::remove(temporary_, ignored);
    temporary_.clear();
  }
  unlock();
}

AKIN_INLINE void atomic_file::refuse(std::string_view step, std::string_view reason) {
  discard();
  fail<std::runtime_error>("save: ", shown_, " cannot be written, ", step, ": ", reason);
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
#endif
