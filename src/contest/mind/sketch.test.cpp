// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/sketch.h"

#include <gtest/gtest.h>

#include "contest/mind/kind.h"
#include "contest/mind/listen.h"
#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/render.h"

namespace sotto::contest {
namespace {

std::vector<uint8_t> square(unsigned period, unsigned gate = 0, int amplitude = 100) {
  std::vector<uint8_t> out(80000);
  for (size_t t = 0; t < out.size(); ++t) {
    const bool on = gate == 0 || (t / gate) % 2;
    out[t] = static_cast<uint8_t>(128 + (on ? ((t / period) % 2 ? amplitude : -amplitude) : 0));
  }
  return out;
}

unsigned distance(const Sketch& a, const Sketch& b) {
  unsigned sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += static_cast<unsigned>(std::abs(a[i] - b[i]));
  return sum;
}

// What a candidate is known by before it is rendered is what it would be known by after.
TEST(Sketch, GlimpseSeesWhatTheWholeSongShows) {
  for (const char* source : {"t", "t*(42&t>>10)", "t*5&t>>7|t*3&t>>10", "t>>4&t", "0"}) {
    const auto program = sound::compile(source);
    ASSERT_TRUE(program.ok()) << source;
    for (const uint32_t samples : {512u, 4000u, 80000u})
      EXPECT_EQ(glimpse(*program, samples).sketch, sketch(sound::render(*program, samples))) << source;
  }
}

TEST(Sketch, NothingForLessThanAWindow) {
  EXPECT_EQ(sketch(std::vector<uint8_t>(511, 9)), Sketch{});
  EXPECT_EQ(glimpse(*sound::compile("t"), 511).sketch, Sketch{});
}

// Extremes keep within the numbers: differences and sums of 16 bits do not wrap. In 8,192 samples the windows lie end to end.
TEST(Sketch, LoudestSongsAreLoudestInTheirOctave) {
  for (unsigned octave = 0; octave < 8; ++octave) {
    std::vector<uint8_t> loudest(8192);
    for (size_t t = 0; t < loudest.size(); ++t) loudest[t] = (t >> octave) % 2 ? 255 : 0;
    const Sketch s = sketch(loudest);
    for (unsigned other = 0; other < 8; ++other) EXPECT_EQ(s[2 * other], other == octave ? 2 * 95 : 0) << octave;
  }
}

TEST(Sketch, LikeSoundsAreNearUnlikeOnesFar) {
  const Sketch song = sketch(square(20)), detuned = sketch(square(21)), higher = sketch(square(5)), gated = sketch(square(20, 6000));
  EXPECT_LT(distance(song, detuned), distance(song, higher));
  EXPECT_LT(distance(song, detuned), distance(song, gated));
}

TEST(Kind, DoesNotDependOnTheLoudness) {
  EXPECT_EQ(listen(square(20, 0, 100)).kind, listen(square(20, 0, 25)).kind);
  EXPECT_EQ(listen(square(20, 6000, 100)).kind, listen(square(20, 6000, 25)).kind);
  EXPECT_NE(listen(square(20, 6000)).kind, listen(square(20)).kind);
  EXPECT_NE(listen(square(5)).kind, listen(square(80)).kind);
}

TEST(Kind, HalfOctaves) {
  FrameSums even, uneven;
  for (unsigned i = 0; i < 100; ++i) even.add(500, 1000), uneven.add(500, i % 2 ? 1500 : 500);
  EXPECT_EQ(kind_of(even) % 16, 0);
  EXPECT_EQ(kind_of(uneven) % 16, 14);  // deviation / mean = 1 / 2: two half octaves below 2^0, which is the sixteenth
  FrameSums faster = even;
  faster.steps *= 2;
  EXPECT_EQ(kind_of(faster) / 16, kind_of(even) / 16 + 2);
  EXPECT_EQ(kind_of({}), 0);
}

}  // namespace
}  // namespace sotto::contest
