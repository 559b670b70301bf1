// SPDX-License-Identifier: Apache-2.0
#include "sound/share/link.h"

#include <gtest/gtest.h>

#include <random>

namespace sotto::sound {
namespace {

TEST(Link, BothWays) {
  for (const char* mode : {"Bytebeat", "Signed Bytebeat", "Floatbeat"}) {
    for (const double rate : {8000.0, 11025.0, 44100.0}) {
      const SharedSong song{"t*(42&t>>10)//" + std::string(500, 'x'), rate, mode};
      for (const Result<std::string>& link : {dollchan_link(song), html5bytebeat_link(song)}) {
        ASSERT_TRUE(link.ok());
        const Result<SharedSong> back = read_link(*link);
        ASSERT_TRUE(back.ok()) << back.error().message;
        EXPECT_EQ(back->code, song.code);
        EXPECT_EQ(back->sample_rate, rate);
        EXPECT_EQ(back->mode, mode);
      }
    }
  }
}

// Written by other programs: by zlib.deflateRawSync of node 20 (the composer uses the same format), and by xz --format=lzma.
TEST(Link, ReadsOthersLinks) {
  const Result<SharedSong> dollchan = read_link("https://dollchan.net/bytebeat/#4AABELEYr0dIwMVIrsbMzNNAEAA");
  ASSERT_TRUE(dollchan.ok()) << dollchan.error().message;
  EXPECT_EQ(dollchan->code, "t*(42&t>>10)");
  EXPECT_EQ(dollchan->sample_rate, 11025);
  const Result<SharedSong> html5 = read_link("https://example.org/#t=0&e=0&s=44100&bb=5d00008000ffffffffffffffff003a0a810376e604e68a5bf38936e71ea1fffe44f000");
  ASSERT_TRUE(html5.ok()) << html5.error().message;
  EXPECT_EQ(html5->code, "t*(42&t>>10)");
  EXPECT_EQ(html5->sample_rate, 44100);
}

TEST(Link, DamagedLinksAreRefused) {
  for (const char* link : {"", "#", "#4", "#4A", "#4AAAA!", "#t=9&bb=00", "#t=0&e=1&bb=5d", "#t=0&e=0&bb=zz", "#bb=5d000001", "https://x"}) {
    EXPECT_FALSE(read_link(link).ok()) << link;
  }
  std::mt19937 random(1);
  const std::string good = *dollchan_link({"t*(42&t>>10)|t*5&t>>7", 8000, "Bytebeat"}), other = *html5bytebeat_link({"t*(42&t>>10)", 8000, "Bytebeat"});
  for (int i = 0; i < 2000; i++) {
    std::string bad = i % 2 ? good : other;
    bad[random() % bad.size()] = static_cast<char>(random());
    (void)read_link(bad.substr(0, random() % (bad.size() + 1)));  // an answer, no crash
  }
}

}  // namespace
}  // namespace sotto::sound
