/// @file
/// The bytes of a file without a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <akin/error.hpp>
#include <akin/io/format.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A path for error messages.
std::string quoted(const std::filesystem::path& path);

/// The operating system's text for an error number.
std::string error_text(int number);

/// Bytes at an address that is a multiple of section_alignment, zero at first.
class aligned_bytes {
 public:
  explicit aligned_bytes(std::size_t size) : lines_(aligned_up(size) / section_alignment), size_(size) {}
  explicit aligned_bytes(std::span<const std::byte> bytes);

  std::byte* data() noexcept { return reinterpret_cast<std::byte*>(lines_.data()); }
  std::span<const std::byte> bytes() const noexcept;

 private:
  struct alignas(section_alignment) line {
    std::byte bytes[section_alignment];
  };
  std::vector<line> lines_;
  std::size_t size_;
};

#if defined(_WIN32)

/// The bytes of a regular file, read into memory, since a mapping would prevent replacing the file. Throws
/// std::runtime_error: where, path and reason.
class mapped_file {
 public:
  explicit mapped_file(const std::filesystem::path& path, std::string_view where = {});
  mapped_file(const mapped_file&) = delete;
  mapped_file& operator=(const mapped_file&) = delete;

  std::span<const std::byte> bytes() const noexcept { return memory_.bytes(); }

 private:
  static std::size_t size_of(const std::filesystem::path& path, std::string_view where);

  aligned_bytes memory_;
};

#else

/// The bytes of a regular file, mapped for reading; they begin at a multiple of the page size. Throws
/// std::runtime_error with path and reason. During the lifetime of this object the file must not be written or
/// shortened; it may be removed or replaced by a rename.
class mapped_file {
 public:
  explicit mapped_file(const std::filesystem::path& path, std::string_view where = {});
  ~mapped_file();
  mapped_file(const mapped_file&) = delete;
  mapped_file& operator=(const mapped_file&) = delete;

  std::span<const std::byte> bytes() const noexcept { return {static_cast<const std::byte*>(address_), size_}; }

 private:
  /// The error, empty on success.
  std::string map(int file);

  void* address_ = nullptr;
  std::size_t size_ = 0;
};

#endif

}  // namespace detail
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(io)
#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>

#if defined(_WIN32)
#include <cstdio>
#else
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE std::string quoted(const std::filesystem::path& path) {
  const std::u8string text = path.u8string();
  return '"' + std::string(text.begin(), text.end()) + '"';
}

AKIN_INLINE std::string error_text(int number) { return std::generic_category().message(number); }

AKIN_INLINE aligned_bytes::aligned_bytes(std::span<const std::byte> bytes) : aligned_bytes(bytes.size()) {
  if (size_ != 0) std::memcpy(data(), bytes.data(), size_);
}

AKIN_INLINE std::span<const std::byte> aligned_bytes::bytes() const noexcept {
  return {reinterpret_cast<const std::byte*>(lines_.data()), size_};
}

#if defined(_WIN32)

AKIN_INLINE mapped_file::mapped_file(const std::filesystem::path& path, std::string_view where)
    : memory_(size_of(path, where)) {
  std::FILE* const file = ::_wfopen(path.c_str(), L"rb");
  if (file == nullptr) fail<std::runtime_error>(where, quoted(path), " cannot be opened: ", error_text(errno));
  const std::size_t size = memory_.bytes().size();
  const std::size_t got = std::fread(memory_.data(), 1, size, file);
  std::fclose(file);
  if (got != size) fail<std::runtime_error>(where, quoted(path), " cannot be read to its end");
}

AKIN_INLINE std::size_t mapped_file::size_of(const std::filesystem::path& path, std::string_view where) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) fail<std::runtime_error>(where, quoted(path), " cannot be opened: ", error.message());
  return static_cast<std::size_t>(size);
}

#else

AKIN_INLINE mapped_file::mapped_file(const std::filesystem::path& path, std::string_view where) {
  // Otherwise open() would wait for the writer of a pipe.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) fail<std::runtime_error>(where, quoted(path), " cannot be opened: ", error_text(errno));
  const std::string problem = map(file);
  ::close(file);
  if (!problem.empty()) fail<std::runtime_error>(where, quoted(path), " ", problem);
}

AKIN_INLINE mapped_file::~mapped_file() {
  if (size_ != 0) ::munmap(address_, size_);
}

AKIN_INLINE std::string mapped_file::map(int file) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return "cannot be opened: " + error_text(errno);
  if (!S_ISREG(status.st_mode)) return "is not a regular file";
  if (static_cast<std::uintmax_t>(status.st_size) > std::numeric_limits<std::ptrdiff_t>::max()) {
    return "is larger than the address space";
  }
  if (status.st_size == 0) return {};  // nothing to map, which mmap refuses
  void* const address = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
  if (address == MAP_FAILED) return "cannot be mapped: " + error_text(errno);
  address_ = address;
  size_ = static_cast<std::size_t>(status.st_size);
  return {};
}

#endif

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
#endif
