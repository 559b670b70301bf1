// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sotto::contest {

Result<FolderLock> FolderLock::take(const std::string& folder) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return environment_error("cannot make folder " + folder + ": " + std::strerror(errno));
  const std::string path = folder + "/lock";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return environment_error("cannot open " + path + ": " + std::strerror(errno));
  FolderLock lock(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) return environment_error("another swarm is running in " + folder);
  return lock;
}

FolderLock::~FolderLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace sotto::contest
