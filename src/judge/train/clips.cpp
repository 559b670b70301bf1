// SPDX-License-Identifier: Apache-2.0
#include "judge/train/clips.h"

#include <fstream>
#include <sstream>

#include "base/keccak.h"

namespace sotto::judge::train {
namespace {

constexpr size_t kValidEvery = 8;

bool side_named(const std::string& name, Side& side) {
  if (name == "train") side = Side::kTrain;
  else if (name == "valid") side = Side::kValid;
  else if (name == "kin") side = Side::kKin;
  else if (name == "test") side = Side::kTest;
  else return false;
  return true;
}

}  // namespace

Result<Clips> read_clips(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return input_error("cannot open " + path);
  Clips clips;
  size_t of_no_song = 0;
  for (std::string line; std::getline(in, line);) {
    Clip clip;
    std::string side;
    std::istringstream fields(line);
    if (!(fields >> clip.kind >> side >> clip.song >> clip.rate) || !side_named(side, clip.side))
      return input_error(path + ": clip " + std::to_string(clips.list.size()) + " has a bad header");
    clip.samples.resize(kClipSamples);
    if (!in.read(reinterpret_cast<char*>(clip.samples.data()), kClipSamples))
      return input_error(path + ": clip " + std::to_string(clips.list.size()) + " is truncated");
    Bytes hashed;
    append(hashed, clips.digest);
    append(hashed, ByteSpan(reinterpret_cast<const uint8_t*>(line.data()), line.size()));
    append(hashed, clip.samples);
    clips.digest = keccak256(hashed);
    if (clip.song < 0 && clip.side == Side::kTrain && of_no_song++ % kValidEvery == 0) clip.side = Side::kValid;
    clips.list.push_back(std::move(clip));
  }
  if (clips.list.empty()) return input_error(path + " holds no clips");
  return clips;
}

}  // namespace sotto::judge::train
