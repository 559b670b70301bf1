// SPDX-License-Identifier: Apache-2.0
// The broker's thread: what happens to an ask between its arrival and its reply. Only broker.cpp includes this.
//
//   ask -> recorded? -> paused? -> wait for rate limit -> reserve money -> send -> verdict -> settle -> record -> reply
//                                        ^---------------- retry, other words ----'
#pragma once
#include <atomic>
#include <deque>
#include <list>
#include <map>
#include <mutex>

#include "contest/llm/adapter.h"
#include "contest/llm/answer_record.h"
#include "contest/llm/broker.h"
#include "contest/llm/endpoint.h"
#include "contest/llm/estimate.h"
#include "contest/llm/http.h"
#include "contest/llm/ledger.h"
#include "contest/llm/rate.h"
#include "contest/llm/verdict.h"

namespace sotto::contest {

// Between the two threads.
struct BrokerMail {
  std::mutex mutex;
  std::deque<LlmAsk> asks;
  std::vector<LlmReply> replies;
  LlmStatus status;
  int wake = -1;                 // readable while there are replies
  std::atomic<bool> stop{false};

  void put(LlmStatus now, std::vector<LlmReply> more);
  void signal() const;           // the mutex is held
};

class BrokerCore {
 public:
  BrokerCore(LlmOptions options, Endpoint endpoint, std::optional<LlmPrice> price, std::optional<LlmLedger> ledger, AnswerRecord record,
             BrokerMail& mail);
  void run();   // until mail.stop; then settles what is in flight
  void wake() { client_.wake(); }

 private:
  struct Job {
    LlmAsk ask;
    Bytes32 hash{};
    LlmRequest request;
    int64_t asked_ms = 0, due_ms = 0;
    unsigned attempts = 0, adaptions = 0;
    int64_t reservation = 0;
    LedgerAmount reserved;
    Dialect sent_with;
  };

  void accept(LlmAsk ask);
  bool answer_from_record(const LlmAsk& ask, const Bytes32& hash);
  void refuse(const LlmAsk& ask, std::string reason);
  void start_waiting();
  bool reserve(Job& job);    // false: it has been replied to
  void send(Job job, int64_t now);
  void finish(uint64_t exchange, HttpAnswer answer);
  void take(Job& job, const HttpAnswer& answer, int64_t now);
  void try_again(Job job, const LlmVerdict& verdict, int64_t now);
  void try_other_words(Job job, const LlmVerdict& verdict, int64_t now);
  void fail(const Job& job, std::string reason);
  void settle(Job& job, const LlmVerdict& verdict);
  void book(const Status& status);
  void pause(std::string reason);
  void ask_for_models();
  void heard_models(const HttpAnswer& answer);
  void remember_dialect();
  void publish();
  void stop_all();

  LlmRequest make_request(const LlmAsk& ask, const Bytes32& hash) const;
  LedgerAmount worst_case(const LlmRequest& request) const;
  HttpRequest http_request(const std::string& call, unsigned total_ms) const;
  unsigned limit_of(const LlmRequest& request) const;
  unsigned idle_ms(int64_t now) const;

  const LlmOptions options_;
  const Endpoint endpoint_;
  const std::optional<LlmPrice> price_;
  std::optional<LlmLedger> ledger_;    // none: replay
  AnswerRecord record_;
  BrokerMail& mail_;
  HttpClient client_;
  RateLimiter rate_;
  Expectation expectation_;
  Dialect dialect_;
  std::string salt_;
  std::list<Job> waiting_;
  std::map<uint64_t, Job> flying_;
  std::map<uint32_t, unsigned> open_;   // asks per agent
  uint64_t models_exchange_ = 0;
  int64_t rate_wait_until_ms_ = 0;
  unsigned refusals_in_a_row_ = 0;
  std::string paused_, cap_note_, notice_;
  LlmStatus counts_;
  std::vector<LlmReply> outbox_;        // go out together with a status that knows of them
};

}  // namespace sotto::contest
