// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/archive.h"

namespace sotto::contest {

void Archive::add(const Scored& song) {
  const unsigned cell = cell_of(song.impression);
  SOTTO_CHECK(cell < cells_.size());
  ++visits_[song.impression.kind];
  if (!cells_[cell]) occupied_.push_back(cell);
  if (!cells_[cell] || better(song, *cells_[cell])) cells_[cell] = song;
}

void Archive::clear() {
  for (const unsigned cell : occupied_) cells_[cell].reset();
  occupied_.clear();
}

const Scored* Archive::best(unsigned brightness, unsigned motion) const {
  const auto& cell = cells_[brightness * kSide + motion];
  return cell ? &*cell : nullptr;
}

std::vector<const Scored*> Archive::all() const {
  std::vector<const Scored*> out;
  for (const unsigned cell : occupied_) out.push_back(&*cells_[cell]);
  return out;
}

const Scored& Archive::any(Rng& rng) const {
  return *cells_[occupied_[rng.below(static_cast<uint32_t>(occupied_.size()))]];
}

const Scored& Archive::tournament(Rng& rng, unsigned entrants) const {
  const Scored* chosen = &any(rng);
  for (unsigned i = 1; i < entrants; ++i) {
    const Scored& other = any(rng);
    if (better(other, *chosen)) chosen = &other;
  }
  return *chosen;
}

}  // namespace sotto::contest
