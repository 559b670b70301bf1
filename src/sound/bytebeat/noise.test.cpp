// SPDX-License-Identifier: Apache-2.0
// random(): whether what it gives is noise, and whether songs that call it compute what noise.h says.
#include "sound/bytebeat/noise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sound/bytebeat/compile_formula.h"
#include "sound/bytebeat/render.h"

namespace sotto::sound {
namespace {

constexpr uint32_t kStreams = 12;  // more than 12 calls of 5 instructions fit no proof
constexpr double kOne = 1 << kNoiseBits;

std::vector<double> stream(uint32_t s) {
  std::vector<double> u(kSamples);
  for (uint32_t t = 0; t < kSamples; t++) u[t] = noise(t, s) / kOne;
  return u;
}

// Correlation of x with y so many samples later, in standard deviations of what true noise has.
double correlation(const std::vector<double>& x, const std::vector<double>& y, size_t lag) {
  double sum = 0;
  const size_t n = x.size() - lag;
  for (size_t i = 0; i < n; i++) sum += (x[i] - 0.5) * (y[i + lag] - 0.5);
  return 12 * sum / std::sqrt(static_cast<double>(n));
}

TEST(Noise, IsUniform) {
  for (uint32_t s = 0; s < kStreams; s++) {
    double sum = 0, squares = 0, chi_square = 0, bytes[256] = {};
    for (const double u : stream(s)) {
      sum += u;
      squares += u * u;
      bytes[static_cast<size_t>(u * 256)]++;
    }
    const double mean = sum / kSamples, expected = kSamples / 256.0;
    for (const double count : bytes) chi_square += (count - expected) * (count - expected) / expected;
    EXPECT_NEAR(mean, 0.5, 0.004) << s;  // four standard deviations
    EXPECT_NEAR(squares / kSamples - mean * mean, 1 / 12.0, 0.0011) << s;
    EXPECT_NEAR(chi_square, 255, 4 * std::sqrt(2 * 255.0)) << s;
  }
}

TEST(Noise, HasNoMemory) {
  for (uint32_t s = 0; s < kStreams; s++) {
    const std::vector<double> u = stream(s);
    for (const size_t lag : {1u, 2u, 3u, 4u, 256u, 1000u, 8000u, 8192u, 16384u, 32768u}) EXPECT_LT(std::abs(correlation(u, u, lag)), 4.5) << s << " " << lag;
  }
  const std::vector<double> u = stream(0);
  for (size_t lag = 1; lag < 2000; lag++) ASSERT_LT(std::abs(correlation(u, u, lag)), 4.5) << lag;
}

TEST(Noise, StreamsAreIndependent) {
  std::vector<std::vector<double>> all;
  for (uint32_t s = 0; s < kStreams; s++) all.push_back(stream(s));
  for (size_t i = 0; i < kStreams; i++) {
    for (size_t j = 0; j < kStreams; j++) {
      for (const size_t lag : {0u, 1u, 256u}) EXPECT_TRUE(i == j || std::abs(correlation(all[i], all[j], lag)) < 4.5) << i << " " << j << " " << lag;
    }
  }
}

// A song, its number of instructions, and its samples from the noises of its first three calls.
struct Case {
  const char* source;
  size_t instructions;
  uint8_t (*sample)(uint32_t t, double a, double b, double c);
};

uint8_t low_byte(double v) { return static_cast<uint8_t>(to_int32(v)); }

TEST(Noise, SongsDrawIt) {
  const Case cases[] = {
      {"random()*256", 5, [](uint32_t, double a, double, double) { return low_byte(a * 256); }},
      {"Math.random()*255", 7, [](uint32_t, double a, double, double) { return low_byte(a * 255); }},
      {"floor(random()*8)", 5, [](uint32_t, double a, double, double) { return low_byte(std::floor(a * 8)); }},
      {"random()*10|0", 7, [](uint32_t, double a, double, double) { return low_byte(a * 10); }},
      {"t*random()&63", 8, [](uint32_t t, double a, double, double) { return low_byte(static_cast<int>(t * a) & 63); }},
      {"(random()-.5)*t", 8, [](uint32_t t, double a, double, double) { return low_byte((a - 0.5) * t); }},
      {"random()<.5", 6, [](uint32_t, double a, double, double) { return low_byte(a < 0.5); }},
      {"random()>.25?t:9", 7, [](uint32_t t, double a, double, double) { return low_byte(a > 0.25 ? t : 9); }},
      {"random(t)*32&-t>>5", 8, [](uint32_t t, double a, double, double) { return low_byte(static_cast<int>(a * 32) & -static_cast<int>(t) >> 5); }},
      {"round(random())*128", 8, [](uint32_t, double a, double, double) { return low_byte(std::floor(a + 0.5) * 128); }},
      {"[3,5,7,9][random()*4|0]", 6, [](uint32_t, double a, double, double) { return low_byte(3 + 2 * std::floor(a * 4)); }},
      {"a=random(),a*128+a*64", 8, [](uint32_t, double a, double, double) { return low_byte(a * 192); }},
      // Every call is another stream, also one that is written out twice.
      {"random()*64+random()*64|0", 12, [](uint32_t, double a, double b, double) { return low_byte(a * 64 + b * 64); }},
      {"f=x=>random()*x|0,f(8)*16+f(16)", 12, [](uint32_t, double a, double b, double) { return low_byte(std::floor(a * 8) * 16 + std::floor(b * 16)); }},
      {"let s=0;for(let i=0;i<3;i++)s+=random()*64|0;s", 17, [](uint32_t, double a, double b, double c) { return low_byte(std::floor(a * 64) + std::floor(b * 64) + std::floor(c * 64)); }},
      {"random=x=>t+x,random(1)", 1, [](uint32_t t, double, double, double) { return low_byte(t + 1); }},
  };
  for (const Case& c : cases) {
    const Result<Program> program = compile(c.source);
    ASSERT_TRUE(program.ok()) << c.source << ": " << program.error().message;
    EXPECT_EQ(program->code.size(), c.instructions) << c.source;
    const Samples samples = render(*program);
    for (uint32_t t = 0; t < kSamples; t++) {
      ASSERT_EQ(samples[t], c.sample(t, noise(t, 0) / kOne, noise(t, 1) / kOne, noise(t, 2) / kOne)) << c.source << " at t = " << t;
    }
  }
}

TEST(Noise, CallsThatAreHeardAreCounted) {
  EXPECT_EQ(noises_heard(compile_formula("t&t>>8").value()), 0u);
  EXPECT_EQ(noises_heard(compile_formula("random()*9+random()").value()), 2u);
  EXPECT_EQ(noises_heard(compile_formula("random(),t").value()), 0u);
}

// Songs are scored and proved: what random() gives must not change.
TEST(Noise, IsThis) {
  EXPECT_EQ(noise(1, 0), 2132u);
  EXPECT_EQ(noise(12345, 0), 3349u);
  EXPECT_EQ(noise(79999, 11), 8043u);
}

}  // namespace
}  // namespace sotto::sound
