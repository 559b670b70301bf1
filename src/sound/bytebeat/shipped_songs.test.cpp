// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>

#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/render.h"
#include "sound/bytebeat/coverage.h"

namespace sotto::sound {
namespace {

// The hashes were made by a JavaScript engine (tools/bytebeat_vectors.mjs).
TEST(ShippedSongs, AgreeWithJavaScript) {
  const std::string root = SOTTO_SOURCE_DIR;
  std::ifstream file(root + "/src/sound/bytebeat/testdata/song_sha256.txt");
  unsigned songs = 0;
  for (std::string hash, name; file >> hash >> name; songs++) {
    const Result<Song> song = read_song(root + "/songs/" + name);
    ASSERT_TRUE(song.ok()) << song.error().message;
    EXPECT_EQ(sha256_hex(render(song->program)), hash) << name;
  }
  EXPECT_GE(songs, 12u);
}

}  // namespace
}  // namespace sotto::sound
