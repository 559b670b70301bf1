// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/broker.h"

#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <thread>

#include "contest/llm/broker_core.h"

namespace sotto::contest {
namespace {

constexpr size_t kMaxInbox = 4096;
constexpr unsigned kShortestMs = 10, kLongestMs = 3'600'000;

Status check(const LlmOptions& o, const Endpoint& endpoint, const std::optional<LlmPrice>& price) {
  if (o.model.empty()) return usage_error("which model? For example --llm openai:gpt-6-luna");
  for (const unsigned ms : {o.connect_ms, o.deadline_ms, o.late_ms})
    if (ms < kShortestMs || ms > kLongestMs) return usage_error("the time limits of the LLM must be between 10 ms and an hour");
  if (o.late_ms < o.deadline_ms) return usage_error("late answers of the LLM must be waited for at least until the deadline");
  if (o.connections == 0 || o.children == 0 || o.every == 0) return usage_error("connections, children and cadence of the LLM must not be 0");
  if (!o.key.empty() && !endpoint.encrypted && !endpoint.loopback)
    return usage_error("the key would travel unencrypted to " + endpoint.shown + ": use https");
  if (!price && o.caps.tokens == 0)
    return usage_error("what does the model " + o.model + " cost? Give --llm-price-in and --llm-price-out (dollars per million tokens), or --llm-max-tokens as the cap");
  if (o.caps.run < 0 || o.caps.day < 0 || o.caps.agent < 0) return usage_error("a cap cannot be negative");
  return ok_status();
}

}  // namespace

struct LlmBroker::Core {
  BrokerMail mail;
  std::unique_ptr<BrokerCore> core;
  std::thread thread;

  Core() {
    mail.wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    SOTTO_CHECK(mail.wake >= 0);
  }
  ~Core() {
    mail.stop = true;
    if (core) core->wake();
    if (thread.joinable()) thread.join();
    ::close(mail.wake);
  }
  void go(std::unique_ptr<BrokerCore> c) {
    core = std::move(c);
    thread = std::thread([this] { core->run(); });
  }
};

LlmBroker::LlmBroker(std::unique_ptr<Core> core) : core_(std::move(core)) {}
LlmBroker::~LlmBroker() = default;

Result<std::unique_ptr<LlmBroker>> LlmBroker::start(LlmOptions options) {
  auto core = std::make_unique<Core>();
  const auto launch = [&](Endpoint endpoint, std::optional<LlmPrice> price, std::optional<LlmLedger> ledger, AnswerRecord record) {
    core->mail.status.model = options.model;
    core->mail.status.caps = options.caps;
    core->go(std::make_unique<BrokerCore>(std::move(options), std::move(endpoint), price, std::move(ledger), std::move(record), core->mail));
    return std::unique_ptr<LlmBroker>(new LlmBroker(std::move(core)));
  };
  if (options.protocol == LlmProtocol::kReplay) {
    SOTTO_TRY(AnswerRecord record, AnswerRecord::open(options.replay_file, false));
    Endpoint nowhere;
    nowhere.shown = "replay";
    return launch(nowhere, LlmPrice{}, std::nullopt, std::move(record));
  }
  SOTTO_TRY(Endpoint endpoint, parse_base_url(options.base_url));
  const auto price = price_of(options);
  SOTTO_TRY_STATUS(check(options, endpoint, price));
  // Neither a crash nor a debugger of the same user gets to see the key. (A limit on the size of core dumps would not do: it
  // does not hold for dumps that go to a pipe.)
  if (!options.key.empty()) ::prctl(PR_SET_DUMPABLE, 0);
  SOTTO_TRY(LlmLedger ledger, LlmLedger::open(options.state_folder, options.caps));
  SOTTO_TRY(AnswerRecord record, AnswerRecord::open(options.state_folder + "/llm-answers.jsonl", true));
  return launch(std::move(endpoint), price, std::move(ledger), std::move(record));
}

void LlmBroker::ask(LlmAsk ask) {
  BrokerMail& mail = core_->mail;
  {
    const std::lock_guard lock(mail.mutex);
    if (mail.asks.size() >= kMaxInbox) {
      mail.replies.push_back({ask.agent, ask.id, false, false, {}, "too many questions at once"});
      return mail.signal();
    }
    mail.asks.push_back(std::move(ask));
  }
  core_->core->wake();
}

std::vector<LlmReply> LlmBroker::take_replies() {
  const std::lock_guard lock(core_->mail.mutex);
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t n = ::read(core_->mail.wake, &count, sizeof count);
  return std::exchange(core_->mail.replies, {});
}

int LlmBroker::wake_fd() const { return core_->mail.wake; }

LlmStatus LlmBroker::status() const {
  const std::lock_guard lock(core_->mail.mutex);
  return core_->mail.status;
}

}  // namespace sotto::contest
