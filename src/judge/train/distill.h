// SPDX-License-Identifier: Apache-2.0
// sotto-train distill: a teacher and a corpus -> a judge that imitates the teacher, and its card.
#pragma once

namespace sotto::judge::train {

// The arguments after the program's name, "distill" first. Returns the exit code.
int distill_main(int argc, char** argv);

}  // namespace sotto::judge::train
