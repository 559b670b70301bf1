// SPDX-License-Identifier: Apache-2.0
// Hostile files are refused with a reason, and no byte string reads outside the file (run it under the sanitizers).
#include "judge/teacher/safetensors.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <random>

namespace sotto::judge::teacher {
namespace {

Bytes file_of(const std::string& header, size_t data_bytes) {
  const uint64_t length = header.size();
  Bytes out;
  append(out, ByteSpan(reinterpret_cast<const uint8_t*>(&length), sizeof length));
  append(out, ByteSpan(reinterpret_cast<const uint8_t*>(header.data()), header.size()));
  out.resize(out.size() + data_bytes);
  return out;
}
std::string refusal(const Bytes& bytes) {
  const auto file = Safetensors::parse(bytes, "x");
  return file.ok() ? "" : file.error().message;
}
std::string tensor(const std::string& name, const std::string& dtype, const std::string& shape,
                   const std::string& offsets) {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
}
// A file with the given entries and 24 bytes of data.
std::string refusal_of(const std::string& entries) { return refusal(file_of("{" + entries + "}", 24)); }

Bytes sound_file() {
  return encode_safetensors({{"a", {{2, 3}, {1, 2, 3, 4, 5, 6}}}, {"b", {{}, {7}}}, {"c", {{0, 4}, {}}}},
                            {{"format", "pt"}});
}

TEST(Safetensors, ReadsWhatItWrites) {
  const auto file = Safetensors::parse(sound_file(), "x");
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->tensors().size(), 3u);
  EXPECT_EQ(file->tensors().at("a").shape, (std::vector<uint64_t>{2, 3}));
  EXPECT_EQ(file->floats("a"), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(file->floats("b"), std::vector<float>{7});
  EXPECT_TRUE(file->floats("c").empty());
  EXPECT_EQ(file->metadata().at("format"), "pt");
  EXPECT_EQ(file->data_bytes(), 28u);
}

TEST(Safetensors, MapsFiles) {
  const std::string path = testing::TempDir() + "/safetensors_test.safetensors";
  ASSERT_TRUE(write_file_atomically(path, sound_file()).ok());
  const auto file = Safetensors::open(path);
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->floats("a")[5], 6.0f);
  file->forget_pages();
  EXPECT_EQ(file->floats("a")[5], 6.0f);
  std::remove(path.c_str());
  EXPECT_NE(Safetensors::open(path).error().message.find("No such file"), std::string::npos);
  EXPECT_FALSE(Safetensors::open(testing::TempDir()).ok());
}

TEST(Safetensors, RefusesHostileHeaders) {
  const auto says = [](const std::string& message, const char* part) {
    EXPECT_NE(message.find(part), std::string::npos) << message << " / " << part;
  };
  ASSERT_EQ(refusal_of(tensor("a", "F32", "[2,3]", "[0,24]")), "");
  says(refusal({}), "fewer than 8 bytes");
  says(refusal(Bytes(8, 0xff)), "claims 18446744073709551615 bytes");
  says(refusal(file_of("{}", 4)), "last 4 bytes");
  says(refusal(file_of("[1]", 0)), "not a JSON object");
  says(refusal(file_of(std::string(100000, '['), 0)), "not a JSON object");
  says(refusal_of(tensor("a", "F32", "[2,3]", "[0,24]") + "," + tensor("a", "F32", "[2,3]", "[0,24]")), "twice");
  says(refusal_of(tensor("a", "F33", "[2,3]", "[0,24]")), "unknown dtype");
  says(refusal_of(tensor("a", "F32", "[2,-3]", "[0,24]")), "natural numbers");
  says(refusal_of(tensor("a", "F32", "[2,3.5]", "[0,24]")), "natural numbers");
  says(refusal_of(tensor("a", "F32", "[1,1,1,1,1,1,1,1,1,6]", "[0,24]")), "short list");
  says(refusal_of(tensor("a", "F32", "[2,3]", "[0]")), "two natural numbers");
  says(refusal_of(tensor("a", "F32", "[2,3]", "[0,28]")), "of 24");
  says(refusal_of(tensor("a", "F32", "[2,3]", "[24,0]")), "bytes 24 to 0");
  says(refusal_of(tensor("a", "F32", "[2,4]", "[0,24]")), "has 24 bytes");
  says(refusal_of(tensor("a", "F32", "[4294967296,4294967296]", "[0,0]")),
       "has 0 bytes");  // 2^64 elements wrap to none
  says(refusal_of(tensor("a", "F32", "[4]", "[0,16]") + "," + tensor("b", "F32", "[4]", "[8,24]")), "overlap");
  says(refusal_of(tensor("a", "F32", "[2]", "[0,8]") + "," + tensor("b", "F32", "[2]", "[16,24]")),
       "belong to no tensor");
  says(refusal_of("\"a\":3"), "not described");
  says(refusal_of("\"__metadata__\":{\"a\":3}," + tensor("a", "F32", "[6]", "[0,24]")), "not text");
}

// Truncations and flips of single bits either leave a file that can be read to its last byte or are refused.
TEST(Safetensors, SurvivesMutations) {
  const Bytes original = sound_file();
  const auto survives = [](const Bytes& bytes) {
    const auto file = Safetensors::parse(bytes, "x");
    if (!file.ok()) return file.error().message.size() > 20;
    for (const auto& [name, info] : file->tensors())
      if (info.dtype == "F32" && file->floats(name).size() * 4 != info.end - info.begin) return false;
    return true;
  };
  for (size_t n = 0; n < original.size(); n++) {
    const auto cut = Safetensors::parse(Bytes(original.begin(), original.begin() + static_cast<ptrdiff_t>(n)), "x");
    ASSERT_FALSE(cut.ok()) << n;
  }
  for (size_t bit = 0; bit < 8 * original.size(); bit++) {
    Bytes flipped = original;
    flipped[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    ASSERT_TRUE(survives(flipped)) << bit;
  }
  std::mt19937_64 random(1);
  for (size_t round = 0; round < 3000; round++) {
    Bytes mangled = original;
    for (size_t i = 0; i < 1 + round % 8; i++) mangled[random() % mangled.size()] = static_cast<uint8_t>(random());
    ASSERT_TRUE(survives(mangled)) << round;
  }
}

}  // namespace
}  // namespace sotto::judge::teacher
