// SPDX-License-Identifier: Apache-2.0
#include "contest/secrecy/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sotto::contest {
namespace {

bool has_mode(const struct stat& info, mode_t mode) { return (info.st_mode & 07777) == mode && info.st_uid == geteuid(); }

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

Error cannot(const char* what, const std::string& path) {
  return environment_error(std::string("cannot ") + what + " " + path + ": " + std::strerror(errno));
}

}  // namespace

// Nothing is made or changed when all is as it should be: a confined process may do neither.
Status make_private_folder(const std::string& folder) {
  struct stat info {};
  if (stat(folder.c_str(), &info) != 0) {
    if (mkdir(folder.c_str(), 0700) != 0) return cannot("make folder", folder);
    if (stat(folder.c_str(), &info) != 0) return cannot("see folder", folder);
  }
  if (!S_ISDIR(info.st_mode)) return environment_error(folder + " is not a folder");
  if (!has_mode(info, 0700) && chmod(folder.c_str(), 0700) != 0) return cannot("make private", folder);
  return ok_status();
}

Status make_private_file(const std::string& path) {
  const Descriptor file{open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (file.fd < 0) return cannot("open", path);
  struct stat info {};
  if (fstat(file.fd, &info) != 0 || (!has_mode(info, 0600) && fchmod(file.fd, 0600) != 0)) return cannot("make private", path);
  return ok_status();
}

// Written beside its place and linked there.
Status place_private_file(const std::string& path, ByteSpan content) {
  const std::string fresh = path + "." + std::to_string(getpid());
  const Descriptor file{open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (file.fd < 0) return cannot("make", fresh);
  const bool written = write(file.fd, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  const bool placed = written && fchmod(file.fd, 0600) == 0 && fsync(file.fd) == 0 &&
                      (link(fresh.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int reason = errno;
  unlink(fresh.c_str());
  errno = reason;
  return placed ? ok_status() : Status(cannot("make", path));
}

Result<Bytes> read_private_file(const std::string& path, size_t most) {
  const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (file.fd < 0) return cannot("open", path);
  struct stat info {};
  if (fstat(file.fd, &info) != 0) return cannot("see", path);
  if (!S_ISREG(info.st_mode) || info.st_uid != geteuid() || (info.st_mode & 077) != 0)
    return input_error(path + " must be a plain file of yours that nobody else can read (chmod 600)");
  Bytes content(most + 1);
  const ssize_t n = read(file.fd, content.data(), content.size());
  if (n < 0) return cannot("read", path);
  content.resize(static_cast<size_t>(n));
  return content;
}

}  // namespace sotto::contest
