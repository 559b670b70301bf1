// SPDX-License-Identifier: Apache-2.0
// The typed random grammar of bytebeat and the variation operators: where new genomes come from.
#pragma once
#include "contest/swarm/genome.h"
#include "contest/swarm/rng.h"

namespace sotto::contest {

// A random song: voices made of idioms (clocks, pitches, gates, arpeggios, melodies, envelopes, drums) and plain operators.
Genome random_genome(Rng& rng);

// One random change: constants, an operator, a subtree, an insertion, a hoist, an operand swap, a note of the table.
Genome mutate(const Genome& parent, Rng& rng);
// A change of one constant or note only; of anything else where the parent has none.
Genome tweak(const Genome& parent, Rng& rng);
// `a` with one subtree replaced by one of `b`. The table is that of `b` if the transplant plays notes of it.
Genome crossover(const Genome& a, const Genome& b, Rng& rng);

}  // namespace sotto::contest
