// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/agent.h"

#include <algorithm>
#include <chrono>

#include "contest/secrecy/confine.h"

namespace sotto::contest {
namespace {

using Clock = std::chrono::steady_clock;

int64_t ms_since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
}

// Candidates that may be refused before a slot is given up.
constexpr uint32_t kAttemptsPerTry = 64;

// Highest score, then shortest, then first.
const Scored* best_of(const StoredSlot& slot) {
  const Scored* best = nullptr;
  for (const Scored& s : slot.songs)
    if (!best || s.score > best->score || (s.score == best->score && s.instructions < best->instructions)) best = &s;
  return best;
}

Result<std::shared_ptr<const zk::Srs>> load_setup(const std::string& path, unsigned log_size) {
  SOTTO_TRY(zk::Srs srs, path.empty() ? zk::cached_development_srs(log_size) : zk::read_srs(path, log_size));
  return std::shared_ptr<const zk::Srs>(std::make_shared<zk::Srs>(std::move(srs)));
}

Result<AgentProof> prove_song(const Agent& agent, const ProveOrder& order, unsigned slots, const claim::Progress& progress) {
  const auto start = Clock::now();
  SOTTO_TRY(const sound::Program program, agent.offered(order.slot));
  SOTTO_TRY(const unsigned log_size, claim::required_log_size(agent.network(), slots));
  SOTTO_TRY(auto srs, load_setup(order.setup, log_size));
  SOTTO_TRY(auto key, claim::make_proving_key(agent.network(), slots, std::move(srs)));
  SOTTO_TRY(claim::Proven proven, claim::prove(*key, program, order.target, progress));
  return AgentProof{std::move(proven.proof), proven.statement, static_cast<uint32_t>(ms_since(start)), peak_memory_kib()};
}

class Process {
 public:
  explicit Process(int fd) : channel_(fd) {}

  Status run() {
    for (;;) {
      SOTTO_TRY(const std::optional<Bytes> bytes, channel_.receive());
      if (!bytes) return ok_status();
      SOTTO_TRY(const Order order, decode_order(*bytes));
      SOTTO_TRY(const Report report, std::visit([&](const auto& o) { return obey(o); }, order));
      SOTTO_TRY_STATUS(channel_.send(encode(report)));
    }
  }
  void report_failure(const Error& error) const { (void)channel_.send(encode(Report(AgentFailure{error.kind, error.message.substr(0, 1000)}))).ok(); }

 private:
  Result<Report> obey(const Assignment& assignment) {
    SOTTO_TRY(Agent agent, Agent::open(assignment));
    agent_.emplace(std::move(agent));
    assignment_ = assignment;
    return Report(AgentReady{agent_->slots_done()});
  }

  Result<Report> obey(const SlotCall& call) {
    if (!agent_) return usage_error("agent: a slot before the assignment");
    const auto start = Clock::now();
    SOTTO_TRY(AgentScore score, agent_->play(call.slot));
    score.late_ms = static_cast<uint32_t>(std::max<int64_t>(0, ms_since(start) - assignment_.slot_ms));
    return Report(score);
  }

  Result<Report> obey(const ProveOrder& order) {
    if (!agent_) return usage_error("agent: a proof before the assignment");
    Clock::time_point told{};
    const auto progress = [&](std::string_view stage, double fraction) {
      if (Clock::now() - told < std::chrono::milliseconds(100)) return true;
      told = Clock::now();
      const AgentProgress message{std::string(stage.substr(0, 80)), static_cast<uint32_t>(std::clamp(fraction, 0.0, 1.0) * 1000)};
      return channel_.send(encode(Report(message))).ok();  // nobody listens: stop
    };
    SOTTO_TRY(AgentProof proof, prove_song(*agent_, order, assignment_.slots, progress));
    return Report(std::move(proof));
  }

  Channel channel_;
  Assignment assignment_;
  std::optional<Agent> agent_;
};

}  // namespace

Result<Agent> Agent::open(const Assignment& a) {
  if (a.tries == 0 || a.tries > 1'000'000) return usage_error("agent: songs per slot must be between 1 and 1,000,000");
  SOTTO_TRY(const sound::SizeClass size, size_class(a.slots));
  SOTTO_TRY(judge::Network net, judge::read_judge(a.judge));
  Bytes32 key = a.store_key;
  SOTTO_TRY(Store store, Store::open(a.folder, {a.seed, a.agent, a.slots, a.tries, judge::judge_digest(net)}, SecretKey::take(key)));
  SOTTO_TRY(std::vector<StoredSlot> history, store.load());
  Agent agent(a, std::move(net), size, std::move(store));
  for (const StoredSlot& slot : history)
    for (const Scored& song : slot.songs) agent.evolver_.tell(song);
  agent.slots_ = std::move(history);
  return agent;
}

StoredSlot Agent::compose_slot(uint32_t slot) {
  StoredSlot out{slot, {}};
  const auto known = [&](uint64_t fingerprint) { return evolver_.is_known(fingerprint); };
  for (uint32_t attempt = 0; attempt < assignment_.tries * kAttemptsPerTry && out.songs.size() < assignment_.tries; ++attempt) {
    Rng rng(assignment_.seed, assignment_.agent, slot, attempt);
    const auto song = compose(evolver_.ask(rng), judge_, size_, known);
    if (!song) continue;
    evolver_.tell(song->scored);
    out.songs.push_back(song->scored);
  }
  return out;
}

Result<AgentScore> Agent::play(uint32_t slot) {
  if (slot > slots_.size()) return usage_error("agent: slots come in order");
  if (slot == slots_.size()) {
    StoredSlot fresh = compose_slot(slot);
    SOTTO_TRY_STATUS(store_.add(fresh));  // kept before it is offered
    slots_.push_back(std::move(fresh));
  }
  const Scored* best = best_of(slots_[slot]);
  return AgentScore{slot, best ? best->score : 0, static_cast<uint32_t>(slots_[slot].songs.size()), 0};
}

Result<Genome> Agent::offered_genome(uint32_t slot) const {
  const Scored* best = slot < slots_.size() ? best_of(slots_[slot]) : nullptr;
  if (!best) return usage_error("agent: no song was offered in that slot");
  return best->genome;
}

Result<sound::Program> Agent::offered(uint32_t slot) const {
  SOTTO_TRY(const Genome genome, offered_genome(slot));
  auto program = program_of(genome, size_);
  if (!program) return environment_error("agent: a stored song does not compile any more");
  return std::move(*program);
}

int run_agent_process(int fd) {
  Process process(fd);
  Status done = confine_agent();
  if (done.ok()) done = process.run();
  if (done.ok()) return 0;
  process.report_failure(done.error());
  return static_cast<int>(done.error().kind);
}

}  // namespace sotto::contest
