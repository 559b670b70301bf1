// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/agent.h"

#include <algorithm>

namespace sotto::contest {
namespace {

// Candidates that may be refused for each song before a slot is given up.
constexpr uint32_t kAttemptsPerTry = 64;
constexpr uint32_t kMaxTries = 1'000'000;

// Highest score, then shortest, then first.
const Scored* best_of(const StoredSlot& slot) {
  const Scored* best = nullptr;
  for (const Scored& s : slot.songs)
    if (!best || better(s, *best)) best = &s;
  return best;
}

}  // namespace

Result<Agent> Agent::open(const Assignment& a) {
  if (a.tries == 0 || a.tries > kMaxTries) return usage_error("agent: songs per slot must be between 1 and 1,000,000");
  SOTTO_TRY(const sound::SizeClass size, size_class(a.slots));
  SOTTO_TRY(judge::Network net, judge::read_judge(a.judge));
  Bytes32 key = a.store_key;
  SOTTO_TRY(Store store,
            Store::open(a.folder, {a.seed, a.agent, a.slots, a.cpu_share ? 0 : a.tries, judge::judge_digest(net)},
                        SecretKey::take(key)));
  Agent agent(a, std::move(net), size, std::move(store));
  wipe(agent.assignment_.store_key.data(), agent.assignment_.store_key.size());
  SOTTO_TRY_STATUS(agent.remember());
  SOTTO_TRY(agent.answers_, agent.store_.kept_answers());
  return agent;
}

// The search goes through everything again that it was told, one slot at a time.
Status Agent::remember() {
  return store_.replay([&](const StoredSlot& slot) {
    size_t next = 0;
    const auto recall = [&](const Genome& genome) -> const Scored* {
      return next < slot.songs.size() && slot.songs[next].genome == genome ? &slot.songs[next++] : nullptr;
    };
    for (const std::string& answer : slot.answers) muse_.take_in(answer, size_, evolver_, recall);
    for (; next < slot.songs.size(); ++next) evolver_.tell(slot.songs[next]);
    note(slot);
    return ok_status();
  });
}

void Agent::note(const StoredSlot& slot) {
  songs_ += slot.songs.size();
  const Scored* best = best_of(slot);
  const bool gains = best && best->score > best_;
  if (gains) best_ = best->score, best_slot_ = slot.slot;
  muse_.slot_over(gains);
  if (slot.slot < assignment_.from_slot) before_ = {0, songs_, best_, best_slot_};
}

AgentReady Agent::ready() const {
  AgentReady ready = before_;
  ready.slots_done = slots_done();
  return ready;
}

// The model's children are heard first, then the search goes on by itself.
StoredSlot Agent::compose_slot(uint32_t slot, std::vector<std::string> answers, const EnoughSongs& enough) {
  StoredSlot out{slot, {}, std::move(answers)};
  const auto known = [&](uint64_t fingerprint) { return evolver_.is_known(fingerprint); };
  std::optional<Song> song;
  const auto hear = [&](const Genome& genome) -> const Scored* {
    song = compose(genome, judge_, size_, known);
    return song ? &out.songs.emplace_back(song->scored) : nullptr;
  };
  for (const std::string& answer : out.answers) muse_.take_in(answer, size_, evolver_, hear);
  const auto over = [&] {
    return out.songs.size() >= assignment_.tries || (assignment_.cpu_share && !out.songs.empty() && enough());
  };
  for (uint32_t attempt = 0; attempt < assignment_.tries * kAttemptsPerTry && !over(); ++attempt) {
    Rng rng(assignment_.seed, assignment_.agent, slot, attempt);
    if (const Scored* scored = hear(evolver_.ask(rng))) evolver_.tell(*scored);
  }
  return out;
}

Status Agent::keep(const std::string& answer) {
  const std::scoped_lock lock(*store_use_);
  SOTTO_TRY_STATUS(store_.keep_answer(answer));
  answers_.push_back(answer);
  return ok_status();
}

bool Agent::has_answers() const {
  const std::scoped_lock lock(*store_use_);
  return !answers_.empty();
}

Result<AgentScore> Agent::play(uint32_t slot, const EnoughSongs& enough) {
  if (slot > slots_done()) return usage_error("agent: slots come in order");
  StoredSlot played;
  std::unique_lock lock(*store_use_);
  if (slot < slots_done()) {
    SOTTO_TRY(played, store_.read(slot));
  } else {
    std::vector<std::string> answers = std::exchange(answers_, {});
    lock.unlock();
    played = compose_slot(slot, std::move(answers), enough);
    lock.lock();
    SOTTO_TRY_STATUS(store_.add(played));  // kept before it is offered
    note(played);
  }
  const Scored* best = best_of(played);
  return AgentScore{slot, best ? best->score : 0, static_cast<uint32_t>(played.songs.size()), 0};
}

std::optional<AgentAsk> Agent::ask_after(uint32_t slot) const {
  if (assignment_.llm_children == 0 ||
      slot % std::max(1u, assignment_.llm_every) != assignment_.agent % std::max(1u, assignment_.llm_every))
    return {};
  Rng rng(assignment_.seed, assignment_.agent, slot, kPromptStream);
  return muse_.ask(slot, assignment_.llm_children, size_, judge_.network().score_unit, evolver_, rng);
}

Result<Genome> Agent::offered_genome(uint32_t slot) const {
  const std::scoped_lock lock(*store_use_);
  if (slot >= slots_done()) return usage_error("agent: that slot was not played");
  SOTTO_TRY(const StoredSlot played, store_.read(slot));
  const Scored* best = best_of(played);
  if (!best) return usage_error("agent: no song was offered in that slot");
  return best->genome;
}

Result<sound::Program> Agent::offered(uint32_t slot) const {
  SOTTO_TRY(const Genome genome, offered_genome(slot));
  auto program = program_of(genome, size_);
  if (!program) return environment_error("agent: a stored song does not compile any more");
  return std::move(*program);
}

}  // namespace sotto::contest
