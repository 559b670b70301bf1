// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/broker.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.h"

namespace sotto::contest {

struct LlmBroker::Core {
  int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  std::vector<LlmReply> replies;
  LlmStatus status;
  ~Core() { ::close(wake); }
};

LlmBroker::LlmBroker(std::unique_ptr<Core> core) : core_(std::move(core)) {}
LlmBroker::~LlmBroker() = default;

Result<std::unique_ptr<LlmBroker>> LlmBroker::start(LlmOptions options) {
  auto core = std::make_unique<Core>();
  core->status.model = options.model;
  core->status.caps = options.caps;
  core->status.paused = "this build cannot ask yet";
  return std::unique_ptr<LlmBroker>(new LlmBroker(std::move(core)));
}

void LlmBroker::ask(LlmAsk ask) {
  core_->status.refused++;
  core_->replies.push_back({ask.agent, ask.id, false, false, {}, core_->status.paused});
  const uint64_t one = 1;
  SOTTO_CHECK(::write(core_->wake, &one, sizeof one) == sizeof one);
}

std::vector<LlmReply> LlmBroker::take_replies() {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t n = ::read(core_->wake, &count, sizeof count);
  return std::exchange(core_->replies, {});
}

int LlmBroker::wake_fd() const { return core_->wake; }
LlmStatus LlmBroker::status() const { return core_->status; }

}  // namespace sotto::contest
