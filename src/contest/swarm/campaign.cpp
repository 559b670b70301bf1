// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/campaign.h"

#include <unistd.h>

#include <algorithm>
#include <thread>

#include "contest/swarm/interrupt.h"
#include "contest/swarm/proving.h"
#include "contest/swarm/resident.h"

namespace sotto::contest {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kRedraw{500}, kRestStep{100}, kHealthEvery{60'000}, kLastWait{10'000}, kOwedWait{120'000};
constexpr size_t kHealthKept = 256;  // of a run of days: every second one goes when there are more

class Campaign {
 public:
  Campaign(CampaignOptions options, FolderLock lock, EventLog log)
      : o_(std::move(options)), lock_(std::move(lock)), log_(std::move(log)) {}
  Result<CampaignResult> run();

 private:
  Status start();
  SwarmHooks hooks();
  void start_proving();
  Status play();
  Status rest_without_lease();
  void slot_over();
  void tell_songs();
  void tell_model();
  void look_at_memory();
  void show(bool slot_over, bool asked = false);
  void turn();
  bool over();
  SummaryEvent summary() const;
  AgentYield model_yield() const;
  std::string model_line() const, yield_line() const;
  std::string spent() const;

  CampaignOptions o_;
  FolderLock lock_;                    // until the swarm takes it over
  EventLog log_;
  std::unique_ptr<LlmBroker> broker_;
  std::unique_ptr<Proving> proving_;
  std::optional<Swarm> swarm_;
  std::vector<Offer> offers_;          // of the slot, until its end
  CampaignResult result_;
  uint64_t songs_before_ = 0;
  uint64_t model_calls_told_ = 0, model_answers_told_ = 0;
  AgentYield model_yield_told_;
  std::string model_paused_told_;
  Clock::time_point start_ = Clock::now(), shown_{}, health_{};
  bool ended_ = false;
};

SwarmHooks Campaign::hooks() {
  SwarmHooks h;
  h.offer = [this](const Offer& offer) {
    offers_.push_back(offer);
    result_.late.add(offer.late_ms);
    if (proving_) proving_->offer(offer);
  };
  h.ask = [this](uint32_t agent, AgentAsk&& ask) {
    if (broker_) return broker_->ask({agent, ask.id, std::move(ask.prompt), ask.children});
    swarm_->answer(agent, {ask.id, false, "there is no language model"});
  };
  h.progress = [this](uint32_t agent, const AgentProgress& p) { if (proving_) proving_->progress(agent, p); };
  h.proof = [this](uint32_t agent, const AgentProof& p) { if (proving_) proving_->proof(agent, p); };
  h.no_proof = [this](uint32_t agent, const Error& e) { if (proving_) proving_->no_proof(agent, e); };
  h.restart = [this](const Standing& s) { log_.write(RestartEvent{s.agent, s.restarts, !s.alive, s.fault}); };
  h.turn = [this] { turn(); };
  return h;
}

Status Campaign::start() {
  o_.swarm.told = log_.told();
  if (o_.swarm.lockstep) o_.swarm.told.clear();  // lockstep plays back from the first slot
  if (o_.llm) {
    SOTTO_TRY(broker_, LlmBroker::start(*o_.llm));
  }
  SOTTO_TRY(Swarm swarm, Swarm::start(o_.swarm, hooks(), std::move(lock_)));
  swarm_.emplace(std::move(swarm));
  songs_before_ = swarm_->songs();
  log_.write(StartEvent{o_.swarm.agents, o_.swarm.slot_ms, o_.swarm.slots, o_.swarm.tries, o_.swarm.cpu_share,
                        o_.judge_digest, o_.target, swarm_->slots_played(), o_.isolation});
  if (broker_) {
    swarm_->watch(broker_->wake_fd(), [this] {
      for (LlmReply& reply : broker_->take_replies()) {
        std::string& text = reply.ok ? reply.text : reply.reason;
        if (text.size() > kMaxAnswer) text.resize(kMaxAnswer);
        swarm_->answer(reply.agent, {reply.id, reply.ok, std::move(text)});
      }
    });
  }
  if (o_.proves) start_proving();
  return ok_status();
}

// Songs of earlier runs are as good as new ones.
void Campaign::start_proving() {
  ProvingOptions p;
  p.target = o_.target;
  p.claim = o_.claim;
  p.setup = o_.setup;
  p.keep_proof = o_.keep_proof;
  p.port = std::move(o_.port);
  p.contest = o_.contest;
  p.tell = [this](const Event& event) { log_.write(event); };
  p.order = [this](uint32_t agent, const ProveOrder& order) { return swarm_->order_proof(agent, order); };
  p.stop = [this](uint32_t agent) { swarm_->stop_proof(agent); };
  if (o_.node) {
    p.may_start = [this](uint32_t score) { return o_.node->may_prove(score); };
    p.ended = [this](bool claimed) { o_.node->prove_done(claimed); };
    p.team_claimed = [this] { return o_.node->claimed(); };
  }
  proving_ = std::make_unique<Proving>(std::move(p));
  if (proving_->wake_fd() >= 0) swarm_->watch(proving_->wake_fd(), [this] { proving_->hear_chain(); });
  if (o_.kept && proving_->wake_fd() >= 0) proving_->claim(*o_.kept);
  for (const Standing& s : swarm_->standings()) proving_->offer({s.agent, s.best_slot, s.best, 0, 0});
}

Result<CampaignResult> Campaign::run() {
  SOTTO_TRY_STATUS(start());
  look_at_memory();
  const Status played = play();
  if (!played.ok() && played.error().kind != ErrorKind::kInterrupted) {
    tell_songs();
    return played.error();
  }
  if (!played.ok() && !ended_) result_.end = CampaignEnd::kInterrupted;
  // Nothing that was judged is lost: whoever composes finishes; a run that stops by number of slots has all of them whole.
  const bool whole = result_.end == CampaignEnd::kOver;
  swarm_->drain(whole ? kOwedWait : std::min(kLastWait, milliseconds(o_.swarm.slot_ms)),
                whole ? Swarm::Finish::kWhatIsOwed : Swarm::Finish::kWhatRuns);
  tell_songs();
  tell_model();
  look_at_memory();
  result_.summary = summary();
  log_.write(result_.summary);
  SOTTO_TRY_STATUS(log_.status());
  if (proving_ && proving_->failure()) return *proving_->failure();
  return std::move(result_);
}

Status Campaign::play() {
  while (!over()) {
    SOTTO_TRY_STATUS(rest_without_lease());
    if (ended_) break;
    SOTTO_TRY_STATUS(swarm_->play_slot());
    slot_over();
    SOTTO_TRY_STATUS(log_.status());
  }
  return ok_status();
}

// Another node may believe that our agents are its own: nobody is called until the bus is back.
Status Campaign::rest_without_lease() {
  while (o_.node && !o_.node->may_run() && !over()) {
    if (interrupted()) return interrupted_error();
    std::this_thread::sleep_for(kRestStep);
  }
  return ok_status();
}

// Whether the run has come to its end; says in result_.end which.
bool Campaign::over() {
  using End = Proving::End;
  const auto ends = [&](CampaignEnd end) {
    result_.end = end;
    return ended_ = true;
  };
  if (proving_) {
    result_.winner = proving_->winner();
    result_.score = proving_->score();
    result_.slot = proving_->slot();
    if (proving_->end() == End::kProved || proving_->failure()) return ends(CampaignEnd::kReached);
    if (proving_->end() == End::kElsewhere) return ends(CampaignEnd::kElsewhere);
    if (proving_->end() == End::kClaimed) return ends(CampaignEnd::kClaimed);
    if (proving_->end() == End::kLost) return ends(CampaignEnd::kLost);
  } else if (o_.target) {
    // The best and not the last: a late song may be followed by the next one before anybody looks.
    const auto& agents = swarm_->standings();
    const auto best = std::max_element(agents.begin(), agents.end(),
                                       [](const Standing& x, const Standing& y) { return x.best < y.best; });
    if (best->best >= *o_.target) {
      result_.winner = best->agent;
      result_.score = best->best;
      result_.slot = best->best_slot;
      return ends(CampaignEnd::kReached);
    }
  }
  if (proving_ && proving_->busy()) return false;  // what is being proved or claimed is waited for
  if (o_.max_slots && swarm_->slots_played() >= o_.max_slots) return ends(CampaignEnd::kOver);
  if (o_.seconds && Clock::now() - start_ >= std::chrono::seconds(o_.seconds)) return ends(CampaignEnd::kTime);
  return false;
}

// Several times a second, inside a slot. A proof or a claim ends the run at once, not at the end of the slot.
void Campaign::turn() {
  if (!swarm_) return;
  const auto now = Clock::now();
  const bool asked = take_status_request();
  if (asked || now - shown_ >= kRedraw) {
    shown_ = now;
    show(false, asked);
  }
  if (now - health_ >= kHealthEvery) look_at_memory();
  if (proving_ && o_.node) proving_->ask_again();
  const bool proof_over = proving_ && (proving_->end() != Proving::End::kNo || proving_->failure());
  const bool time_over = o_.seconds && now - start_ >= std::chrono::seconds(o_.seconds);
  if (!ended_ && (proof_over || time_over) && over()) swarm_->stop();
}

void Campaign::slot_over() {
  tell_songs();
  const uint32_t slot = swarm_->slots_played() - 1;
  SlotEvent event{slot, 0, 0, 0, swarm_->songs()};
  for (const Standing& s : swarm_->standings()) {
    event.alive += s.alive;
    if (s.best > event.best) event.best = s.best, event.leader = s.agent;
  }
  log_.write(event);
  if (o_.node) o_.node->publish_tick(slot, event.best, event.songs);
  tell_model();
  if (proving_) proving_->ask_again();
  show(true);
}

// Scores go out on the tick and in one order, whoever was first.
void Campaign::tell_songs() {
  std::sort(offers_.begin(), offers_.end(),
            [](const Offer& a, const Offer& b) { return a.slot != b.slot ? a.slot < b.slot : a.agent < b.agent; });
  for (const Offer& offer : offers_) log_.write(SongEvent{offer});
  offers_.clear();
}

void Campaign::tell_model() {
  if (!broker_) return;
  const LlmStatus s = broker_->status();
  const AgentYield yield = model_yield();
  if (s.calls == model_calls_told_ && s.answers == model_answers_told_ && s.paused == model_paused_told_ &&
      yield == model_yield_told_)
    return;
  model_yield_told_ = yield;
  model_calls_told_ = s.calls;
  model_answers_told_ = s.answers;
  model_paused_told_ = s.paused;
  log_.write(LlmEvent{s.model, s.paused, s.calls, s.answers, s.failures, s.refused, s.tokens_in, s.tokens_out, yield, spent(),
                      s.priced ? usd_text(s.caps.run) : std::string()});
}

std::string Campaign::spent() const {
  if (!broker_) return {};
  const LlmStatus s = broker_->status();
  return s.priced ? usd_text(s.spent_run) : std::string();
}

AgentYield Campaign::model_yield() const {
  AgentYield sum;
  for (const Standing& s : swarm_->standings()) {
    sum.proposed += s.yield.proposed;
    sum.parsed += s.yield.parsed;
    sum.judged += s.yield.judged;
    sum.kept += s.yield.kept;
  }
  return sum;
}

std::string Campaign::yield_line() const {
  if (!broker_) return {};
  const AgentYield y = model_yield();
  return std::to_string(y.proposed) + " songs proposed, " + std::to_string(y.parsed) + " parsed, " +
         std::to_string(y.judged) + " judged, " + std::to_string(y.kept) + " kept";
}

std::string Campaign::model_line() const {
  if (!broker_) return {};
  const LlmStatus s = broker_->status();
  std::string line = s.model + ": " + std::to_string(s.answers) + " answers";
  if (s.failures) line += ", " + std::to_string(s.failures) + " failures";
  line += s.priced ? ", " + usd_short(s.spent_run) + " of " + usd_short(s.caps.run)
                   : ", " + std::to_string(s.tokens_in + s.tokens_out) + " tokens";
  return s.paused.empty() ? line : line + ", paused: " + s.paused;
}

void Campaign::look_at_memory() {
  health_ = Clock::now();
  HealthEvent event;
  event.parent_kib = resident_kib(getpid());
  for (const pid_t pid : swarm_->pids()) {
    const uint64_t kib = resident_kib(pid);
    event.agents_kib += kib;
    event.largest_agent_kib = std::max(event.largest_agent_kib, kib);
  }
  event.slips = swarm_->slips();
  log_.write(event);
  if (result_.health.size() == kHealthKept)
    for (size_t i = 1; i < result_.health.size() - 1; ++i)
      result_.health.erase(result_.health.begin() + static_cast<ptrdiff_t>(i));
  result_.health.push_back(event);
}

void Campaign::show(bool slot_over, bool asked) {
  if (!o_.show) return;
  CampaignView view{swarm_->standings()};
  view.slot = swarm_->slots_played();
  view.slot_over = slot_over;
  view.asked = asked;
  view.target = o_.target;
  view.unit = o_.score_unit;
  view.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  view.songs = swarm_->songs();
  view.new_songs = view.songs - std::min(view.songs, songs_before_);
  if (proving_) view.prover = proving_->line();
  view.model = model_line();
  view.yield = yield_line();
  o_.show(view);
}

SummaryEvent Campaign::summary() const {
  SummaryEvent s;
  s.end = to_string(result_.end);
  s.slots = swarm_->slots_played();
  s.songs = swarm_->songs();
  s.unaccounted = swarm_->unaccounted();
  s.slips = swarm_->slips();
  s.winner = result_.winner;
  s.standings = swarm_->standings();
  for (const Standing& standing : s.standings) s.restarts += standing.restarts;
  s.late_p50 = result_.late.percentile(50);
  s.late_p99 = result_.late.percentile(99);
  s.late_max = result_.late.max();
  s.spent_usd = spent();
  return s;
}

}  // namespace

const char* to_string(CampaignEnd end) {
  switch (end) {
    case CampaignEnd::kReached: return "reached";
    case CampaignEnd::kElsewhere: return "elsewhere";
    case CampaignEnd::kClaimed: return "claimed";
    case CampaignEnd::kLost: return "lost";
    case CampaignEnd::kOver: return "over";
    case CampaignEnd::kTime: return "time";
    case CampaignEnd::kInterrupted: return "interrupted";
  }
  return "";
}

Result<CampaignResult> run_campaign(CampaignOptions options) {
  const std::string folder = options.swarm.folder;
  SOTTO_TRY(FolderLock lock, FolderLock::take(folder));
  SOTTO_TRY(EventLog log,
            EventLog::open(folder + "/events.jsonl", options.swarm.agents, options.score_unit, options.mirror));
  return Campaign(std::move(options), std::move(lock), std::move(log)).run();
}

}  // namespace sotto::contest
