// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/render.h"

namespace sotto::sound {
namespace {

TEST(Song, HeaderAndSource) {
  const Song song = parse_song("# name:  The 42 melody \r\n# author: Zoë\n#\n# rate: 8000\n\nt*(42&\n t>>10)\n").value();
  EXPECT_EQ(song.name, "The 42 melody");
  EXPECT_EQ(song.author, "Zoë");
  EXPECT_EQ(song.source, "t*(42&\n t>>10)");
  EXPECT_EQ(song.program, compile("t*(42&t>>10)").value());
}

TEST(Song, ABareFormulaIsASong) {
  EXPECT_EQ(parse_song("t").value().name, "");
  EXPECT_EQ(parse_song("\xEF\xBB\xBF# name: x\nt").value().name, "x");
}

TEST(Song, ErrorsCountTheLinesOfTheFile) {
  const auto song = parse_song("# name: x\n# author: y\n\nt +\n  foo");
  ASSERT_FALSE(song.ok());
  EXPECT_EQ(song.error().message.substr(0, 16), "line 5, column 3") << song.error().message;
  EXPECT_EQ(song.error().kind, ErrorKind::kInput);
}

TEST(Song, RefusesWhatIsNoSong) {
  auto refused = [](std::string_view text, const char* what) {
    const auto song = parse_song(text);
    ASSERT_FALSE(song.ok());
    EXPECT_NE(song.error().message.find(what), std::string::npos) << song.error().message;
  };
  refused("", "empty");
  refused("# name: x\n", "empty");
  refused(std::string_view("RIFF\0\0\0\0WAVE", 12), "binary");
  refused("\x7F\x45LF", "binary");
  refused("t\xFFt", "binary");
  refused(std::string(2 << 20, 'a'), "longer than any song");
  refused(std::string(100000, '+'), "at most 65536");
}

TEST(Song, MissingFile) {
  const auto song = read_song("/nonexistent/x.song");
  ASSERT_FALSE(song.ok());
  EXPECT_NE(song.error().message.find("/nonexistent/x.song"), std::string::npos);
}

TEST(Song, ShippedSongsCompileFitAndSoundLikeSomething) {
  unsigned songs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(SOTTO_SOURCE_DIR) + "/songs")) {
    if (entry.path().extension() != ".song") continue;
    songs++;
    const auto song = read_song(entry.path());
    ASSERT_TRUE(song.ok()) << song.error().message;
    EXPECT_FALSE(song->name.empty()) << entry.path();
    EXPECT_FALSE(song->author.empty()) << entry.path();
    EXPECT_LE(smallest_class(song->program).value().slots, 32u) << entry.path();
    const Samples samples = render(song->program);
    EXPECT_GT(std::set<uint8_t>(samples.begin(), samples.end()).size(), 10u) << entry.path();
  }
  EXPECT_GE(songs, 12u);
}

TEST(Song, Mode) {
  const Song song = parse_song("# mode: signed\n-t/2").value();
  EXPECT_EQ(song.mode, SampleMode::kSigned);
  const Samples samples = render(song.program, 9), plain = render(compile("-t/2+128").value(), 9);
  EXPECT_EQ(samples, plain);
  EXPECT_EQ(samples[3], 126);  // 126.5 is truncated after the addition
  EXPECT_EQ(parse_song("# mode: Signed Bytebeat\nt").value().program, compile("t+128").value());
  EXPECT_EQ(parse_song("# mode: bytebeat\nt").value().mode, SampleMode::kBytebeat);
  const auto wrong = parse_song("# mode: Floatbeat\nt");
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.error().message.find("Floatbeat"), std::string::npos);
}

TEST(Song, SampleRate) {
  EXPECT_EQ(parse_song("t").value().sample_rate, 8000u);
  EXPECT_EQ(parse_song("# sample-rate: 11025\nt").value().sample_rate, 11025u);
  for (const char* bad : {"0", "-1", "8 kHz", "1e9", ""}) EXPECT_FALSE(parse_song("# sample-rate: " + std::string(bad) + "\nt").ok()) << bad;
}

}  // namespace
}  // namespace sotto::sound
