// SPDX-License-Identifier: Apache-2.0
// The process of an agent: three threads and a channel.
//
// The first thread hears orders. The second composes, at low priority: a proof is prize money and lasts seconds, a slot comes
// every ten, so while any agent of the machine proves, that agent's third thread (at normal priority) gets nearly all of the
// processors and the composers make fewer songs in the same time. Priority is of threads, because an agent that had lowered
// that of its process could not raise it again for its proof.
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <thread>

#include "base/huge_pages.h"
#include "contest/secrecy/confine.h"
#include "contest/swarm/agent.h"

namespace sotto::contest {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kComposerNice = 10;

uint32_t ms_since(Clock::time_point start) {
  return static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
}

// Processor time of the calling thread.
uint32_t thread_cpu_ms() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<uint32_t>(t.tv_sec * 1000 + t.tv_nsec / 1'000'000);
}

Result<std::shared_ptr<const zk::Srs>> load_setup(const std::string& path, unsigned log_size) {
  SOTTO_TRY(zk::Srs srs, path.empty() ? zk::cached_development_srs(log_size) : zk::read_srs(path, log_size));
  return std::shared_ptr<const zk::Srs>(std::make_shared<zk::Srs>(std::move(srs)));
}

Result<AgentProof> prove_song(const Agent& agent, const ProveOrder& order, unsigned slots,
                              const claim::Progress& progress) {
  const FreedMemoryKept kept;
  const auto start = Clock::now();
  SOTTO_TRY(const sound::Program program, agent.offered(order.slot));
  SOTTO_TRY(const unsigned log_size, claim::required_log_size(agent.network(), slots));
  SOTTO_TRY(auto srs, load_setup(order.setup, log_size));
  SOTTO_TRY(auto key, claim::make_proving_key(agent.network(), slots, std::move(srs)));
  SOTTO_TRY(claim::Proven proven, claim::prove(*key, program, order.target, progress));
  return AgentProof{std::move(proven.proof), proven.statement, ms_since(start), peak_memory_kib()};
}

class Process {
 public:
  explicit Process(int fd) : channel_(fd) {}
  ~Process() {
    stop_ = stop_proof_ = true;
    wake_.notify_all();
  }

  // Until the parent has gone or something fails.
  Status run() {
    for (;;) {
      SOTTO_TRY(const std::optional<Bytes> bytes, channel_.receive());
      if (!bytes) return ok_status();
      SOTTO_TRY(Order order, decode_order(*bytes));
      SOTTO_TRY_STATUS(std::visit([&](auto& o) { return obey(o); }, order));
    }
  }
  void fail(const Error& error) const { (void)send(AgentFailure{error.kind, error.message.substr(0, 1000)}).ok(); }

 private:
  Status send(const Report& report) const { return channel_.send(encode(report)); }

  Status obey(Assignment& assignment) {
    if (agent_) return usage_error("agent: a second assignment");
    SOTTO_TRY_STATUS(confine(assignment));
    SOTTO_TRY(Agent agent, Agent::open(assignment));
    wipe(assignment.store_key.data(), assignment.store_key.size());
    agent_.emplace(std::move(agent));
    slots_ = assignment.slots;
    SOTTO_TRY_STATUS(send(agent_->ready()));
    SOTTO_TRY_STATUS(tell_yield());
    // The answer to the last prompt of an earlier run may have been lost with it; the same prompt is asked again.
    if (agent_->slots_done() > 0 && !agent_->has_answers()) SOTTO_TRY_STATUS(ask(agent_->slots_done() - 1));
    composer_ = std::jthread([this] { compose(); });
    return ok_status();
  }
  // Before anything that handles a song. The store's files are made now: afterwards nothing can be made.
  Status confine(const Assignment& a) const {
    SOTTO_TRY_STATUS(Store::prepare(a.folder));
    Confinement lock;
    lock.folder = a.folder;
    lock.readable = a.public_files;
    lock.readable.push_back(a.judge);
    if (const std::string cache = zk::development_cache(); !cache.empty()) lock.readable.push_back(cache);
    lock.channel = channel_.fd();
    lock.isolation = a.strict ? Isolation::kRequireAll : Isolation::kBestEffort;
    SOTTO_TRY_STATUS(confine_agent(lock));
    return ok_status();
  }
  Status obey(const SlotCall& call) {
    if (!agent_) return usage_error("agent: a slot before the assignment");
    const std::scoped_lock lock(mutex_);
    calls_.push_back(call);
    wake_.notify_all();
    return ok_status();
  }
  Status obey(const ModelAnswer& answer) {
    if (!agent_) return usage_error("agent: an answer before the assignment");
    asked_ = false;
    return answer.ok ? agent_->keep(answer.text) : ok_status();
  }
  Status obey(const StopProof&) {
    stop_proof_ = true;
    return ok_status();
  }
  Status obey(const ProveOrder& order) {
    if (!agent_) return usage_error("agent: a proof before the assignment");
    if (proving_) return send(AgentNoProof{ErrorKind::kUsage, "the agent is proving already"});
    proving_ = true;
    stop_proof_ = false;
    prover_ = std::jthread([this, order] { prove(order); });
    return ok_status();
  }

  void compose() {
    setpriority(PRIO_PROCESS, 0,
                kComposerNice);  // of this thread; where it is refused, proofs take longer, nothing else
    for (;;) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stop_ || !calls_.empty(); });
      if (stop_) return;
      const SlotCall call = calls_.front();
      calls_.pop_front();
      lock.unlock();
      if (const Status done = play(call); !done.ok()) return fail(done.error()), end();
    }
  }

  Status play(const SlotCall& call) {
    const auto start = Clock::now();
    const uint32_t cpu_start = thread_cpu_ms();
    const auto enough = [&] {
      return stop_ || thread_cpu_ms() - cpu_start >= call.cpu_ms || ms_since(start) >= call.wall_ms;
    };
    const bool fresh = call.slot >= agent_->slots_done();
    SOTTO_TRY(AgentScore score, agent_->play(call.slot, enough));
    score.cpu_ms = thread_cpu_ms() - cpu_start;
    // First the prompt: an answer that is there at once counts as one that came before the next slot.
    if (fresh) SOTTO_TRY_STATUS(ask(call.slot));
    SOTTO_TRY_STATUS(tell_yield());
    return send(score);
  }

  Status tell_yield() {
    if (agent_->yield() == yield_told_) return ok_status();
    yield_told_ = agent_->yield();
    return send(yield_told_);
  }

  // One prompt at a time: the next is not written before the answer to the last has come, or its refusal.
  Status ask(uint32_t slot) {
    if (asked_) return ok_status();
    const std::optional<AgentAsk> prompt = agent_->ask_after(slot);
    if (!prompt) return ok_status();
    asked_ = true;
    return send(*prompt);
  }

  void prove(const ProveOrder& order) {
    Clock::time_point told{};
    const auto progress = [&](std::string_view stage, double fraction) {
      if (stop_proof_) return false;
      if (Clock::now() - told < std::chrono::milliseconds(100)) return true;
      told = Clock::now();
      return send(AgentProgress{std::string(stage.substr(0, 80)),
                                static_cast<uint32_t>(std::clamp(fraction, 0.0, 1.0) * 1000)})
          .ok();
    };
    const auto proof = prove_song(*agent_, order, slots_, progress);
    proving_ = false;
    (void)(proof.ok() ? send(*proof) : send(AgentNoProof{proof.error().kind, proof.error().message.substr(0, 1000)}))
        .ok();
  }

  // Ends the loop of the first thread.
  void end() const { shutdown(channel_.fd(), SHUT_RDWR); }

  Channel channel_;
  std::optional<Agent> agent_;
  uint32_t slots_ = 0;
  AgentYield yield_told_;

  std::mutex mutex_;                  // of calls_
  std::condition_variable wake_;
  std::deque<SlotCall> calls_;

  std::atomic<bool> asked_ = false;   // a prompt is on its way
  std::atomic<bool> stop_ = false, proving_ = false, stop_proof_ = false;
  std::jthread composer_, prover_;    // last: they are joined first
};

}  // namespace

int run_agent_process(int fd) {
  FreedMemoryKept::share_heap();
  Process process(fd);
  Status done = keep_to_itself();
  if (done.ok()) done = process.run();
  if (done.ok()) return 0;
  process.fail(done.error());
  return static_cast<int>(done.error().kind);
}

}  // namespace sotto::contest
