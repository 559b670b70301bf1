// SPDX-License-Identifier: Apache-2.0
// `sotto-train mentor`: what the mentor itself is worth on authors that it has not seen, and what it says of songs.
#pragma once

namespace sotto::judge::train {

int mentor_main(int argc, char** argv);

}  // namespace sotto::judge::train
