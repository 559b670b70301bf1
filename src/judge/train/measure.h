// SPDX-License-Identifier: Apache-2.0
// `sotto-train measure`: a finished judge on the held-out clips, and songs among them.
#pragma once

namespace sotto::judge::train {

int measure_main(int argc, char** argv);

}  // namespace sotto::judge::train
