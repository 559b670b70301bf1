// SPDX-License-Identifier: Apache-2.0
// Real-valued terms -> instructions on 32-bit words, by static rationals: every term is an integer word over a
// denominator known at compile time (docs/bytebeat.md, "Fractions").
#pragma once
#include "sound/bytebeat/formula.h"
#include "sound/bytebeat/program.h"
#include "sound/bytebeat/tables.h"

namespace sotto::sound {

// Terms that `root` is computed from.
std::vector<bool> live_terms(const Formula& formula, TermId root);

// The program whose samples are the low 8 bits of the truncated value of `root`.
Result<Program> lower(const Formula& formula, TermId root, const TableOptions& options = {});

}  // namespace sotto::sound
