// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/swarm.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "base/parallel.h"
#include "contest/swarm/interrupt.h"
#include "contest/swarm/schedule.h"

namespace sotto::contest {
namespace {

constexpr uint32_t kMaxAgents = 256;
// A store of many days is read in minutes, a proof takes seconds to minutes and tells its progress; beyond that an agent hangs.
constexpr int64_t kReadyPatienceMs = 1'800'000, kProverPatienceMs = 600'000;
constexpr int64_t kMostWaitMs = 250;  // so that a signal between check and poll is not overlooked for long

int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Assignment common_assignment(const SwarmOptions& o) {
  Assignment a;
  a.slots = o.slots;
  a.tries = o.tries;
  a.cpu_share = o.cpu_share;
  a.judge = o.judge;
  a.llm_children = o.llm_children;
  a.llm_every = o.llm_every;
  a.strict = o.strict_isolation;
  a.public_files = o.public_files;
  return a;
}

}  // namespace

struct Swarm::State {
  State(SwarmOptions o, SwarmHooks h, FolderLock l, SecretKey master)
      : options(std::move(o)),
        hooks(std::move(h)),
        lock(std::move(l)),
        crew({options.executable, common_assignment(options), options.folder, options.seed, options.secret_seed,
              options.overhear, options.numbers},
             std::move(master), options.agents),
        schedule({options.agents, thread_count(), options.slot_ms, options.lockstep}),
        members(options.agents),
        standings(options.agents) {
    for (uint32_t a = 0; a < options.agents; ++a) {
      standings[a].agent = a;
      if (a < options.told.size()) members[a].next = options.told[a];
    }
  }

  struct Member {
    bool ready = false;                   // has answered its assignment
    uint32_t next = 0;                    // first slot that it has not been heard about
    uint32_t done = 0;                    // slots in its store
    int64_t started = 0;
    std::optional<int64_t> restart_at{};
  };

  bool anybody() const {
    return std::any_of(standings.begin(), standings.end(), [](const Standing& s) { return s.alive; });
  }
  bool restarting() const {
    return std::any_of(members.begin(), members.end(), [](const Member& m) { return m.restart_at.has_value(); });
  }
  bool waits_for_ready() const {
    for (uint32_t a = 0; a < members.size(); ++a)
      if (standings[a].alive && !members[a].ready) return true;
    return false;
  }
  Error nobody() const {
    return {fault_kind, "no agent is left: " + (standings.empty() ? "" : standings.front().fault)};
  }

  Status start_all();
  void lose(uint32_t agent, const std::string& why);
  void restart(uint32_t agent);
  void look_after(int64_t now);
  void call_agents(int64_t now);
  void turn(int64_t until, bool calling);
  void hear(uint32_t agent);
  void take(uint32_t agent, AgentReady& ready);
  void take(uint32_t agent, AgentScore& score);
  void take(uint32_t agent, AgentProgress& progress);
  void take(uint32_t agent, AgentProof& proof);
  void take(uint32_t agent, AgentNoProof& failure);
  void take(uint32_t agent, AgentAsk& ask);
  void take(uint32_t agent, AgentYield& yield) { standings[agent].yield = yield; }
  void take(uint32_t agent, AgentFailure& failure);

  SwarmOptions options;
  SwarmHooks hooks;
  FolderLock lock;
  Crew crew;
  Schedule schedule;
  std::vector<Member> members;
  std::vector<Standing> standings;
  std::map<int, std::function<void()>> watched;
  std::optional<uint32_t> prover;        // the agent that has an order,
  int64_t prover_heard = 0;              // and when it last said something about it
  ErrorKind fault_kind = ErrorKind::kEnvironment;
  uint64_t unaccounted = 0;
  bool begun = false, stopped = false;
};

// ---- one agent

// It has died, hangs, or says that it cannot go on: it is started again from its store after a while, or given up.
void Swarm::State::lose(uint32_t agent, const std::string& why) {
  Standing& standing = standings[agent];
  crew.kill(agent);
  schedule.leave(agent);
  members[agent].ready = false;
  standing.fault = why;
  const auto delay = begun ? crew.budget(agent).died() : std::nullopt;
  if (delay) {
    members[agent].restart_at = now_ms() + *delay;
    ++standing.restarts;
  } else {
    standing.alive = false;
  }
  if (hooks.restart) hooks.restart(standing);
  if (prover == agent) {
    prover.reset();
    if (hooks.no_proof) hooks.no_proof(agent, environment_error("the agent was lost while it proved: " + why));
  }
}

void Swarm::State::restart(uint32_t agent) {
  members[agent].restart_at.reset();
  members[agent].started = now_ms();
  if (const Status started = crew.start(agent, members[agent].next); !started.ok())
    lose(agent, started.error().message);
}

void Swarm::State::look_after(int64_t now) {
  for (uint32_t a = 0; a < members.size(); ++a) {
    if (members[a].restart_at && now >= *members[a].restart_at) restart(a);
    const auto called = schedule.called_at(a);
    if (called && now - *called > options.patience_ms)
      lose(a, "no answer for " + std::to_string(options.patience_ms / 1000) + " s");
    if (crew.running(a) && !members[a].ready && now - members[a].started > kReadyPatienceMs)
      lose(a, "it does not become ready");
    if (prover == a && now - prover_heard > kProverPatienceMs) lose(a, "its proof makes no progress");
  }
}

void Swarm::State::hear(uint32_t agent) {
  auto report = crew.hear(agent);
  if (!report.ok()) return lose(agent, report.error().message);
  std::visit([&](auto& message) { take(agent, message); }, *report);
}

void Swarm::State::take(uint32_t agent, AgentReady& ready) {
  Member& m = members[agent];
  Standing& standing = standings[agent];
  if (m.ready) return lose(agent, "it spoke out of turn");
  // The store is the truth; this parent must have counted the same songs.
  if (begun) unaccounted += ready.songs > standing.songs ? ready.songs - standing.songs : standing.songs - ready.songs;
  standing.songs = ready.songs;
  standing.best = ready.best;
  standing.best_slot = ready.best_slot;
  m.ready = true;
  m.done = ready.slots_done;
  m.next = std::min(m.next, m.done);
  schedule.join(agent, m.next, m.done, now_ms());
}

void Swarm::State::take(uint32_t agent, AgentScore& score) {
  Member& m = members[agent];
  if (!schedule.called_at(agent) || score.slot != m.next) return lose(agent, "it spoke out of turn");
  Standing& standing = standings[agent];
  standing.late_ms = static_cast<uint32_t>(std::min<int64_t>(schedule.answered(agent, now_ms()), UINT32_MAX));
  standing.last = score.score;
  standing.songs += score.judged;
  standing.cpu_ms += score.cpu_ms;
  if (score.score > standing.best) standing.best = score.score, standing.best_slot = score.slot;
  ++m.next;
  crew.budget(agent).slot_done();
  if (hooks.offer) hooks.offer({agent, score.slot, score.score, score.judged, standing.late_ms});
}

void Swarm::State::take(uint32_t agent, AgentProgress& progress) {
  if (prover != agent) return;
  prover_heard = now_ms();
  if (hooks.progress) hooks.progress(agent, progress);
}

void Swarm::State::take(uint32_t agent, AgentProof& proof) {
  if (prover != agent) return;
  prover.reset();
  if (hooks.proof) hooks.proof(agent, proof);
}

void Swarm::State::take(uint32_t agent, AgentNoProof& failure) {
  if (prover != agent) return;
  prover.reset();
  if (hooks.no_proof) hooks.no_proof(agent, {failure.kind, failure.message});
}

void Swarm::State::take(uint32_t agent, AgentAsk& ask) {
  if (hooks.ask) return hooks.ask(agent, std::move(ask));
  (void)crew.send(agent, ModelAnswer{ask.id, false, "there is no language model"});
}

void Swarm::State::take(uint32_t agent, AgentFailure& failure) {
  fault_kind = failure.kind;
  lose(agent, failure.message);
}

// ---- all of them

Status Swarm::State::start_all() {
  for (uint32_t a = 0; a < members.size(); ++a) {
    members[a].started = now_ms();
    SOTTO_TRY_STATUS(crew.start(a, members[a].next));
  }
  while (waits_for_ready()) {
    if (interrupted()) return interrupted_error();
    turn(now_ms() + kMostWaitMs, false);
    // Settings that one agent refuses are wrong for all.
    for (const Standing& s : standings)
      if (!s.alive) return Error{fault_kind, "agent " + std::to_string(s.agent) + ": " + s.fault};
  }
  begun = true;
  schedule.begin(now_ms());
  return ok_status();
}

void Swarm::State::call_agents(int64_t now) {
  const auto share = static_cast<uint32_t>(options.cpu_share ? schedule.share_ms() : 0);
  while (const auto call = schedule.next(now))
    // Hardly more in time than in processor time: on a busy machine, or beside a proof, an agent makes fewer songs, and is not late.
    if (!crew.send(call->agent, SlotCall{call->slot, share, share + share / 10}))
      lose(call->agent, "it does not take its orders");
}

// One round: calls whom it is time to call, waits until something happens (at most until `until`), hears whoever speaks.
void Swarm::State::turn(int64_t until, bool calling) {
  if (calling) call_agents(now_ms());
  std::vector<pollfd> fds;
  for (const auto& [fd, readable] : watched) fds.push_back({fd, POLLIN, 0});
  std::vector<uint32_t> owners;
  for (uint32_t a = 0; a < members.size(); ++a) {
    if (!crew.running(a)) continue;
    fds.push_back({crew.fd(a), POLLIN, 0});
    owners.push_back(a);
  }
  const int64_t now = now_ms();
  int64_t wake = std::min(until, now + kMostWaitMs);
  if (calling) wake = std::min(wake, schedule.wake_at(now));
  for (const Member& m : members)
    if (m.restart_at) wake = std::min(wake, *m.restart_at);
  if (poll(fds.data(), fds.size(), static_cast<int>(std::max<int64_t>(0, wake - now))) > 0) {
    const size_t others = fds.size() - owners.size();
    for (size_t i = 0; i < fds.size(); ++i) {
      if (!fds[i].revents) continue;
      if (i < others) {
        if (const auto watch = watched.find(fds[i].fd); watch != watched.end()) watch->second();
      } else if (const uint32_t agent = owners[i - others]; crew.running(agent) && crew.fd(agent) == fds[i].fd) {
        hear(agent);
      }
    }
  }
  look_after(now_ms());
  if (hooks.turn) hooks.turn();
}

// ---- the swarm

Swarm::Swarm(std::unique_ptr<State> state) : state_(std::move(state)) {}
Swarm::Swarm(Swarm&&) noexcept = default;
Swarm::~Swarm() = default;

Result<Swarm> Swarm::start(const SwarmOptions& options, SwarmHooks hooks) {
  SOTTO_TRY(FolderLock lock, FolderLock::take(options.folder));
  return start(options, std::move(hooks), std::move(lock));
}

Result<Swarm> Swarm::start(const SwarmOptions& options, SwarmHooks hooks, FolderLock lock) {
  if (options.agents == 0 || options.agents > kMaxAgents)
    return usage_error("the number of agents must be between 1 and 256");
  if (options.slot_ms == 0) return usage_error("a slot must last at least a millisecond");
  SOTTO_TRY(SecretKey master, options.passphrase_file.empty()
                                  ? open_master_key(options.folder)
                                  : master_key_from_passphrase(options.folder, options.passphrase_file));
  Swarm swarm(std::make_unique<State>(options, std::move(hooks), std::move(lock), std::move(master)));
  SOTTO_TRY_STATUS(swarm.state_->start_all());
  return swarm;
}

Status Swarm::play_slot() {
  State& s = *state_;
  for (;;) {
    if (interrupted() || s.stopped) return interrupted_error();
    if (!s.anybody()) return s.nobody();
    const bool hold = s.options.lockstep && s.restarting();  // lockstep waits for whoever is being started again, too
    if (!hold && !(s.options.lockstep && s.waits_for_ready()) && s.schedule.advance(now_ms())) return ok_status();
    s.turn(INT64_MAX, true);
  }
}

void Swarm::stop() { state_->stopped = true; }

void Swarm::drain(std::chrono::milliseconds most, Finish finish) {
  State& s = *state_;
  const int64_t end = now_ms() + most.count();
  s.schedule.close();
  const bool owed = finish == Finish::kWhatIsOwed;
  const auto over = [&] {
    return s.schedule.idle() && !(owed && (s.schedule.owes() || s.restarting() || s.waits_for_ready()));
  };
  while (!over() && s.anybody() && now_ms() < end && !(owed && interrupted())) s.turn(end, owed);
}

uint32_t Swarm::slots_played() const { return state_->schedule.slot(); }
const std::vector<Standing>& Swarm::standings() const { return state_->standings; }
uint64_t Swarm::slips() const { return state_->schedule.slips(); }
uint64_t Swarm::unaccounted() const { return state_->unaccounted; }

uint64_t Swarm::songs() const {
  uint64_t sum = 0;
  for (const Standing& standing : state_->standings) sum += standing.songs;
  return sum;
}

std::vector<pid_t> Swarm::pids() const {
  std::vector<pid_t> out;
  for (uint32_t a = 0; a < state_->crew.size(); ++a)
    if (state_->crew.running(a)) out.push_back(state_->crew.pid(a));
  return out;
}

void Swarm::watch(int fd, std::function<void()> readable) { state_->watched[fd] = std::move(readable); }

void Swarm::answer(uint32_t agent, const ModelAnswer& answer) {
  if (state_->members[agent].ready) (void)state_->crew.send(agent, answer);
}

bool Swarm::order_proof(uint32_t agent, const ProveOrder& order) {
  State& s = *state_;
  if (s.prover || !s.members[agent].ready || !s.crew.send(agent, order)) return false;
  s.prover = agent;
  s.prover_heard = now_ms();
  return true;
}

void Swarm::stop_proof(uint32_t agent) {
  if (state_->prover == agent) (void)state_->crew.send(agent, StopProof{});
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
  SOTTO_CHECK(agent < s.members.size() && s.members[agent].next > 0);
  std::optional<Result<AgentProof>> outcome;
  const SwarmHooks others = std::exchange(s.hooks, SwarmHooks{});
  s.hooks.progress = [&](uint32_t, const AgentProgress& step) {
    if (progress && !progress(step.stage, step.permille / 1000.0)) outcome = interrupted_error();
  };
  s.hooks.proof = [&](uint32_t, const AgentProof& proof) { outcome = proof; };
  s.hooks.no_proof = [&](uint32_t, const Error& error) {
    outcome = Error{error.kind, "the winner's proof failed: " + error.message};
  };
  if (!order_proof(agent, {s.members[agent].next - 1, target, setup}))
    outcome = environment_error("the winner is not there to prove");
  while (!outcome) {
    if (interrupted()) outcome = interrupted_error();
    s.turn(INT64_MAX, false);
  }
  if (!outcome->ok()) stop_proof(agent);
  s.hooks = others;
  return std::move(*outcome);
}

}  // namespace sotto::contest
