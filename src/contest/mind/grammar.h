// SPDX-License-Identifier: Apache-2.0
// Where new genomes come from: plain chance, and variation that knows the idioms of bytebeat (clocks, pitches, gates, arpeggios,
// melodies, envelopes, drums, sections, voices).
#pragma once
#include "contest/mind/genome.h"
#include "contest/mind/rng.h"

namespace sotto::contest {

// A random expression of operators and small constants: what an agent starts from, and what its target is measured against.
Genome random_genome(Rng& rng);
// A random expression with idioms in it: the best that chance can do.
Genome typed_genome(Rng& rng);

// One random change: constants, an operator, a subtree, an insertion, a hoist, an operand swap, a note of the table.
Genome mutate(const Genome& parent, Rng& rng);
// One change, often more: a quarter of all children get another, a quarter of these a third...
Genome vary(const Genome& parent, Rng& rng);
// A change of one constant or note only; of anything else where the parent has none.
Genome tweak(const Genome& parent, Rng& rng);
// `a` with one subtree replaced by one of `b`. The table is that of `b` if the transplant plays notes of it.
Genome crossover(const Genome& a, const Genome& b, Rng& rng);

}  // namespace sotto::contest
