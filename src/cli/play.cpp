// SPDX-License-Identifier: Apache-2.0
// sotto play: song -> loudspeaker.
#include "cli/inputs.h"
#include "sound/audio/play.h"

namespace sotto::cli {

void add_play(Verbs& verbs) {
  CLI::App* verb = verbs.add("play", "Play a song (10 seconds)");
  auto song = std::make_shared<SongInput>();
  song->add_to(verb);
  verbs.on_run(verb, [song]() -> Status {
    SOTTO_TRY(const sound::Song loaded, song->load());
    return sound::play(sound::render(loaded.program));
  });
}

}  // namespace sotto::cli
