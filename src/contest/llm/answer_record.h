// SPDX-License-Identifier: Apache-2.0
// Every answer that was taken in, one JSON object per line, in a file that only its owner can read. It holds songs. The n-th
// ask with the same words finds the n-th answer again: for tests and reproduction without a network, and after a crash for
// answers that were paid for but not handed out.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace sotto::contest {

// What an answer depends on, as far as we can say it.
Bytes32 request_hash(uint32_t agent, uint32_t children, std::string_view system, std::string_view user);

struct RecordedAnswer {
  Bytes32 request{};
  uint32_t agent = 0;
  std::string model, text;
};

class AnswerRecord {
 public:
  // Reads what is there; a last line that was cut off is ignored. Writable: the file is made where it is missing.
  static Result<AnswerRecord> open(const std::string& path, bool writable);
  AnswerRecord(AnswerRecord&& other) noexcept;
  AnswerRecord& operator=(AnswerRecord&& other) noexcept;
  ~AnswerRecord();

  // The next answer to this request that has not been handed out since open().
  Result<std::optional<RecordedAnswer>> take(const Bytes32& request);
  // Counts as handed out.
  Status append(const RecordedAnswer& answer);
  size_t size() const { return size_; }

 private:
  struct Places {
    std::vector<uint64_t> offsets;
    size_t taken = 0;
  };
  AnswerRecord() = default;
  Status index(const std::string& path);

  int fd_ = -1;
  uint64_t end_ = 0;     // where the next line goes
  size_t size_ = 0;
  std::map<Bytes32, Places> places_;
};

}  // namespace sotto::contest
