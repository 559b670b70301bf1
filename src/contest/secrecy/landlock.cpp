// SPDX-License-Identifier: Apache-2.0
#include "contest/secrecy/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace sotto::contest {
namespace {

// The kernel's numbers, written out: the header of Debian 12 knows only the first two versions.
constexpr uint64_t kWriteFile = 1u << 1, kReadFile = 1u << 2, kReadFolder = 1u << 3, kTruncate = 1u << 14;
constexpr uint64_t kAllOfVersion1 = (1u << 13) - 1, kRefer = 1u << 13, kDeviceCalls = 1u << 15;
constexpr uint64_t kBindTcp = 1, kConnectTcp = 2;
constexpr uint64_t kAbstractSockets = 1, kSignals = 2;

// struct landlock_ruleset_attr of version 6; older kernels take its beginning.
struct Ruleset {
  uint64_t files = 0, network = 0, scoped = 0;
};

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

Ruleset everything(int abi) {
  Ruleset rules{kAllOfVersion1, 0, 0};
  if (abi >= 2) rules.files |= kRefer;
  if (abi >= 3) rules.files |= kTruncate;
  if (abi >= 4) rules.network = kBindTcp | kConnectTcp;
  if (abi >= 5) rules.files |= kDeviceCalls;
  if (abi >= 6) rules.scoped = kAbstractSockets | kSignals;
  return rules;
}

Error failure(const char* doing, const std::string& path = {}) {
  const std::string what = path.empty() ? doing : doing + (" " + path);
  return environment_error("Landlock: cannot " + what + ": " + std::strerror(errno));
}

Status allow(int ruleset, const std::string& path, uint64_t rights) {
  const Descriptor file{open(path.c_str(), O_PATH | O_CLOEXEC)};
  if (file.fd < 0) return failure("open", path);
  struct stat info {};
  if (fstat(file.fd, &info) != 0) return failure("see", path);
  if (!S_ISDIR(info.st_mode)) rights &= ~kReadFolder;  // refused for what is no folder
  landlock_path_beneath_attr rule{};
  rule.allowed_access = rights;
  rule.parent_fd = file.fd;
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0u) != 0) return failure("allow", path);
  return ok_status();
}

}  // namespace

int landlock_abi() {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, size_t{0}, uint32_t{LANDLOCK_CREATE_RULESET_VERSION});
  return version > 0 ? static_cast<int>(version) : 0;
}

Status restrict_files(const std::string& writable, const std::vector<std::string>& readable) {
  const int abi = landlock_abi();
  const Ruleset rules = everything(abi);
  const size_t size = abi >= 6 ? sizeof rules : abi >= 4 ? offsetof(Ruleset, scoped) : offsetof(Ruleset, network);
  const Descriptor ruleset{static_cast<int>(syscall(SYS_landlock_create_ruleset, &rules, size, 0u))};
  if (ruleset.fd < 0) return failure("begin");
  SOTTO_TRY_STATUS(allow(ruleset.fd, writable, (kReadFile | kReadFolder | kWriteFile | kTruncate) & rules.files));
  for (const std::string& path : readable)
    if (access(path.c_str(), F_OK) == 0) SOTTO_TRY_STATUS(allow(ruleset.fd, path, kReadFile | kReadFolder));
  if (syscall(SYS_landlock_restrict_self, ruleset.fd, 0u) != 0) return failure("lock the agent");
  return ok_status();
}

}  // namespace sotto::contest
