// Any bytes are a whole .npy file or a format_error, nothing else.
#include <cstddef>
#include <cstdint>
#include <span>

#include <akin/data/npy.hpp>
#include <akin/error.hpp>

namespace {

/// Where results go, so that the compiler keeps the reads that they come from.
volatile double kept;

template <class Scalar>
void read(std::span<const std::byte> bytes) {
  try {
    const auto matrix = akin::detail::read_npy<Scalar>(bytes, "fuzz");
    double sum = 0;
    for (Eigen::Index i = 0; i < matrix.size(); ++i) sum += static_cast<double>(matrix.data()[i]);
    kept = sum;
  } catch (const akin::format_error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  read<float>(bytes);
  read<double>(bytes);
  return 0;
}
