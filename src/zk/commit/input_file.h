// SPDX-License-Identifier: Apache-2.0
// A file of points, read piecewise by several threads.
#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "zk/curve/g1.h"

namespace sotto::zk {

class InputFile {
 public:
  static Result<std::shared_ptr<const InputFile>> open(const std::string& path) {
    std::shared_ptr<InputFile> file(new InputFile(::open(path.c_str(), O_RDONLY | O_CLOEXEC)));
    struct stat st {};
    if (file->fd_ < 0 || ::fstat(file->fd_, &st) != 0) return input_error("cannot open " + path + ": " + std::strerror(errno));
    if (!S_ISREG(st.st_mode)) return input_error(path + " is not a file");
    file->size_ = static_cast<uint64_t>(st.st_size);
    return std::shared_ptr<const InputFile>(std::move(file));
  }
  ~InputFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  uint64_t size() const { return size_; }
  // False when the file ends before out is full. Thread-safe.
  bool read_at(uint64_t offset, std::span<uint8_t> out) const {
    while (!out.empty()) {
      const ssize_t n = ::pread(fd_, out.data(), out.size(), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      out = out.subspan(static_cast<size_t>(n));
      offset += static_cast<uint64_t>(n);
    }
    return true;
  }
  // Points as little-endian Montgomery limbs x, y: how they lie in memory.
  bool read_points_at(uint64_t offset, std::span<G1Affine> out) const {
    static_assert(sizeof(G1Affine) == 64 && std::is_trivially_copyable_v<G1Affine>);
    return read_at(offset, {reinterpret_cast<uint8_t*>(out.data()), out.size_bytes()});
  }

 private:
  explicit InputFile(int fd) : fd_(fd) {}
  int fd_;
  uint64_t size_ = 0;
};

// Coordinates that came from outside as Montgomery limbs: reduced, on the curve, not infinity. (G1 has cofactor 1.)
inline bool is_power_of_tau(const G1Affine& p) {
  return detail::less(p.x.montgomery(), Fq::kModulus) && detail::less(p.y.montgomery(), Fq::kModulus) && !p.is_infinity() &&
         p.is_on_curve();
}

}  // namespace sotto::zk
