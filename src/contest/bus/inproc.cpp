// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/inproc.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "contest/bus/subject.h"

namespace sotto::contest {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::chrono::hours kRemembersIds{1};

struct Inbox {
  std::string team, pattern;
  std::deque<BusMessage> waiting;
};

struct QueuedJob {
  Bytes data;
  Clock::time_point free_at{};  // in the hands of a puller until then
};
struct Queue {
  std::map<uint64_t, QueuedJob> jobs;  // by order of arrival
  std::map<std::string, Clock::time_point> ids;
  uint64_t next = 0;
};

struct Team {
  std::map<std::string, Queue> queues;
  std::map<std::string, KvEntry> values;
  uint64_t revision = 0;
};

struct Ticket {
  std::string queue;
  uint64_t number;
};

}  // namespace

struct InProcHub::World {
  explicit World(milliseconds wait) : ack_wait(wait) {}

  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, Team> teams;
  std::set<std::shared_ptr<Inbox>> inboxes;
  uint64_t inboxes_made = 0;
  const milliseconds ack_wait;

  // Puts a message into every inbox that it is meant for and says how many of the sender's own team those are.
  size_t deliver(const std::string& team, const BusMessage& message) {
    size_t heard = 0;
    for (const auto& inbox : inboxes) {
      BusMessage copy = message;
      if (inbox->team != team) {
        if (!message.subject.starts_with(kPublicPrefix)) continue;
        copy.subject = std::string(kFromPrefix) + team + "." + message.subject;
        copy.reply.clear();
      }
      if (!matches(inbox->pattern, copy.subject)) continue;
      heard += inbox->team == team;
      if (inbox->waiting.size() < Bus::kMaxBacklog) inbox->waiting.push_back(std::move(copy));
    }
    changed.notify_all();
    return heard;
  }
};

namespace {

using World = InProcHub::World;

class InProcSubscription : public Subscription {
 public:
  InProcSubscription(std::shared_ptr<World> world, std::shared_ptr<Inbox> inbox) : world_(std::move(world)), inbox_(std::move(inbox)) {
    const std::lock_guard lock(world_->mutex);
    world_->inboxes.insert(inbox_);
  }
  ~InProcSubscription() override {
    const std::lock_guard lock(world_->mutex);
    world_->inboxes.erase(inbox_);
  }
  Result<std::optional<BusMessage>> next(milliseconds wait) override {
    std::unique_lock lock(world_->mutex);
    if (!world_->changed.wait_for(lock, wait, [&] { return !inbox_->waiting.empty(); })) return std::optional<BusMessage>();
    BusMessage message = std::move(inbox_->waiting.front());
    inbox_->waiting.pop_front();
    return std::optional(std::move(message));
  }

 private:
  std::shared_ptr<World> world_;
  std::shared_ptr<Inbox> inbox_;
};

class InProcBus : public Bus {
 public:
  InProcBus(std::shared_ptr<World> world, std::string team) : world_(std::move(world)), team_(std::move(team)) {}
  const std::string& team() const override { return team_; }

  Status publish(const std::string& subject, ByteSpan data) override {
    SOTTO_TRY_STATUS(check_subject(subject));
    SOTTO_TRY_STATUS(check_payload(data));
    const std::lock_guard lock(world_->mutex);
    world_->deliver(team_, {subject, Bytes(data.begin(), data.end()), {}});
    return ok_status();
  }

  Result<std::unique_ptr<Subscription>> subscribe(const std::string& pattern) override {
    SOTTO_TRY_STATUS(check_pattern(pattern));
    return std::unique_ptr<Subscription>(std::make_unique<InProcSubscription>(world_, std::make_shared<Inbox>(Inbox{team_, pattern, {}})));
  }

  Result<Bytes> request(const std::string& subject, ByteSpan data, milliseconds wait) override {
    SOTTO_TRY_STATUS(check_subject(subject));
    SOTTO_TRY_STATUS(check_payload(data));
    std::string reply;
    {
      const std::lock_guard lock(world_->mutex);
      reply = "_INBOX." + std::to_string(world_->inboxes_made++);
    }
    InProcSubscription answers(world_, std::make_shared<Inbox>(Inbox{team_, reply, {}}));
    {
      const std::lock_guard lock(world_->mutex);
      if (world_->deliver(team_, {subject, Bytes(data.begin(), data.end()), reply}) == 0)
        return environment_error("nobody listens to " + subject);
    }
    SOTTO_TRY(auto answer, answers.next(wait));
    if (!answer) return environment_error("no answer on " + subject + " within " + std::to_string(wait.count()) + " ms");
    return std::move(answer->data);
  }

  Status respond(const BusMessage& question, ByteSpan data) override {
    if (question.reply.empty()) return usage_error("a message on " + question.subject + " wants no answer");
    SOTTO_TRY_STATUS(check_payload(data));
    const std::lock_guard lock(world_->mutex);
    world_->deliver(team_, {question.reply, Bytes(data.begin(), data.end()), {}});
    return ok_status();
  }

  Result<bool> push(const std::string& queue, const std::string& id, ByteSpan data) override {
    SOTTO_TRY_STATUS(check_queue(queue));
    SOTTO_TRY_STATUS(check_name(id));
    SOTTO_TRY_STATUS(check_payload(data));
    const std::lock_guard lock(world_->mutex);
    Queue& q = world_->teams[team_].queues[queue];
    const auto now = Clock::now();
    std::erase_if(q.ids, [&](const auto& entry) { return now - entry.second > kRemembersIds; });
    if (!q.ids.emplace(id, now).second) return false;
    q.jobs[q.next++] = {Bytes(data.begin(), data.end()), {}};
    world_->changed.notify_all();
    return true;
  }

  Result<std::optional<Job>> pull(const std::string& queue, milliseconds wait) override {
    SOTTO_TRY_STATUS(check_queue(queue));
    std::unique_lock lock(world_->mutex);
    for (const auto until = Clock::now() + wait;;) {
      auto wake_at = until;
      const auto now = Clock::now();
      for (auto& [number, job] : world_->teams[team_].queues[queue].jobs) {
        if (job.free_at <= now) {
          job.free_at = now + world_->ack_wait;
          return std::optional(Job{job.data, std::make_shared<Ticket>(Ticket{queue, number})});
        }
        wake_at = std::min(wake_at, job.free_at);
      }
      if (now >= until) return std::optional<Job>();
      world_->changed.wait_until(lock, wake_at);
    }
  }

  Status ack(const Job& job) override {
    const auto& ticket = *static_cast<const Ticket*>(job.ticket.get());
    const std::lock_guard lock(world_->mutex);
    world_->teams[team_].queues[ticket.queue].jobs.erase(ticket.number);
    return ok_status();
  }

  Result<std::optional<KvEntry>> get(const std::string& key) override {
    SOTTO_TRY_STATUS(check_name(key));
    const std::lock_guard lock(world_->mutex);
    const auto& values = world_->teams[team_].values;
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  }

  Result<uint64_t> put(const std::string& key, ByteSpan value) override {
    SOTTO_TRY(const auto written, write(key, value, std::nullopt));
    return *written;
  }

  Result<std::optional<uint64_t>> compare_and_set(const std::string& key, ByteSpan value, uint64_t expected) override {
    return write(key, value, expected);
  }

 private:
  Result<std::optional<uint64_t>> write(const std::string& key, ByteSpan value, std::optional<uint64_t> expected) {
    SOTTO_TRY_STATUS(check_name(key));
    SOTTO_TRY_STATUS(check_payload(value));
    const std::lock_guard lock(world_->mutex);
    Team& t = world_->teams[team_];
    const auto found = t.values.find(key);
    if (expected && *expected != (found == t.values.end() ? 0 : found->second.revision)) return std::optional<uint64_t>();
    t.values[key] = {Bytes(value.begin(), value.end()), ++t.revision};
    return std::optional(t.revision);
  }

  std::shared_ptr<World> world_;
  std::string team_;
};

}  // namespace

InProcHub::InProcHub(milliseconds ack_wait) : world_(std::make_shared<World>(ack_wait)) {}
InProcHub::~InProcHub() = default;

Result<std::unique_ptr<Bus>> InProcHub::connect(const std::string& team) {
  if (!is_word(team)) return usage_error("a team is called by letters, digits, _ and -, not '" + team + "'");
  return std::unique_ptr<Bus>(std::make_unique<InProcBus>(world_, team));
}

}  // namespace sotto::contest
