// SPDX-License-Identifier: Apache-2.0
#include "judge/train/clips.h"

#include <fstream>
#include <sstream>

#include "base/keccak.h"

namespace sotto::judge::train {

Result<Clips> read_clips(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return input_error("cannot open " + path);
  Clips clips;
  for (std::string line; std::getline(in, line);) {
    const std::string where = path + ": clip " + std::to_string(clips.list.size());
    Clip clip;
    std::string side, pass;
    double rate = 0, change = 0;
    std::istringstream fields(line);
    if (!(fields >> clip.kind >> side >> clip.song >> rate >> clip.second >> clip.author >> clip.group >> clip.stars >> pass >>
          clip.fold >> change) ||
        clip.fold < -1 || clip.fold >= kFolds)
      return input_error(where + " has a bad header; write the clips again with tools/render_corpus.mjs");
    clip.rate = static_cast<uint32_t>(rate);
    clip.extra = pass == "extra" && clip.song >= 0;
    clip.samples.resize(kClipSamples);
    if (!in.read(reinterpret_cast<char*>(clip.samples.data()), kClipSamples)) return input_error(where + " is truncated");
    Bytes hashed;
    append(hashed, clips.digest);
    append(hashed, ByteSpan(reinterpret_cast<const uint8_t*>(line.data()), line.size()));
    append(hashed, clip.samples);
    clips.digest = keccak256(hashed);
    clips.list.push_back(std::move(clip));
  }
  if (clips.list.empty()) return input_error(path + " holds no clips");
  return clips;
}

}  // namespace sotto::judge::train
