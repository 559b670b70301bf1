// SPDX-License-Identifier: Apache-2.0
// The share links of two bytebeat players, both ways. A link carries the whole song.
//   Dollchan's composer:  ...#4 BASE64(mode byte, sample rate as a little-endian float32, raw deflate of the code)
//   html5bytebeat:        ...#t=0&e=0&s=8000&bb=HEX(LZMA of the code), t the mode, e the notation
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace sotto::sound {

struct SharedSong {
  std::string code;
  double sample_rate = 8000;
  std::string mode = "Bytebeat";  // by Dollchan's names: also Signed Bytebeat, Floatbeat, Funcbeat
};

Result<SharedSong> read_link(std::string_view link);
Result<std::string> dollchan_link(const SharedSong& song);
Result<std::string> html5bytebeat_link(const SharedSong& song);

}  // namespace sotto::sound
