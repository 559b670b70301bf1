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

}  // namespace

// Nothing is made or changed when all is as it should be: a confined process may do neither.
Status make_private_folder(const std::string& folder) {
  struct stat info {};
  if (stat(folder.c_str(), &info) != 0) {
    if (mkdir(folder.c_str(), 0700) != 0) return environment_error("cannot make folder " + folder + ": " + std::strerror(errno));
    if (stat(folder.c_str(), &info) != 0) return environment_error("cannot see folder " + folder + ": " + std::strerror(errno));
  }
  if (!S_ISDIR(info.st_mode)) return environment_error(folder + " is not a folder");
  if (!has_mode(info, 0700) && chmod(folder.c_str(), 0700) != 0)
    return environment_error("cannot make " + folder + " private: " + std::strerror(errno));
  return ok_status();
}

Status make_private_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return environment_error("cannot open " + path + ": " + std::strerror(errno));
  struct stat info {};
  const bool made = fstat(fd, &info) == 0 && (has_mode(info, 0600) || fchmod(fd, 0600) == 0);
  close(fd);
  return made ? ok_status() : Status(environment_error("cannot make " + path + " private"));
}

}  // namespace sotto::contest
