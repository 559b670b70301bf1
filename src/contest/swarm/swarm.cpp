// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/swarm.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "contest/secrecy/key.h"
#include "contest/secrecy/spawn.h"
#include "contest/swarm/interrupt.h"

namespace sotto::contest {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// An agent that says nothing for so long is given up. Generous: a busy machine must not change who takes part.
constexpr milliseconds kPatience{600'000};
constexpr unsigned kGraceMs = 300;

std::string agent_folder(const std::string& folder, uint32_t agent) {
  const std::string number = std::to_string(agent);
  return folder + "/agent-" + std::string(number.size() < 2 ? 1 : 0, '0') + number;
}

// Holds folder/lock for as long as it lives.
class FolderLock {
 public:
  static Result<FolderLock> take(const std::string& folder) {
    if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
      return environment_error("cannot make folder " + folder + ": " + std::strerror(errno));
    const std::string path = folder + "/lock";
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return environment_error("cannot open " + path + ": " + std::strerror(errno));
    FolderLock lock(fd);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) return environment_error("another swarm is running in " + folder);
    return lock;
  }
  FolderLock(FolderLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock() {
    if (fd_ >= 0) close(fd_);
  }

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace

struct Swarm::State {
  State(SwarmOptions o, FolderLock l) : options(std::move(o)), lock(std::move(l)) {}
  ~State() {
    for (Child& child : children) child.channel = Channel();  // all at once, then wait
    for (Child& child : children) end_child(child, kGraceMs);
  }

  void give_up(uint32_t agent, const std::string& why) {
    standings[agent].alive = false;
    standings[agent].fault = why;
    end_child(children[agent], 0);
  }
  bool anybody() const {
    return std::any_of(standings.begin(), standings.end(), [](const Standing& s) { return s.alive; });
  }
  Error nobody() const { return {fault_kind, "no agent is left: " + (standings.empty() ? "" : standings.front().fault)}; }

  void order(uint32_t agent, const Order& message) {
    if (standings[agent].alive && !children[agent].channel.send(encode(message)).ok()) hear(agent);
  }
  std::optional<Report> hear(uint32_t agent);
  Status gather(const std::function<bool(uint32_t agent, const Report&)>& take, std::vector<bool> waiting);
  Status rest_until(Clock::time_point end) const;

  SwarmOptions options;
  FolderLock lock;
  std::vector<Child> children;
  std::vector<Standing> standings;
  ErrorKind fault_kind = ErrorKind::kEnvironment;
  uint32_t next_slot = 0;
  uint32_t remembered = 0;  // slots that every agent has played in an earlier run
};

// One message of an agent; nothing, and the agent is given up, when it has gone or says that it must stop.
std::optional<Report> Swarm::State::hear(uint32_t agent) {
  auto bytes = children[agent].channel.receive();
  if (!bytes || !*bytes) return give_up(agent, "the process ended"), std::nullopt;
  if (options.overhear) options.overhear(agent, **bytes);
  auto report = decode_report(**bytes);
  if (!report) return give_up(agent, report.error().message), std::nullopt;
  if (const auto* failure = std::get_if<AgentFailure>(&*report)) {
    fault_kind = failure->kind;
    return give_up(agent, failure->message), std::nullopt;
  }
  return std::move(*report);
}

// Hears the waiting agents until take() has returned true once for each of them, or they have gone.
Status Swarm::State::gather(const std::function<bool(uint32_t, const Report&)>& take, std::vector<bool> waiting) {
  const auto give_up_at = Clock::now() + kPatience;
  for (;;) {
    std::vector<pollfd> fds;
    std::vector<uint32_t> owners;
    for (uint32_t a = 0; a < waiting.size(); ++a) {
      if (!waiting[a] || !standings[a].alive) continue;
      fds.push_back({children[a].channel.fd(), POLLIN, 0});
      owners.push_back(a);
    }
    if (fds.empty()) return anybody() ? ok_status() : Status(nobody());
    if (interrupted()) return interrupted_error();
    if (Clock::now() > give_up_at)
      for (const uint32_t a : owners) give_up(a, "no answer for ten minutes");
    if (poll(fds.data(), fds.size(), 250) <= 0) continue;
    for (size_t i = 0; i < fds.size(); ++i) {
      if (!fds[i].revents) continue;
      const auto report = hear(owners[i]);
      if (report && take(owners[i], *report)) waiting[owners[i]] = false;
    }
  }
}

Status Swarm::State::rest_until(Clock::time_point end) const {
  while (Clock::now() < end) {
    if (interrupted()) return interrupted_error();
    const auto left = std::chrono::duration_cast<milliseconds>(end - Clock::now()) + milliseconds(1);
    poll(nullptr, 0, static_cast<int>(std::min(left, milliseconds(250)).count()));
  }
  return ok_status();
}

Swarm::Swarm(std::unique_ptr<State> state) : state_(std::move(state)) {}
Swarm::Swarm(Swarm&&) noexcept = default;
Swarm::~Swarm() = default;

Result<Swarm> Swarm::start(const SwarmOptions& options) {
  if (options.agents == 0 || options.agents > 256) return usage_error("the number of agents must be between 1 and 256");
  SOTTO_TRY(FolderLock lock, FolderLock::take(options.folder));
  SOTTO_TRY(const SecretKey master, open_master_key(options.folder));
  Swarm swarm(std::make_unique<State>(options, std::move(lock)));
  State& s = *swarm.state_;
  for (uint32_t a = 0; a < options.agents; ++a) {
    SOTTO_TRY(Child child, spawn_agent(options.executable));
    s.children.push_back(std::move(child));
    s.standings.emplace_back().agent = a;
    s.order(a, Assignment{a, options.seed, options.slots, options.tries, options.slot_ms, agent_folder(options.folder, a), options.judge,
                          agent_key(master, a).reveal()});
  }
  s.remembered = UINT32_MAX;
  SOTTO_TRY_STATUS(s.gather(
      [&](uint32_t, const Report& report) {
        const auto* ready = std::get_if<AgentReady>(&report);
        if (ready) s.remembered = std::min(s.remembered, ready->slots_done);
        return ready != nullptr;
      },
      std::vector<bool>(options.agents, true)));
  return swarm;
}

Status Swarm::play_slot() {
  State& s = *state_;
  const auto start = Clock::now();
  const uint32_t slot = s.next_slot++;
  for (uint32_t a = 0; a < s.children.size(); ++a) s.order(a, SlotCall{slot});
  SOTTO_TRY_STATUS(s.gather(
      [&](uint32_t agent, const Report& report) {
        const auto* offer = std::get_if<AgentScore>(&report);
        if (!offer || offer->slot != slot) return false;
        Standing& standing = s.standings[agent];
        standing.last = offer->score;
        standing.late_ms = offer->late_ms;
        standing.songs += offer->judged;
        if (offer->score > standing.best) standing.best = offer->score, standing.best_slot = slot;
        return true;
      },
      std::vector<bool>(s.children.size(), true)));
  return slot < s.remembered ? ok_status() : s.rest_until(start + milliseconds(s.options.slot_ms));
}

uint32_t Swarm::slots_played() const { return state_->next_slot; }
const std::vector<Standing>& Swarm::standings() const { return state_->standings; }

uint64_t Swarm::songs() const {
  uint64_t sum = 0;
  for (const Standing& standing : state_->standings) sum += standing.songs;
  return sum;
}

std::optional<uint32_t> Swarm::winner(uint32_t target) const {
  const Standing* best = nullptr;
  for (const Standing& standing : state_->standings)
    if (standing.alive && standing.last >= target && (!best || standing.last > best->last)) best = &standing;
  return best ? std::optional(best->agent) : std::nullopt;
}

Result<AgentProof> Swarm::prove(uint32_t agent, const claim::Target& target, const std::string& setup,
                                const claim::Progress& progress) {
  State& s = *state_;
  SOTTO_CHECK(agent < s.children.size() && s.next_slot > 0);
  s.order(agent, ProveOrder{s.next_slot - 1, target, setup});
  std::vector<bool> waiting(s.children.size(), false);
  waiting[agent] = true;
  std::optional<AgentProof> proof;
  bool stop = false;
  SOTTO_TRY_STATUS(s.gather(
      [&](uint32_t, const Report& report) {
        if (const auto* step = std::get_if<AgentProgress>(&report)) stop = progress && !progress(step->stage, step->permille / 1000.0);
        if (const auto* done = std::get_if<AgentProof>(&report)) proof = *done;
        return stop || proof.has_value();
      },
      std::move(waiting)));
  if (stop) return interrupted_error();
  if (!proof) return Error{s.fault_kind, "the winner's proof failed: " + s.standings[agent].fault};
  return std::move(*proof);
}

}  // namespace sotto::contest
