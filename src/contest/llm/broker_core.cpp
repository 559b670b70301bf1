// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/broker_core.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "base/keccak.h"
#include "contest/llm/models.h"
#include "contest/llm/prompt.h"

namespace sotto::contest {
namespace {
using Kind = LlmVerdict::Kind;

constexpr size_t kMaxPrompt = 60'000;
constexpr unsigned kOpenPerAgent = 3;
constexpr unsigned kMostAdaptions = 10;
constexpr unsigned kRefusalsUntilPause = 8;
constexpr unsigned kIdleMs = 1000;

int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
int64_t unix_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Makes the hashed identifiers of a run unlike those of any other.
std::string load_salt(LlmLedger& ledger) {
  std::string salt = ledger.fact("salt");
  if (!salt.empty()) return salt;
  uint8_t bytes[32];
  SOTTO_CHECK(::getrandom(bytes, sizeof bytes, 0) == sizeof bytes);
  salt = to_hex(bytes);
  (void)ledger.set_fact("salt", salt);  // if the disk is full, the first reservation says so
  return salt;
}

std::string dialect_fact(const Endpoint& endpoint, const LlmOptions& options) {
  return std::string("dialect ") + call_of(options.protocol) + ' ' + endpoint.base + ' ' + options.model;
}

}  // namespace

void BrokerMail::put(LlmStatus now, std::vector<LlmReply> more) {
  const std::lock_guard lock(mutex);
  status = std::move(now);
  for (LlmReply& reply : more) replies.push_back(std::move(reply));
  if (!more.empty()) signal();
}

void BrokerMail::signal() const {
  const uint64_t one = 1;
  SOTTO_CHECK(::write(wake, &one, sizeof one) == sizeof one);
}

BrokerCore::BrokerCore(LlmOptions options, Endpoint endpoint, std::optional<LlmPrice> price, std::optional<LlmLedger> ledger,
                       AnswerRecord record, BrokerMail& mail)
    : options_(std::move(options)), endpoint_(std::move(endpoint)), price_(price), ledger_(std::move(ledger)), record_(std::move(record)),
      mail_(mail), client_(options_.connections), rate_(options_.requests_per_minute, options_.tokens_per_minute) {
  counts_.server = endpoint_.shown;
  counts_.model = options_.model;
  counts_.caps = options_.caps;
  counts_.priced = price_.has_value();
  if (!ledger_) return;
  salt_ = load_salt(*ledger_);
  dialect_ = parse_dialect(ledger_->fact(dialect_fact(endpoint_, options_)));
  if (const LlmModel* model = find_llm_model(options_.model))
    notice_ = shutdown_notice(options_.model, model->shutdown, utc_day(unix_ms()));
}

void BrokerCore::run() {
  if (ledger_) ask_for_models();
  while (!mail_.stop) {
    std::deque<LlmAsk> asks;
    {
      const std::lock_guard lock(mail_.mutex);
      asks.swap(mail_.asks);
    }
    for (LlmAsk& ask : asks) accept(std::move(ask));
    start_waiting();
    publish();
    client_.wait(idle_ms(now_ms()));
    for (auto& [exchange, answer] : client_.take_finished()) finish(exchange, std::move(answer));
  }
  stop_all();
}

// ---- arrival

void BrokerCore::accept(LlmAsk ask) {
  if (ask.prompt.size() > kMaxPrompt) return refuse(ask, "the prompt is too long");
  const Bytes32 hash = request_hash(ask.agent, ask.children, system_prompt(), ask.prompt);
  if (answer_from_record(ask, hash)) return;
  if (!ledger_) return refuse(ask, "this question is not in the record");
  if (!paused_.empty()) return refuse(ask, paused_);
  if (open_[ask.agent] >= kOpenPerAgent) return refuse(ask, "earlier questions of this agent are still open");
  open_[ask.agent]++;
  Job job;
  job.hash = hash;
  job.request = make_request(ask, hash);
  job.asked_ms = job.due_ms = now_ms();
  job.ask = std::move(ask);
  waiting_.push_back(std::move(job));
}

bool BrokerCore::answer_from_record(const LlmAsk& ask, const Bytes32& hash) {
  auto found = record_.take(hash);
  if (!found) {
    pause(found.error().message);
    return false;
  }
  if (!*found) return false;
  counts_.answers++;
  outbox_.push_back({ask.agent, ask.id, true, false, std::move((*found)->text), {}});
  return true;
}

void BrokerCore::refuse(const LlmAsk& ask, std::string reason) {
  counts_.refused++;
  outbox_.push_back({ask.agent, ask.id, false, false, {}, std::move(reason)});
}

LlmRequest BrokerCore::make_request(const LlmAsk& ask, const Bytes32& hash) const {
  static constexpr unsigned kTemperatures[] = {7, 10, 12};
  LlmRequest request;
  request.model = options_.model;
  request.system = system_prompt();
  request.user = ask.prompt;
  request.schema = answer_schema();
  request.safety_identifier = to_hex(keccak256(salt_ + ' ' + std::to_string(ask.agent))).substr(2, 32);
  request.max_tokens = answer_limit(std::clamp(ask.children, 1u, 32u));
  request.temperature = kTemperatures[hash[0] % 3];
  return request;
}

// ---- sending

void BrokerCore::start_waiting() {
  const int64_t now = now_ms();
  rate_wait_until_ms_ = 0;
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    const bool expired = now - it->asked_ms >= options_.deadline_ms;
    if (expired || !paused_.empty()) {
      fail(*it, expired ? "no turn before the deadline: the rate limit or the server is slower than the agents ask" : paused_);
      it = waiting_.erase(it);
      continue;
    }
    if (it->due_ms > now || flying_.size() >= options_.connections || rate_wait_until_ms_) {
      ++it;
      continue;
    }
    const size_t bytes = worst_tokens(it->request);
    if (const uint64_t wait = rate_.wait_ms(expectation_.typical_tokens(bytes, limit_of(it->request)), now)) {
      rate_wait_until_ms_ = now + static_cast<int64_t>(wait);
      ++it;
      continue;
    }
    if (reserve(*it)) send(std::move(*it), now);
    it = waiting_.erase(it);
  }
}

unsigned BrokerCore::limit_of(const LlmRequest& request) const {
  // Nothing bounds the answer of a server that takes no limit: the most that any model is given stands for it.
  return request.max_tokens * (dialect_.limit == LimitName::kNone ? kMostRoom : dialect_.room);
}

LedgerAmount BrokerCore::worst_case(const LlmRequest& request) const {
  const CallSize most = expectation_.worst(worst_tokens(request), limit_of(request));
  LlmUsage usage;
  usage.in = most.in;
  usage.cache_write = price_ && price_->cache_write > price_->in ? most.in : 0;  // the dearer way to be counted
  usage.out = most.out;
  return {price_ ? cost_of(usage, *price_) : 0, most.in + most.out};
}

bool BrokerCore::reserve(Job& job) {
  job.reserved = worst_case(job.request);
  auto reservation = ledger_->reserve(job.ask.agent, utc_day(unix_ms()), job.reserved);
  if (!reservation) {
    pause(reservation.error().message);
    fail(job, paused_);
    return false;
  }
  if (reservation->id) {
    job.reservation = reservation->id;
    return true;
  }
  // What is in flight may turn out cheaper; only an idle broker that cannot pay says so on the board.
  if (reservation->whole && flying_.empty()) cap_note_ = reservation->refused;
  fail(job, reservation->refused);
  return false;
}

HttpRequest BrokerCore::http_request(const std::string& call, unsigned total_ms) const {
  HttpRequest r;
  r.url = endpoint_.url(call);
  r.loopback = endpoint_.loopback;
  r.connect_ms = options_.connect_ms;
  r.total_ms = std::max(total_ms, 1u);
  r.headers = auth_headers(options_);
  return r;
}

void BrokerCore::send(Job job, int64_t now) {
  job.attempts++;
  job.sent_with = dialect_;
  HttpRequest http = http_request(call_of(options_.protocol), static_cast<unsigned>(std::max<int64_t>(job.asked_ms + options_.late_ms - now, 1)));
  http.body = request_body(options_.protocol, job.request, dialect_);
  rate_.sent(expectation_.typical_tokens(worst_tokens(job.request), limit_of(job.request)), now);
  counts_.calls++;
  cap_note_.clear();
  const uint64_t exchange = client_.start(std::move(http));
  flying_.emplace(exchange, std::move(job));
}

// ---- answers

void BrokerCore::finish(uint64_t exchange, HttpAnswer answer) {
  if (exchange == models_exchange_) return heard_models(answer);
  const auto node = flying_.extract(exchange);
  SOTTO_CHECK(!node.empty());
  Job job = std::move(node.mapped());
  const int64_t now = now_ms();
  rate_.heard_headers(answer.headers, now);
  const LlmVerdict verdict = verdict_on(answer, {endpoint_.shown, options_.model, job.attempts, job.hash[job.attempts % 32], unix_ms()});
  if (verdict.kind == Kind::kTake) {
    rate_.succeeded();
    refusals_in_a_row_ = 0;
    return take(job, answer, now);
  }
  settle(job, verdict);
  if (verdict.limited) rate_.refused(verdict.wait_ms, now);
  switch (verdict.kind) {
    case Kind::kRetry: return try_again(std::move(job), verdict, now);
    case Kind::kAdapt: return try_other_words(std::move(job), verdict, now);
    case Kind::kPause: pause(verdict.reason); break;
    default: break;
  }
  fail(job, verdict.reason);
}

void BrokerCore::take(Job& job, const HttpAnswer& http, int64_t now) {
  const LlmAnswer answer = parse_answer(options_.protocol, http.body, job.request);
  if (answer.end == LlmEnd::kNonsense) {
    book(ledger_->settle_worst(job.reservation));
    return fail(job, "the server's answer is not of the form that was asked for");
  }
  const Micros cost = price_ ? cost_of(answer.usage, *price_) : 0;
  book(ledger_->settle(job.reservation, cost, answer.usage));
  if (cost > job.reserved.money || answer.usage.in + answer.usage.out > job.reserved.tokens) expectation_.surprised();
  else expectation_.observe(worst_tokens(job.request), answer.usage);
  if (answer.end == LlmEnd::kRefusal) return fail(job, "the model refused to answer");
  if (answer.end == LlmEnd::kFilter) return fail(job, "the provider's content filter held the answer back");
  if (answer.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    if (answer.end == LlmEnd::kLength && dialect_ == job.sent_with && dialect_.room < kMostRoom) {
      dialect_.room *= 2;
      remember_dialect();
    }
    return fail(job, "the answer is empty: the model may have spent its tokens on thinking");
  }
  if (const Status kept = record_.append({job.hash, job.ask.agent, options_.model, answer.text}); !kept) pause(kept.error().message);
  const unsigned took = static_cast<unsigned>(now - job.asked_ms);
  counts_.latency_ms = counts_.answers ? (counts_.latency_ms * 7 + took) / 8 : took;
  counts_.answers++;
  const bool late = took > options_.deadline_ms;
  counts_.late += late;
  if (--open_[job.ask.agent] == 0) open_.erase(job.ask.agent);
  outbox_.push_back({job.ask.agent, job.ask.id, true, late, answer.text, {}});
}

void BrokerCore::settle(Job& job, const LlmVerdict& verdict) {
  book(verdict.charged ? ledger_->settle_worst(job.reservation) : ledger_->settle(job.reservation, 0, {}));
  job.reservation = 0;
}

void BrokerCore::try_again(Job job, const LlmVerdict& verdict, int64_t now) {
  if (now + static_cast<int64_t>(verdict.wait_ms) >= job.asked_ms + options_.deadline_ms) return fail(job, verdict.reason);
  job.due_ms = now + static_cast<int64_t>(verdict.wait_ms);
  waiting_.push_back(std::move(job));
}

void BrokerCore::try_other_words(Job job, const LlmVerdict& verdict, int64_t now) {
  const bool changed_since = job.sent_with != dialect_;  // another ask has had the same answer
  if (job.adaptions < kMostAdaptions && (changed_since || adapt(dialect_, verdict.fault.parameter, verdict.fault.message))) {
    if (!changed_since) remember_dialect();
    job.adaptions++;
    job.attempts--;
    job.due_ms = now;
    waiting_.push_front(std::move(job));
    return;
  }
  if (++refusals_in_a_row_ >= kRefusalsUntilPause) pause(verdict.reason + " again and again: does it serve this kind of call?");
  fail(job, verdict.reason);
}

void BrokerCore::remember_dialect() { book(ledger_->set_fact(dialect_fact(endpoint_, options_), dialect_text(dialect_))); }

void BrokerCore::fail(const Job& job, std::string reason) {
  (job.attempts ? counts_.failures : counts_.refused)++;
  if (--open_[job.ask.agent] == 0) open_.erase(job.ask.agent);
  outbox_.push_back({job.ask.agent, job.ask.id, false, false, {}, std::move(reason)});
}

// A ledger that cannot be written ends all spending.
void BrokerCore::book(const Status& status) {
  if (!status) pause(status.error().message);
}

void BrokerCore::pause(std::string reason) {
  if (paused_.empty()) paused_ = std::move(reason);
}

// ---- models

void BrokerCore::ask_for_models() { models_exchange_ = client_.start(http_request("models", options_.late_ms)); }

void BrokerCore::heard_models(const HttpAnswer& answer) {
  if (answer.status == 401 && answer.problem.empty()) return pause(verdict_on(answer, {endpoint_.shown, options_.model}).reason);
  if (answer.status != 200 || !answer.problem.empty()) return;  // not every server has the call
  const LlmCatalogue catalogue = parse_catalogue(answer.body, options_.model);
  if (!catalogue.readable || catalogue.models.empty()) return;
  if (catalogue.offered) {
    const std::string notice = shutdown_notice(options_.model, catalogue.shutdown, utc_day(unix_ms()));
    if (!notice.empty()) notice_ = notice;
    return;
  }
  const std::string names = shown_names(catalogue);
  notice_ = "the server does not list the model " + options_.model + (names.empty() ? "" : "; it offers " + names);
}

// ---- the outside

unsigned BrokerCore::idle_ms(int64_t now) const {
  int64_t next = now + kIdleMs;
  for (const Job& job : waiting_) {
    next = std::min(next, job.asked_ms + static_cast<int64_t>(options_.deadline_ms));
    const int64_t due = std::max(job.due_ms, rate_wait_until_ms_);
    if (due > now) next = std::min(next, due);
  }
  return static_cast<unsigned>(std::max<int64_t>(next - now, 1));
}

void BrokerCore::publish() {
  LlmStatus s = counts_;
  s.paused = paused_.empty() ? cap_note_ : paused_;
  s.notice = notice_;
  s.in_flight = static_cast<unsigned>(flying_.size());
  s.waiting = static_cast<unsigned>(waiting_.size());
  if (ledger_) {
    const LedgerTotals totals = ledger_->totals(utc_day(unix_ms()));
    s.spent_run = totals.run.money;
    s.spent_day = totals.day.money;
    s.reserved = totals.reserved.money;
    s.tokens_in = totals.tokens_in;
    s.tokens_cached = totals.tokens_cached;
    s.tokens_out = totals.tokens_out;
  }
  mail_.put(std::move(s), std::exchange(outbox_, {}));
}

void BrokerCore::stop_all() {
  for (auto& [exchange, job] : flying_) book(ledger_->settle_worst(job.reservation));
  flying_.clear();
  waiting_.clear();
}

}  // namespace sotto::contest
