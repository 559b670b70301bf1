// SPDX-License-Identifier: Apache-2.0
#include "judge/train/clips.h"

#include <fstream>
#include <sstream>

namespace sotto::judge::train {

Result<std::vector<Clip>> read_clips(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return input_error("cannot open " + path);
  std::vector<Clip> clips;
  for (std::string line; std::getline(in, line);) {
    Clip clip;
    std::string split;
    std::istringstream fields(line);
    if (!(fields >> clip.kind >> split >> clip.song >> clip.rate) || (split != "train" && split != "test"))
      return input_error(path + ": clip " + std::to_string(clips.size()) + " has a bad header");
    clip.test = split == "test";
    clip.samples.resize(kClipSamples);
    if (!in.read(reinterpret_cast<char*>(clip.samples.data()), kClipSamples))
      return input_error(path + ": clip " + std::to_string(clips.size()) + " is truncated");
    clips.push_back(std::move(clip));
  }
  if (clips.empty()) return input_error(path + " holds no clips");
  return clips;
}

}  // namespace sotto::judge::train
