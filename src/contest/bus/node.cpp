// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/node.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "contest/bus/lease.h"
#include "contest/bus/prover_seat.h"
#include "contest/bus/record.h"
#include "contest/swarm/events.h"

namespace sotto::contest {
namespace {

using std::chrono::milliseconds;

constexpr const char* kWishSubject = "team.wish";
constexpr int kWishBeats = 3;  // a wish that is not repeated for so long is forgotten

milliseconds now() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

// The thread owns everything but what stands under the mutex.
struct TeamNode::State {
  State(std::unique_ptr<Bus> b, NodeOptions o, Lease l, Board s)
      : options(std::move(o)), bus(std::move(b)), lease(std::move(l)), board(std::move(s)), watch(*bus, now), seat(*bus, watch, options.name) {}

  // What the supervisor wants, and what it may know.
  struct Shared {
    std::optional<PublicScore> tick;
    uint32_t wish = 0;
    std::optional<bool> done;  // a proof has ended; true: claimed
    bool seated = false;
    uint32_t claimed = 0;
    milliseconds held_until{0};
    std::vector<PublicScore> scores;
    milliseconds scores_at{0};
    std::string trouble;
  };

  void live(std::stop_token stop);
  Status look_around();
  Status tell_tick();
  Status keep_lease();
  Status seek_seat();
  Status look_at_seat();
  Status tell_wish(uint32_t score);
  Status hear_wishes();
  bool better_wish_waits(uint32_t score) const;

  const NodeOptions options;
  std::unique_ptr<Bus> bus;
  Lease lease;
  Board board;
  NodeWatch watch;
  ProverSeat seat;
  std::unique_ptr<Subscription> wishes_heard;
  struct Wish {
    uint32_t score;
    milliseconds at;
  };
  std::map<std::string, Wish> wishes;
  milliseconds next_beat{0}, next_look{0}, wish_told{0};
  uint32_t told = 0;

  std::mutex mutex;
  std::condition_variable_any wake;
  Shared shared;
  std::jthread thread;
};

void TeamNode::State::live(std::stop_token stop) {
  while (!stop.stop_requested()) {
    const Status done = look_around();
    std::unique_lock lock(mutex);
    shared.trouble = done.ok() ? "" : done.error().message;
    wake.wait_for(lock, stop, options.look, [&] { return shared.tick || shared.done; });
    // After an error the network gets a rest, whatever waits.
    if (!done.ok()) wake.wait_for(lock, stop, options.look, [] { return false; });
  }
  (void)tell_tick().ok();
  if (seat.ours()) (void)seat.leave(false, lease.session()).ok();  // where this fails, the lease runs out by itself
  (void)lease.give_back().ok();
}

Status TeamNode::State::look_around() {
  SOTTO_TRY_STATUS(keep_lease());
  SOTTO_TRY_STATUS(tell_tick());
  SOTTO_TRY_STATUS(board.hear(now()));
  {
    const std::lock_guard lock(mutex);
    shared.scores_at = now();
    shared.scores = board.scores(shared.scores_at);
  }
  return seek_seat();
}

Status TeamNode::State::tell_tick() {
  std::optional<PublicScore> tick;
  {
    const std::lock_guard lock(mutex);
    std::swap(tick, shared.tick);
  }
  return tick ? Board::publish(*bus, *tick) : ok_status();
}

Status TeamNode::State::keep_lease() {
  if (now() < next_beat) return ok_status();
  const Status renewed = lease.renew();
  const std::lock_guard lock(mutex);
  if (!renewed.ok()) {
    if (renewed.error().kind == ErrorKind::kRejected) shared.held_until = milliseconds(0);
    return renewed.error();
  }
  shared.held_until = lease.held_until();
  next_beat = now() + options.beat;
  return ok_status();
}

// Gives the seat back after a proof, or tries to get it for the claim that waits.
Status TeamNode::State::seek_seat() {
  SOTTO_TRY_STATUS(hear_wishes());
  std::optional<bool> done;
  uint32_t wish = 0;
  {
    const std::lock_guard lock(mutex);
    done = shared.done, wish = shared.wish;
  }
  if (done) {
    SOTTO_TRY_STATUS(seat.leave(*done, lease.session()));
    const std::lock_guard lock(mutex);
    shared.done.reset();
    shared.claimed = seat.claimed();
  }
  SOTTO_TRY_STATUS(tell_wish(seat.ours() ? 0 : wish));
  if (wish == 0 || seat.ours() || better_wish_waits(wish)) return look_at_seat();
  SOTTO_TRY(const bool ours, seat.take(wish, lease.session()));
  const std::lock_guard lock(mutex);
  shared.seated = ours && shared.wish != 0;
  if (ours && !shared.seated) shared.done = false;  // withdrawn meanwhile
  shared.claimed = seat.claimed();
  return ok_status();
}

// Who wants nothing hears of the team's claims, too, a beat later.
Status TeamNode::State::look_at_seat() {
  if (now() < next_look) return ok_status();
  next_look = now() + options.beat;
  SOTTO_TRY_STATUS(seat.look());
  const std::lock_guard lock(mutex);
  shared.claimed = seat.claimed();
  return ok_status();
}

// Wishes are repeated, so that nodes which come later hear them, too.
Status TeamNode::State::tell_wish(uint32_t score) {
  if (score == told && (score == 0 || now() - wish_told < options.beat)) return ok_status();
  SOTTO_TRY_STATUS(bus->publish(kWishSubject, record_bytes({{"node", options.name}, {"score", score}})));
  told = score, wish_told = now();
  return ok_status();
}

Status TeamNode::State::hear_wishes() {
  for (;;) {
    SOTTO_TRY(const auto message, wishes_heard->next(milliseconds(0)));
    if (!message) return ok_status();
    const Record r = parse_record(message->data);
    wishes[record_text(r, "node")] = {static_cast<uint32_t>(record_number(r, "score", UINT32_MAX)), now()};
  }
}

bool TeamNode::State::better_wish_waits(uint32_t score) const {
  return std::any_of(wishes.begin(), wishes.end(), [&](const auto& entry) {
    const auto& [node, wish] = entry;
    if (node == options.name || now() - wish.at > kWishBeats * options.beat) return false;
    return wish.score > score || (wish.score == score && node < options.name);
  });
}

TeamNode::TeamNode(std::unique_ptr<State> state) : state_(std::move(state)) {}
TeamNode::~TeamNode() = default;  // the jthread asks its thread to stop and waits

Result<std::unique_ptr<TeamNode>> TeamNode::join(std::unique_ptr<Bus> bus, const NodeOptions& o) {
  if (o.beat * 2 >= o.lease) return usage_error("a lease must be longer than two beats");
  SOTTO_TRY(Board board, Board::open(*bus));
  SOTTO_TRY(auto wishes, bus->subscribe(kWishSubject));
  LeaseOptions l{o.name, o.folder, o.agents, o.team_agents, o.lease, now, o.rest};
  SOTTO_TRY(Lease lease, Lease::take(*bus, l));
  auto state = std::make_unique<State>(std::move(bus), o, std::move(lease), std::move(board));
  State* s = state.get();
  s->wishes_heard = std::move(wishes);
  s->shared.held_until = s->lease.held_until();
  s->thread = std::jthread([s](std::stop_token stop) { s->live(std::move(stop)); });
  return std::unique_ptr<TeamNode>(new TeamNode(std::move(state)));
}

const std::vector<uint32_t>& TeamNode::agents() const { return state_->lease.agents(); }

bool TeamNode::may_run() const {
  const std::lock_guard lock(state_->mutex);
  return now() < state_->shared.held_until;
}

std::string TeamNode::trouble() const {
  const std::lock_guard lock(state_->mutex);
  return state_->shared.trouble;
}

void TeamNode::publish_tick(uint32_t slot, uint32_t best, uint64_t songs) {
  const NodeOptions& o = state_->options;
  const std::lock_guard lock(state_->mutex);
  state_->shared.tick = PublicScore{state_->bus->team(), o.name, slot, o.agents, published_score(best, o.score_unit), songs, {}};
  state_->wake.notify_all();
}

std::vector<PublicScore> TeamNode::board() const {
  const std::lock_guard lock(state_->mutex);
  std::vector<PublicScore> scores = state_->shared.scores;
  for (PublicScore& s : scores) s.age += now() - state_->shared.scores_at;
  return scores;
}

bool TeamNode::may_prove(uint32_t score) {
  const std::lock_guard lock(state_->mutex);
  state_->shared.wish = score;
  return state_->shared.seated;
}

void TeamNode::prove_done(bool claimed) {
  const std::lock_guard lock(state_->mutex);
  state_->shared.seated = false;
  state_->shared.wish = 0;
  state_->shared.done = claimed;
  state_->wake.notify_all();
}

uint32_t TeamNode::claimed() const {
  const std::lock_guard lock(state_->mutex);
  return state_->shared.claimed;
}

}  // namespace sotto::contest
