// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/claimer.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace sotto::contest {
namespace {

class ChainPort final : public ClaimPort {
 public:
  ChainPort(std::unique_ptr<ChainClient> chain, PrizeClient prize, const ChainContest& contest, PrivateKey key)
      : chain_(std::move(chain)), prize_(std::move(prize)), contest_(contest), key_(std::move(key)) {}

  Result<ContestNow> look() override {
    SOTTO_TRY(const ContestView view, prize_.contest(contest_.id));
    SOTTO_TRY(const BlockHeader block, chain_->block());
    return now_of(view, block);
  }
  Result<std::string> submit(const claim::ClaimStatement& statement, ByteSpan proof) override {
    SOTTO_TRY(const Receipt receipt, prize_.submit(key_, statement, proof));
    return to_hex(receipt.tx);
  }
  Result<std::optional<std::string>> settle() override {
    SOTTO_TRY(const ContestView view, prize_.contest(contest_.id));
    SOTTO_TRY(const BlockHeader block, chain_->block());
    if (view.best == 0 || view.beneficiary != contest_.beneficiary || !may_be_settled(view, block.timestamp))
      return std::optional<std::string>();
    SOTTO_TRY(const Receipt receipt, prize_.settle(key_, contest_.id));
    return std::optional(to_hex(receipt.tx));
  }
  ContestNow now_of(const ContestView& view, const BlockHeader& block) const {
    return {view.terms.mode, view.status, view.terms.target, view.best, view.terms.min_increment,
            view.best > 0 && view.beneficiary == contest_.beneficiary, view.terms.deadline, block.timestamp};
  }

 private:
  // As Prize.settle() has it. Claims of the deadline's own second still count.
  static bool may_be_settled(const ContestView& v, uint64_t now) {
    if (v.terms.mode == PrizeMode::kFirstToTarget) return v.status == PrizeStatus::kWon && now >= v.payable_from;
    return v.status == PrizeStatus::kOpen && now > v.terms.deadline + v.terms.hold;
  }

  std::unique_ptr<ChainClient> chain_;  // the prize client keeps its address
  PrizeClient prize_;
  ChainContest contest_;
  PrivateKey key_;
};

}  // namespace

Result<OpenContest> open_contest(const ChainContest& c, PrivateKey key) {
  ChainOptions options;
  options.rpc.urls = c.rpc_urls;
  if (c.chain_id) options.rpc.chain_id = c.chain_id;
  SOTTO_TRY(ChainClient client, ChainClient::connect(std::move(options)));
  auto chain = std::make_unique<ChainClient>(std::move(client));
  if (c.development_setup) SOTTO_TRY_STATUS(chain->require_embedded("the development setup"));
  SOTTO_TRY(PrizeClient prize, PrizeClient::attach(*chain, c.contract));
  SOTTO_TRY(const ContestView view, prize.contest(c.id));
  if (view.judge_file != c.judge)
    return input_error("this contest has another judge; give its file with --judge (judge file hash " +
                       to_hex(view.judge_file) + ")");
  SOTTO_TRY(const claim::ClaimStatement s, prize.statement_template(c.id, c.beneficiary));
  auto port = std::make_unique<ChainPort>(std::move(chain), std::move(prize), c, std::move(key));
  SOTTO_TRY(const ContestNow now, port->look());
  return OpenContest{std::move(port), now, {s.chain_id, s.contract, s.contest_id, s.beneficiary}};
}

struct Claimer::Core {
  struct Claim {
    claim::ClaimStatement statement;
    Bytes proof;
  };

  Core(std::unique_ptr<ClaimPort> p, Timing t)
      : port(std::move(p)), timing(t), wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    thread = std::jthread([this] { run(); });
  }
  ~Core() {
    {
      const std::scoped_lock lock(mutex);
      stop = true;
    }
    changed.notify_all();
    thread.join();
    close(wake);
  }

  void tell(ClaimNews item) {
    const std::scoped_lock lock(mutex);
    news.push_back(std::move(item));
    const uint64_t one = 1;
    if (write(wake, &one, sizeof one) < 0) return;  // full: it is readable all the same
  }
  // Until the time is over, or a claim waits, or the end.
  void rest(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, time, [&] { return stop || fresh; });
    fresh = false;
  }
  std::optional<Claim> waiting() {
    const std::scoped_lock lock(mutex);
    if (stop || claims.empty()) return {};
    return claims.front();
  }
  void done_with_claim() {
    const std::scoped_lock lock(mutex);
    claims.pop_front();
  }
  bool stopped() {
    const std::scoped_lock lock(mutex);
    return stop;
  }

  void run() {
    while (!stopped()) {
      bool trouble = false;
      if (const auto claim = waiting()) trouble = !send(*claim);
      look();
      rest(trouble ? timing.retry : timing.look);
    }
  }
  // False: the network failed, the claim stays.
  bool send(const Claim& claim) {
    const auto tx = port->submit(claim.statement, claim.proof);
    const uint32_t score = claim.statement.score;
    if (!tx.ok() && tx.error().kind == ErrorKind::kEnvironment) {
      tell({ClaimNews::Kind::kTrouble, {}, score, {}, tx.error().message});
      return false;
    }
    done_with_claim();
    if (!tx.ok() && !is_ours(score)) {
      tell({ClaimNews::Kind::kRefused, {}, score, {}, tx.error().message});
      return true;
    }
    settle(score);
    tell({ClaimNews::Kind::kAccepted, {}, score, tx.ok() ? *tx : std::string(), {}});
    return true;
  }
  // A second attempt is refused when the first has arrived after all and only its receipt was lost.
  bool is_ours(uint32_t score) {
    const auto seen = port->look();
    return seen.ok() && seen->ours && seen->best >= score;
  }
  void look() {
    auto seen = port->look();
    if (!seen.ok()) return tell({ClaimNews::Kind::kTrouble, {}, 0, {}, seen.error().message});
    // A contest by deadline can be settled only when it is over. This comes first: the run ends when it hears that it is over.
    if (seen->ours && seen->mode == PrizeMode::kBestByDeadline && seen->status == PrizeStatus::kOpen &&
        seen->now > seen->deadline)
      settle(seen->best);
    tell({ClaimNews::Kind::kSeen, *seen, 0, {}, {}});
  }
  // Where it fails, or is not allowed yet, anybody can do it later (`sotto contest settle`): the prize stays ours.
  void settle(uint32_t score) {
    if (const auto settled = port->settle(); settled.ok() && *settled)
      tell({ClaimNews::Kind::kSettled, {}, score, **settled, {}});
  }

  std::unique_ptr<ClaimPort> port;
  Timing timing;
  int wake;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Claim> claims;      // the first one is on its way
  std::vector<ClaimNews> news;
  bool stop = false, fresh = false;
  std::jthread thread;
};

Claimer::Claimer(std::unique_ptr<ClaimPort> port, Timing timing)
    : core_(std::make_unique<Core>(std::move(port), timing)) {}
Claimer::~Claimer() = default;

void Claimer::submit(const claim::ClaimStatement& statement, Bytes proof) {
  const std::scoped_lock lock(core_->mutex);
  core_->claims.push_back({statement, std::move(proof)});
  core_->fresh = true;
  core_->changed.notify_all();
}

std::vector<ClaimNews> Claimer::take_news() {
  uint64_t count = 0;
  if (read(core_->wake, &count, sizeof count) < 0) count = 0;  // none
  const std::scoped_lock lock(core_->mutex);
  return std::exchange(core_->news, {});
}

int Claimer::wake_fd() const { return core_->wake; }

bool Claimer::busy() const {
  const std::scoped_lock lock(core_->mutex);
  return !core_->claims.empty();
}

}  // namespace sotto::contest
