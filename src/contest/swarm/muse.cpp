// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/muse.h"

#include <algorithm>

namespace sotto::contest {
namespace {

// A child has improved on its kind when it is better than half of what the search would show now. (The prompt's own parents are
// not in the store; this is, and so the judgement is the same after a restart.)
uint32_t median_score(const std::vector<const Scored*>& specimens) {
  std::vector<uint32_t> scores;
  for (const Scored* s : specimens) scores.push_back(s->score);
  if (scores.empty()) return 0;
  std::nth_element(scores.begin(), scores.begin() + static_cast<ptrdiff_t>(scores.size() / 2), scores.end());
  return scores[scores.size() / 2];
}

// Whether a song that was just told is the best of its kind.
bool is_kept(const Evolver& evolver, const Scored& song) {
  const Scored* best = evolver.archive().best(song.impression.brightness, song.impression.motion);
  return best && best->impression.fingerprint == song.impression.fingerprint;
}

}  // namespace

void Muse::take_in(const std::string& answer, const sound::SizeClass& size, Evolver& evolver, const Hear& hear) {
  const uint32_t bar = median_score(evolver.specimens());
  for (const LlmChild& child : read_children(answer, size)) {
    const Scored* scored = child.genome.ok() ? hear(*child.genome) : nullptr;
    if (!scored)
      deaths_.push_back({child.source, child.genome.ok() ? "silent, or heard before" : child.genome.error().message});
    if (const auto op = find_operator(child.op)) bandit_.tell(*op, scored && scored->score > bar);
    ++yield_.proposed;
    yield_.parsed += child.genome.ok();
    if (!scored) continue;
    evolver.tell(*scored);
    ++yield_.judged;
    yield_.kept += is_kept(evolver, *scored);
  }
  if (deaths_.size() > kDeaths) deaths_.erase(deaths_.begin(), deaths_.end() - kDeaths);
}

std::optional<AgentAsk> Muse::ask(uint32_t slot, uint32_t children, const sound::SizeClass& size, uint32_t score_unit,
                                  const Evolver& evolver, Rng& rng) const {
  PromptInput input;
  input.generation = slot;
  input.stagnation = stagnation_;
  input.max_instructions = size.slots - 1;
  for (const Scored* s : evolver.specimens())
    input.specimens.push_back({to_source(s->genome), static_cast<double>(s->score) / score_unit, s->instructions,
                               s->impression.brightness, s->impression.motion});
  if (input.specimens.size() < 2) return {};
  sort_specimens(input.specimens);
  input.deaths = deaths_;
  children = std::min<uint32_t>(children, kMaxChildren);
  input.orders = bandit_.plan(children, static_cast<unsigned>(input.specimens.size()), rng);
  AgentAsk ask{slot, children, user_prompt(input)};
  return ask.prompt.size() <= kMaxPrompt ? std::optional(std::move(ask)) : std::nullopt;
}

}  // namespace sotto::contest
