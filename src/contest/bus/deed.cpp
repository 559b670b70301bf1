// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/deed.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "contest/bus/record.h"

namespace sotto::contest {
namespace {

constexpr uint64_t kMaxFile = 1 << 20;
constexpr int kFormat = 1;

}  // namespace

std::string random_word() {
  std::array<uint8_t, 16> random{};
  SOTTO_CHECK(getrandom(random.data(), random.size(), 0) == static_cast<ssize_t>(random.size()));
  return to_hex(random).substr(2);
}

Result<DeedFile> DeedFile::open(const std::string& folder, const std::string& node) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return environment_error("cannot make folder " + folder + ": " + std::strerror(errno));
  const std::string path = folder + "/node.json", lock = folder + "/node.lock";
  const int fd = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return environment_error("cannot open " + lock + ": " + std::strerror(errno));
  DeedFile file(path, fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) return environment_error("another node is running in " + folder);
  if (access(path.c_str(), F_OK) != 0) {
    file.deed_ = {node, random_word(), {}};
    SOTTO_TRY_STATUS(file.write());
    return file;
  }
  SOTTO_TRY(const Bytes bytes, read_file(path, kMaxFile));
  const Record record = Record::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (!record.is_object() || record_number(record, "sotto_node", kFormat) != kFormat || record_text(record, "deed").empty())
    return input_error(path + " is broken; if it is beyond repair, remove it: the node's songs stay, its agents get new numbers");
  if (record_text(record, "node") != node)
    return usage_error(folder + " belongs to node " + record_text(record, "node") + ", not " + node + "; give --node " +
                       record_text(record, "node") + " or another --state");
  file.deed_ = {node, record_text(record, "deed"), {}};
  if (const auto agents = record.find("agents"); agents != record.end() && agents->is_array())
    for (const auto& n : *agents)
      if (n.is_number_unsigned() && n.get<uint64_t>() <= UINT32_MAX) file.deed_.agents.push_back(n.get<uint32_t>());
  return file;
}

DeedFile::~DeedFile() {
  if (lock_ >= 0) close(lock_);
}

Status DeedFile::remember(std::vector<uint32_t> agents) {
  deed_.agents = std::move(agents);
  return write();
}

Status DeedFile::write() const {
  return write_file_atomically(
      path_, record_bytes({{"sotto_node", kFormat}, {"node", deed_.node}, {"deed", deed_.word}, {"agents", deed_.agents}}));
}

}  // namespace sotto::contest
