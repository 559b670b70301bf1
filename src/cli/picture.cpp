// SPDX-License-Identifier: Apache-2.0
// sotto picture: song -> PNG of waveform, spectrogram and diagram.
#include <cstdio>

#include "cli/inputs.h"
#include "sound/picture/picture.h"

namespace sotto::cli {
namespace {

struct Options {
  SongInput song;
  std::string output;
};

Status picture(const Options& o) {
  SOTTO_TRY(const sound::Song song, o.song.load());
  SOTTO_TRY_STATUS(sound::write_picture(o.output, sound::render(song.program), {song.name, song.author, song.source}));
  std::fprintf(stderr, "%s\n", o.output.c_str());
  return ok_status();
}

}  // namespace

void add_picture(Verbs& verbs) {
  CLI::App* verb = verbs.add("picture", "Draw a song: waveform, spectrogram and bytebeat diagram, as a PNG");
  auto o = std::make_shared<Options>();
  o->song.add_to(verb);
  verb->add_option("-o,--output", o->output, "The PNG file to write")->required();
  verbs.on_run(verb, [o] { return picture(*o); });
}

}  // namespace sotto::cli
